"""Looks at the centre's database for what wants a person: version, clock, disk, jobs, breakers, queues."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from azpost_desk.central.intake.rounds import DAILY
from azpost_desk.central.storage.database import migrations, missing_partitions, one
from azpost_desk.protocol.addresses import is_loopback

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

State = Literal["ok", "warn", "bad", "not asked"]
# [design] Bounds of the look; no law fixes them.
CLOCK_OFF_WARN_MS: Final = 2_000
CLOCK_OFF_BAD_MS: Final = 30_000
JOB_LATE_MS: Final = 26 * 3_600_000
MESSAGE_LATE_MS: Final = 3_600_000
TASK_OLD_MS: Final = 3 * 24 * 3_600_000
# A record that is not brought forward can be paid nowhere else: after a minute somebody waits at a counter.
WORK_LATE_WARN_MS: Final = 60_000
WORK_LATE_BAD_MS: Final = 10 * 60_000
# PostgreSQL stops when its log finds no room; the journal of a country grows by some GB a month.
FREE_BYTES_WARN: Final = 20 * 1024**3
FREE_BYTES_BAD: Final = 2 * 1024**3


class Seen(NamedTuple):
    """One line: its id stays for ever; `facts` are what its sentence names.

    Its sentence is ``central.doctor.<id>.<word>``; the usual word is "well" or "ill", by the state.
    """

    id: str
    state: State
    facts: dict[str, object]
    word: str = ""


def look(conn: Connection, now_ms: int, disks: tuple[Path, ...] = ()) -> list[Seen]:
    """Every line now; behind an older schema only what needs none of the tables. Nothing is written.

    Args:
        conn: the database.
        now_ms: this machine's clock.
        disks: folders whose disks matter beside the database's own.
    """
    version = conn.info.server_version // 10_000
    seen = [Seen("database", "ok", {"version": version}), _clock(conn, now_ms), _disk(conn, disks)]
    known = max(migrations())
    is_there = one(conn, "select to_regclass('schema_number') is not null")[0]
    found = one(conn, "select coalesce(max(number), 0) from schema_number")[0] if is_there else 0
    facts: dict[str, object] = {"found": found, "known": known}
    seen.append(Seen("schema", "ok" if found == known else "bad", facts))
    if found != known:
        return seen
    missing = missing_partitions(conn, now_ms)
    late = _late_jobs(conn, now_ms)
    return [
        *seen,
        Seen("partitions", "warn" if missing else "ok", {"count": len(missing)}),
        Seen("jobs", "warn" if late else "ok", {"count": len(late), "jobs": ", ".join(late)}),
        _behind(conn, now_ms),
        _closed_partners(conn),
        _counted(conn, "paused", "select count(*) from biller_breakers where paused_ms > 0"),
        _counted(conn, "silent", "select count(*) from billers_reached where is_resting"),
        _counted(conn, "messages-paused", "select count(*) from message_pause"),
        _counted(
            conn, "messages", "select count(*) from messages where next_ms < %s", now_ms - MESSAGE_LATE_MS
        ),
        _counted(conn, "unowned", "select count(*) from exceptions where ended_ms = 0 and owner = ''"),
        _counted(
            conn,
            "tasks",
            "select count(*) from exceptions where ended_ms = 0 and made_ms < %s",
            now_ms - TASK_OLD_MS,
        ),
    ]


def _clock(conn: Connection, now_ms: int) -> Seen:
    at_ms = one(conn, "select (extract(epoch from clock_timestamp()) * 1000)::bigint")[0]
    off = abs(at_ms - now_ms)
    state: State = "bad" if off >= CLOCK_OFF_BAD_MS else "warn" if off >= CLOCK_OFF_WARN_MS else "ok"
    return Seen("clock", state, {"seconds": off // 1000})


def _disk(conn: Connection, disks: tuple[Path, ...]) -> Seen:
    """The least room on any disk that we know of; of a database on another machine nothing can be known."""
    folders = list(disks)
    if not conn.info.host or conn.info.host.startswith("/") or is_loopback(conn.info.host):
        # Null where this user may not read it.
        row = conn.execute("select setting from pg_settings where name = 'data_directory'").fetchone()
        folders += [Path(row[0])] if row and row[0] else []
    rooms = [room for room in map(_free_bytes, folders) if room is not None]
    if not rooms:
        return Seen("disk", "not asked", {"free_gb": "-"})
    free = min(rooms)
    state: State = "bad" if free < FREE_BYTES_BAD else "warn" if free < FREE_BYTES_WARN else "ok"
    return Seen("disk", state, {"free_gb": free // 1024**3})


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _behind(conn: Connection, now_ms: int) -> Seen:
    """What the projector has not brought forward, and for how long the oldest of it waits."""
    count, oldest_ms = one(conn, "select count(*), coalesce(min(received_ms), %s) from work", (now_ms,))
    waited_ms = max(0, now_ms - oldest_ms)
    state: State = (
        "bad" if waited_ms >= WORK_LATE_BAD_MS else "warn" if waited_ms >= WORK_LATE_WARN_MS else "ok"
    )
    return Seen("work", state, {"count": count, "seconds": waited_ms // 1000})


def _closed_partners(conn: Connection) -> Seen:
    """Partners abroad over whom a person or the breaker holds a switch."""
    rows = conn.execute(
        "select partner from abroad_partners where not (sale and sending and payout) order by partner"
    ).fetchall()
    names = ", ".join(row[0] for row in rows)
    return Seen("partners", "warn" if rows else "ok", {"count": len(rows), "partners": names})


def _late_jobs(conn: Connection, now_ms: int) -> list[str]:
    done: dict[str, int] = dict(conn.execute("select job, done_ms from daily_round").fetchall())
    return [job for job in DAILY if now_ms - done.get(job, 0) > JOB_LATE_MS]


def _counted(conn: Connection, name: str, question: Any, *values: int) -> Seen:
    count = one(conn, question, values)[0]
    return Seen(name, "warn" if count else "ok", {"count": count})
