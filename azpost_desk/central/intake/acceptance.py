"""Acceptance: what a record that is already in custody means, or why it goes to the exceptions list.

Pure: bytes in, judgement out. A record that cannot be understood or breaks a rule is still acknowledged
(PROTOCOL.md 4); it posts nothing here until somebody has judged it.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.domain import ledger, postings
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import TIME_MS_END
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.soundness import is_sound
from azpost_desk.protocol.keys import is_signed, rotation_words

if TYPE_CHECKING:
    from azpost_desk.domain.ledger import Posting
    from azpost_desk.protocol.messages import Sent
    from azpost_desk.protocol.records import Header, Record

CONTENT_BYTES: Final = 16
# Beyond 2,700 years of business days a number is no day of a desk.
_DAY_END: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A record understood, or the reason why not.

    Attributes:
        reason: "" when accepted, else the key of a sentence `central.exception.<reason>`.
        operations: ids of the record, its lines and tenders.
        content: digest of the body: the same id with another content is an error.
    """

    sent: Sent
    record: Record
    sequence: int
    header: Header | None = None
    body: Any = None
    postings: tuple[Posting, ...] = ()
    operations: tuple[uuid.UUID, ...] = ()
    content: bytes = b""
    reason: str = ""


def judge(sent: Sent, record: Record, desk: str, epoch: int, sequence: int) -> Judged:
    """Understand one record of the chain (desk, epoch) at its place."""

    def refused(reason: str, header: Header | None = None) -> Judged:
        return Judged(sent, record, sequence, header, reason=reason)

    header = _header(record)
    if header is None:
        return refused("bad_header")
    if (header.desk, header.epoch, header.sequence) != (desk, epoch, sequence):
        return refused("wrong_place")
    if header.kind in ops.CENTRE_KINDS:
        return refused("centre_kind", header)
    try:
        body = ops.decode(header.kind, header.version, record.body)
    except ops.UnknownKind:
        return refused("unknown_kind", header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return refused("bad_body", header)
    if ops.encode(body) != record.body:
        # A key twice, 1e3 for 1000: two readers would see two things in the same signed bytes.
        return refused("bad_body", header)
    reason = _broken_rule(sent, header, record.body, body)
    if reason:
        return refused(reason, header)
    try:
        operations = tuple(uuid.UUID(operation) for operation in _operations(header, body))
        posted = postings.postings(desk, header.operation, header.kind, header.version, body)
    except (ledger.Unbalanced, Refused, KeyError, ValueError):
        return refused("no_posting_rule", header)
    if any("\0" in line.sub for line in posted):
        return refused("bad_body", header)
    if ledger.digest(posted) != header.postings:
        return refused("wrong_postings", header)
    content = hashlib.sha256(record.body).digest()[:CONTENT_BYTES]
    return Judged(sent, record, sequence, header, body, posted, operations, content)


def _is_rotation(body: ops.KeyRotated, header: Header) -> bool:
    """Whether the new key itself agrees to follow the old one at this place."""
    words = rotation_words(header.desk, header.epoch, body.old_key, body.new_key)
    try:
        return is_signed(body.new_key, words, bytes.fromhex(body.proof))
    except ValueError:
        return False


def _header(record: Record) -> Header | None:
    try:
        header = record.header()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    in_time = 0 <= header.recorded_ms < TIME_MS_END and 0 <= header.day < _DAY_END
    return header if in_time else None


def _broken_rule(sent: Sent, header: Header, written: bytes, body: Any) -> str:
    if not header.actor or not header.actor_kind:
        return "no_actor"
    if not is_sound(body):
        return "unsound"
    if isinstance(body, ops.KeyRotated) and not _is_rotation(body, header):
        return "bad_rotation"
    # The body commits to every attachment: one that it does not name proves nothing.
    if any(attachment.commitment().encode() not in written for attachment in sent.attachments):
        return "strange_attachment"
    return ""


def _operations(header: Header, body: Any) -> list[str]:
    if isinstance(body, ops.Settlement):
        inner = [line.operation for line in body.lines] + [tender.operation for tender in body.tenders]
        return [header.operation, *inner]
    return [header.operation]
