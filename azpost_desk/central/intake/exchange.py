"""The exchange with a desk: push, acknowledge, pull in one round trip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import news
from azpost_desk.central.intake import custody
from azpost_desk.central.registry.lost import HEARD_EVERY_MS
from azpost_desk.central.storage.database import one
from azpost_desk.protocol.messages import VERSION, Exchange, Exchanged, with_signature

if TYPE_CHECKING:
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection, Database

OTHER_VERSION: Final = "X-001"


def exchange(
    database: Database, keys: CentreKeys, desk: str, epoch: int, message: Exchange, now_ms: int
) -> Exchanged:
    """Take the desk's batch into custody, then answer with what the desk has not read yet.

    The batch's transaction commits before anything is answered; when the answer is lost the desk sends the
    same again and gets the same words.
    """
    with database.transaction() as conn:
        centre_epoch = one(conn, "select epoch from centre")[0]
        taken = custody.Taken()
        if message.version != VERSION:
            taken = custody.Taken(refused=OTHER_VERSION)
        elif message.batch is not None:
            taken = custody.take(conn, desk, epoch, message.batch, keys, centre_epoch, now_ms)
        sequence, state = one(
            conn, "select sequence, state from chain_heads where desk = %s and epoch = %s", (desk, epoch)
        )
        _was_heard(conn, desk, epoch, min(message.read_ms, now_ms))
        # Words from before a restore say nothing of what the chain holds now, whoever brings them again.
        if message.centre_epoch == centre_epoch and message.head == sequence:
            _has_spoken(conn, desk, epoch, centre_epoch, sequence)
    answer = _answer(database, desk, epoch, message, taken, sequence, state, now_ms)
    return with_signature(desk, epoch, answer, keys.ack, message.head)


def _was_heard(conn: Connection, desk: str, epoch: int, read_ms: int) -> None:
    """Note now and then that the chain is alive: a desk that speaks is not lost (registry.lost).

    It was, when the answer was given that it says it has read: later it may be a recording that speaks.
    """
    conn.execute(
        "update chain_heads set heard_ms = %s where desk = %s and epoch = %s and heard_ms < %s",
        (read_ms, desk, epoch, read_ms - HEARD_EVERY_MS),
    )


def _has_spoken(conn: Connection, desk: str, epoch: int, centre_epoch: int, sequence: int) -> None:
    """All that this chain held before the centre's present epoch is here now (PROTOCOL.md 4, restore)."""
    conn.execute(
        "update chain_heads set spoke_epoch = %s, spoke_sequence = %s"
        " where desk = %s and epoch = %s and spoke_epoch < %s",
        (centre_epoch, sequence, desk, epoch, centre_epoch),
    )


def _answer(
    database: Database,
    desk: str,
    epoch: int,
    message: Exchange,
    taken: custody.Taken,
    sequence: int,
    state: str,
    now_ms: int,
) -> Exchanged:
    refused = taken.refused or custody.STOPPED.get(state)
    with database.transaction() as conn:
        centre_epoch = one(conn, "select epoch from centre")[0]
        # A desk that still counts in an older epoch of the centre reads the new one from its beginning.
        after = message.news_after if message.centre_epoch == centre_epoch else 0
        told, more = news.read(conn, desk, centre_epoch, after) if state == "active" else ((), False)
        if message.centre_epoch == centre_epoch:
            news.seen(conn, desk, centre_epoch, after)
        held = conn.execute(
            "select \"grant\" from grants where holder = %s and holder_epoch = %s and state = 'open'"
            ' order by "grant"',
            (desk, epoch),
        ).fetchall()
    return Exchanged(
        centre_epoch=centre_epoch,
        time_ms=now_ms,
        expect=sequence + 1,
        ack=taken.ack,
        news=told,
        more=more,
        open_grants=tuple(row[0] for row in held),
        refused=refused,
    )
