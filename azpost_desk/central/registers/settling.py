"""Billers' settlements: what line and register both have is owed to the biller, each payment in one of them.

In: the payments of a biller that are due, and what came back from it after it was settled. Out: a settlement
of its day, posted gross, its commission a posting of its own. Disputed ones are left out; what would be less
than nothing is carried to the next (money-out.md MC-13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.registers import keeping
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers, Earned
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.delivery_moves import DELIVERY, DUE, IN_SETTLEMENT
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay

PAID: Final = "paid"
TAKEN_BACK: Final = "taken_back"
# Borne by the post: its customer has the money back, and the biller keeps it by right.
_BORNE: Final = "settled"


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """A settlement as it was made; sums in qəpik, below zero only `commission_qapik`."""

    settlement: str
    biller: str
    count: int
    amount_qapik: int
    commission_qapik: int
    commission_told_qapik: int


def settle(conn: Connection, book: Book, biller: str, by: str, now_ms: int) -> Settlement:
    """Settle all that is due to a biller now, inside a transaction.

    Raises:
        Refused: X-148 nothing is due to it, X-149 what came back is more: it is carried.
    """
    keeping.lock(conn, biller)
    lines = [*_paid(conn, biller), *_taken_back(conn, biller)]
    amount = sum(one[2] for one in lines)
    if not lines:
        raise Refused("X-148", biller=biller)
    if amount <= 0:
        raise Refused("X-149", biller=biller)
    made = Settlement(
        settlement=_number(conn, biller, calendar_day(now_ms)),
        biller=biller,
        count=len(lines),
        amount_qapik=amount,
        commission_qapik=sum(one[3] for one in lines),
        commission_told_qapik=sum(one[4] for one in lines),
    )
    conn.execute(
        "insert into settlements values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (*msgspec.structs.astuple(made), by, now_ms),
    )
    with conn.cursor() as cursor:
        # Its key is who is in no other: a payment that is in one already ends the transaction.
        cursor.executemany(
            "insert into settlement_lines values (%s, %s, %s, %s, %s)",
            [(payment, sort, made.settlement, *sums) for payment, sort, *sums, _ in lines],
        )
    # Paid over before, and asked back in vain since, it is due in no further one.
    conn.execute(
        "update payments set state = %s, changed_ms = %s where biller = %s and state = %s",
        (move(DELIVERY, DUE, IN_SETTLEMENT), now_ms, biller, DUE),
    )
    settled = ops.BillsSettled(
        settlement=made.settlement, biller=biller, count=made.count, amount_qapik=amount
    )
    book.append(conn, settled)
    if made.commission_qapik:
        earned = ops.BillsCommissioned(
            settlement=made.settlement, biller=biller, commission_qapik=made.commission_qapik
        )
        book.append(conn, earned)
    return made


_Line = tuple[str, str, int, int, int]
"""(payment, sort, amount, commission, the commission that its register reckons)."""


def _paid(conn: Connection, biller: str) -> list[_Line]:
    rows = conn.execute(
        "select payment, amount, accepted_ms, coalesce((select sum(has.commission) from register_rows has"
        " join registers using (register) where is_newest and registers.biller = payments.biller"
        " and has.txn_id = payments.txn_id and has.item = 'matched'), 0)::bigint from payments"
        " where biller = %s and state = any(%s) and not exists (select from settlement_lines"
        " where settlement_lines.payment = payments.payment and sort = %s) order by payment for update",
        (biller, [DUE, _BORNE], PAID),
    ).fetchall()
    agreed: dict[BusinessDay, Earned] = {}
    lines: list[_Line] = []
    for payment, amount, accepted_ms, told in rows:
        day = calendar_day(accepted_ms)
        if day not in agreed:
            agreed[day] = _agreed(conn, biller, day)
        lines.append((payment, PAID, amount, agreed[day].of(amount), told))
    return lines


def _agreed(conn: Connection, biller: str, day: BusinessDay) -> Earned:
    one = (reference.in_force(conn, Billers, day) or Billers()).find(biller)
    return (one.earned if one is not None else None) or Earned()


def _taken_back(conn: Connection, biller: str) -> list[_Line]:
    """Settled, and given back since by the authority's decision: the biller owes it, with its commission."""
    rows = conn.execute(
        "select payment, settlement_lines.amount, commission from payments"
        " join settlement_lines using (payment) where biller = %s and sort = %s and not fee_owed"
        " and state in ('owed', 'refunded') and not exists (select from settlement_lines later"
        " where later.payment = payments.payment and later.sort = %s) order by payment",
        (biller, PAID, TAKEN_BACK),
    ).fetchall()
    return [(payment, TAKEN_BACK, -amount, -commission, -commission) for payment, amount, commission in rows]


def _number(conn: Connection, biller: str, day: BusinessDay) -> str:
    start = f"{biller}-{day.replace('-', '')}-"
    row = conn.execute(
        "select count(*) from settlements where starts_with(settlement, %s)", (start,)
    ).fetchone()
    return f"{start}{(row[0] if row else 0) + 1}"
