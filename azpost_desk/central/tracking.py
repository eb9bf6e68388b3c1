"""Items and their events: kept in the item's file, told to the offices they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.news import tell
from azpost_desk.central.registry import reference, supply
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.moves import ITEM, arrive
from azpost_desk.protocol.news import ItemEvent

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops


def accepted(conn: Connection, written: AcceptedRecord, line: ops.ItemAccepted, now_ms: int) -> None:
    """An item was accepted at a counter (EMA); the office of its postcode hears of it."""
    offices = reference.newest(conn, Offices) or Offices()
    destination = offices.by_postcode(line.postcode)
    conn.execute(
        "insert into items values (%s, '', %s, %s, %s, %s) on conflict (number) do update"
        " set desk = excluded.desk, accepted_office = excluded.accepted_office,"
        " destination = excluded.destination, postcode = excluded.postcode where items.accepted_office = ''",
        (line.number, written.desk, written.branch, destination.code if destination else "", line.postcode),
    )
    _event(conn, written, line.operation, (line.number, "EMA", written.branch, line.service), now_ms)
    supply.used_number(conn, written.desk, line.number, now_ms)


def reversed_line(
    conn: Connection, written: AcceptedRecord, undone: ops.LineReversed, line: ops.ItemAccepted, now_ms: int
) -> None:
    """An acceptance was reversed: the item's file ends with it (EXX), and nobody waits for it any more."""
    _event(conn, written, undone.operation, (line.number, "EXX", written.branch, ""), now_ms)


def scanned(conn: Connection, written: AcceptedRecord, body: ops.ItemScanned, now_ms: int) -> None:
    """An event was scanned at an office; items of other posts begin their file here with it."""
    conn.execute("insert into items values (%s, '', '', '', '', '') on conflict do nothing", (body.number,))
    # Who signed is a commitment in the body: the name lies in an attachment and is told on demand only.
    detail = " ".join(filter(None, (body.reason, body.measure)))
    _event(conn, written, written.header.operation, (body.number, body.event, body.office, detail), now_ms)


def voided(conn: Connection, written: AcceptedRecord, body: ops.ScanVoided, now_ms: int) -> None:
    """A scan was taken back: it stays in the file, marked, and the state is what the others say."""
    conn.execute(
        "update item_events set voided = true where operation = %s and number = %s and desk = %s",
        (body.scan, body.number, written.desk),
    )
    events = conn.execute(
        "select event from item_events where number = %s and not voided order by at_ms, operation",
        (body.number,),
    ).fetchall()
    state = ""
    for (event,) in events:
        state = arrive(ITEM, state, event)
    conn.execute("update items set state = %s where number = %s", (state, body.number))


def _event(
    conn: Connection, written: AcceptedRecord, operation: str, event: tuple[str, str, str, str], now_ms: int
) -> None:
    number, code, office, detail = event
    new = conn.execute(
        "insert into item_events values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict do nothing returning operation",
        (operation, number, code, office, written.desk, written.header.recorded_ms, detail),
    ).fetchone()
    row = conn.execute(
        "select state, accepted_office, destination, postcode from items where number = %s for update",
        (number,),
    ).fetchone()
    if new is None or row is None:
        return
    state, accepted_office, destination, postcode = row
    conn.execute("update items set state = %s where number = %s", (arrive(ITEM, state, code), number))
    concerned = conn.execute(
        "select desk from desks where branch = any(%s) and desk <> %s and epoch > 0",
        ([accepted_office, destination], written.desk),
    ).fetchall()
    told = ItemEvent(
        number=number,
        event=code,
        office=office,
        at_ms=written.header.recorded_ms,
        detail=detail,
        postcode=postcode,
    )
    tell(conn, told, [row[0] for row in concerned], now_ms)
