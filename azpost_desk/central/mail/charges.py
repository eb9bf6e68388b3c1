"""Charges on items at the centre: what desks took, what of it is passed on, and what does not fit.

In: lines that took duty or cash on delivery, their reversals, two people's word that it was paid on to
customs or the sender. Out: rows of `item_charges`, a task where an item was paid for twice, by no rule, or
handed over unpaid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.rows import namedtuple_row

from azpost_desk.central.exceptions import list_task
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.lines.charges import DUTY, KINDS
from azpost_desk.domain.mail.charges import CHARGE, charges
from azpost_desk.domain.mail.moves import is_back
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.lines import ChargePaid, LineReversed
    from azpost_desk.domain.mail.history import Life

TASK: Final = "item_charge"
UNPAID: Final = "item_unpaid"


class Open(NamedTuple):
    """A charge taken and not passed on: cash on delivery once its item was delivered, duty at once.

    `office` took it on `day`; `accepted_office` took the item in, "" where no office of ours did.
    """

    charge: str
    number: str
    kind: str
    amount_qapik: int
    office: str
    day: str
    accepted_office: str


def paid(conn: Connection, written: AcceptedRecord, line: ChargePaid, now_ms: int) -> None:
    """A desk took what is due for an item; what nobody asked for, or paid before, is somebody's task."""
    place = written.desk, written.epoch, written.sequence
    new = conn.execute(
        "insert into item_charges (charge, number, kind, event, amount_qapik, desk, epoch, sequence,"
        " taken_ms, state, changed_ms) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing",
        (
            *(line.operation, line.number, line.kind, line.event, line.amount_qapik, *place),
            *(written.header.recorded_ms, move(CHARGE, "", "taken"), now_ms),
        ),
    ).rowcount
    if not new:
        return
    asked = conn.execute(
        "select due_qapik from item_events where operation = %s and number = %s", (line.event, line.number)
    ).fetchone()
    another = conn.execute(
        "select from item_charges where event = %s and charge <> %s and state <> 'undone'",
        (line.event, line.operation),
    ).fetchone()
    if asked is None or asked[0] != line.amount_qapik or another is not None:
        list_task(conn, place, TASK, f"{line.number} {line.kind}", "", now_ms)


def reversed_line(
    conn: Connection, written: AcceptedRecord, _undone: LineReversed, line: ChargePaid, now_ms: int
) -> None:
    """A desk gave it back before the item was handed over; of what was passed on that is a task."""
    row = conn.execute(
        "select state from item_charges where charge = %s for update", (line.operation,)
    ).fetchone()
    if row is None or (row[0], "undone") not in CHARGE:
        place = written.desk, written.epoch, written.sequence
        list_task(conn, place, TASK, f"{line.number} {line.kind}", "", now_ms)
        return
    conn.execute(
        "update item_charges set state = %s, changed_ms = %s where charge = %s",
        (move(CHARGE, row[0], "undone"), now_ms, line.operation),
    )


def follow(conn: Connection, number: str, life: Life, now_ms: int) -> None:
    """An item was folded anew: handed over without its money, or sent back with it, it is somebody's task."""
    last = life.last
    is_delivered = last is not None and last.code == "EMI" and life.state == "delivered"
    if last is None or not (is_delivered or is_back(life.state)):
        return
    due = {one.event for one in charges(life)} if is_delivered else set()
    if not due and is_delivered:
        return
    paid_for = conn.execute(
        "select event, kind from item_charges where number = %s and state <> 'undone'", (number,)
    ).fetchall()
    place = last.desk, last.epoch, last.sequence
    if due - {event for event, _kind in paid_for}:
        list_task(conn, place, UNPAID, number, "", now_ms)
    if not is_delivered:
        # Whoever paid did not get it.
        for _event, kind in paid_for:
            list_task(conn, place, TASK, f"{number} {kind}", "", now_ms)


def waiting(conn: Connection, kind: str) -> list[Open]:
    """What was taken of a kind and is to be passed on, oldest first.

    Raises:
        Refused: E-136 no such kind.
    """
    if kind not in KINDS:
        raise Refused("E-136", kind=kind, kinds=", ".join(KINDS))
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(
            "select c.charge, c.number, c.kind, c.amount_qapik, c.desk, c.taken_ms,"
            " coalesce(i.accepted_office, '') as accepted_office from item_charges c"
            " left join items i using (number) where c.kind = %s and c.state = 'taken'"
            # Until its item is with the addressee the money may have to go back to him.
            " and (c.kind = %s or i.state = 'delivered') order by c.taken_ms, c.charge",
            (kind, DUTY),
        ).fetchall()
    return [
        Open(
            row.charge,
            row.number,
            row.kind,
            row.amount_qapik,
            row.desk.rpartition("-")[0],
            calendar_day(row.taken_ms),
            row.accepted_office,
        )
        for row in rows
    ]


def settle(conn: Connection, wanted: list[str], by: tuple[str, str], reference: str, now_ms: int) -> int:
    """Charges (their ids) were paid on: two people say so and name the payment; gives the sum, qəpik.

    Raises:
        Refused: E-137 not two people or no reference, E-138 a charge is none that is to be passed on: then
            none is.
    """
    first, second = (one.strip() for one in by)
    if not first or not second or first == second or not reference.strip():
        raise Refused("E-137")
    total_qapik = 0
    with conn.transaction():
        known = {one.charge: one for kind in KINDS for one in waiting(conn, kind)}
        for charge in dict.fromkeys(wanted):
            taken = conn.execute(
                "select state from item_charges where charge = %s for update", (charge,)
            ).fetchone()
            if charge not in known or taken is None or taken[0] != "taken":
                raise Refused("E-138", charge=charge)
            conn.execute(
                "update item_charges set state = %s, settled = %s, changed_ms = %s where charge = %s",
                (
                    move(CHARGE, taken[0], "settled"),
                    f"{reference.strip()} ({first}, {second})",
                    now_ms,
                    charge,
                ),
            )
            total_qapik += known[charge].amount_qapik
    return total_qapik
