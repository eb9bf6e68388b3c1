"""Sending: hands each message that is due to its carrier, and keeps what came of it.

In: rows of `messages` that are due. Out: their state by `domain.messages.MESSAGE`, a task for a person where
one failed for good. State and attempt are stored before the carrier is asked, under one number for ever.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.exceptions import list_task
from azpost_desk.central.gateways.messages import Carried, Outgoing
from azpost_desk.central.messaging.queue import Facts, is_so
from azpost_desk.domain.messages import (
    CAN_WAIT,
    KINDS,
    MESSAGE,
    SECRET,
    SMS,
    is_waking_hour,
    masked,
    next_try_ms,
)
from azpost_desk.domain.money import azn
from azpost_desk.domain.moves import move
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from azpost_desk.central.gateways.messages import Carrier
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock

# Longer than any carrier takes: whoever had it in hand is gone then.
LEASE_MS: Final = 300_000
FAILED_TASK: Final = "message_failed"
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """A message taken for one attempt, as it leaves; `attempt` counts from 1."""

    channel: str
    attempt: int
    first_ms: int
    outgoing: Outgoing


def take_due(conn: Connection, channels: Collection[str], now_ms: int) -> Due | None:
    """The message on one of these channels that is due longest, stored as being sent before it is.

    What is not so any more is withdrawn on the way.
    """
    not_now = [] if is_waking_hour(now_ms) else list(CAN_WAIT)
    while True:
        row = conn.execute(
            "select message, kind, about, language, channel, contact, facts, state, attempts, first_ms,"
            " made_ms from messages where next_ms <= %s and channel = any(%s) and kind <> all(%s)"
            " and not exists (select from message_pause)"
            " order by next_ms limit 1 for update skip locked",
            (now_ms, list(channels), not_now),
        ).fetchone()
        if row is None:
            return None
        message, kind, about, language, channel, contact, facts, state, attempts, first_ms, made_ms = row
        if is_so(conn, kind, about):
            break
        conn.execute(
            "update messages set state = %s, next_ms = null, reason = 'not_so', changed_ms = %s,"
            " facts = case when kind = any(%s) then '' else facts end where message = %s",
            (move(MESSAGE, state, "withdrawn"), now_ms, list(SECRET), message),
        )
    conn.execute(
        "update messages set state = %s, attempts = %s, next_ms = %s, first_ms = %s, template = %s,"
        " changed_ms = %s where message = %s",
        (
            *(move(MESSAGE, state, "taken"), attempts + 1, now_ms + LEASE_MS, first_ms or now_ms),
            *(KINDS[kind].version, now_ms, message),
        ),
    )
    subject, text = written(kind, language, channel, facts)
    return Due(channel, attempts + 1, first_ms or now_ms, Outgoing(message, contact, subject, text, made_ms))


def written(kind: str, language: str, channel: str, facts: str) -> tuple[str, str]:
    """Subject and text of a message in its reader's language."""
    said = msgspec.json.decode(facts, type=Facts)
    values = {"amount": azn(said.amount_qapik), "receipt": said.receipt, "until": said.until}
    values |= {"office": said.office, "tail": said.tail, "code": said.code}
    texts = Texts(language)
    if channel == SMS:
        dated = f"message.{kind}.sms_until"
        return "", texts.t(dated if said.until and texts.has(dated) else f"message.{kind}.sms", **values)
    return texts.t(f"message.{kind}.subject", **values), texts.t(f"message.{kind}.body", **values)


def send(database: Database, clock: Clock, carrier: Carrier, due: Due) -> Carried:
    """Make the attempt that was taken, and keep what came of it."""
    out = due.outgoing
    said = carrier.send(out) if due.attempt == 1 else carrier.again(out)
    _LOG.info("message %s to %s: %s %s", out.message, masked(out.to), said.event, said.why)
    with database.transaction() as conn:
        _settle(conn, due, said, clock.utc_ms())
    return said


def _settle(conn: Connection, due: Due, said: Carried, now_ms: int) -> None:
    message = due.outgoing.message
    state, attempts, desk, epoch, sequence = conn.execute(
        "select state, attempts, desk, epoch, sequence from messages where message = %s for update",
        (message,),
    ).fetchone() or ("", 0, "", 0, 0)
    if (state, said.event) not in MESSAGE or (attempts != due.attempt and said.event != "delivered"):
        # Erased meanwhile, or another attempt is under way and says more.
        return
    event, next_ms = said.event, None
    if event in ("pending", "failed_for_now"):
        wait_ms = next_try_ms(due.attempt, now_ms - due.first_ms)
        if wait_ms is None:
            event = "failed"
        else:
            next_ms = now_ms + wait_ms
    conn.execute(
        "update messages set state = %s, next_ms = %s, reason = %s, reference = %s, changed_ms = %s,"
        " facts = case when %s and kind = any(%s) then '' else facts end where message = %s",
        (
            *(move(MESSAGE, state, event), next_ms, said.why, said.reference, now_ms),
            *(next_ms is None, list(SECRET), message),
        ),
    )
    if event == "failed":
        list_task(conn, (desk, epoch, sequence), FAILED_TASK, message, "", now_ms)
