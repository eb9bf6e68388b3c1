"""What our book says a biller has, held against its registers: named open items, and nothing besides (M0-13).

In: the centre's database, read only. Out: for each biller with a register or a payment that it has, the book,
the registers, each item with owner and term, and `unexplained_qapik`, which is always 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.exceptions import OWNERS
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.delivery_moves import ASKED_BACK, CLAIMED, DUE, LACKED, PAID_OVER

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# Confirmed by the line, and no register of its days has come yet.
AWAITED: Final = "awaited"
_IN_BOOK: Final = ("confirmed", DUE, LACKED, PAID_OVER, ASKED_BACK, "settled")
_OWNER: Final = "finance"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Why book and registers differ.

    Attributes:
        sort: a state of its payment, ``awaited``, or the task that a row of a register is.
        name: the payment, or its number in the register.
        qapik: above zero where our book has more.
        until: the term of its task, ISO, "" while it has none.
    """

    sort: str
    name: str
    qapik: int
    owner: str = _OWNER
    until: str = ""


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """One biller; qəpik."""

    biller: str
    ledger_qapik: int
    register_qapik: int
    items: tuple[Item, ...]
    unexplained_qapik: int


def reconcile(conn: Connection) -> list[Reconciled]:
    """Every biller that has a register or something in the book, by number."""
    ledger: dict[str, int] = {}
    for biller, qapik in conn.execute(
        "select sub, -sum(minor)::bigint from postings where account = %s group by sub"
        " union all select biller, sum(amount)::bigint from settlements group by biller",
        (chart.BILLS_DUE,),
    ):
        ledger[biller] = ledger.get(biller, 0) + qapik
    registers = {
        biller: int(qapik)
        for biller, qapik in conn.execute(
            "select biller, sum(amount)::bigint from registers where is_newest group by biller"
        )
    }
    result = []
    for biller in sorted(ledger.keys() | registers.keys()):
        items = (*_ours(conn, biller), *_theirs(conn, biller))
        have, told = ledger.get(biller, 0), registers.get(biller, 0)
        left = have - told - sum(one.qapik for one in items)
        if have or told or items:
            result.append(
                Reconciled(
                    biller=biller,
                    ledger_qapik=have,
                    register_qapik=told,
                    items=items,
                    unexplained_qapik=left,
                )
            )
    return result


def _ours(conn: Connection, biller: str) -> list[Item]:
    """What the book has and no register confirms."""
    rows = conn.execute(
        "select state, payment, amount, coalesce((select max(due) from exceptions"
        " where about = payment and ended_ms = 0), '') from payments"
        " where biller = %s and (state = any(%s) or (state = %s and is_claimed))"
        " and not exists (select from register_rows join registers using (register) where is_newest"
        " and registers.biller = payments.biller and register_rows.txn_id = payments.txn_id"
        " and item = 'matched') order by payment",
        (biller, list(_IN_BOOK), CLAIMED),
    ).fetchall()
    return [
        Item(sort=AWAITED if state == "confirmed" else state, name=payment, qapik=amount, until=until)
        for state, payment, amount, until in rows
    ]


def _theirs(conn: Connection, biller: str) -> list[Item]:
    """What a register has and the book has not, or has otherwise."""
    rows = conn.execute(
        "select case when item = 'matched' then state else item end, txn_id::text, register_rows.amount,"
        " coalesce((select max(due) from exceptions where desk = %s and about = txn_id::text"
        " and ended_ms = 0), '') from register_rows join registers using (register)"
        " left join payments using (biller, txn_id) where registers.biller = %s and is_newest"
        " and not (item = 'matched' and (state = any(%s) or (state = %s and is_claimed)))"
        " order by register_rows.txn_id, register",
        (f"biller {biller}", biller, list(_IN_BOOK), CLAIMED),
    ).fetchall()
    return [
        Item(sort=sort, name=number, qapik=-amount, owner=OWNERS.get(sort, _OWNER), until=until)
        for sort, number, amount, until in rows
    ]
