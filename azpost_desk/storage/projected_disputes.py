"""Disputes of this desk and the cases the program raised, as the screens list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from azpost_desk.domain.moves import DISPUTE, arrive, move
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from azpost_desk.domain import operations as ops
    from azpost_desk.protocol import news as tidings
    from azpost_desk.storage.desk import OpenDesk
    from azpost_desk.storage.projecting import StoredRecord

_ANSWER_CHARACTERS_MAX: Final = 2_000


def raised(connection: Connection, written: StoredRecord, body: ops.DisputeRaised) -> None:
    """A new dispute; its number is its own for ever (the table's key)."""
    header = written.header
    connection.execute(
        insert(t.disputes),
        {
            "dispute": body.dispute,
            "record": written.id,
            "figure": body.figure,
            "about": body.about,
            "date": body.date,
            "value": body.value,
            "unit": body.unit,
            "officer": header.actor,
            "raised_ms": header.recorded_ms,
            "due": body.due,
            "state": move(DISPUTE, "", "raised"),
            "changed_ms": header.recorded_ms,
        },
    )


def escalated(connection: Connection, written: StoredRecord, body: ops.DisputeEscalated) -> None:
    """Taken further, with a new date to be answered by."""
    _move(connection, written, body.dispute, "escalated", due=body.due)


def closed(connection: Connection, written: StoredRecord, body: ops.DisputeClosed) -> None:
    """Ended by who raised it."""
    _move(connection, written, body.dispute, "closed", outcome=body.outcome)


def _move(connection: Connection, written: StoredRecord, dispute: str, event: str, **values: str) -> None:
    this = t.disputes.c.dispute == dispute
    state = connection.execute(select(t.disputes.c.state).where(this)).scalar()
    after = move(DISPUTE, state or "", event)
    connection.execute(
        update(t.disputes).where(this).values(state=after, changed_ms=written.header.recorded_ms, **values)
    )


def answered(connection: Connection, desk: OpenDesk, told: tidings.DisputeAnswer) -> None:
    """The centre's answer: kept beside the dispute; one that is closed stays as it was closed."""
    this = t.disputes.c.dispute == told.dispute
    state = connection.execute(select(t.disputes.c.state).where(this)).scalar()
    if state is None or (state, "answered") not in DISPUTE:
        return
    connection.execute(
        update(t.disputes)
        .where(this)
        .values(
            state=arrive(DISPUTE, state, "answered"),
            changed_ms=told.at_ms,
            answer=told.answer,
            answered_by=told.by,
            answer_words=told.words[:_ANSWER_CHARACTERS_MAX],
        )
    )


def case_raised(connection: Connection, written: StoredRecord, body: ops.CaseRaised) -> None:
    """A case of the program's own; two of one number stand under the first."""
    known = connection.execute(select(t.cases.c.record).where(t.cases.c.case_number == body.case)).scalar()
    if known is None:
        connection.execute(
            insert(t.cases),
            {
                "case_number": body.case,
                "record": written.id,
                "reason": body.reason,
                "about": body.about,
                "raised_ms": written.header.recorded_ms,
            },
        )
