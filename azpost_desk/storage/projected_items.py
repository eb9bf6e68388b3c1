"""Items: their state and the events of their timeline, from scans, acceptances and news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.moves import ITEM, arrive
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.storage.projecting import StoredRecord


def event(
    connection: Connection,
    number: str,
    code: str,
    office: str,
    at_ms: int,
    *,
    here: bool,
    operation: str = "",
    detail: str = "",
    expected: bool = False,
) -> None:
    """Add an event to an item's timeline and move its state, if the event is a legal move.

    An item is expected here from the news of it until it is scanned here.
    """
    connection.execute(
        insert(t.item_events),
        {
            "number": number,
            "event": code,
            "office": office,
            "at_ms": at_ms,
            "here": int(here),
            "operation": operation,
            "voided": 0,
            "detail": detail,
        },
    )
    state = connection.execute(select(t.items.c.state).where(t.items.c.number == number)).scalar()
    after = arrive(ITEM, state or "", code)
    values = {"state": after, "changed_ms": at_ms, "expected": int(expected)}
    connection.execute(
        upsert(t.items)
        .values(number=number, tail=number[:-2][-4:], **values)
        .on_conflict_do_update(index_elements=["number"], set_=values)
    )


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """A scan of this desk."""
    event(
        connection,
        body.number,
        body.event,
        body.office,
        written.header.recorded_ms,
        here=True,
        operation=written.header.operation,
        detail=body.reason,
    )


def voided(connection: Connection, written: StoredRecord, body: ops.ScanVoided) -> None:
    """A scan taken back: it stays in the timeline, marked; the state is what the others say."""
    e = t.item_events.c
    connection.execute(update(t.item_events).where(e.operation == body.scan).values(voided=1))
    state = ""
    rows = connection.execute(select(e.event).where(e.number == body.number, e.voided == 0).order_by(e.id))
    for code in rows.scalars():
        state = arrive(ITEM, state, code)
    connection.execute(update(t.items).where(t.items.c.number == body.number).values(state=state))
