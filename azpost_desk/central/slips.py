"""Slips that desks read: who is said to have signed them, did; and what the signer's own chain says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.exceptions import list_exception
from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports
from azpost_desk.protocol import slips

if TYPE_CHECKING:
    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection


def remittance_announced(
    conn: Connection, written: AcceptedRecord, body: ops.RemittanceAnnounced, now_ms: int
) -> None:
    """Cash that was announced on paper. It moves nothing here: issue and acceptance do, in either order."""
    signed = _signed(body.slip)
    proven = (
        signed is not None
        and isinstance(signed.slip, slips.RemittanceSlip)
        and _fields(signed.slip) == _said(body)
        and signed.slip.to_desk == written.desk
        and signed.is_by(_key(conn, body.from_desk, body.from_epoch))
    )
    if not proven:
        _except(conn, written, "strange_slip", body.remittance, now_ms)
        return
    _keep(conn, written, "remittance", body.remittance, (body.from_desk, body.from_epoch, body.from_sequence))


def close_announced(conn: Connection, written: AcceptedRecord, body: ops.CloseAnnounced, now_ms: int) -> None:
    """A close that was announced on paper, beside the chain of the desk that closed."""
    signed = _signed(body.slip)
    proven = (
        signed is not None
        and isinstance(signed.slip, slips.CloseSlip)
        and (signed.slip.from_desk, signed.slip.epoch, signed.slip.sequence, signed.slip.hash.hex())
        == (body.desk, body.epoch, body.sequence, body.hash)
        and signed.slip.date == body.date
        and reports.encode(signed.slip.figures()) == body.figures
        and signed.slip.to_desk == written.desk
        and signed.is_by(_key(conn, body.desk, body.epoch))
    )
    if not proven:
        _except(conn, written, "strange_slip", f"{body.desk} {body.date}", now_ms)
        return
    origin = (body.desk, body.epoch, body.sequence)
    _keep(conn, written, "close", f"{body.desk} {body.date}", origin, body.hash, body.figures.encode())
    _compare(conn, *origin, now_ms)


def day_closed(conn: Connection, written: AcceptedRecord, now_ms: int) -> None:
    """A desk's own record of its close has come: it must be the one its slip spoke of."""
    _compare(conn, written.desk, written.epoch, written.sequence, now_ms)


def _compare(conn: Connection, desk: str, epoch: int, sequence: int, now_ms: int) -> None:
    """Where slip and record are both here their hashes are one; else the reader's record is listed."""
    rows = conn.execute(
        "select read_by, slips_read.epoch, slips_read.sequence, thing from slips_read"
        " join journal on journal.desk = from_desk and journal.epoch = from_epoch"
        " and journal.sequence = from_sequence"
        " where kind = 'close' and from_desk = %s and from_epoch = %s and from_sequence = %s"
        " and encode(journal.hash, 'hex') <> slips_read.hash",
        (desk, epoch, sequence),
    ).fetchall()
    for read_by, read_epoch, read_sequence, thing in rows:
        list_exception(conn, read_by, read_epoch, read_sequence, "slip_differs", now_ms, thing)


def _keep(
    conn: Connection,
    written: AcceptedRecord,
    kind: str,
    thing: str,
    origin: tuple[str, int, int],
    digest: str = "",
    figures: bytes = b"",
) -> None:
    conn.execute(
        "insert into slips_read values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (kind, thing, *origin, digest, figures, written.desk, written.epoch, written.sequence),
    )


def _signed(code: str) -> slips.Signed | None:
    try:
        return slips.read_code(code)
    except slips.NoSlip:
        return None


def _fields(slip: slips.RemittanceSlip) -> tuple[object, ...]:
    return (
        slip.id(), slip.from_desk, slip.epoch, slip.sequence, slip.mark.hex(), slip.pieces,
        slip.amount_qapik, slip.at_ms,
    )  # fmt: skip


def _said(body: ops.RemittanceAnnounced) -> tuple[object, ...]:
    return (
        body.remittance, body.from_desk, body.from_epoch, body.from_sequence, body.mark,
        slips.sheet_of(body.pieces), body.amount_qapik, body.at_ms,
    )  # fmt: skip


def _key(conn: Connection, desk: str, epoch: int) -> str:
    """The key of a chain, whatever became of it since: the slip may have been taken while it was good."""
    row = conn.execute(
        "select public_key from chain_heads where desk = %s and epoch = %s", (desk, epoch)
    ).fetchone()
    return str(row[0]) if row else ""


def _except(conn: Connection, written: AcceptedRecord, reason: str, about: str, now_ms: int) -> None:
    list_exception(conn, written.desk, written.epoch, written.sequence, reason, now_ms, about)
