"""Custody: authentic, continuous batches are stored and acknowledged, whatever they say (PROTOCOL.md 4).

One transaction: the chain's head is compared and set, records, attachments and postings go in by COPY, and
what happens next is left as one row of work. The only rows locked are the sending desk's own, so two batches
of two desks can never wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import msgspec.msgpack

from azpost_desk.central import branch_keys
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.intake.acceptance import Judged, judge
from azpost_desk.central.news import tell
from azpost_desk.domain import operations as ops
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.moves import CHAIN, arrive
from azpost_desk.protocol.keys import is_signed
from azpost_desk.protocol.messages import (
    BATCH_RECORDS_MAX,
    REQUEST_BYTES_MAX,
    Ack,
    Batch,
    Signed,
    ack_digest,
    sent_bytes,
)
from azpost_desk.protocol.news import LateRecords
from azpost_desk.protocol.records import Record, place_of, rechain

if TYPE_CHECKING:
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Connection

TOO_LARGE: Final = "X-010"
NOT_AUTHENTIC: Final = "X-011"
FORKED: Final = "X-020"
REPLACED: Final = "X-021"
LOST: Final = "X-022"
REVOKED: Final = "X-023"
STOPPED: Final = {"forked": FORKED, "replaced": REPLACED, "lost": LOST, "revoked": REVOKED}
# Chains that may only bring in what they had not told before they ended: late records.
ENDED: Final = frozenset({"replaced", "lost"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: acknowledged, not taken by an X-code, or neither: send from `expect`."""

    ack: Signed | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a chain stands, its row locked."""

    desk: str
    epoch: int
    public_key: str
    sequence: int
    hash: bytes
    state: str
    next_key: str


def take(
    conn: Connection, desk: str, epoch: int, batch: Batch, keys: CentreKeys, centre_epoch: int, now_ms: int
) -> Taken:
    """Store a batch of the chain (desk, epoch), acknowledge it, or say why not."""
    count = len(batch.records)
    if (
        batch.first < 1
        or not 0 < count <= BATCH_RECORDS_MAX
        # Not each by itself: what a desk once wrote must be able to come, as large as a request may be.
        or sum(map(sent_bytes, batch.records)) > REQUEST_BYTES_MAX
    ):
        return Taken(refused=TOO_LARGE)
    again = _answered(conn, desk, epoch, batch)
    if again:
        return Taken(again)
    head = _lock(conn, desk, epoch)
    # Once more behind the lock: the same batch may have come over two connections at once.
    again = _answered(conn, desk, epoch, batch)
    if again:
        return Taken(again)
    if batch.first > head.sequence + 1:
        # The centre was restored and is behind the desk: no fork. `expect` says where to begin.
        return Taken()
    records: list[Record] = []
    previous = batch.previous
    for sent in batch.records:
        records.append(rechain(sent.header, sent.body, previous))
        previous = records[-1].hash
    known = head.sequence - batch.first + 1
    if known >= count and _continues(conn, head, batch, records):
        # All of it is here, whichever of the chain's keys signed it then.
        return Taken(_latest(conn, head))
    is_contested = head.state in ("forked", "revoked") or not _continues(conn, head, batch, records)
    # A signature covers a record, not the place it is handed in for: genuine bytes at another place of the
    # chain are no second tail, and whoever brings them must not stop the desk by it.
    if is_contested and not _is_in_place(head, batch):
        return Taken(refused=NOT_AUTHENTIC)
    if not _is_authentic(conn, head, previous, batch.signature):
        return Taken(refused=NOT_AUTHENTIC)
    if is_contested:
        _contest(conn, head, batch, records, now_ms)
        return Taken(refused=REVOKED if head.state == "revoked" else FORKED)
    judged = [
        judge(sent, record, desk, epoch, head.sequence + number)
        for number, (sent, record) in enumerate(zip(batch.records[known:], records[known:], strict=True), 1)
    ]
    ack = Ack(centre_epoch, desk, epoch, judged[-1].sequence, previous.hex(), now_ms)
    signed = keys.sign_ack(ack)
    _store(conn, head, judged, batch.signature, signed, now_ms)
    return Taken(signed)


def _answered(conn: Connection, desk: str, epoch: int, batch: Batch) -> Signed | None:
    """The words of an earlier acknowledgement of this very batch: its signature tells, nothing is decoded."""
    row = conn.execute(
        "select ack_words, ack_signature from batches"
        " where desk = %s and epoch = %s and last = %s and signature = %s",
        (desk, epoch, batch.first + len(batch.records) - 1, batch.signature),
    ).fetchone()
    return Signed(words=row[0], signature=row[1]) if row else None


def _latest(conn: Connection, head: _Head) -> Signed | None:
    row = conn.execute(
        "select ack_words, ack_signature from batches where desk = %s and epoch = %s and last = %s",
        (head.desk, head.epoch, head.sequence),
    ).fetchone()
    return Signed(words=row[0], signature=row[1]) if row else None


def _lock(conn: Connection, desk: str, epoch: int) -> _Head:
    """The desk's row first, then its chain: always in this order, and nobody else's."""
    conn.execute("select from desks where desk = %s for update", (desk,))
    row = conn.execute(
        "select desk, epoch, public_key, sequence, hash, state, next_key from chain_heads"
        " where desk = %s and epoch = %s for update",
        (desk, epoch),
    ).fetchone()
    if row is None:
        raise LookupError(desk)
    return _Head(*row)


def _is_authentic(conn: Connection, head: _Head, words: bytes, signature: bytes) -> bool:
    """Signed by the chain's key, or by the one it rotated to: from its first use that one is the key."""
    if is_signed(head.public_key, words, signature):
        return True
    if not head.next_key or not is_signed(head.next_key, words, signature):
        return False
    conn.execute(
        "update chain_heads set public_key = next_key, next_key = '' where desk = %s and epoch = %s",
        (head.desk, head.epoch),
    )
    return True


def _is_in_place(head: _Head, batch: Batch) -> bool:
    """Whether every header says that its record stands where the batch has it."""
    return all(
        place_of(sent.header) == (head.desk, head.epoch, sequence)
        for sequence, sent in enumerate(batch.records, batch.first)
    )


def _continues(conn: Connection, head: _Head, batch: Batch, records: list[Record]) -> bool:
    """Whether the batch tells the same story as the chain in custody, as far as both go."""
    if batch.first == head.sequence + 1:
        return batch.previous == head.hash
    last = min(head.sequence, batch.first + len(records) - 1)
    row = conn.execute(
        "select hash from journal where desk = %s and epoch = %s and sequence = %s",
        (head.desk, head.epoch, last),
    ).fetchone()
    return row is not None and row[0] == records[last - batch.first].hash


def _contest(conn: Connection, head: _Head, batch: Batch, records: list[Record], now_ms: int) -> None:
    """Keep the second tail of a chain whole; from now on nothing of this chain has effect by itself."""
    rows = [
        (
            head.desk,
            head.epoch,
            batch.first + number,
            record.hash,
            record.previous,
            msgspec.msgpack.encode(sent),
            batch.signature,
            now_ms,
            "revoked" if head.state == "revoked" else "forked",
        )
        for number, (sent, record) in enumerate(zip(batch.records, records, strict=True))
    ]
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into contested (desk, epoch, sequence, hash, previous, record, signature, received_ms,"
            " why) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            rows,
        )
    conn.execute(
        "update chain_heads set state = %s where desk = %s and epoch = %s",
        (arrive(CHAIN, head.state, "forked"), head.desk, head.epoch),
    )
    branch_keys.ended(conn, head.desk, now_ms)
    reason = "key_revoked" if head.state == "revoked" else "forked"
    list_exception(conn, head.desk, head.epoch, batch.first, reason, now_ms)


def _store(
    conn: Connection, head: _Head, judged: list[Judged], signature: bytes, ack: Signed, now_ms: int
) -> None:
    desk, epoch, last = head.desk, head.epoch, judged[-1]
    judged = _without_repeated(conn, desk, judged)
    _copy(conn, desk, epoch, judged, now_ms)
    conn.execute(
        "insert into batches values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            desk,
            epoch,
            last.sequence,
            last.record.hash,
            signature,
            ack.words,
            ack.signature,
            ack_digest(ack),
            now_ms,
        ),
    )
    conn.execute(
        "update chain_heads set sequence = %s, hash = %s, received_ms = %s, recorded_ms = %s"
        " where desk = %s and epoch = %s",
        (
            last.sequence,
            last.record.hash,
            now_ms,
            last.header.recorded_ms if last.header else 0,
            desk,
            epoch,
        ),
    )
    conn.execute(
        "update desks set receipt_last = greatest(receipt_last, %s), day_next = greatest(day_next, %s)"
        " where desk = %s",
        (_receipt_last(judged), _day_next(judged), desk),
    )
    for one in judged:
        if one.reason:
            list_exception(conn, desk, epoch, one.sequence, one.reason, now_ms)
    rotated = next((one.body for one in reversed(judged) if isinstance(one.body, ops.KeyRotated)), None)
    if rotated is not None and rotated.old_key in (head.public_key, head.next_key):
        # The acknowledgement of this batch countersigns it; the new key is believed from here on.
        conn.execute(
            "update chain_heads set next_key = %s where desk = %s and epoch = %s",
            (rotated.new_key, desk, epoch),
        )
    if head.state in ENDED:
        late = LateRecords(
            epoch=epoch, first=judged[0].sequence, last=last.sequence, hash=last.record.hash.hex()
        )
        tell(conn, late, [desk], now_ms)
    conn.execute(
        "insert into work (desk, epoch, first, last, received_ms) values (%s, %s, %s, %s, %s)",
        (desk, epoch, judged[0].sequence, last.sequence, now_ms),
    )


def _day_next(judged: list[Judged]) -> int:
    """The day a new machine of this desk would go on with: the same one, until it is closed."""
    headers = (one.header for one in judged if one.header and not one.reason)
    return max((header.day + (header.kind == "day.closed") for header in headers), default=1)


def _receipt_last(judged: list[Judged]) -> int:
    """The highest receipt number in the batch, without its series."""
    numbers = (one.body.receipt.rpartition("-")[2] for one in judged if isinstance(one.body, ops.Settlement))
    return max((int(number) for number in numbers if is_digits(number)), default=0)


def _without_repeated(conn: Connection, desk: str, judged: list[Judged]) -> list[Judged]:
    """An operation id that was here before makes its record an exception: nothing is posted twice."""
    ids = [operation for one in judged for operation in one.operations]
    rows = conn.execute(
        "select operation from operation_ids where desk = %s and operation = any(%s)", (desk, ids)
    )
    used = {row[0] for row in rows}
    result = []
    for one in judged:
        if used.isdisjoint(one.operations) and len(set(one.operations)) == len(one.operations):
            used.update(one.operations)
            result.append(one)
        else:
            result.append(replace(one, postings=(), operations=(), body=None, reason="repeated_operation"))
    return result


def _copy(conn: Connection, desk: str, epoch: int, judged: list[Judged], now_ms: int) -> None:
    def rows(statement: str, values: list[tuple[Any, ...]]) -> None:
        if values:
            with conn.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for row in values:
                    copy.write_row(row)

    places = [(now_ms, desk, epoch, one.sequence) for one in judged]
    rows(
        "copy journal from stdin",
        [
            (*place, one.record.hash, one.record.header_bytes, one.record.body, not one.reason)
            for place, one in zip(places, judged, strict=True)
        ],
    )
    rows(
        "copy attachments from stdin",
        [
            # A slot that no database takes is no slot of ours: kept readable, its commitment broken.
            (*place, part.slot.replace("\0", "\ufffd"), part.salt, part.content)
            for place, one in zip(places, judged, strict=True)
            for part in one.sent.attachments
        ],
    )
    rows(
        "copy postings from stdin",
        [
            (*place, number, line.operation, line.account, line.sub, line.amount.currency, line.amount.minor)
            for place, one in zip(places, judged, strict=True)
            for number, line in enumerate(one.postings, 1)
        ],
    )
    rows(
        "copy operation_ids from stdin",
        [(desk, operation, one.content) for one in judged for operation in one.operations],
    )
