"""Named benchmarks: each measures the thing and its physical limit in the same run, pair by pair."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ids import uuid7
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.messages import Enrolled, News
from azpost_desk.protocol.records import SALT_BYTES, Attachment
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DATABASE, DeskBooks

if TYPE_CHECKING:
    from collections.abc import Callable

COMMIT_RATIO_MAX: Final = 4
COMMIT_P99_MS_MAX: Final = 10
RUNS: Final = 400
WARM_UP: Final = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """One bench's line as interfaces.md writes it; times in `unit`."""

    bench: str
    unit: str
    p50: float
    p99: float
    limit_name: str
    limit_p50: float
    ratio: float
    runs: int
    budget: str
    met: bool
    machine: str


class _Clock:
    """The bench's own time: it measures durations, and its desk only needs a clock that goes on."""

    def utc_ms(self) -> int:
        return 1_795_000_000_000 + time.monotonic_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def commit(runs: int = RUNS) -> Measured:
    """A transfer: command → durable with journal, signature, postings, projections; against the bare rows."""
    with tempfile.TemporaryDirectory() as folder:
        clock = _Clock()
        books = _desk(Path(folder), clock, runs + WARM_UP)
        bare = _BareRows(Path(folder))
        pairs = []
        for _ in range(runs + WARM_UP):
            ours = _milliseconds(lambda: _send_transfer(books, clock))
            rows = bare.new_rows()
            pairs.append((ours, _milliseconds(partial(bare.write, rows))))
        bare.close()
        books.close()
    return _measured("commit", "raw sqlcipher transaction of the same rows, WAL + FULL", pairs[WARM_UP:])


def _measured(bench: str, limit_name: str, pairs: list[tuple[float, float]]) -> Measured:
    ours, limit = zip(*pairs, strict=True)
    p50, p99, limit_p50 = statistics.median(ours), _percentile(ours, 99), statistics.median(limit)
    ratio = p50 / limit_p50
    return Measured(
        bench,
        "ms",
        round(p50, 3),
        round(p99, 3),
        limit_name,
        round(limit_p50, 3),
        round(ratio, 2),
        len(pairs),
        f"p50 ≤ {COMMIT_RATIO_MAX} × limit, p99 ≤ {COMMIT_P99_MS_MAX} ms",
        ratio <= COMMIT_RATIO_MAX and p99 <= COMMIT_P99_MS_MAX,
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )


def _percentile(values: tuple[float, ...], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - began) / 1_000_000


def _new_id(clock: _Clock) -> str:
    return str(uuid7(clock.utc_ms(), os.urandom(10)))


def _desk(folder: Path, clock: _Clock, codes: int) -> DeskBooks:
    centre = SigningKey.new().public()
    who = Enrolled(
        desk="2002-1",
        number=1,
        branch="2002",
        branch_name="Bench",
        epoch=1,
        centre_epoch=1,
        centre_key=centre,
        grants_key=centre,
        time_ms=clock.utc_ms(),
        receipt_series=4201,
        receipt_next=1,
        day_next=1,
    )
    books = DeskBooks.create(folder, who, SigningKey.new(), clock, keep=vault.FileVault(folder))
    pool = tidings.Codes(epoch=1, transfer_codes=tuple(transfer_code(f"{n:09}") for n in range(codes)))
    books.store_news([News(1, "codes", msgspec.json.encode(pool))], 1)
    with books.writing() as writing:
        writing.append(ops.DayOpened(date="2026-11-23"), actor="1001", operation=_new_id(clock))
        opened = ops.TillOpened(till="2002-1", holder="1002", balance_qapik=0)
        writing.append(opened, actor="1002", operation=_new_id(clock))
    return books


def _send_transfer(books: DeskBooks, clock: _Clock) -> None:
    """What paying a basket with one transfer writes."""
    operation, basket = _new_id(clock), _new_id(clock)
    with books.writing() as writing:
        tail = operation[-6:]
        parties = Parties(
            code=writing.take_transfer_code(operation),
            sender=Person(name=f"Əliyev Vüqar {tail}", fin=f"5{tail.upper()}", phone="+994501112233"),
            receiver=Person(name=f"Həsənova Leyla {tail}", phone="+994551112233"),
        )
        attachment = Attachment(f"{operation}:parties", os.urandom(SALT_BYTES), msgspec.json.encode(parties))
        line = ops.TransferSent(
            operation=operation,
            transfer=operation,
            amount_qapik=10_000,
            fee_qapik=100,
            tariff="bench",
            office=None,
            purpose="family",
            parties=attachment.commitment(),
            offline=False,
            told="",
        )
        body = baskets.settle(basket, writing.next_receipt(), [line], _new_id(clock), azn(10_100), "az")
        writing.append(body, actor="1002", operation=basket, attachments=[attachment])
        writing.queue_paper("receipt", body.receipt)


class _BareRows:
    """The limit: the rows that the product's transaction left, written bare into a copy of its tables."""

    def __init__(self, folder: Path) -> None:
        key = vault.secret(vault.existing(folder), vault.DATABASE)
        self._source = engine.driver(folder / DATABASE, key, read_only=True)
        self._copy = engine.driver(folder / "limit.db", key)
        self._copy.execute("PRAGMA foreign_keys=OFF")
        made = "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL"
        self._tables = [name for name, _ in self._source.execute(made, ("table",)) if name[:7] != "sqlite_"]
        for sort in ("table", "index"):
            for _, sql in self._source.execute(made, (sort,)).fetchall():
                self._copy.execute(sql)
        self._seen = dict.fromkeys(self._tables, 0)
        self.write(self.new_rows())

    def new_rows(self) -> dict[str, list[Any]]:
        """Rows since the last look; the few balances are all written anew each time, as the product does."""
        found = {}
        for table in self._tables:
            after = 0 if table == "balances" else self._seen[table]
            rows = self._source.execute(f"SELECT rowid, * FROM {table} WHERE rowid > ?", (after,)).fetchall()
            if rows:
                self._seen[table] = max(row[0] for row in rows)
                found[table] = [row[1:] for row in rows]
        return found

    def write(self, rows: dict[str, list[Any]]) -> None:
        """One transaction of bare inserts."""
        self._copy.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            places = ",".join("?" * len(values[0]))
            self._copy.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", values)
        self._copy.execute("COMMIT")

    def close(self) -> None:
        """Let both files go."""
        self._source.close()
        self._copy.close()


BENCHES: Final = {"commit": commit}
