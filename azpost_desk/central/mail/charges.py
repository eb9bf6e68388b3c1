"""Charges on items at the centre: what desks took, what of it is passed on, and what does not fit.

In: lines that took duty or cash on delivery, their reversals, two people's word that it was paid on to
customs or the sender. Out: rows of `item_charges`, a task where an item was paid for twice, by no rule, or
handed over unpaid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.rows import namedtuple_row

from azpost_desk.central.exceptions import end_exact, list_task
from azpost_desk.central.mail import item_files
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.lines.charges import DUTY, KINDS
from azpost_desk.domain.mail.charges import CHARGE, charges
from azpost_desk.domain.mail.moves import is_back
from azpost_desk.domain.moves import move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

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
    if not _judge(conn, line, now_ms):
        # No event that is known here says that anything is due.
        _set_fits(conn, line.operation, (*place, f"{line.number} {line.kind}"), now_ms, fits=False)


def reversed_line(
    conn: Connection, written: AcceptedRecord, _undone: LineReversed, line: ChargePaid, now_ms: int
) -> None:
    """A desk gave it back before the item was handed over; of what was passed on that is a task."""
    # Before its charges, as whoever folds it does.
    item_files.lock(conn, line.number)
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
    _judge(conn, line, now_ms)


def follow(conn: Connection, number: str, life: Life, now_ms: int) -> None:
    """An item was folded anew, or something was paid for it: what was taken is held against what is due.

    What was paid for nothing, twice, or for an item that its addressee does not get is somebody's task, and
    so is one that was handed over without its money; each as long as that is so.
    """
    rows = _taken(conn, number, [one.event.id for one in life.steps])
    ends_elsewhere = is_back(life.state) or life.state in ("cancelled", "ended")
    due = {} if ends_elsewhere else {one.event: (one.kind, one.amount_qapik) for one in charges(life)}
    left, is_delivered = dict(due), life.state == "delivered"
    for row in rows:
        is_undone = row.state == "undone"
        fits = is_undone or left.get(row.event) == (row.kind, row.amount_qapik)
        if fits and not is_undone:
            del left[row.event]
        if fits != row.fits:
            place = row.desk, row.epoch, row.sequence
            _set_fits(conn, row.charge, (*place, f"{number} {row.kind}"), now_ms, fits=fits)
        if is_delivered != row.delivered:
            conn.execute(
                "update item_charges set delivered = %s where charge = %s", (is_delivered, row.charge)
            )
    unpaid = set(due) - {row.event for row in rows if row.state != "undone"}
    for step in life.steps:
        if step.event.code == "EMI" and (due or step.event.voided):
            place = step.event.desk, step.event.epoch, step.event.sequence
            if unpaid and is_delivered and step.counts:
                list_task(conn, place, UNPAID, number, "", now_ms)
            else:
                end_exact(conn, place, UNPAID, number, now_ms)


def _judge(conn: Connection, line: ChargePaid, now_ms: int) -> bool:
    """Hold the charges of the item a line is about against what is due; whether its event is known."""
    item_files.lock(conn, line.number)
    for life in item_files.known(conn, line.number):
        if any(one.event.id == line.event for one in life.steps):
            follow(conn, line.number, life, now_ms)
            return True
    return False


def _taken(conn: Connection, number: str, events: list[str]) -> list[Any]:
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(
            "select * from item_charges where number = %s and event = any(%s) order by taken_ms, charge",
            (number, events),
        ).fetchall()


def _set_fits(
    conn: Connection, charge: str, about: tuple[str, int, int, str], now_ms: int, *, fits: bool
) -> None:
    """What was taken is what was due, or somebody's task as long as it is not."""
    desk, epoch, sequence, what = about
    conn.execute("update item_charges set fits = %s where charge = %s", (fits, charge))
    if fits:
        end_exact(conn, (desk, epoch, sequence), TASK, what, now_ms)
    else:
        list_task(conn, (desk, epoch, sequence), TASK, what, "", now_ms)


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
            " left join items i using (number) where c.kind = %s and c.state = 'taken' and c.fits"
            # Until its item is with the addressee the money may have to go back to him.
            " and (c.kind = %s or c.delivered) order by c.taken_ms, c.charge",
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
    if not first or not second or first == second or not is_said(reference):
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
