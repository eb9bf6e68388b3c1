"""Desks that ask for transfers by numbers that are none: after a few each next one waits, and people see it.

A clerk mistypes now and then, and the check digit catches that at the counter; whoever guesses misses often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.exceptions import list_exception

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_SPAN_MS: Final = 3_600_000
# [design] So many misses of one desk within an hour are nobody's typing.
MISSES_FREE: Final = 10
MISSES_LISTED: Final = 20
_WAIT_MS: Final = 30_000
_LONG_WAIT_MS: Final = 300_000
REASON: Final = "code_guessing"


def free_from_ms(conn: Connection, desk: str, epoch: int, now_ms: int) -> int:
    """When this desk may ask again, 0 when it may now. To ask before that is a miss too."""
    row = conn.execute("select since_ms, misses, last_ms from guesses where desk = %s", (desk,)).fetchone()
    if row is None or row[0] <= now_ms - _SPAN_MS or row[1] < MISSES_FREE:
        return 0
    free_ms: int = row[2] + (_LONG_WAIT_MS if row[1] >= MISSES_LISTED else _WAIT_MS)
    if free_ms <= now_ms:
        return 0
    if row[1] < MISSES_LISTED:
        missed(conn, desk, epoch, row[2])
    return free_ms


def missed(conn: Connection, desk: str, epoch: int, now_ms: int) -> None:
    """Count a miss of this desk; one too many stands on the exceptions list."""
    row = conn.execute(
        "insert into guesses as known (desk, since_ms, misses, last_ms)"
        " values (%(desk)s, %(now)s, 1, %(now)s)"
        " on conflict (desk) do update set last_ms = excluded.last_ms,"
        " misses = case when known.since_ms <= %(old)s then 1 else known.misses + 1 end,"
        " since_ms = case when known.since_ms <= %(old)s then excluded.since_ms else known.since_ms end"
        " returning misses, since_ms",
        {"desk": desk, "now": now_ms, "old": now_ms - _SPAN_MS},
    ).fetchone()
    if row is not None and row[0] == MISSES_LISTED:
        # Each span that is so full is listed once.
        list_exception(conn, desk, epoch, 0, REASON, now_ms, str(row[1]))
