"""Takes the current from a simulated disk under the desk's own schema and transactions.

A desk of the crash town works through everything it can do, on SQLCipher; its write transactions are noted
statement by statement. The same statements then run in the same transactions on a disk that can lose what
was not synced, under the journal mode and the sync setting that the desk's connection really has. SQLCipher
itself cannot run on such a disk: the pages are written in clear, by another build of SQLite; what is left
after a cut is recovered by the engine the desk ships.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import apsw
import msgspec
from sqlalchemy import event
from sqlcipher3 import dbapi2

from azpost_desk.rehearsal.crash_acts import ACTS, Worker
from azpost_desk.rehearsal.disk import Event, NotingDisk, Wreck
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.rehearsal.outcome import Outcome

if TYPE_CHECKING:
    from azpost_desk.rehearsal.crash_town import Town

DATABASE: Final = "desk.db"
_ROUNDS: Final = 2
_SQLITE_SYNC: Final = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}

Statement = tuple[str, Any, bool]


@dataclass(slots=True)
class Recorded:
    """A desk's work: the database before it, and every transaction that was committed.

    Attributes:
        pragmas: journal mode and sync setting of the desk's connection.
    """

    before: bytes
    pragmas: dict[str, str]
    transactions: list[list[Statement]] = field(default_factory=list)


@dataclass(slots=True)
class Replayed:
    """The same work on a noting disk: its notes, and the content of the database after each transaction."""

    events: list[Event]
    states: list[str]


def record(town: Town, seed: int, rounds: int = _ROUNDS) -> Recorded:
    """Let the town's first desk do everything it can do, in an order by `seed`; what it committed."""
    worker = Worker(town.place, Steps(lambda _: None), town.centre.settle)
    connection = worker.books._desk.connection
    with tempfile.TemporaryDirectory() as name:
        plain = Path(name) / DATABASE
        connection.exec_driver_sql("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        connection.exec_driver_sql("SELECT sqlcipher_export('plain')")
        number = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA plain.user_version={number}")
        connection.exec_driver_sql("DETACH DATABASE plain")
        pragmas = _pragmas(connection)
        # The desk's file is in its journal mode since it was made; so is its copy.
        copy = apsw.Connection(str(plain))
        copy.execute(f"PRAGMA journal_mode={pragmas['journal_mode']}").fetchall()
        copy.close()
        made = Recorded(plain.read_bytes(), pragmas)
    under_way: list[Statement] | None = None

    def note(_: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        nonlocal under_way
        if statement == "BEGIN IMMEDIATE":
            under_way = []
        elif statement == "COMMIT" and under_way is not None:
            made.transactions.append(under_way)
            under_way = None
        elif statement == "ROLLBACK":
            under_way = None
        elif under_way is not None and not statement.startswith("SELECT"):
            under_way.append((statement, parameters, many))

    event.listen(connection.engine, "after_cursor_execute", note)
    chance = random.Random(seed)
    worker.recover()
    for _ in range(rounds):
        for act in chance.sample(ACTS, len(ACTS)):
            worker.prepare(act)()
    worker.close()
    return made


def _pragmas(connection: Any) -> dict[str, str]:
    sync = int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
    return {"journal_mode": mode, "synchronous": _SQLITE_SYNC[sync]}


def replay(work: Recorded, **other_pragmas: str) -> Replayed:
    """The recorded transactions on a noting disk, under the desk's pragmas or, for a test, others."""
    disk = NotingDisk("noting")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / DATABASE
        path.write_bytes(work.before)
        connection = apsw.Connection(str(path), vfs="noting")
        try:
            for pragma, value in (work.pragmas | other_pragmas).items():
                connection.execute(f"PRAGMA {pragma}={value}").fetchall()
            connection.execute("PRAGMA foreign_keys=ON")
            states = [_content(connection)]
            for number, statements in enumerate(work.transactions, start=1):
                disk.mark("begin", number)
                connection.execute("BEGIN IMMEDIATE")
                for statement, parameters, many in statements:
                    if many:
                        connection.executemany(statement, parameters)
                    else:
                        connection.execute(statement, parameters)
                connection.execute("COMMIT")
                disk.mark("done", number)
                states.append(_content(connection))
        finally:
            connection.close()
            disk.unregister()
    return Replayed(disk.events, states)


def cut(work: Recorded, run: Replayed, cuts: int, seed: int) -> Outcome:
    """Cut `cuts` times at points of the run by `seed`; recover; compare with what had been acknowledged."""
    chance = random.Random(seed)
    points = sorted(chance.randrange(len(run.events) + 1) for _ in range(cuts))
    outcome = Outcome(seed, branches=1, desks=1, operations=len(work.transactions))
    wreck, begun, done, at = Wreck({DATABASE: work.before}), 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        for point in points:
            for one in run.events[at:point]:
                wreck.follow(one)
                if one.deed == "mark":
                    begun, done = (one.offset, done) if one.file == "begin" else (begun, one.offset)
            at = point
            outcome.kills += 1
            outcome.acknowledged += done
            fault = _recovered(Path(name), wreck.left(chance), run.states[done : begun + 1])
            outcome.faults["cut between transactions" if begun == done else "cut in a transaction"] += 1
            if fault:
                outcome.violations.append(f"cut {outcome.kills} after transaction {done} of {begun}: {fault}")
            else:
                outcome.recoveries += 1
    return outcome


def _recovered(folder: Path, left: dict[str, bytes], allowed: list[str]) -> str:
    """What is wrong with the database that these files are, "" when it holds one of the `allowed` contents.

    Allowed is what was there after the last acknowledged transaction, or with the one under way complete.
    """
    for old in folder.iterdir():
        old.unlink()
    for name, content in left.items():
        (folder / name).write_bytes(content)
    connection = dbapi2.connect(str(folder / DATABASE), isolation_level=None)
    try:
        # Only for the speed of this look: what is read was written before it.
        connection.execute("PRAGMA synchronous=OFF")
        sound = connection.execute("PRAGMA integrity_check").fetchall()
        if sound != [("ok",)]:
            return f"damaged: {sound[0][0]}"
        held = _content(connection)
    except dbapi2.DatabaseError as fault:
        return f"cannot be read: {fault}"
    finally:
        connection.close()
    return "" if held in allowed else "an acknowledged transaction is lost, or one is there by half"


def _content(connection: Any) -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    for (table,) in connection.execute(names).fetchall():
        digest.update(table.encode())
        # A table in one piece: row by row this digest took longer than the disk.
        digest.update(msgspec.msgpack.encode(connection.execute(f'SELECT * FROM "{table}"').fetchall()))
    return digest.hexdigest()
