"""Looks at a desk's books as they are and writes nothing, neither into the file nor beside the keys."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.trusted_time import TrustedTime
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.records import record_hash
from azpost_desk.storage import balancing, engine, trusting, vault
from azpost_desk.storage import tables as t
from azpost_desk.storage.desk import OpenDesk, newest_identity
from azpost_desk.storage.reading import BookReading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from azpost_desk.domain.days import Clock
    from azpost_desk.storage.vault import Protection


@dataclass(frozen=True, slots=True)
class Look:
    """One consistent look at the books of a desk.

    Attributes:
        schema: of the file, the same as this program's or the file would not have been opened.
        stopped: why a program would open these books for looking only (mark, behind, chain, ledger, page).
        ended: the L-code of what ended this chain, "" while it goes on.
        waiting, oldest_ms: records without an acknowledgement, and the recorded time of the oldest.
        acknowledged_ms: the centre's time of the last acknowledgement, or of the enrolment before the first.
        trusted_ms: now, by these books.
        rows: of each table.
        reading: what services may ask of the books.
    """

    desk: str
    epoch: int
    schema: int
    protection: Protection
    stopped: str
    ended: str
    waiting: int
    oldest_ms: int
    acknowledged_ms: int
    trusted_ms: int
    rows: dict[str, int]
    reading: BookReading


@dataclass(frozen=True, slots=True)
class _Untouched:
    """Keys that are read and never written: nothing is settled by looking."""

    vault: vault.Vault

    def protection(self) -> Protection:
        return self.vault.protection()

    def get(self, name: str) -> str | None:
        return self.vault.get(name)

    def put(self, name: str, value: str) -> None:
        """What would be settled stays as it is."""


@contextmanager
def looking(folder: Path, clock: Clock) -> Iterator[Look]:
    """The books in `folder` as they are now, also beside the running desk.

    The chain is looked at from where a program looked last, the ledger from its anchor; `checking` looks at
    all of it.

    Raises:
        Trouble: G-063 the key is lost or wrong, G-068, G-069 another program's, G-070 no desk, G-071 damaged.
    """
    path = folder / "desk.db"
    if not path.exists() or (folder / "desk.db.unfinished").exists():
        raise Trouble("G-070")
    safe = _Untouched(vault.existing(folder))
    key = vault.secret(safe, vault.DATABASE)
    # Read before the books: a sale meanwhile may be beyond the mark, never behind it.
    reached, anchor = vault.mark(safe), balancing.anchor(safe)
    connection = engine.connect(path, key, read_only=True)
    try:
        connection.exec_driver_sql("BEGIN")
        enrolled, public = newest_identity(connection)
        secret = vault.signing_secret(safe, lambda one: SigningKey(one).public() == public)
        desk = OpenDesk(connection, enrolled, SigningKey(secret), clock, safe)
        desk.begin(TrustedTime(clock, *trusting.floors(connection.exec_driver_sql)))
        waiting, oldest_ms, acknowledged_ms = _line(connection, enrolled.epoch)
        yield Look(
            enrolled.desk,
            enrolled.epoch,
            engine.schema_of(connection),
            safe.protection(),
            _why_stopped(connection, safe, reached, anchor),
            vault.ended(safe, enrolled.epoch),
            waiting,
            oldest_ms,
            acknowledged_ms,
            desk.time.now_ms(),
            {table.name: _rows(connection, table.name) for table in t.TABLES.sorted_tables},
            BookReading(desk),
        )
    except DBAPIError as damaged:
        raise Trouble("G-071") from damaged
    finally:
        connection.close()


def is_writable(folder: Path) -> bool:
    """Whether this user may write the books and beside them."""
    files = (folder / name for name in ("desk.db", "desk.db-wal"))
    return os.access(folder, os.W_OK) and all(os.access(one, os.W_OK) for one in files if one.exists())


def _rows(connection: Connection, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(t.TABLES.tables[name])).scalar_one())


def _line(connection: Connection, epoch: int) -> tuple[int, int, int]:
    line, j = t.line.c, t.journal.c
    told = connection.execute(select(t.line).where(line.epoch == epoch)).one()
    unsent = select(func.count(), func.min(j.recorded_ms)).where(
        j.epoch == epoch, j.sequence > told.acknowledged
    )
    waiting, oldest_ms = connection.execute(unsent).one()
    return waiting, oldest_ms or 0, told.acknowledged_ms


def _why_stopped(
    connection: Connection,
    safe: vault.Vault,
    reached: vault.Mark | None,
    anchor: balancing.Anchor | None,
) -> str:
    try:
        fallen, _newest = why_fallen(connection, reached)
        if fallen or balancing.kept_stop(safe):
            return fallen or balancing.LEDGER
        return "" if balancing.is_balanced(connection, anchor) else balancing.LEDGER
    except DBAPIError:
        return "page"


def why_fallen(connection: Connection, reached: vault.Mark | None) -> tuple[str, int]:
    """(why the journal is not what it was, "" when it is; the row up to which its chain holds).

    It is looked at from the row that was looked at last, and nothing is written.
    """
    j = t.journal.c
    if reached is None:
        # Enrolling makes one: who takes it away would bring an older file back unseen.
        return "mark", 0
    at_mark = select(j.hash).where(j.epoch == reached.epoch, j.sequence == reached.sequence)
    found = connection.execute(at_mark).scalar()
    if found is None or found.hex() != reached.hash:
        return "behind", 0
    last_checked = connection.execute(select(t.checked.c.record)).scalar() or 0
    previous: dict[int, bytes] = {}
    newest = last_checked
    for row in connection.execute(select(t.journal).where(j.id >= last_checked).order_by(j.id)):
        if row.epoch in previous and row.previous != previous[row.epoch]:
            return "chain", 0
        if record_hash(row.previous, row.header, row.body) != row.hash:
            return "chain", 0
        previous[row.epoch] = row.hash
        newest = row.id
    return "", newest
