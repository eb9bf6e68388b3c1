"""Sales: a settlement's receipt and lines are kept, and each line takes effect as its product says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from azpost_desk.domain import operations as ops
from azpost_desk.domain.products import exposed_qapik, service_of
from azpost_desk.domain.refusals import Refused
from azpost_desk.storage import projected_cards
from azpost_desk.storage import tables as t
from azpost_desk.storage.features import carrier_of, qr, remember
from azpost_desk.storage.features.transfers import end_grant
from azpost_desk.storage.projecting import StoredRecord, happens_once

if TYPE_CHECKING:
    from sqlalchemy import Connection


def settled(connection: Connection, written: StoredRecord, body: ops.Settlement) -> None:
    """A paid basket: its receipt number is used, each of its lines takes effect."""
    happens_once(connection, "receipt", body.receipt, written)
    connection.execute(
        insert(t.lines),
        [
            {
                "operation": line.operation,
                "record": written.id,
                "position": position,
                "line": line.__struct_config__.tag,
                "service": service_of(line),
                "receipt": body.receipt,
                "amount_qapik": exposed_qapik(line),
                "reversed_by": "",
            }
            for position, line in enumerate(body.lines)
        ],
    )
    for tender in body.tenders:
        if tender.tender == "card":
            projected_cards.settled(connection, written, tender)
        elif tender.tender == "qr":
            qr.settled(connection, written, tender)
    for line in body.lines:
        _take_effect(connection, written, line, body.receipt)
        remember(connection, line, written.attachments, written.header.recorded_ms)


def _take_effect(connection: Connection, written: StoredRecord, line: ops.AnyLine, receipt: str) -> None:
    if isinstance(line, ops.LineReversed):
        _undo(connection, written, line)
    else:
        carrier_of(line).sold(connection, written, line, receipt)


def _undo(connection: Connection, written: StoredRecord, line: ops.LineReversed) -> None:
    original = line.original
    happens_once(connection, "reversal", original.operation, written)
    changed = connection.execute(
        update(t.lines).where(t.lines.c.operation == original.operation).values(reversed_by=line.operation)
    )
    if changed.rowcount != 1:
        raise Refused("G-065")
    carrier_of(original).undone(connection, written, original, line)
    if line.grant:
        end_grant(connection, written, line.grant, "", "used")
