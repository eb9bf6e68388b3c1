"""The projector: brings transfers, payments, items and branches forward by what was accepted.

One at a time in the country (an advisory lock), in the order the batches came but for a chain that somebody
at a counter waits for, each piece of work in one transaction with its effects: done twice it changes nothing,
interrupted it has not happened.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec
import psycopg

from azpost_desk.central import approvals, branches, carriers, limits
from azpost_desk.central.accepted import AcceptedRecord
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.storage.database import PROJECTOR_LOCK, one
from azpost_desk.domain import operations as ops
from azpost_desk.protocol.records import Header

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_log = logging.getLogger(__name__)
# Short transactions: a claim at a counter may be waiting for the next piece of work.
_WORK_AT_ONCE: Final = 4
# PostgreSQL's class of errors for what exceeds a limit of its own.
_TOO_LONG: Final = "54"
_HEADER: Final = msgspec.json.Decoder(Header)


def project_once(conn: Connection, now_ms: int) -> int:
    """Work off the oldest batches; gives how many. Runs in its own transaction."""
    if not one(conn, "select exists (select from work)")[0]:
        # Asked at every look: nobody is waited for where nothing waits.
        return 0
    with conn.transaction():
        return _project(conn, "true", {}, now_ms)


def project_chain(conn: Connection, chain: tuple[str, int], now_ms: int, *, wait_ms_max: int) -> int:
    """Work off the oldest batches of one chain (desk, epoch), whatever else waits; gives how many.

    Chains depend on each other only through what the centre has told a desk, which was brought forward then.
    Runs in its own transaction.

    Raises:
        psycopg.errors.LockNotAvailable: somebody else has been at it for longer than `wait_ms_max`.
    """
    desk, epoch = chain
    with conn.transaction():
        conn.execute("select set_config('lock_timeout', %s, true)", (str(wait_ms_max),))
        return _project(conn, "desk = %(desk)s and epoch = %(epoch)s", {"desk": desk, "epoch": epoch}, now_ms)


def _project(conn: Connection, which: str, about: dict[str, Any], now_ms: int) -> int:
    conn.execute("select pg_advisory_xact_lock(%s)", (PROJECTOR_LOCK,))
    work = conn.execute(
        f"select work, desk, epoch, first, last, received_ms from work where {which}"
        " order by work limit %(at_once)s".encode(),
        about | {"at_once": _WORK_AT_ONCE},
    ).fetchall()
    batches = [_written(conn, *batch) for _, *batch in work]
    limits.lock_senders(conn, (written for batch in batches for written in batch), now_ms)
    for batch in batches:
        _batch(conn, batch, now_ms)
    for desk, epoch in sorted({(row[1], row[2]) for row in work}):
        branches.tell_head(conn, desk, epoch, now_ms)
    conn.execute("delete from work where work = any(%s)", ([row[0] for row in work],))
    return len(work)


def _written(
    conn: Connection, desk: str, epoch: int, first: int, last: int, received_ms: int
) -> list[AcceptedRecord]:
    """The accepted records of one batch."""
    branch = one(conn, "select branch from desks where desk = %s", (desk,))[0]
    place = (received_ms, desk, epoch, first, last)
    attached: dict[int, dict[str, bytes]] = {}
    for sequence, slot, content in conn.execute(
        "select sequence, slot, content from attachments"
        " where received_ms = %s and desk = %s and epoch = %s and sequence between %s and %s",
        place,
    ):
        attached.setdefault(sequence, {})[slot] = content
    rows = conn.execute(
        "select sequence, hash, header, body from journal"
        " where received_ms = %s and desk = %s and epoch = %s and sequence between %s and %s"
        " and accepted order by sequence",
        place,
    ).fetchall()
    result = []
    for sequence, digest, header_bytes, body_bytes in rows:
        header = _HEADER.decode(header_bytes)
        body = ops.decode(header.kind, header.version, body_bytes)
        parts = attached.get(sequence, {})
        result.append(
            AcceptedRecord(desk, branch, epoch, sequence, digest.hex(), header, body, parts, received_ms)
        )
    return result


def _batch(conn: Connection, records: list[AcceptedRecord], now_ms: int) -> None:
    """All at once; when one of them fails, one by one, so that it alone goes to the exceptions list."""
    try:
        with conn.transaction():
            for written in records:
                apply(conn, written, now_ms)
    except Exception as fault:
        if _is_the_databases(fault):
            # The whole piece of work is done again.
            raise
        # One bad record must not stop the country: it is set aside with its trace, the rest goes on.
        for written in records:
            try:
                with conn.transaction():
                    apply(conn, written, now_ms)
            except Exception as fault:
                if _is_the_databases(fault):
                    raise
                _log.exception(
                    "%s/%s/%s was not brought forward", written.desk, written.epoch, written.sequence
                )
                list_exception(
                    conn, written.desk, written.epoch, written.sequence, "not_brought_forward", now_ms
                )


def _is_the_databases(fault: Exception) -> bool:
    """Whether it is a lock or the database itself, and not the record.

    What is too long for an index is counted among them, but would be no shorter the next time.
    """
    return isinstance(fault, psycopg.OperationalError) and not (fault.sqlstate or "").startswith(_TOO_LONG)


def apply(conn: Connection, written: AcceptedRecord, now_ms: int) -> None:
    """Bring forward what one record means; the caller's transaction."""
    # Whatever kind it is: a person at the centre is named only for what they consented to.
    approver = getattr(written.body, "approved_by", "")
    approvals.used(conn, written, written.header.operation, approver, now_ms)
    carriers.carry(conn, written, now_ms)
