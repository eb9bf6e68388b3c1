"""Messages as people look after them: what waits and why, what failed, a pause over all of them.

In: rows of `messages`, and which channels the serving process has. Out: a list without anybody's address; a
pause and its end; the end of a task about one that failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.exceptions import end_task
from azpost_desk.central.messaging.sending import FAILED_TASK
from azpost_desk.domain.messages import CAN_WAIT, is_waking_hour, masked
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# What a message waits for.
A_PERSON: Final = "person"
PAUSE: Final = "pause"
PORT: Final = "port"
DAY: Final = "day"
TIME: Final = "time"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One message that has not arrived.

    Attributes:
        contact: masked.
        waits_for: ``time`` (its next attempt), ``day`` (it is night), ``port`` (nobody serves its channel),
            ``pause``, or ``person``: it failed for good.
        next_ms: of its next attempt (UTC ms), 0 where there is none.
        reason: why the last attempt came to nothing.
    """

    message: str
    kind: str
    about: str
    channel: str
    contact: str
    state: str
    attempts: int
    waits_for: str
    made_ms: int
    next_ms: int
    reason: str


def waiting(conn: Connection, now_ms: int) -> list[Waiting]:
    """Every message that waits, or that failed and that nobody has looked after yet; the oldest first."""
    ports = {row[0] for row in conn.execute("select channel from message_ports")}
    paused = is_paused(conn)
    rows = conn.execute(
        "select message, kind, about, channel, contact, state, attempts, made_ms, coalesce(next_ms, 0),"
        " reason from messages where next_ms is not null or (state = 'failed' and ended_by = '')"
        " order by made_ms, message"
    )
    return [
        Waiting(
            message=message,
            kind=kind,
            about=about,
            channel=channel,
            contact=masked(contact),
            state=state,
            attempts=attempts,
            waits_for=_waits_for(kind, state, paused, channel in ports, now_ms),
            made_ms=made_ms,
            next_ms=next_ms,
            reason=reason,
        )
        for message, kind, about, channel, contact, state, attempts, made_ms, next_ms, reason in rows
    ]


def _waits_for(kind: str, state: str, is_held: bool, has_port: bool, now_ms: int) -> str:
    if state == "failed":
        return A_PERSON
    if is_held:
        return PAUSE
    if not has_port:
        return PORT
    return DAY if kind in CAN_WAIT and not is_waking_hour(now_ms) else TIME


def is_paused(conn: Connection) -> bool:
    """Whether nothing is sent."""
    # A row without columns is an empty tuple: there, and yet false.
    return conn.execute("select from message_pause").fetchone() is not None


def pause(conn: Connection, by: str, why: str, now_ms: int) -> None:
    """From now on nothing is begun; what is under way ends.

    Raises:
        Refused: X-047 no reason.
    """
    conn.execute(
        "insert into message_pause (paused_ms, paused_by, why) values (%s, %s, %s)"
        " on conflict (is_paused) do nothing",
        (now_ms, by.strip(), _said(why)),
    )


def go_on(conn: Connection) -> None:
    """What waited is sent.

    Raises:
        Refused: X-162 nothing was paused.
    """
    if conn.execute("delete from message_pause returning paused_ms").fetchone() is None:
        raise Refused("X-162")


def end(conn: Connection, message: str, by: str, why: str, now_ms: int) -> None:
    """Whom a failed message did not reach was told in another way, or cannot be.

    Raises:
        Refused: X-161 no such message has failed, X-047 no reason.
    """
    row = conn.execute(
        "update messages set ended_by = %s, ended_why = %s"
        " where message = %s and state = 'failed' and ended_by = '' returning desk",
        (by.strip() or "-", _said(why), message),
    ).fetchone()
    if row is None:
        raise Refused("X-161", message=message)
    end_task(conn, row[0], FAILED_TASK, message, now_ms)


def _said(why: str) -> str:
    if not is_said(why):
        raise Refused("X-047")
    return why.strip()
