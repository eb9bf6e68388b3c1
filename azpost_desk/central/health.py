"""Looks at the centre's database for what wants a person: version, clock, jobs, breakers, queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from azpost_desk.central.intake.rounds import DAILY
from azpost_desk.central.storage.database import migrations, missing_partitions, one

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

State = Literal["ok", "warn", "bad", "not asked"]
# [design] Bounds of the look; no law fixes them.
CLOCK_OFF_WARN_MS: Final = 2_000
CLOCK_OFF_BAD_MS: Final = 30_000
JOB_LATE_MS: Final = 26 * 3_600_000
MESSAGE_LATE_MS: Final = 3_600_000
TASK_OLD_MS: Final = 3 * 24 * 3_600_000


class Seen(NamedTuple):
    """One line: its id stays for ever; `facts` are what its sentence names."""

    id: str
    state: State
    facts: dict[str, object]


def look(conn: Connection, now_ms: int) -> list[Seen]:
    """Every line now; behind an older schema only what needs none of the tables. Nothing is written."""
    version = conn.info.server_version // 10_000
    seen = [Seen("database", "ok", {"version": version}), _clock(conn, now_ms)]
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


def _late_jobs(conn: Connection, now_ms: int) -> list[str]:
    done: dict[str, int] = dict(conn.execute("select job, done_ms from daily_round").fetchall())
    return [job for job in DAILY if now_ms - done.get(job, 0) > JOB_LATE_MS]


def _counted(conn: Connection, name: str, question: Any, *values: int) -> Seen:
    count = one(conn, question, values)[0]
    return Seen(name, "warn" if count else "ok", {"count": count})
