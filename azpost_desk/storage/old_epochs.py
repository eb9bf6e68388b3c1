"""Records of ended epochs in the present machine's books: what the centre gave back, what came in late.

They stand in the journal byte for byte and count in the ledger. Before the new epoch began they are this
desk's own past and do all they did; late ones, written by a machine that did not know of the new epoch, move
money and lines but never a day or a till that has gone on since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, insert, select

from azpost_desk.domain import operations as ops
from azpost_desk.domain.accounts import TILL
from azpost_desk.domain.postings import postings as posted
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.records import Record
from azpost_desk.storage import tables as t
from azpost_desk.storage.projecting import StoredRecord, add_to_balances, posting_rows
from azpost_desk.storage.projections import project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from azpost_desk.protocol.old_chains import OldRecord
    from azpost_desk.storage.desk import OpenDesk

_NO_JSON: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# What a late record may not move: the present chain has gone on with day, till and grants of its own.
_NOT_LATE: Final = frozenset(
    {
        "day.opened",
        "day.closed",
        "till.opened",
        "till.closed",
        "grant.stored",
        "grant.released",
        "transfer.changed",
        "epoch.opened",
    }
)

Known = dict[int, tuple[int, bytes, str]]
"""Epoch → (sequence, hash, public key) of the last record of it that is here."""


def _heads(connection: Connection) -> dict[int, tuple[int, bytes]]:
    """Epoch → (sequence, hash) of its last record here."""
    j = t.journal.c
    last = select(j.epoch, func.max(j.sequence).label("last")).group_by(j.epoch).subquery()
    rows = connection.execute(
        select(j.epoch, j.sequence, j.hash).join(
            last, (last.c.epoch == j.epoch) & (last.c.last == j.sequence)
        )
    )
    return {row.epoch: (row.sequence, row.hash) for row in rows}


def known_chains(connection: Connection) -> Known:
    """Where each epoch in these books ends, and with which key."""
    known: Known = {}
    for epoch, (sequence, newest) in _heads(connection).items():
        key = ""
        j = t.journal.c
        kinds = select(t.journal).where(j.epoch == epoch, j.kind.in_(("epoch.opened", "key.rotated")))
        for row in connection.execute(kinds.order_by(j.sequence)):
            body = _decoded(row.kind, 1, row.body, "G-071")
            key = body.public_key if isinstance(body, ops.EpochOpened) else body.new_key
        known[epoch] = sequence, newest, key
    return known


def keep(desk: OpenDesk, records: Iterable[OldRecord], arrived_ms: int) -> int:
    """Store, post and project records of ended epochs; gives what they move in this desk's till, qəpik.

    One that is here already is passed over.

    Raises:
        Trouble: G-069 a record of a kind only a newer program knows, G-078 it is not what is stored here,
            L-016 its header cannot be read, or says numbers that no desk writes.
    """
    cash = 0
    for one in records:
        if not _is_here(desk.connection, one):
            try:
                cash += _keep(desk, one, arrived_ms)
            except (OverflowError, ValueError, ArithmeticError) as absurd:
                # No column holds such a number, and no posting such an amount.
                raise Trouble("L-016", detail=f"values {one.epoch}/{one.sequence}") from absurd
    return cash


def _decoded(kind: str, version: int, body: bytes, code: str) -> Any:
    """The body; Trouble `code` when this program cannot read it."""
    try:
        return ops.decode(kind, version, body)
    except (ops.UnknownKind, *_NO_JSON) as unreadable:
        raise Trouble(code, schema=f"{kind}@{version}") from unreadable


def _is_here(connection: Connection, one: OldRecord) -> bool:
    j = t.journal.c
    known = connection.execute(
        select(j.hash).where(j.epoch == one.epoch, j.sequence == one.sequence)
    ).scalar()
    if known is not None and known != one.hash:
        raise Trouble("G-078", epoch=one.epoch, sequence=one.sequence)
    return known is not None


def _keep(desk: OpenDesk, one: OldRecord, arrived_ms: int) -> int:
    connection = desk.connection
    record = Record(one.sent.header, one.sent.body, one.previous, one.hash)
    try:
        header = record.header()
    except _NO_JSON as unreadable:
        raise Trouble("L-016", detail=f"header {one.epoch}/{one.sequence}") from unreadable
    body: ops.Body = _decoded(header.kind, header.version, record.body, "G-069")
    newest: int = connection.execute(select(func.max(t.journal.c.id))).scalar() or 0
    present: int = connection.execute(select(func.max(t.journal.c.epoch))).scalar() or 0
    connection.execute(
        insert(t.journal),
        {
            "id": newest + 1,
            "epoch": header.epoch,
            "sequence": header.sequence,
            "operation": header.operation,
            "kind": header.kind,
            "day": header.day,
            "recorded_ms": header.recorded_ms,
            "arrived_ms": arrived_ms,
            "header": record.header_bytes,
            "body": record.body,
            "previous": record.previous,
            "hash": record.hash,
        },
    )
    if one.signature is not None:
        connection.execute(insert(t.signatures), {"record": newest + 1, "signature": one.signature})
    for part in one.sent.attachments:
        connection.execute(
            insert(t.attachments),
            {"slot": part.slot, "record": newest + 1, "salt": part.salt, "content": part.content},
        )
    ledger = posted(header.desk, header.operation, header.kind, header.version, body)
    rows = posting_rows(newest + 1, header.day, ledger)
    if rows:
        connection.execute(insert(t.postings), rows)
        add_to_balances(connection, rows)
    parts = {part.slot: part.content for part in one.sent.attachments}
    project_old(connection, StoredRecord(newest + 1, header, body, parts), late=header.epoch < present)
    return sum(
        line.amount.minor for line in ledger if line.account == TILL and line.sub == desk.enrolled.desk
    )


def project_old(connection: Connection, written: StoredRecord, *, late: bool) -> None:
    """Carry a record of an ended epoch into the projections as far as it still fits: what the books know
    better since (news that was not repeated, a state that went on) stays as it is.
    """
    if late and written.header.kind in _NOT_LATE:
        return
    connection.exec_driver_sql("SAVEPOINT old")
    try:
        project(connection, written)
    except Refused:
        connection.exec_driver_sql("ROLLBACK TO old")
    connection.exec_driver_sql("RELEASE old")
