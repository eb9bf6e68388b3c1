"""Records that a fork or a revoked key has made doubtful: kept whole, judged one by one by two people.

What never counted takes effect when it is confirmed, through the centre's book; what had counted when its key
was revoked is held as far as it can still be held, and taken back in the centre's book when it is rejected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central import freed, screening
from azpost_desk.central.accepted import AcceptedRecord
from azpost_desk.central.doubts import two_people
from azpost_desk.central.exceptions import list_exception
from azpost_desk.central.intake.acceptance import Judged, judge
from azpost_desk.central.intake.projector import apply
from azpost_desk.central.news import tell
from azpost_desk.central.registry.enrolment import end_epochs
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.delivery_moves import DELIVERY
from azpost_desk.domain.moves import CHAIN, CONTESTED, TRANSFER, befores, move
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.messages import Sent
from azpost_desk.protocol.news import ContestedNews, TransferEvent
from azpost_desk.protocol.records import Attachment, Header, Record, rechain

if TYPE_CHECKING:
    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

CONFIRMED: Final = "confirmed"
REJECTED: Final = "rejected"
_MARK: Final = 10
# Why a transfer waits whoever wrote its record: judging the record is no answer to these.
_NOT_OF_THE_RECORD: Final = (screening.UNDER_REVIEW, "over_limit", "payout_reversed")


@dataclass(frozen=True, slots=True)
class Contested:
    """One record that waits for judgement; `kind` is "" when it cannot be read."""

    desk: str
    epoch: int
    sequence: int
    hash: str
    why: str
    posted: bool
    kind: str
    recorded_ms: int


def waiting(conn: Connection) -> list[Contested]:
    """Every contested record without a judgement that is not in custody as well, in order of its chain."""
    rows = conn.execute(
        "select desk, epoch, sequence, hash, why, posted, record, previous from contested"
        " where state = 'open' and (posted or not exists (select from journal"
        " where journal.desk = contested.desk and journal.epoch = contested.epoch"
        " and journal.sequence = contested.sequence and journal.hash = contested.hash))"
        " order by desk, epoch, sequence, hash"
    )
    found = []
    for desk, epoch, sequence, digest, why, posted, record, previous in rows:
        header = _header(_read(record, previous, digest)[1])
        kind, recorded_ms = (header.kind, header.recorded_ms) if header else ("", 0)
        found.append(Contested(desk, epoch, sequence, digest.hex(), why, posted, kind, recorded_ms))
    return found


def revoke(
    conn: Connection,
    book: Book,
    place: tuple[str, int, int],
    mark: str,
    people: tuple[str, str],
    reason: str,
    evidence: str,
    now_ms: int,
) -> int:
    """A key is worth nothing after the record at `place` (desk, epoch, sequence).

    Gives how many records in custody are contested now.

    Args:
        mark: the record's hash, or at least its first ten digits as they stand on a receipt.

    Raises:
        Refused: X-043, X-044, X-045, X-047, X-053 the centre has not acknowledged such a record.
    """
    two_people(*people, evidence)
    if not is_said(reason):
        raise Refused("X-045")
    desk, epoch, sequence = place
    with conn.transaction():
        conn.execute("select from desks where desk = %s for update", (desk,))
        head = conn.execute(
            "select state from chain_heads where desk = %s and epoch = %s for update", (desk, epoch)
        ).fetchone()
        if head is None:
            raise Refused("X-043", desk=desk)
        row = conn.execute(
            "select hash from batches where desk = %s and epoch = %s and last = %s", place
        ).fetchone()
        if row is None or len(mark) < _MARK or not row[0].hex().startswith(mark.lower()):
            raise Refused("X-053")
        conn.execute(
            "update chain_heads set state = %s, next_key = '', revoked_after = %s"
            " where desk = %s and epoch = %s",
            (move(CHAIN, head[0], "revoked"), sequence, desk, epoch),
        )
        end_epochs(conn, desk, "revoked", epoch)
        act = ops.KeyRevoked(
            desk=desk,
            epoch=epoch,
            sequence=sequence,
            hash=row[0].hex(),
            first_person=people[0],
            second_person=people[1],
            reason=reason.strip(),
            evidence=evidence.strip(),
        )
        book.append(conn, act)
        return _contest_later(conn, place, now_ms)


def _contest_later(conn: Connection, place: tuple[str, int, int], now_ms: int) -> int:
    """What is in custody after `place` is contested: kept, held where it can still be held."""
    rows = conn.execute(
        "select sequence, hash, header, body, accepted from journal"
        " where desk = %s and epoch = %s and sequence > %s order by sequence",
        place,
    ).fetchall()
    desk, epoch, previous = place[0], place[1], _hash_at(conn, place)
    for sequence, digest, header, body, accepted in rows:
        sent = Sent(header, body, _attachments(conn, (desk, epoch, sequence)))
        conn.execute(
            "insert into contested (desk, epoch, sequence, hash, previous, record, signature, received_ms,"
            " why, posted) values (%s, %s, %s, %s, %s, %s, '', %s, 'revoked', %s) on conflict do nothing",
            (desk, epoch, sequence, digest, previous, msgspec.msgpack.encode(sent), now_ms, accepted),
        )
        previous = digest
    for after, before in befores(TRANSFER, "contested").items():
        conn.execute(
            "update transfers set state = %s where desk = %s and epoch = %s and sequence > %s"
            " and state = any(%s)",
            (after, *place, before),
        )
    # Not asked for any more; one that the biller has already is the biller's to give back.
    conn.execute(
        "update payments set next_ms = null where desk = %s and epoch = %s and sequence > %s"
        " and state = 'accepted'",
        place,
    )
    list_exception(conn, desk, epoch, place[2] + 1, "key_revoked", now_ms)
    return len(rows)


def decide(
    conn: Connection,
    book: Book,
    place: tuple[str, int, int],
    mark: str,
    decision: str,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
) -> None:
    """Judge one contested record, named by its place and the beginning of its hash.

    Raises:
        Refused: X-044, X-047, X-054 no such contested record is open, X-055 it cannot be confirmed as it is,
            X-056 one of its operations has counted already.
    """
    two_people(*people, evidence)
    with conn.transaction():
        row = _open(conn, place, mark)
        digest, previous, stored, posted = row
        sent, record = _read(stored, previous, digest)
        judged = judge(sent, record, *place)
        readable = judged.header is not None and judged.reason in ("", "wrong_postings")
        if decision == CONFIRMED and judged.reason:
            raise Refused("X-055", reason=judged.reason)
        header = judged.header
        act = ops.ContestedJudged(
            desk=place[0],
            epoch=place[1],
            sequence=place[2],
            hash=digest.hex(),
            decision=decision,
            # What cannot be read never posted anything.
            posted=posted and readable,
            operation=header.operation if header else "",
            kind=header.kind if header else "",
            version=header.version if header else 0,
            body=record.body.decode() if readable else "",
            first_person=people[0],
            second_person=people[1],
            evidence=evidence.strip(),
        )
        if decision == CONFIRMED and not posted:
            _count(conn, place[0], judged)
        book.append(conn, act)
        _take_effect(conn, place, judged, decision, posted, now_ms)
        conn.execute(
            "update contested set state = %s, judged_ms = %s"
            " where desk = %s and epoch = %s and sequence = %s and hash = %s",
            (move(CONTESTED, "open", decision), now_ms, *place, digest),
        )
        told = ContestedNews(
            epoch=place[1], sequence=place[2], hash=digest.hex(), decision=decision, posted=posted
        )
        tell(conn, told, [place[0]], now_ms)


def _open(conn: Connection, place: tuple[str, int, int], mark: str) -> tuple[bytes, bytes, bytes, bool]:
    rows = conn.execute(
        "select hash, previous, record, posted from contested"
        " where desk = %s and epoch = %s and sequence = %s and state = 'open' for update",
        place,
    ).fetchall()
    found = [row for row in rows if len(mark) >= _MARK and row[0].hex().startswith(mark.lower())]
    if len(found) != 1:
        raise Refused("X-054")
    return found[0][0], found[0][1], found[0][2], found[0][3]


def _count(conn: Connection, desk: str, judged: Judged) -> None:
    """Note the operations as counted; none of them may have counted before."""
    for operation in judged.operations:
        new = conn.execute(
            "insert into operation_ids values (%s, %s, %s) on conflict do nothing returning operation",
            (desk, operation, judged.content),
        ).fetchone()
        if new is None:
            raise Refused("X-056", operation=str(operation))


def _take_effect(
    conn: Connection, place: tuple[str, int, int], judged: Judged, decision: str, posted: bool, now_ms: int
) -> None:
    screening.steady(conn)
    if decision == CONFIRMED and not posted and judged.header is not None:
        branch = one(conn, "select branch from desks where desk = %s", (place[0],))[0]
        parts = {one.slot: one.content for one in judged.sent.attachments}
        written = AcceptedRecord(
            place[0],
            branch,
            place[1],
            place[2],
            judged.record.hash.hex(),
            judged.header,
            judged.body,
            parts,
            now_ms,
        )
        apply(conn, written, now_ms)
    if decision == CONFIRMED:
        # Two people have looked at the record: what made the centre doubt it is answered.
        # What waits for another reason besides, and was not let go since, is for those who decide about that.
        freeing = conn.execute(
            "select transfer from transfers"
            " where desk = %s and epoch = %s and sequence = %s and state = 'held' and hash = %s"
            " and not exists (select from exceptions"
            " where about = transfer and made_ms > let_go_ms and reason = any(%s)) for update",
            (*place, judged.record.hash, list(_NOT_OF_THE_RECORD)),
        ).fetchall()
        for (transfer,) in freeing:
            if freed.free(conn, transfer, now_ms) == "available":
                event = TransferEvent(transfer=transfer, state="available", office="", at_ms=now_ms)
                tell(conn, event, [place[0]], now_ms)
        for after, before in befores(DELIVERY, "let_go").items():
            conn.execute(
                "update payments set state = %s, next_ms = %s"
                " where desk = %s and epoch = %s and sequence = %s and state = any(%s) and next_ms is null",
                (after, now_ms, *place, [after, *before]),
            )
    elif posted:
        _undo(conn, place, judged.record.hash)


def _undo(conn: Connection, place: tuple[str, int, int], digest: bytes) -> None:
    """Two people rejected a record that had counted: what it sent, paid out or took in moves nothing more."""
    for after, before in befores(TRANSFER, "sending_rejected").items():
        conn.execute(
            "update transfers set state = %s where desk = %s and epoch = %s and sequence = %s"
            " and state = any(%s) and hash = %s",
            (after, *place, before, digest),
        )
    # What it claimed to have paid out is for the centre to decide.
    for after, before in befores(TRANSFER, "payout_rejected").items():
        conn.execute(
            "update transfers set state = %s where ended_by = %s and state = any(%s)",
            (after, digest.hex(), before),
        )
    for after, before in befores(DELIVERY, "record_rejected").items():
        conn.execute(
            "update payments set state = %s, next_ms = null"
            " where desk = %s and epoch = %s and sequence = %s and state = any(%s)",
            (after, *place, before),
        )


def _read(stored: bytes, previous: bytes, digest: bytes) -> tuple[Sent, Record]:
    """What was kept, and its record; an empty one under the same hash where the row is no message at all."""
    try:
        sent = msgspec.msgpack.decode(stored, type=Sent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Sent(b"", b""), Record(b"", b"", previous, digest)
    return sent, rechain(sent.header, sent.body, previous)


def _header(record: Record) -> Header | None:
    try:
        return record.header()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _hash_at(conn: Connection, place: tuple[str, int, int]) -> bytes:
    found: bytes = one(
        conn, "select hash from journal where desk = %s and epoch = %s and sequence = %s", place
    )[0]
    return found


def _attachments(conn: Connection, place: tuple[str, int, int]) -> tuple[Attachment, ...]:
    rows = conn.execute(
        "select slot, salt, content from attachments"
        " where desk = %s and epoch = %s and sequence = %s order by slot",
        place,
    )
    return tuple(Attachment(*row) for row in rows)
