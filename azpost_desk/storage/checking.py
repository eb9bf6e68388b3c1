"""Feeds a desk's file to the invariants, read-only, also beside the running desk."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from azpost_desk.domain.invariants import Fact, Stored, Verdict, check
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.records import Header, Record, record_hash
from azpost_desk.storage import engine, vault
from azpost_desk.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Row

# What a header that cannot be read says: every fold that needs it will complain.
_UNREADABLE = Header(0, "", 0, 0, "", "", 0, 0, "", "", "", 0, "", "")


def check_folder(folder: Path) -> tuple[list[Verdict], list[str]]:
    """(the invariants over the desk in `folder`, damaged pages as the engine names them).

    Raises:
        Trouble: G-063, G-068, G-069, G-070 when it cannot be opened.
    """
    path = folder / "desk.db"
    if not path.exists():
        raise Trouble("G-070")
    key = vault.secret(vault.existing(folder), vault.DATABASE)
    connection = engine.connect(path, key, read_only=True)
    try:
        damaged = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
        return ([] if damaged else check_books(connection)), damaged
    finally:
        connection.close()


def check_books(connection: Connection) -> list[Verdict]:
    """The invariants over an open file, in one consistent look."""
    connection.exec_driver_sql("BEGIN")
    try:
        return check(facts(connection), is_signed)
    finally:
        connection.exec_driver_sql("COMMIT")


def facts(connection: Connection) -> Iterator[Fact]:
    """Every record with its signature and postings, in order."""
    posted = groupby(
        connection.execute(select(t.postings).order_by(t.postings.c.record, t.postings.c.id)),
        key=lambda row: row.record,
    )
    waiting = next(posted, None)
    wanted = (
        select(t.journal, t.signatures.c.signature)
        .outerjoin(t.signatures, t.signatures.c.record == t.journal.c.id)
        # As they came into these books: late records of an ended epoch after what they did not know.
        .order_by(t.journal.c.id)
    )
    present = 0
    for row in connection.execute(wanted):
        mine: tuple[Stored, ...] = ()
        if waiting is not None and waiting[0] == row.id:
            mine = tuple(Stored(p.operation, p.account, p.sub, p.currency, p.minor) for p in waiting[1])
            waiting = next(posted, None)
        yield _fact(row, mine, row.epoch < present)
        present = max(present, row.epoch)


def _fact(row: Row[Any], stored: tuple[Stored, ...], late: bool) -> Fact:
    record = Record(row.header, row.body, row.previous, row.hash)
    try:
        header = record.header()
    except msgspec.DecodeError:
        header = _UNREADABLE
    return Fact(
        header.desk,
        row.epoch,
        row.sequence,
        # The columns beside the header must say what it says: a row is queried by them.
        header.operation if _agrees(row, header) else "",
        header.kind,
        header.version,
        header.day,
        header.actor,
        header.actor_kind,
        header.postings,
        row.body,
        row.previous,
        row.hash,
        record_hash(row.previous, row.header, row.body),
        row.signature,
        stored,
        late,
    )


def _agrees(row: Row[Any], header: Header) -> bool:
    return (row.epoch, row.sequence, row.operation, row.kind, row.day, row.recorded_ms) == (
        header.epoch,
        header.sequence,
        header.operation,
        header.kind,
        header.day,
        header.recorded_ms,
    )
