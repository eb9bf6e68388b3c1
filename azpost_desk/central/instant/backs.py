"""Money that goes back to whoever paid it by code: owed, handed to the rail under one id, booked there.

The exact bytes are committed before the first one leaves, and a repetition carries them again: the rail pays
one id once and says how it stands (money-out.md M0-2, M0-3, MC-6). Never into cash, never to another account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central import grants
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.gateways.abroad import Silent, Told
from azpost_desk.central.gateways.billers import next_try_ms
from azpost_desk.central.gateways.instant import Back, rail_id
from azpost_desk.central.instant.payers import FORGOTTEN
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.moves import arrive, move
from azpost_desk.domain.qr_moves import BACK

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.abroad import Handed
    from azpost_desk.central.gateways.instant import BackStatus, Rail
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock

# Longer than all time limits of an attempt together: after it another process may take it up (M0-3).
_LEASE_MS: Final = 120_000
# What the rail has taken is asked about again so often, by the same document, until it is booked.
_ASK_EVERY_MS: Final = 15 * 60_000
WHOLE: Final = "credit"


@dataclass(frozen=True, slots=True)
class Due:
    """A sending back taken for one attempt: its document as it was stored first."""

    back: str
    document: bytes
    attempt: int


def owe(
    conn: Connection,
    reference: str,
    amount: int,
    now_ms: int,
    *,
    made_for: str = "",
    tender: str = "",
) -> None:
    """So much of a credit goes back, once for what it is made for: the whole credit, or the record of a part.

    A part (`tender`) leaves only when the settlement that carries it is here (`carried`).
    """
    made_for = made_for or f"{WHOLE} {reference}"
    conn.execute(
        "insert into qr_backs"
        " (back, made_for, reference, tender, amount, state, next_ms, made_ms, changed_ms)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            *(rail_id("back", made_for), made_for, reference, tender, amount, move(BACK, "", "owed")),
            *(None if tender else now_ms, now_ms, now_ms),
        ),
    )


def returned_qapik(conn: Connection, reference: str) -> int:
    """How much of a credit goes back already, whatever became of it."""
    return int(
        one(conn, "select coalesce(sum(amount), 0) from qr_backs where reference = %s", (reference,))[0]
    )


def carried(conn: Connection, tender: str, amount: int, now_ms: int) -> bool:
    """The settlement that gives a part back is here: it may leave; whether there is exactly such a part."""
    row = conn.execute(
        "update qr_backs set next_ms = %s where tender = %s and amount = %s and state = 'owed'"
        " and attempts = 0 and next_ms is null returning back",
        (now_ms, tender, amount),
    ).fetchone()
    return row is not None


def take_due(conn: Connection, rail: Rail, now_ms: int) -> Due | None:
    """The sending back that is due longest, stored with its document before it is handed over.

    After a restore of the centre nothing leaves before every desk has spoken: what was sent in the lost hours
    has the same id, and the rail says so (M0-10).
    """
    if one(conn, "select epoch from centre")[0] > 1 and not grants.all_have_spoken(conn):
        return None
    row = conn.execute(
        "select back, qr_backs.reference, qr_backs.amount, state, document, attempts + 1, account, payer,"
        " made_ms from qr_backs join qr_credits using (reference)"
        " where next_ms <= %s and account not in ('', %s)"
        " order by next_ms limit 1 for update of qr_backs skip locked",
        (now_ms, FORGOTTEN),
    ).fetchone()
    if row is None:
        return None
    back, reference, amount, state, document, attempt, account, payer, made_ms = row
    if document is None:
        document = rail.give_back(Back(back, reference, azn(amount), account, payer, made_ms))
    after = arrive(BACK, state, "sent_back")
    conn.execute(
        "update qr_backs set state = %s, document = %s, attempts = %s, next_ms = %s, changed_ms = %s"
        " where back = %s",
        (after, document, attempt, now_ms + _LEASE_MS, now_ms, back),
    )
    return Due(back, bytes(document), attempt)


def attempt(database: Database, clock: Clock, rail: Rail, due: Due) -> tuple[Handed, tuple[bytes, ...]]:
    """Hand it over; gives the answer, and what the rail said at once, to be kept like all it says."""
    handed = rail.hand(due.document)
    wait_ms = _ASK_EVERY_MS if isinstance(handed, Told) else next_try_ms(due.attempt) or _ASK_EVERY_MS
    with database.transaction() as conn:
        now_ms = clock.utc_ms()
        conn.execute(
            "update qr_backs set next_ms = %s where back = %s and attempts = %s and next_ms is not null",
            (now_ms + wait_ms, due.back, due.attempt),
        )
        if not isinstance(handed, Told | Silent):
            list_exception(conn, "rail", 0, 0, "partner_turned_us_away", now_ms, due.back)
    return handed, handed.documents if isinstance(handed, Told) else ()


def heard(conn: Connection, book: Book, said: BackStatus, now_ms: int) -> str:
    """What the rail says of one; "" when it was understood."""
    row = conn.execute(
        "select state, reference, amount from qr_backs where back = %s for update", (said.id,)
    ).fetchone()
    if row is None:
        return "status of what we did not send"
    state, reference, amount = row
    event = {"booked": "booked", "refused": "refused", "pending": "silent"}[said.standing]
    if (state, event) not in BACK:
        # Told again; a no after it was booked is nobody's to pass over.
        return "refused what it had booked" if (state, event) == ("back", "refused") else ""
    after = move(BACK, state, event)
    over = said.standing != "pending"
    conn.execute(
        "update qr_backs set state = %s, reason = %s, changed_ms = %s,"
        " next_ms = case when %s then null else next_ms end where back = %s",
        (after, said.reason, now_ms, over, said.id),
    )
    if said.standing == "booked":
        book.append(conn, ops.QrSentBack(back=said.id, reference=reference, amount_qapik=amount))
    elif said.standing == "refused":
        list_exception(conn, "rail", 0, 0, "qr_back_refused", now_ms, said.id)
    return ""
