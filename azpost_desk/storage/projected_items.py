"""Items at a desk: every event that is known of a number is kept, and what they make of it folded anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from azpost_desk.domain.mail.guarded import IN_PERSON, VALUE
from azpost_desk.domain.mail.history import Told, history, until_of
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.lines import ItemAccepted
    from azpost_desk.protocol.news import ItemEvent
    from azpost_desk.storage.projecting import StoredRecord


def told(row: Row[Any]) -> Told:
    """An event as its history is folded from; one heard of without its record is named by what it says."""
    return Told(
        row.operation or f"{row.at_ms}:{row.event}:{row.office}",
        row.event,
        row.office,
        row.at_ms,
        row.desk,
        row.epoch,
        row.sequence,
        row.measure,
        row.answers,
        bool(row.voided),
        until_of(row.event, row.detail),
        row.due_qapik,
    )


def accepted(connection: Connection, written: StoredRecord, line: ItemAccepted) -> None:
    """An item was taken from its sender here (EMA)."""
    said = {"due_qapik": line.cod_qapik, "reason": IN_PERSON if line.in_person else ""}
    said["measure"] = VALUE if line.insured_qapik else ""
    _keep(connection, _own(written, line.number, "EMA", line.operation) | said)


def handed_back(connection: Connection, written: StoredRecord, number: str, operation: str) -> None:
    """The acceptance was undone over the counter: the sender has the item again (EXX)."""
    _keep(connection, _own(written, number, "EXX", operation) | {"measure": "handed_back"})


def scanned(connection: Connection, written: StoredRecord, body: ops.ItemScanned) -> None:
    """A scan of this desk."""
    said = {"office": body.office, "reason": body.reason, "measure": body.measure, "answers": body.answers}
    said["detail"] = body.receptacle or body.until or body.relation
    own = _own(written, body.number, body.event, written.header.operation)
    _keep(connection, {**own, **said, "due_qapik": body.duty_qapik})


def voided(connection: Connection, written: StoredRecord, body: ops.ScanVoided) -> None:
    """A scan taken back: it stays in the timeline, marked; the state is what the others say."""
    this = t.mail_events.c.operation == body.scan
    connection.execute(update(t.mail_events).where(this).values(voided=1))
    _fold(connection, body.number, _office(written))


def heard(connection: Connection, one: ItemEvent, office: str, *, addressed: bool, gone: bool) -> None:
    """What news say of an item, to a desk of `office`; `gone`: taken back, maybe told before the event."""
    reason, measure = one.reason, one.measure
    if not one.operation and one.event != "EMA":
        # News of before they named their record said both in one text.
        reason, measure, *_ = (*one.detail.split(), "", "")
    known = t.mail_events.c.operation == one.operation
    if one.operation and connection.execute(select(t.mail_events.c.id).where(known)).first():
        if gone:
            connection.execute(update(t.mail_events).where(known).values(voided=1))
            _fold(connection, one.number, office)
        return
    row = {
        "number": one.number,
        "event": one.event,
        "office": one.office,
        "at_ms": one.at_ms,
        "here": 0,
        "operation": one.operation,
        "desk": one.desk,
        "epoch": one.epoch,
        "sequence": one.sequence,
        "reason": reason,
        "measure": measure,
        "answers": one.answers,
        "detail": one.detail,
        "addressed": int(addressed),
        "voided": int(gone),
        "due_qapik": one.due_qapik,
    }
    connection.execute(insert(t.mail_events), row)
    _fold(connection, one.number, office)


def counts_after(connection: Connection, number: str, first: str, second: str) -> bool:
    """Whether an event counts and comes after another one of the same item (their ids)."""
    rows = connection.execute(select(t.mail_events).where(t.mail_events.c.number == number)).all()
    ids = [step.event.id for step in history(told(row) for row in rows).steps if step.counts]
    return first in ids and second in ids and ids.index(first) < ids.index(second)


def _own(written: StoredRecord, number: str, event: str, operation: str) -> dict[str, Any]:
    header = written.header
    return {
        "number": number,
        "event": event,
        "office": _office(written),
        "at_ms": header.recorded_ms,
        "here": 1,
        "operation": operation,
        "desk": header.desk,
        "epoch": header.epoch,
        "sequence": header.sequence,
        "reason": "",
        "measure": "",
        "answers": "",
        "detail": "",
        "addressed": 0,
        "voided": 0,
        "due_qapik": 0,
    }


def _office(written: StoredRecord) -> str:
    """A desk's name is its branch and its number."""
    return written.header.desk.rpartition("-")[0]


def _keep(connection: Connection, row: dict[str, Any]) -> None:
    """Add an event of this desk; one that the centre told of before is this desk's own from now on."""
    known = t.mail_events.c.operation == row["operation"]
    if connection.execute(update(t.mail_events).where(known).values(here=1)).rowcount == 0:
        connection.execute(insert(t.mail_events), row)
    _fold(connection, row["number"], row["office"])


def _fold(connection: Connection, number: str, office: str) -> None:
    rows = connection.execute(select(t.mail_events).where(t.mail_events.c.number == number)).all()
    life = history(told(row) for row in rows)
    known = {step.event.id for step in life.steps}
    addressed = any(row.addressed and told(row).id in known for row in rows)
    values = {
        "generation": life.generation,
        "state": life.state,
        "custody": life.custody,
        "holder": life.office,
        "changed_ms": life.steps[-1].event.at_ms if life.steps else 0,
        "expected": int(life.is_awaited_at(office, is_addressed=addressed)),
    }
    connection.execute(
        upsert(t.mail_items)
        .values(number=number, tail=number[:-2][-4:], **values)
        .on_conflict_do_update(index_elements=["number"], set_=values)
    )
