"""A line as it was sold, from the record in custody: what later records claim of it is compared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec.msgpack

from azpost_desk.domain import operations as ops
from azpost_desk.protocol.messages import Sent
from azpost_desk.protocol.records import Header

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


def settlement_of(
    conn: Connection, desk: str, epoch: int, sequence: int, operation: str
) -> ops.Settlement | None:
    """The settlement at (desk, epoch, sequence) when it holds a line with this operation id."""
    row = conn.execute(
        "select header, body from journal where desk = %s and epoch = %s and sequence = %s and accepted",
        (desk, epoch, sequence),
    ).fetchone()
    found = _settlement(row[0], row[1], operation) if row else None
    if found is not None:
        return found
    # A contested record that two people confirmed lies beside the chain.
    for (stored,) in conn.execute(
        "select record from contested where desk = %s and epoch = %s and sequence = %s"
        " and state = 'confirmed'",
        (desk, epoch, sequence),
    ).fetchall():
        sent = msgspec.msgpack.decode(stored, type=Sent)
        found = found or _settlement(sent.header, sent.body, operation)
    return found


def sold_line(conn: Connection, desk: str, epoch: int, sequence: int, operation: str) -> ops.AnyLine | None:
    """The line with this operation id in the settlement at (desk, epoch, sequence)."""
    found = settlement_of(conn, desk, epoch, sequence, operation)
    return line_of(found, operation) if found else None


def line_of(settlement: ops.Settlement, operation: str) -> ops.AnyLine | None:
    """Its line with this operation id."""
    return next((line for line in settlement.lines if line.operation == operation), None)


def _settlement(header_bytes: bytes, body_bytes: bytes, operation: str) -> ops.Settlement | None:
    header = msgspec.json.decode(header_bytes, type=Header)
    body = ops.decode(header.kind, header.version, body_bytes)
    return body if isinstance(body, ops.Settlement) and line_of(body, operation) else None
