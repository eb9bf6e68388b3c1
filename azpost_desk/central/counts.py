"""Counts of tills as the centre sees them: every difference, and every shortage paid with own money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain import operations as ops


def counted(
    conn: Connection, written: AcceptedRecord, body: ops.TillClosed | ops.TillHandedOver | ops.TillCounted
) -> None:
    """A close, a hand-over or a surprise count, as it was counted."""
    header = written.header
    conn.execute(
        "insert into till_counts values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            header.operation,
            written.desk,
            header.kind,
            body.holder,
            header.actor,
            body.counted_qapik,
            body.expected_qapik,
            body.difference_qapik,
            header.recorded_ms,
        ),
    )


def made_good(conn: Connection, written: AcceptedRecord, body: ops.DifferenceMadeGood) -> None:
    """Somebody paid a shortage with own money: who, for which count, why, and who stood by."""
    header = written.header
    said = written.attachments.get(f"{header.operation}:words", b"")
    conn.execute(
        "insert into made_good values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            header.operation,
            written.desk,
            body.officer,
            body.approved_by,
            body.close,
            body.amount_qapik,
            body.cause,
            msgspec.json.decode(said, type=str) if said else "",
            header.recorded_ms,
        ),
    )
