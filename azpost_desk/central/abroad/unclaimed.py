"""How long what was to go abroad and is owed waits for its sender: by its corridor, else as at home.

In: the day's round. What is not fetched in time is kept apart as unclaimed, and is still its sender's: a
grant makes it owed again. What somebody holds, and what is a listed person's (M0-12), is never touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import moving
from azpost_desk.central.registry.reference import newest
from azpost_desk.domain.abroad.corridors import Corridors

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.catalogue import Settings

_AT_ONCE: Final = 500


def days_for(corridor: str, ways: Corridors, settings: Settings) -> int:
    """How many days the sender has to come, once it is owed."""
    found = next((one for one in ways.corridors if one.corridor == corridor), None)
    return (found.refund_days if found else 0) or settings.refund_days_max


def run(conn: Connection, settings: Settings, now_ms: int) -> int:
    """Keep apart what is due; how many. Safe to run beside itself and after an interruption."""
    ways = newest(conn, Corridors) or Corridors()
    known: list[str] = [row[0] for row in conn.execute("select distinct corridor from abroad_out")]
    return sum(_sweep(conn, one, days_for(one, ways, settings), now_ms) for one in known)


def _sweep(conn: Connection, corridor: str, days: int, now_ms: int) -> int:
    before_ms, after, moved = now_ms - days * moving.DAY_MS, "", 0
    while due := conn.execute(
        "select transfer from abroad_out where corridor = %s and state = 'owed' and state_ms < %s"
        " and not listed and transfer > %s order by transfer limit %s",
        (corridor, before_ms, after, _AT_ONCE),
    ).fetchall():
        for (transfer,) in due:
            with conn.transaction():
                found = moving.lock(conn, transfer)
                # Meanwhile somebody may have been granted it, or been listed.
                if found and not found.listed and found.state == "owed" and found.state_ms < before_ms:
                    moved += moving.move(conn, found, "term", now_ms) == moving.UNCLAIMED
        after = due[-1][0]
    return moved
