"""Partners' statements take effect: counted once, matched by references only, everything else an open item.

Its bytes are kept before anything is read (hearing). What does not foot or continue moves nothing; a debit
moves its transfer where the partner's word has not yet; a second debit, or one that is not ours, is a claim
on the partner and touches no customer's account (money-out.md MA-17, MA-20, MA-21, MA-32).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import arriving, booking, funds, moving, return_words
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import short_id
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.moves import ABROAD_OUT, NOT_GONE, RETURNING
from azpost_desk.domain.abroad.statements import HOLE, Entry, Share, Statement, shares_of
from azpost_desk.domain.money import Money
from azpost_desk.domain.operations_statements import DISPUTED, FUNDING, SUSPENSE, TRANSIT

if TYPE_CHECKING:
    from azpost_desk.central.abroad.arriving import In
    from azpost_desk.central.abroad.moving import Out
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Partner

# How a message ends that moved nothing; one behind a hole is read again when the hole is filled.
REFUSED: Final = "statement "
WAITS_FOR_ONE: Final = f"{REFUSED}{HOLE}"


@dataclass(frozen=True, slots=True)
class _Fit:
    """What a share is of; `reverses` the entry that it undoes, `event` for its transfer.

    `came`: it is of what came from abroad, or of its return.
    """

    against: str
    transfer: str = ""
    event: str = ""
    reverses: int | None = None
    came: bool = False


def take(conn: Connection, agreed: Partner, said: Statement, now_ms: int) -> str:
    """Let a statement count; gives "" or why it moved nothing. Told twice, it counts once."""
    if not agreed.account or (said.account, said.currency) != (agreed.account, agreed.currency):
        return f"{REFUSED}strange_account"
    funds.lock(conn, agreed.partner, said.currency)
    known = conn.execute(
        "select closing from partner_statements"
        " where partner = %s and account = %s and statement = %s and number = %s and final = %s",
        (agreed.partner, said.account, said.id, said.number, said.is_final),
    ).fetchone()
    if known is not None:
        return "" if known[0] == said.closing else f"{REFUSED}told_otherwise"
    last = conn.execute(
        "select number, closing from partner_statements where partner = %s and account = %s and final"
        " order by number desc limit 1",
        (agreed.partner, said.account),
    ).fetchone()
    if why := said.why_not((last[0], last[1]) if last else None):
        return f"{REFUSED}{why}"
    conn.execute(
        "insert into partner_statements values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            agreed.partner, said.account, said.id, said.number, said.currency, said.is_final, said.closing,
            said.until, now_ms,
        ),
    )  # fmt: skip
    if last is None and said.is_final and said.opening:
        # What lay there before the first statement is for people to explain.
        _count(conn, agreed, said, "opening", Entry(said.opening, "", said.until), now_ms)
    for key, entry in said.booked():
        _count(conn, agreed, said, key, entry, now_ms)
    if said.is_final:
        _lacking(conn, agreed, said, now_ms)
        conn.execute(
            "update partner_messages set applied = false, next_ms = 0 where partner = %s and outcome = %s",
            (agreed.partner, WAITS_FOR_ONE),
        )
    return ""


def _count(conn: Connection, agreed: Partner, said: Statement, key: str, entry: Entry, now_ms: int) -> None:
    """Book an entry once: a statement confirms what a notice told; told on two it is two."""
    name, again = key, 1
    while (row := _known(conn, agreed, said, name)) is not None:
        if not said.is_final:
            return
        if not row[0]:
            conn.execute(
                "update partner_entries set on_statement = true"
                " where partner = %s and account = %s and key = %s",
                (agreed.partner, said.account, name),
            )
            return
        again += 1
        name = f"{key} [{again}]"
    for number, share in enumerate(shares_of(entry), start=1):
        _book(conn, agreed, said, name, number, entry, share, now_ms)


def _known(conn: Connection, agreed: Partner, said: Statement, key: str) -> tuple[bool] | None:
    row = conn.execute(
        "select on_statement from partner_entries where partner = %s and account = %s and key = %s limit 1",
        (agreed.partner, said.account, key),
    ).fetchone()
    return (row[0],) if row else None


def _book(
    conn: Connection,
    agreed: Partner,
    said: Statement,
    key: str,
    number: int,
    entry: Entry,
    share: Share,
    now_ms: int,
) -> None:
    found = _transfer(conn, agreed, share)
    fit = _reversal(conn, agreed, entry, share, found) if entry.is_reversal else None
    if fit is None and found is None:
        fit = _of_incoming(conn, agreed, said.currency, share)
    if fit is None:
        fit = _debit(conn, found, share) if share.minor < 0 else _credit(conn, agreed, entry, share, found)
    row = conn.execute(
        "insert into partner_entries (partner, account, currency, key, share, minor, reference, against,"
        " transfer, on_statement, booked_on, message_statement, seen_ms, uetr)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning entry",
        (
            agreed.partner, said.account, said.currency, key, number, share.minor, entry.reference,
            fit.against, fit.transfer, said.is_final, entry.booked_on, said.id, now_ms,
            share.uetr,
        ),
    ).fetchone()  # fmt: skip
    item = row[0] if row else 0
    if fit.reverses is not None:
        conn.execute(
            "update partner_entries set reversed_by = %s where entry in (%s, %s)",
            (item, fit.reverses, item),
        )
    booking.note(
        conn,
        ops.PartnerBooked(
            partner=agreed.partner,
            currency=said.currency,
            account=said.account,
            statement=said.id,
            entry=key,
            share=number,
            booked_minor=share.minor,
            against=fit.against,
            transfer=fit.transfer,
        ),
    )
    if fit.against in (SUSPENSE, DISPUTED) and fit.reverses is None:
        about = f"{key} {share.minor} {said.currency}"
        list_exception(conn, f"partner {agreed.partner}", 0, item, f"partner_{fit.against}", now_ms, about)
    if fit.event and found is not None:
        moving.move(conn, found, fit.event, now_ms)
    if fit.came:
        _stands(conn, agreed, share, now_ms)


def _of_incoming(conn: Connection, agreed: Partner, currency: str, share: Share) -> _Fit | None:
    """The credit of what came from abroad, or the debit of its return, by its UETR and whole sum."""
    came = arriving.lock_told(conn, agreed.partner, share.uetr) if share.uetr else None
    if came is None or came.sum != Money(abs(share.minor), currency):
        return None
    if share.minor > 0:
        is_open = not came.funded
    else:
        is_open = came.state in (*RETURNING, "returned") and not _is_taken_back(conn, came.transfer)
    return _Fit(TRANSIT, came.transfer, came=True) if is_open else None


def _is_taken_back(conn: Connection, transfer: str) -> bool:
    """Whether a statement has shown the debit of a return already."""
    row = conn.execute(
        "select 1 from partner_entries where transfer = %s and minor < 0 and reversed_by is null", (transfer,)
    ).fetchone()
    return row is not None


def came_late(conn: Connection, agreed: Partner, came: In, now_ms: int) -> None:
    """A message tells of what was credited before it came: it leaves suspense by its reference (M0-4)."""
    row = conn.execute(
        "update partner_entries set cleared = %s where entry = (select entry from partner_entries"
        " where partner = %s and uetr = %s and currency = %s and minor = %s and against = %s"
        " and reversed_by is null and cleared = '' order by entry limit 1) returning entry",
        (f"{TRANSIT} {came.transfer}", agreed.partner, came.uetr, came.currency, came.amount, SUSPENSE),
    ).fetchone()
    if row is None:
        return
    matched = ops.IncomingMatched(
        transfer=came.transfer,
        partner=agreed.partner,
        currency=came.currency,
        item=row[0],
        matched_minor=came.amount,
    )
    booking.note(conn, matched)
    arriving.booked(conn, agreed, came.uetr, came.sum, now_ms)


def _stands(conn: Connection, agreed: Partner, share: Share, now_ms: int) -> None:
    """What the entry shows of it takes effect: its money is there, or the partner has it back."""
    if share.minor > 0:
        arriving.booked(conn, agreed, share.uetr, Money(share.minor, agreed.currency), now_ms)
        return
    came = arriving.lock_told(conn, agreed.partner, share.uetr)
    if came is not None and came.state != "returned":
        return_words.settled(conn, came, now_ms)


def _transfer(conn: Connection, agreed: Partner, share: Share) -> Out | None:
    """Ours by its UETR, else by the end-to-end or instruction id that it left under; never by its sum."""
    found = moving.lock(conn, share.uetr, "uetr") if share.uetr else None
    if found is None and (share.end_to_end or share.instruction):
        rows = conn.execute(
            "select transfer, ordinal from abroad_out where partner = %s and currency = %s and arrives = %s",
            (agreed.partner, agreed.currency, abs(share.minor)),
        ).fetchall()
        for transfer, ordinal in rows:
            numbers = range(1, ordinal + 1)
            if share.end_to_end == short_id("ee", transfer, 0) or any(
                share.instruction == short_id("in", transfer, one) for one in numbers
            ):
                found = moving.lock(conn, transfer)
                break
    is_theirs = found is not None and (found.partner, found.currency) == (agreed.partner, agreed.currency)
    return found if is_theirs else None


def _reversal(
    conn: Connection, agreed: Partner, entry: Entry, share: Share, found: Out | None
) -> _Fit | None:
    """The newest open entry of the same references and the opposite sum: what it closed is open again."""
    transfer = found.transfer if found is not None else ""
    row = conn.execute(
        "select entry, against, transfer from partner_entries where partner = %s and currency = %s"
        " and minor = %s and reversed_by is null and cleared = ''"
        " and ((reference = %s and reference <> '') or (transfer = %s and transfer <> ''))"
        " order by reference = %s desc, entry desc limit 1",
        (agreed.partner, agreed.currency, -share.minor, entry.reference, transfer, entry.reference),
    ).fetchone()
    if row is None:
        return None
    if row[1] == TRANSIT and share.minor < 0:
        arriving.unbooked(conn, row[2])
    if row[1] == FUNDING:
        conn.execute("update partner_fundings set arrived = false where funding::text = %s", (row[2],))
    return _Fit(row[1], row[2], reverses=row[0])


def _debit(conn: Connection, found: Out | None, share: Share) -> _Fit:
    if found is None or found.arrives != -share.minor or found.state in NOT_GONE or found.state == "reversed":
        return _Fit(DISPUTED, found.transfer if found is not None else "")
    if _taken_there(conn, found) > 0:
        return _Fit(DISPUTED, found.transfer)
    event = ""
    if not found.taken:
        event = next((one for one in ("settled", "debit") if (found.state, one) in ABROAD_OUT), "")
        if found.state in ("refused", "owed", "unclaimed", "refunded"):
            event = "debit"
    return _Fit(TRANSIT, found.transfer, event)


def _credit(conn: Connection, agreed: Partner, entry: Entry, share: Share, found: Out | None) -> _Fit:
    if found is not None and share.minor <= _taken_there(conn, found):
        is_whole = share.minor == found.arrives and found.settled
        return _Fit(TRANSIT, found.transfer, "returned" if is_whole else "")
    row = conn.execute(
        "update partner_fundings set arrived = true where funding = (select funding from partner_fundings"
        " where partner = %s and currency = %s and minor = %s and not arrived and reference <> ''"
        " and reference in (%s, %s, %s) order by funding limit 1) returning funding::text",
        (
            agreed.partner, agreed.currency, share.minor, share.end_to_end, share.instruction,
            entry.reference,
        ),
    ).fetchone()  # fmt: skip
    return _Fit(FUNDING, row[0]) if row else _Fit(SUSPENSE, found.transfer if found is not None else "")


def _taken_there(conn: Connection, found: Out) -> int:
    """What the partner's statements show as taken for a transfer and not given back."""
    row = conn.execute(
        "select coalesce(-sum(minor), 0)::bigint from partner_entries where transfer = %s and against = %s",
        (found.transfer, TRANSIT),
    ).fetchone()
    return int(row[0]) if row else 0


def _lacking(conn: Connection, agreed: Partner, said: Statement, now_ms: int) -> None:
    """What was refused is owed when the statement of its day lacks the debit, pending ones too (MA-8)."""
    pending = {share.uetr for one in said.entries if not one.is_booked for share in one.shares}
    rows = conn.execute(
        "select transfer, uetr from abroad_out where partner = %s and currency = %s and state = 'refused'"
        " and not taken and settles_on <> '' and settles_on <= %s order by transfer",
        (agreed.partner, agreed.currency, said.until),
    ).fetchall()
    for transfer, uetr in rows:
        found = moving.lock(conn, transfer)
        if found is not None and uetr not in pending and _taken_there(conn, found) == 0:
            moving.move(conn, found, "no_debit", now_ms)
