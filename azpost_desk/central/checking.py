"""All invariants over every book in the centre, its own included; reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central.abroad.reconciling import Reconciled, reconcile
from azpost_desk.central.registers import reconciling
from azpost_desk.central.storage.database import connect
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import BY_PARTNER, BY_US
from azpost_desk.domain.erasure import Erasures, Kept
from azpost_desk.domain.invariants import Broken, Fact, Fold, Stored, Verdict
from azpost_desk.domain.invariants import check as check_facts
from azpost_desk.domain.invariants_abroad import Abroad, Beside, Coming, Standing
from azpost_desk.domain.invariants_branch import HandedOver
from azpost_desk.domain.invariants_outside import Seen, Watched
from azpost_desk.domain.invariants_revaluation import Revaluations
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.records import Attachment, header_of, rechain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection

_ROWS_AT_ONCE: Final = 5_000
_GENESIS: Final = bytes(32)
_RECORDS: Final = """
    select j.desk, j.epoch, j.sequence, j.hash, j.header, j.body, b.signature
    from journal j left join batches b
        on b.desk = j.desk and b.epoch = j.epoch and b.last = j.sequence
    where starts_with(j.desk, %(desks)s)
    order by j.desk, j.epoch, j.sequence
"""
_POSTINGS: Final = """
    select desk, epoch, sequence, operation, account, sub, currency, minor
    from postings where starts_with(desk, %(desks)s) order by desk, epoch, sequence, line
"""

_ACCEPTED: Final = """
    select desk, epoch, sequence, header, body, accepted from journal order by desk, epoch, sequence
"""
_ATTACHED: Final = """
    select desk, epoch, sequence, slot, salt, content from attachments order by desk, epoch, sequence, slot
"""


def check(dsn: str, branch: str = "") -> list[Verdict]:
    """Fold every record in custody, or those of one branch; one consistent look, beside a working centre too.

    Without a branch the first verdict also says when the country, the sum of all books per currency, is not
    zero.
    """
    with connect(dsn) as conn:
        return check_over(conn, branch)


def check_over(conn: Connection, branch: str = "") -> list[Verdict]:
    """`check` over a connection that stands and is in no transaction."""
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        outside = Watched(_seen(conn))
        wanted = f"{branch}-" if branch else ""
        folds: list[Fold] = [HandedOver(), outside]
        if not branch:
            # The centre's own book is no branch's.
            folds += [Abroad(_beside(conn)), Revaluations()]
        verdicts = check_facts(_facts(conn, wanted), is_signed, folds)
        if branch:
            return verdicts
        verdicts.append(_erasures(conn))
        _explained(conn, verdicts)
        country = conn.execute("select currency, sum(minor) from postings group by currency")
        verdicts[0].broken += [
            Broken("*", 0, f"the country's sum is {net} {currency}") for currency, net in country if net
        ]
    return verdicts


def _seen(conn: Connection) -> Seen:
    """Outside steps as the centre's rounds know them (or will, or set them aside), and what is in custody."""
    known = conn.execute(
        "select 'payment', payment from payments union all select 'grant', \"grant\" from grants"
    ).fetchall()
    exceptions = conn.execute("select desk, epoch, sequence from exceptions").fetchall()
    waiting = conn.execute("select exists (select from work)").fetchone()
    return Seen(
        # What was not brought forward yet is on nobody's list for a moment.
        frozenset() if waiting and waiting[0] else frozenset({"payment", "grant"}),
        frozenset((sort, thing) for sort, thing in known),
        frozenset((desk, epoch, sequence) for desk, epoch, sequence in exceptions),
    )


def _beside(conn: Connection) -> Beside:
    """How each transfer abroad stands, and what the centre's book has yet to show of it."""
    rows = conn.execute("select transfer, partner, currency, arrives, state, dealt, settled from abroad_out")
    came = conn.execute(
        "select transfer, partner, currency, amount, bought_for is not null, state = 'returned'"
        " from abroad_in"
    )
    waiting = conn.execute("select kind, body from abroad_to_book order by entry")
    earned = conn.execute(
        "select paid_by, partner, currency, sum(minor)::bigint from partner_commissions where undone_ms = 0"
        " group by paid_by, partner, currency"
    )
    owed = {BY_US: (chart.COMMISSION_DUE, -1), BY_PARTNER: (chart.COMMISSION_CLAIM, 1)}
    return Beside(
        {transfer: Standing(*rest) for transfer, *rest in rows},
        {transfer: Coming(*rest) for transfer, *rest in came},
        tuple(ops.decode(kind, 1, body) for kind, body in waiting),
        {
            (owed[paid_by][0], partner, currency): owed[paid_by][1] * minor
            for paid_by, partner, currency, minor in earned
        },
    )


def _explained(conn: Connection, verdicts: list[Verdict]) -> None:
    """I-13 too: between our book and a partner's statement or a biller's registers stand named items only."""
    broken = next(one.broken for one in verdicts if one.id == Abroad.id)
    broken += [
        Broken("*", 0, f"{one.unexplained} {one.currency} with {one.partner} is not explained by any item")
        for one in reconcile(conn, 0)
        if one.unexplained
    ]
    broken += [
        Broken("*", 0, f"{one.unexplained_qapik} AZN with biller {one.biller} is not explained by any item")
        for one in reconciling.reconcile(conn)
        if one.unexplained_qapik
    ]


def reconciled(dsn: str, now_ms: int) -> list[Reconciled]:
    """Each account with a partner abroad: book, statement, open items; one consistent look."""
    with connect(dsn) as conn, conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        return reconcile(conn, now_ms)


def _facts(conn: Connection, desks: str) -> Iterator[Fact]:
    """Records in the order of their chains, each with the hash its bytes give and its stored postings.

    `desks` is how the ids of the wanted desks begin, "" for all and the centre's own book.
    """
    ended = _ended(conn)
    with conn.cursor("records") as records, conn.cursor("postings") as posted:
        records.itersize = posted.itersize = _ROWS_AT_ONCE
        records.execute(_RECORDS, {"desks": desks})
        posted.execute(_POSTINGS, {"desks": desks})
        lines = iter(posted)
        line = next(lines, None)
        chain: tuple[str, int] | None = None
        previous = _GENESIS
        for desk, epoch, sequence, digest, header, body, signature in records:
            if chain != (desk, epoch):
                chain, previous = (desk, epoch), _GENESIS
            mine = []
            while line is not None and line[:3] == (desk, epoch, sequence):
                mine.append(Stored(*line[3:]))
                line = next(lines, None)
            computed = rechain(header, body, previous).hash
            yield Fact(
                desk=desk,
                epoch=epoch,
                sequence=sequence,
                body=body,
                previous=previous,
                hash=digest,
                computed=computed,
                signature=signature,
                postings=tuple(mine),
                late=sequence > ended.get((desk, epoch), sequence),
                **_said(header),
            )
            previous = digest


def _ended(conn: Connection) -> dict[tuple[str, int], int]:
    """Chain → the last record of it that the next epoch knew when it began: what came after is late."""
    found: dict[tuple[str, int], int] = {}
    for desk, header, body in conn.execute(
        "select desk, header, body from journal where sequence = 1 and epoch > 1"
    ):
        try:
            kind = header_of(header).kind
            opened = ops.decode(kind, 1, body)
        except (msgspec.DecodeError, UnicodeDecodeError, ops.UnknownKind):
            continue
        if isinstance(opened, ops.EpochOpened) and opened.previous is not None:
            found[desk, opened.previous.epoch] = opened.previous.sequence
    return found


def _said(header_bytes: bytes) -> dict[str, Any]:
    """What the header says; a header that cannot be read says nothing, and I-08 finds it."""
    try:
        header = header_of(header_bytes)
    except (msgspec.DecodeError, UnicodeDecodeError):
        nothing = dict.fromkeys(("operation", "kind", "actor", "actor_kind", "postings_digest"), "")
        return {**nothing, "version": 0, "day": 0}
    return {
        "operation": header.operation,
        "kind": header.kind,
        "version": header.version,
        "day": header.day,
        "actor": header.actor,
        "actor_kind": header.actor_kind,
        "postings_digest": header.postings,
    }


def _erasures(conn: Connection) -> Verdict:
    """I-11 over every book here: what is gone was erased by rule. What was not accepted promises nothing."""
    fold = Erasures()
    with conn.cursor("kept_records") as records, conn.cursor("kept_attachments") as attachments:
        records.itersize = attachments.itersize = _ROWS_AT_ONCE
        records.execute(_ACCEPTED)
        attachments.execute(_ATTACHED)
        parts = iter(attachments)
        part = next(parts, None)
        for desk, epoch, sequence, header, body_bytes, accepted in records:
            mine: dict[str, str | None] = {}
            while part is not None and part[:3] == (desk, epoch, sequence):
                _, _, _, slot, salt, content = part
                mine[slot] = Attachment(slot, salt, content).commitment() if salt else None
                part = next(parts, None)
            if not accepted:
                continue
            operation, body = "", None
            try:
                said = header_of(header)
                operation = said.operation
                body = ops.decode(said.kind, said.version, body_bytes)
            except (ops.UnknownKind, msgspec.DecodeError, UnicodeDecodeError):
                pass
            fold.take(Kept(desk, epoch, sequence, operation, body_bytes, body, mine))
    return fold.end()
