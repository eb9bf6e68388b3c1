"""Opens the encrypted file: SQLCipher with a raw key, WAL, every commit on the disk when it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage import tables

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

# Before 3.51.3 a writer beside a checkpoint could corrupt a WAL database.
SQLITE_MIN: Final = (3, 51, 3)
KEY_BYTES: Final = 32
# SQLCipher's own size of a page; nobody here asks for another.
PAGE_BYTES: Final = 4096
DriverError: Final = dbapi2.Error
MIGRATED: Final = "migrated"
"""Key of `Connection.info`: the file came from an older schema, its projections must be folded anew."""


def driver(path: Path, key: bytes, read_only: bool = False) -> dbapi2.Connection:
    """A connection of the driver with every pragma set.

    Raises:
        Trouble: G-063 when the key does not open the file, G-068 when SQLite is too old.
    """
    if dbapi2.sqlite_version_info < SQLITE_MIN:
        raise Trouble("G-068", version=dbapi2.sqlite_version)
    mode = "ro" if read_only else "rwc"
    # Services and the line take turns under one lock, from two threads.
    raw = dbapi2.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None
    )
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError as wrong:
        raw.close()
        raise Trouble("G-063") from wrong
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA busy_timeout=5000")
    if not read_only:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
    return raw


def damaged_pages(path: Path, key: bytes) -> list[str]:
    """What the engine says of each damaged page, by its number; [] when every byte of the file is whole.

    Raises:
        Trouble: G-063 when no page at all can be read: the key does not belong to this file.
    """
    raw = dbapi2.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        damaged = [str(row[0]) for row in raw.execute("PRAGMA cipher_integrity_check")]
        if damaged and len(damaged) >= path.stat().st_size // PAGE_BYTES:
            raise Trouble("G-063")
        if not damaged:
            # Whole pages may be missing at the end: the engine then knows more of them than there are.
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return damaged
    except dbapi2.DatabaseError as unreadable:
        return [str(unreadable)]
    finally:
        raw.close()


def connect(path: Path, key: bytes, read_only: bool = False) -> Connection:
    """The one connection of a program to its desk's file; transactions are begun by hand.

    Raises:
        Trouble: as `driver`; G-069 when the file comes from a newer program.
    """
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: driver(path, key, read_only),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        # A fault is logged with its statement; what it was about stays in the file.
        hide_parameters=True,
    )
    connection = engine.connect()
    try:
        _bring_to_schema(engine, connection, read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def schema_of(connection: Connection) -> int:
    """The number of the schema in the file; 0 when it is empty."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _bring_to_schema(engine: Engine, connection: Connection, read_only: bool) -> None:
    number = schema_of(connection)
    if number == tables.SCHEMA:
        return
    if number > tables.SCHEMA or read_only:
        raise Trouble("G-069", schema=number)
    if number == 0:
        create(connection)
    else:
        # Imported only when there is something to migrate: alembic costs 400 ms at the start.
        from azpost_desk.storage.migrations import upgrade

        upgrade(connection, number)
        connection.info[MIGRATED] = True


def create(connection: Connection) -> None:
    """All tables and triggers in an empty file; the same as every migration in turn (a test compares)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    tables.TABLES.create_all(connection)
    for trigger in tables.TRIGGERS:
        connection.exec_driver_sql(trigger)
    connection.exec_driver_sql(f"PRAGMA user_version={tables.SCHEMA}")
    connection.exec_driver_sql("COMMIT")
