"""The centre's PostgreSQL: connections, numbered migrations, monthly partitions."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

Connection = psycopg.Connection[TupleRow]

# Any constant of our own: whoever migrates holds this advisory lock, everybody else waits for it.
_MIGRATION_LOCK: Final = 0x617A706F7374
# Whoever brings records forward holds it in their transaction: what must not meet them takes it too.
PROJECTOR_LOCK: Final = 0x70726F6A
_PARTITIONED: Final = ("journal", "attachments", "postings")
_MONTHS_AHEAD: Final = 3
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Database:
    """A pool of connections to one centre's database; safe to use from several threads."""

    def __init__(self, dsn: str, connections_max: int = 16) -> None:
        self.dsn = dsn
        self._connections_max = connections_max
        self._pool = self._closed_pool()

    def _closed_pool(self) -> ConnectionPool[Connection]:
        return ConnectionPool(self.dsn, min_size=1, max_size=self._connections_max, open=False)

    def open(self) -> None:
        """Connect; waits until the first connection stands.

        Raises:
            psycopg_pool.PoolTimeout: the server cannot be reached.
        """
        # A pool that was closed cannot be opened again.
        self._pool = self._closed_pool()
        self._pool.open(wait=True, timeout=30)

    def close(self) -> None:
        """Give all connections back to the server."""
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection whose transactions the block opens itself."""
        with self._pool.connection() as conn:
            yield conn

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction that commits when the block ends and rolls back when it raises."""
        with self._pool.connection() as conn, conn.transaction():
            yield conn


def connect(dsn: str) -> Connection:
    """One connection of one's own, each statement its own transaction unless said otherwise."""
    return psycopg.connect(dsn, autocommit=True)


def migrate(dsn: str, now_ms: int) -> int:
    """Bring the schema up to this program's number and make the coming months' partitions; gives the number.

    Several processes may start at once: one migrates, the others wait for it.

    Raises:
        Trouble: X-109 the database was made by a newer program.
    """
    with connect(dsn) as conn:
        conn.execute("select pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        conn.execute(
            "create table if not exists schema_number"
            " (number integer primary key, applied_ms bigint not null)"
        )
        done = one(conn, "select coalesce(max(number), 0) from schema_number")[0]
        steps = migrations()
        if done > max(steps):
            raise Trouble("X-109", found=str(done), known=str(max(steps)))
        for number in sorted(steps):
            if number > done:
                with conn.transaction():
                    conn.execute(steps[number].encode())
                    conn.execute("insert into schema_number values (%s, %s)", (number, now_ms))
        make_partitions(conn, now_ms)
        return max(steps)


def migrations() -> dict[int, str]:
    """Number → SQL of every migration this program carries."""
    folder = files(__package__ or "") / "migrations"
    return {
        int(step.name.split("_")[0]): step.read_text("utf-8")
        for step in folder.iterdir()
        if step.name.endswith(".sql")
    }


def make_partitions(conn: Connection, now_ms: int) -> None:
    """Partitions for this month and the next ones; what comes later lies in the default partition."""
    for name, (table, begin_ms, end_ms) in missing_partitions(conn, now_ms).items():
        _make_partition(conn, name, table, begin_ms, end_ms)


def missing_partitions(conn: Connection, now_ms: int) -> dict[str, tuple[str, int, int]]:
    """Those of this month and the next ones that are not there: name -> (table, first ms, ms behind it)."""
    month = (_EPOCH + dt.timedelta(milliseconds=now_ms)).date().replace(day=1)
    wanted: dict[str, tuple[str, int, int]] = {}
    for _ in range(_MONTHS_AHEAD):
        after = (month + dt.timedelta(days=32)).replace(day=1)
        for table in _PARTITIONED:
            wanted[f"{table}_{month:%Y_%m}"] = (table, _ms(month), _ms(after))
        month = after
    # Asked in one: at every start and every day all of them are there but for the first of a month.
    there = conn.execute(
        "select name from unnest(%s::text[]) as name where to_regclass(name) is not null", (list(wanted),)
    ).fetchall()
    return {name: wanted[name] for name in wanted.keys() - {row[0] for row in there}}


def _make_partition(conn: Connection, name: str, table: str, begin_ms: int, end_ms: int) -> None:
    # A row of that month in the default partition (a clock once wrong) forbids the partition.
    taken = one(
        conn,
        f"select exists (select from {table}_default where received_ms >= %s and received_ms < %s)",
        (begin_ms, end_ms),
    )[0]
    if not taken:
        conn.execute(
            f"create table {name} partition of {table} for values from ({begin_ms}) to ({end_ms})".encode()
        )


def _ms(day: dt.date) -> int:
    return (day - _EPOCH.date()).days * 86_400_000


def one(conn: Connection, query: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> TupleRow:
    """The first row of a query that always has one."""
    row = conn.execute(query.encode(), values).fetchone()
    if row is None:
        raise LookupError(query)
    return row
