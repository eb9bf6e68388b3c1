"""A desk's earlier chains: handed to its new machine, and taken in from an old disk as late records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.intake import custody
from azpost_desk.central.keys import recovery
from azpost_desk.central.registry.enrolment import end_of
from azpost_desk.central.storage.database import one
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import Sent, Signed, is_storable, unpack
from azpost_desk.protocol.old_chains import (
    OWN_RECORDS_BYTES_MAX,
    OWN_RECORDS_MAX,
    Covering,
    OwnRecords,
    OwnRecordsTold,
    Salvage,
    Salvaged,
    SealedSalvage,
)
from azpost_desk.protocol.records import GENESIS, Attachment, rechain

if TYPE_CHECKING:
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection


def own_records(conn: Connection, desk: str, question: OwnRecords) -> OwnRecordsTold | None:
    """A page of the chain (desk, question.epoch); None when there is no such chain.

    Nothing of one whose number a restore of the centre has passed over (registry.founding).
    """
    epoch = question.epoch
    head = end_of(conn, desk, epoch)
    if head is None:
        passed = "select from desks where desk = %s and %s > 0 and %s < epoch"
        if conn.execute(passed, (desk, epoch, epoch)).fetchone() is None:
            return None
        head = 0, GENESIS
    rows = conn.execute(
        "select sequence, header, body from journal"
        " where desk = %s and epoch = %s and sequence > %s and sequence <= %s order by sequence limit %s",
        (desk, epoch, question.after, head[0], OWN_RECORDS_MAX),
    ).fetchall()
    attached: dict[int, list[Attachment]] = {}
    if rows:
        for sequence, slot, salt, content in conn.execute(
            "select sequence, slot, salt, content from attachments"
            " where desk = %s and epoch = %s and sequence between %s and %s order by slot",
            (desk, epoch, rows[0][0], rows[-1][0]),
        ):
            attached.setdefault(sequence, []).append(Attachment(slot, salt, content))
    sent: list[Sent] = []
    size = 0
    for sequence, header, body in rows:
        parts = tuple(attached.get(sequence, ()))
        size += len(header) + len(body) + sum(len(part.content) for part in parts)
        if sent and size > OWN_RECORDS_BYTES_MAX:
            break
        sent.append(Sent(header, body, parts))
    signed = conn.execute(
        "select last, signature from batches where desk = %s and epoch = %s and last > %s and last <= %s"
        " order by last",
        (desk, epoch, question.after, question.after + len(sent)),
    ).fetchall()
    return OwnRecordsTold(
        records=tuple(sent),
        signatures=tuple(Covering(*row) for row in signed),
        head=head[0],
        head_hash=head[1].hex(),
        ack=_head_ack(conn, desk, epoch, head[0]),
    )


def _head_ack(conn: Connection, desk: str, epoch: int, head: int) -> Signed | None:
    row = conn.execute(
        "select ack_words, ack_signature from batches where desk = %s and epoch = %s and last = %s",
        (desk, epoch, head),
    ).fetchone()
    return Signed(words=row[0], signature=row[1]) if row else None


def may_hand_in(who: tuple[str, int, str], message: Salvage) -> bool:
    """Whether (desk, epoch, state) may bring these records: a desk at work those of any desk, an ended chain
    its own, whoever has a one-time code (epoch 0) those of its desk. A stolen key opens no other desk's past.
    """
    desk, epoch, state = who
    if epoch == 0:
        return desk == message.desk
    return state == "active" or (desk, epoch) == (message.desk, message.epoch)


def salvage(conn: Connection, keys: CentreKeys, message: Salvage, now_ms: int) -> Salvaged | None:
    """Take records of an old disk into custody as late records; None when the chain's key did not sign them.

    Of a chain that goes on elsewhere they are the second tail of a fork, and contested.
    """
    # Locked as custody does it, so that what it took can be told.
    conn.execute("select from desks where desk = %s for update", (message.desk,))
    known = conn.execute(
        "select sequence from chain_heads join desks using (desk) where desk = %s and chain_heads.epoch = %s",
        (message.desk, message.epoch),
    ).fetchone()
    if known is None:
        return None
    centre_epoch = one(conn, "select epoch from centre")[0]
    taken = custody.take(conn, message.desk, message.epoch, message.batch, keys, centre_epoch, now_ms)
    if taken.refused == custody.NOT_AUTHENTIC:
        return None
    if taken == custody.Taken() and not _is_signed(conn, message):
        # A gap before it: where the chain stands is told to whoever holds records of it, and to nobody else.
        return None
    head = one(
        conn,
        "select sequence from chain_heads where desk = %s and epoch = %s",
        (message.desk, message.epoch),
    )[0]
    return Salvaged(head=head, taken=head - known[0], ack=taken.ack, refused=taken.refused)


def _is_signed(conn: Connection, message: Salvage) -> bool:
    end = message.batch.previous
    for sent in message.batch.records:
        end = rechain(sent.header, sent.body, end).hash
    keys = one(
        conn,
        "select public_key, next_key from chain_heads where desk = %s and epoch = %s",
        (message.desk, message.epoch),
    )
    return any(is_signed(key, end, message.batch.signature) for key in keys)


def opened(conn: Connection, message: SealedSalvage, now_ms: int) -> Salvage | None:
    """What a desk wrote to its stick for the centre; None when it is nothing of the kind."""
    try:
        found = unpack(recovery(conn, now_ms).open(message.sealed), Salvage)
    except (ValueError, msgspec.DecodeError, RecursionError):
        return None
    return found if is_storable(found) else None
