"""Steps at the card terminal as the screens read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import insert, select, update

from azpost_desk.domain.moves import CARD, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import StoredRecord, happens_once

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from azpost_desk.domain import operations as ops


def asked(connection: Connection, written: StoredRecord, body: ops.CardAsked) -> None:
    """The terminal is about to be asked."""
    connection.execute(
        insert(t.card_steps),
        {
            "step": written.header.operation,
            "basket": body.basket,
            "tender": body.tender,
            "amount_qapik": body.amount_qapik,
            "officer": written.header.actor,
            "state": move(CARD, "", "asked"),
            "reason": "",
            "refunds": body.refunds,
            "referenced": b"{}",
            "asked_ms": written.header.recorded_ms,
            "changed_ms": written.header.recorded_ms,
        },
    )


def answered(connection: Connection, written: StoredRecord, body: ops.CardAnswered) -> None:
    """The terminal said what became of it, or that it does not know."""
    _move(connection, written, t.card_steps.c.step == body.step, body.outcome)
    connection.execute(
        update(t.card_steps)
        .where(t.card_steps.c.step == body.step)
        .values(reason=body.reason, referenced=msgspec.json.encode(body.references))
    )


def reversed_(connection: Connection, written: StoredRecord, body: ops.CardReversed) -> None:
    """An approved card whose basket was not settled went back, or nobody knows yet."""
    event = "reversed" if body.outcome == "reversed" else "reversal_unknown"
    _move(connection, written, t.card_steps.c.step == body.step, event)


def settled(connection: Connection, written: StoredRecord, tender: ops.Tender) -> None:
    """A settlement carries the card: only an approved one, of exactly this amount, and once."""
    happens_once(connection, "card", tender.operation, written)
    c = t.card_steps.c
    wanted = select(c.amount_qapik, c.refunds).where(c.tender == tender.operation)
    step = connection.execute(wanted).one_or_none()
    if step is None or tender.amount_qapik != (-step.amount_qapik if step.refunds else step.amount_qapik):
        raise Refused("G-065")
    _move(connection, written, c.tender == tender.operation, "settled")


def _move(connection: Connection, written: StoredRecord, this: ColumnElement[bool], event: str) -> None:
    state = connection.execute(select(t.card_steps.c.state).where(this)).scalar()
    values = {"state": move(CARD, state or "", event), "changed_ms": written.header.recorded_ms}
    connection.execute(update(t.card_steps).where(this).values(values))
