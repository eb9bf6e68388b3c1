"""A line as it was sold, from the record in custody: what later records claim of it is compared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.protocol.records import Header

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


def sold_line(conn: Connection, desk: str, epoch: int, sequence: int, operation: str) -> ops.AnyLine | None:
    """The line with this operation id in the settlement at (desk, epoch, sequence)."""
    row = conn.execute(
        "select header, body from journal where desk = %s and epoch = %s and sequence = %s and accepted",
        (desk, epoch, sequence),
    ).fetchone()
    if row is None:
        return None
    header = msgspec.json.decode(row[0], type=Header)
    body = ops.decode(header.kind, header.version, row[1])
    lines = body.lines if isinstance(body, ops.Settlement) else ()
    return next((line for line in lines if line.operation == operation), None)
