"""Erasure of personal data by rule at the centre: its own copies, its own record, and who has not followed.

The centre erases what is due by the same legal terms as the desks, writes a record in its own book for each
desk and group, and tells the desk. The desk's own record of erasure is its confirmation. A desk may also be
first; what it erased before the term the centre keeps, and puts it on the exceptions list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.instant import payers
from azpost_desk.central.mail import notices, pickups
from azpost_desk.central.messaging import queue
from azpost_desk.central.news import tell
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Retention
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.delivery_moves import UNFINISHED
from azpost_desk.domain.erasure import CHANGES, ERASED_AT_ONCE, Holds, due_before, due_from_ms, origin_of
from azpost_desk.protocol.news import ErasureDue
from azpost_desk.protocol.records import Attachment

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_ERASER_LOCK: Final = 0x657261
# Of one desk in one transaction.
_AT_ONCE: Final = 2_000
_LOOKED_AT: Final = 20_000
_AGAIN_AFTER_MS: Final = 30 * 24 * 3_600_000
_UNFINISHED_TRANSFERS: Final = (
    "available", "reserved", "held", "in_doubt", "closed", "rejected",
    "returned", "returning", "returning_in_doubt", "unclaimed",
)  # fmt: skip

# The received time is never before the recorded one by more than a wrong clock: age counts from the later.
_DUE: Final = """
    select epoch, sequence, slot, salt, content, received_ms from attachments
    where desk = %(desk)s and content is not null
        and received_ms < case split_part(slot, ':', 2) {cases} else %(others)s end
    order by epoch, sequence, slot limit %(limit)s
"""
# Cases, disputes and holds in this desk's own chains. The kind is the sixth word of the header.
_MATTERS: Final = """
    select received_ms, sequence, epoch, kind, body from (
        select received_ms, sequence, epoch, convert_from(header, 'UTF8')::json ->> 5 as kind,
            convert_from(body, 'UTF8') as body
        from journal where desk = %s and accepted
    ) j where kind like 'case.%%' or kind like 'dispute.%%' or kind like 'hold.%%'
    order by epoch, sequence
"""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A desk that has not followed. `count` commitments, the first of them erased here at `since_ms`."""

    desk: str
    count: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class _Part:
    """One attachment that is due."""

    epoch: int
    sequence: int
    slot: str
    commitment: str

    @property
    def operation(self) -> str:
        return self.slot.partition(":")[0]

    @property
    def group(self) -> str:
        return self.slot.partition(":")[2]


class _Record(NamedTuple):
    """The operation of a record and, of one that changes something, whose that is."""

    operation: str
    origin: str


def run(conn: Connection, book: Book, now_ms: int) -> int:
    """Erase everything that is due, desk by desk, each in transactions of its own; how much it was."""
    with conn.transaction():
        rows = conn.execute("select desk from desks order by desk").fetchall()
    desks = [row[0] for row in rows]
    total = 0
    for desk in desks:
        while True:
            with conn.transaction():
                conn.execute("select pg_advisory_xact_lock(%s)", (_ERASER_LOCK,))
                erased = _run_desk(conn, book, desk, now_ms)
            total += erased
            if erased < _AT_ONCE:
                break
        with conn.transaction():
            _tell_again(conn, desk, now_ms)
    return total + _run_payers(conn, now_ms)


def _run_payers(conn: Connection, now_ms: int) -> int:
    """Who paid by code is in no desk's records: forgotten here alone, like an account, once all has ended."""
    terms = newest(conn, Retention) or Retention()
    before = due_from_ms(terms, calendar_day(now_ms))
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_ERASER_LOCK,))
        return payers.forget(
            conn,
            before.get("account", before["*"]),
            lambda desk, request: _holds(conn, desk).stop({request}, ""),
        )


def _run_desk(conn: Connection, book: Book, desk: str, now_ms: int) -> int:
    terms = newest(conn, Retention) or Retention()
    today = calendar_day(now_ms)
    due = _due(conn, desk, terms, today)
    if not due:
        return 0
    free = _free(conn, desk, due)[:_AT_ONCE]
    for group in sorted({part.group for part in free}):
        mine = [part for part in free if part.group == group]
        term = terms.of(group)
        for first in range(0, len(mine), ERASED_AT_ONCE):
            some = mine[first : first + ERASED_AT_ONCE]
            _empty(conn, desk, some, now_ms)
            named = tuple((part.epoch, part.sequence, part.slot, part.commitment) for part in some)
            book.append(
                conn,
                ops.AttachmentsErased(
                    desk=desk,
                    group=group,
                    basis=term.basis,
                    years=term.years,
                    before=due_before(today, term.years),
                    erased=named,
                ),
            )
    if free:
        asked = ErasureDue(commitments=tuple(part.commitment for part in free))
        tell(conn, asked, [desk], now_ms)
    return len(free)


def _tell_again(conn: Connection, desk: str, now_ms: int) -> None:
    """A desk that could not agree when it was told (its day had not come, a hold stood): once a month."""
    late = conn.execute(
        "update erasures set told_ms = %s where (desk, epoch, sequence, slot) in"
        " (select desk, epoch, sequence, slot from erasures"
        "  where desk = %s and desk_ms = 0 and told_ms < %s order by told_ms limit %s)"
        " returning commitment",
        (now_ms, desk, now_ms - _AGAIN_AFTER_MS, _AT_ONCE),
    ).fetchall()
    if late:
        tell(conn, ErasureDue(commitments=tuple(row[0] for row in late)), [desk], now_ms)


def _due(conn: Connection, desk: str, terms: Retention, today: str) -> list[_Part]:
    before = due_from_ms(terms, today)
    named = [group for group in before if group != "*"]
    cases = " ".join(f"when %(g{at})s then %(b{at})s::bigint" for at in range(len(named)))
    values: dict[str, Any] = {"desk": desk, "others": before["*"], "limit": _LOOKED_AT}
    for at, group in enumerate(named):
        values |= {f"g{at}": group, f"b{at}": before[group]}
    query = _DUE.format(cases=cases or "when '' then 0::bigint")
    return [
        _Part(epoch, sequence, slot, Attachment(slot, salt, content).commitment())
        for epoch, sequence, slot, salt, content, _ in conn.execute(query.encode(), values)
    ]


def _free(conn: Connection, desk: str, due: list[_Part]) -> list[_Part]:
    """Without what a matter, open money, the exceptions list or a forked chain still needs."""
    holds = _holds(conn, desk)
    records = _records(conn, desk, due)
    origins = {one.origin for one in records.values() if one.origin}
    began = _began(conn, desk, origins)
    operations = [*(part.operation for part in due), *origins]
    unfinished = {
        row[0]
        for row in conn.execute(
            "select transfer from transfers where transfer = any(%s) and state = any(%s)"
            " union select payment from payments where payment = any(%s) and state = any(%s)"
            " union select transfer from abroad_out where transfer = any(%s)"
            " and state not in ('paid', 'refunded', 'reversed')",
            (operations, list(_UNFINISHED_TRANSFERS), operations, list(UNFINISHED), operations),
        )
    }
    listed = set(
        conn.execute(
            "select epoch, sequence from exceptions where desk = %s and ended_ms = 0", (desk,)
        ).fetchall()
    )
    forked = {
        row[0]
        for row in conn.execute("select epoch from chain_heads where desk = %s and state = 'forked'", (desk,))
    }

    def is_held(part: _Part) -> bool:
        own = records[part.epoch, part.sequence]
        if holds.stop({part.operation, own.operation}, f"{part.epoch}/{part.sequence}"):
            return True
        # A sale that is kept is kept with everything that was amended of it.
        return own.origin != "" and holds.stop(*began.get(own.origin, ({own.origin}, "")))

    return [
        part
        for part in due
        if not {part.operation, records[part.epoch, part.sequence].origin} & unfinished
        and (part.epoch, part.sequence) not in listed
        and part.epoch not in forked
        and not is_held(part)
    ]


def _records(conn: Connection, desk: str, due: list[_Part]) -> dict[tuple[int, int], _Record]:
    """What the records of these are called, and what they change something of."""
    places = sorted({(part.epoch, part.sequence) for part in due})
    rows = conn.execute(
        "select epoch, sequence, operation, kind, case when kind = any(%s) then body end from ("
        "  select epoch, sequence, body, convert_from(header, 'UTF8')::json ->> 4 as operation,"
        "   convert_from(header, 'UTF8')::json ->> 5 as kind"
        "  from journal where desk = %s and (epoch, sequence) in"
        "   (select * from unnest(%s::integer[], %s::bigint[]))) j",
        (list(CHANGES), desk, [epoch for epoch, _ in places], [sequence for _, sequence in places]),
    ).fetchall()
    found = dict.fromkeys(places, _Record("", ""))
    for epoch, sequence, operation, kind, body in rows:
        found[epoch, sequence] = _Record(operation, origin_of(kind, 1, body) if body else "")
    return found


def _began(conn: Connection, desk: str, origins: set[str]) -> dict[str, tuple[set[str], str]]:
    """What the records of these operations are called, and their places in this desk's chains."""
    rows = conn.execute(
        "select o.operation, o.epoch, o.sequence, convert_from(j.header, 'UTF8')::json ->> 4 from ("
        "  select operation, desk, epoch, sequence from item_events where operation = any(%(these)s)"
        "  union select transfer, desk, epoch, sequence from transfers where transfer = any(%(these)s)) o"
        " join journal j using (desk, epoch, sequence) where desk = %(desk)s",
        {"these": list(origins), "desk": desk},
    ).fetchall()
    return {one: ({one, record}, f"{epoch}/{sequence}") for one, epoch, sequence, record in rows}


def _holds(conn: Connection, desk: str) -> Holds:
    rows = conn.execute(_MATTERS, (desk,)).fetchall()
    return Holds.of([(number, kind, body) for number, (_, _, _, kind, body) in enumerate(rows, 1)])


def _empty(conn: Connection, desk: str, parts: list[_Part], now_ms: int) -> None:
    """The bytes, and what was brought forward from them."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "update attachments set salt = null, content = null"
            " where desk = %s and epoch = %s and sequence = %s and slot = %s",
            [(desk, part.epoch, part.sequence, part.slot) for part in parts],
        )
        cursor.executemany(
            "insert into erasures (desk, epoch, sequence, slot, commitment, centre_ms, told_ms)"
            " values (%s, %s, %s, %s, %s, %s, %s)"
            " on conflict (desk, epoch, sequence, slot) do update set centre_ms = excluded.centre_ms",
            [(desk, part.epoch, part.sequence, part.slot, part.commitment, now_ms, now_ms) for part in parts],
        )
    operations = [part.operation for part in parts]
    conn.execute(
        # The code is as telling as the names; it stays taken, so that nobody else is ever given it.
        "update transfers set parties = '', code = 'erased ' || transfer where transfer = any(%s)",
        ([part.operation for part in parts if part.group == "parties"],),
    )
    conn.execute(
        "update payments set account = '' where payment = any(%s)",
        ([one for one, part in zip(operations, parts, strict=True) if part.group == "account"],),
    )
    # A message names its reader's number or address, and what was told them.
    contacts = ("parties", "account")
    queue.erase(conn, [part.operation for part in parts if part.group in contacts], now_ms)
    addressed = [part.operation for part in parts if part.group == "addresses"]
    told = [*pickups.erase(conn, addressed, now_ms), *notices.about(conn, addressed)]
    queue.erase(conn, told, now_ms)
    conn.execute(
        # What left for the partner names them too; the number the receiver says is a secret of theirs.
        "update abroad_out set parties = '', document = null, number = '' where transfer = any(%s)",
        ([part.operation for part in parts if part.group == "parties_abroad"],),
    )


def confirmed(conn: Connection, written: AcceptedRecord, body: ops.AttachmentsErased, now_ms: int) -> None:
    """A desk erased: that confirms what the centre erased, or goes ahead of it.

    Ahead of the term it stands on the exceptions list, and the centre keeps its copy.
    """
    if body.desk != written.desk:
        list_exception(conn, written.desk, written.epoch, written.sequence, "erased_elsewhere", now_ms)
        return
    terms = newest(conn, Retention) or Retention()
    before = due_from_ms(terms, calendar_day(now_ms))
    early = 0
    for epoch, sequence, slot, commitment in body.erased:
        conn.execute(
            "insert into erasures (desk, epoch, sequence, slot, commitment, desk_ms)"
            " values (%s, %s, %s, %s, %s, %s)"
            " on conflict (desk, epoch, sequence, slot) do update set desk_ms = excluded.desk_ms",
            (written.desk, epoch, sequence, slot, commitment, now_ms),
        )
        group = slot.partition(":")[2]
        row = conn.execute(
            "select recorded.received_ms from attachments recorded"
            " where desk = %s and epoch = %s and sequence = %s and slot = %s and content is not null",
            (written.desk, epoch, sequence, slot),
        ).fetchone()
        early += row is not None and row[0] >= before.get(group, before["*"]) + _DAY_MS
    if early:
        list_exception(conn, written.desk, written.epoch, written.sequence, "erased_early", now_ms)


# Received a little later than recorded: that alone makes nothing early.
_DAY_MS: Final = 24 * 3_600_000


def unconfirmed(conn: Connection) -> list[Unconfirmed]:
    """Desks that still hold what the centre has erased, the longest first."""
    rows = conn.execute(
        "select desk, count(*), min(centre_ms) from erasures where desk_ms = 0 group by desk order by 3, 1"
    )
    return [Unconfirmed(*row) for row in rows]
