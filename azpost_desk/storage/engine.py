"""Opens the encrypted file: SQLCipher with a raw key, WAL, every commit on the disk when it returns."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlcipher3 import dbapi2

from azpost_desk import files
from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

# Before 3.51.3 a writer beside a checkpoint could corrupt a WAL database.
SQLITE_MIN: Final = (3, 51, 3)
KEY_BYTES: Final = 32
# SQLCipher's own size of a page; nobody here asks for another.
PAGE_BYTES: Final = 4096
# More than a desk has: what the driver forgets, SQLite parses again.
STATEMENTS_KEPT: Final = 1_000
DriverError: Final = dbapi2.Error
MIGRATED: Final = "migrated"
"""Key of `Connection.info`: the file came from an older schema, its projections must be folded anew."""
_OPENING: Final[ContextVar[Callable[[], dbapi2.Connection]]] = ContextVar("_OPENING")
# One for every file: a statement is compiled once in a program, not once for each file that it opens. Only
# `connect` says which file is opened, so a connection that broke is never silently another one.
_ENGINE: Final = create_engine(
    "sqlite://",
    module=dbapi2,
    creator=lambda: _OPENING.get()(),
    poolclass=NullPool,
    isolation_level="AUTOCOMMIT",
    # A fault is logged with its statement; what it was about stays in the file.
    hide_parameters=True,
)
# What was folded in, empty again: as many as were needed at once.
_SCRATCH: Final[list[Connection]] = []


def driver(path: Path, key: bytes, read_only: bool = False) -> dbapi2.Connection:
    """A connection of the driver with every pragma set.

    Raises:
        Trouble: G-063 when the key does not open the file, G-068 when SQLite is too old, G-071 when what lies
            there is no file of books, or a page of its table of contents is damaged.
    """
    require_version()
    address = _to_read(path) if read_only else f"{path.absolute().as_uri()}?mode=rwc"
    require_file(path)
    # Services and the line take turns under one lock, from two threads.
    raw = _connected(address)
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError as wrong:
        raw.close()
        # A key that does not fit reads nothing as a database; with one that does, a page is damaged.
        is_key = wrong.sqlite_errorname == "SQLITE_NOTADB"
        raise Trouble("G-063" if is_key else "G-071") from wrong
    _settle(raw)
    if not read_only:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
    return raw


def require_version() -> None:
    """Raises: Trouble: G-068 when SQLite is too old to write beside a checkpoint."""
    if dbapi2.sqlite_version_info < SQLITE_MIN:
        raise Trouble("G-068", version=dbapi2.sqlite_version)


def require_file(path: Path) -> None:
    """In an empty file the engine would begin new books, and throw away the log that lies beside it.

    Raises:
        Trouble: G-071 when an empty file lies there, a folder, or what this program may not look at.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    except OSError as fault:
        raise Trouble("G-071") from fault
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        raise Trouble("G-071")


def _connected(address: str) -> dbapi2.Connection:
    try:
        return dbapi2.connect(
            address,
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            cached_statements=STATEMENTS_KEPT,
        )
    except dbapi2.OperationalError as fault:
        # It is not there, or not for this program.
        raise Trouble("G-071") from fault


def _to_read(path: Path) -> str:
    """The address of a file that is only read.

    On a medium nobody can write to SQLite would still make its shared memory beside the file, and fail. There
    nobody else writes either, so the file is taken as it stands; unless a log beside it holds newer pages.
    """
    log = path.with_name(f"{path.name}-wal")
    is_still = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_still else ''}"


def damaged_pages(path: Path, key: bytes) -> list[str]:
    """What the engine says of each damaged page, by its number; [] when every byte of the file is whole.

    Raises:
        Trouble: G-063 when no page at all can be read: the key does not belong to this file; G-071 as
            `driver`.
    """
    examined = _examined(path, key)
    if isinstance(examined, list):
        return examined
    examined.close()
    return []


def connect_whole(path: Path, key: bytes) -> Connection | list[str]:
    """A connection to read whose every byte was looked at, or what `damaged_pages` says; opened once.

    Raises:
        Trouble: as `damaged_pages` and `connect`.
    """
    require_version()
    examined = _examined(path, key)
    if isinstance(examined, list):
        return examined
    _settle(examined)
    connection = _opened(lambda: examined)
    try:
        _bring_to_schema(connection, read_only=True)
    except BaseException:
        connection.close()
        raise
    return connection


def _examined(path: Path, key: bytes) -> dbapi2.Connection | list[str]:
    """The driver's connection to a file whose pages are all whole, or what is said of those that are not."""
    require_file(path)
    raw = _connected(_to_read(path))
    damaged: list[str] = []
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        damaged = [str(row[0]) for row in raw.execute("PRAGMA cipher_integrity_check")]
        if damaged and len(damaged) >= path.stat().st_size // PAGE_BYTES:
            raise Trouble("G-063")
        if not damaged:
            # Whole pages may be missing at the end: the engine then knows more of them than there are.
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return raw
    except dbapi2.DatabaseError as unreadable:
        damaged = [str(unreadable)]
    except BaseException:
        raw.close()
        raise
    raw.close()
    return damaged


def _settle(raw: dbapi2.Connection) -> None:
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA busy_timeout=5000")


def connect(path: Path, key: bytes, read_only: bool = False) -> Connection:
    """The one connection of a program to its desk's file; transactions are begun by hand.

    Raises:
        Trouble: as `driver`; G-069 when the file comes from a newer program.
    """
    connection = _opened(lambda: driver(path, key, read_only))
    try:
        _bring_to_schema(connection, read_only)
        if not read_only:
            # SQLite makes its files for one user; those that follow take the mode of the first.
            files.let_group_in(path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def scratch() -> Iterator[Connection]:
    """A desk's tables in memory, empty, without their triggers, in a transaction that is undone in the end.

    They are lent again afterwards: tables that are made anew are parsed anew, with every statement on them.
    """
    try:
        memory = _SCRATCH.pop()
    except IndexError:
        memory = _in_memory()
    try:
        memory.exec_driver_sql("BEGIN")
        yield memory
        memory.exec_driver_sql("ROLLBACK")
    except BaseException:
        memory.close()
        raise
    _SCRATCH.append(memory)


def _in_memory() -> Connection:
    # Lent to one thread after another.
    new = dbapi2.connect(
        ":memory:", check_same_thread=False, isolation_level=None, cached_statements=STATEMENTS_KEPT
    )
    _empty().backup(new)
    return _opened(lambda: new)


def _opened(opener: Callable[[], dbapi2.Connection]) -> Connection:
    opening = _OPENING.set(opener)
    try:
        # A copy with listeners of its own: whoever listens hears this file only.
        return _ENGINE.execution_options().connect()
    finally:
        _OPENING.reset(opening)


def schema_of(connection: Connection) -> int:
    """The number of the schema in the file; 0 when it is empty."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _bring_to_schema(connection: Connection, read_only: bool) -> None:
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

        before = columns_of(connection)
        upgrade(connection, number)
        connection.info[MIGRATED] = before


def columns_of(connection: Connection) -> dict[str, frozenset[str]]:
    """The columns of every table in the file."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    told = {name: connection.exec_driver_sql(f"PRAGMA table_info({name})").all() for name in names}
    return {name: frozenset(row[1] for row in rows) for name, rows in told.items()}


def create(connection: Connection) -> None:
    """All tables and triggers in an empty file; the same as every migration in turn (a test compares)."""
    begun = f"BEGIN IMMEDIATE; PRAGMA user_version={tables.SCHEMA}"
    raw(connection).executescript(";".join((begun, *_schema(), *tables.TRIGGERS, "COMMIT")))


def raw(connection: Connection) -> dbapi2.Connection:
    """The driver's own connection under ours: for scripts, and rows that nobody looks at."""
    return connection.connection.driver_connection


def filled(connection: Connection, names: tuple[str, ...]) -> frozenset[str]:
    """Those of these tables that hold a row, by the tables' own pages: an index may have been changed."""
    return frozenset(row[0] for row in raw(connection).execute(_which_are_filled(names)))


@cache
def _which_are_filled(names: tuple[str, ...]) -> str:
    each = (f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one} NOT INDEXED)" for one in names)
    return " UNION ALL ".join(each)


@cache
def _empty() -> dbapi2.Connection:
    """A desk's tables, to copy: pages are copied in a tenth of the time in which statements make them."""
    made = dbapi2.connect(":memory:", check_same_thread=False, isolation_level=None)
    made.executescript(";".join(_schema()))
    return made


@cache
def _schema() -> tuple[str, ...]:
    """The statements that make all tables and their indexes, in an order that foreign keys allow."""
    made: list[CreateTable | CreateIndex] = []
    for table in tables.TABLES.sorted_tables:
        made.append(CreateTable(table))
        made += [CreateIndex(one) for one in sorted(table.indexes, key=lambda index: str(index.name))]
    return tuple(str(one.compile(dialect=_ENGINE.dialect)) for one in made)
