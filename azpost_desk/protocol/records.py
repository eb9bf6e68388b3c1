"""A journal record: header, body, attachments, and the hash that chains it to the one before.

Bytes are written once and never re-encoded. The header is a JSON array, the body a JSON object, so that a
stand-alone verifier needs no more than a JSON reader and SHA-256.

    hash = SHA-256( previous hash (32) || len(header) u32 BE || header || len(body) u32 BE || body )

The first record of a chain (desk, epoch) is chained to 32 zero bytes; its body names the epoch before.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 16
FORMAT: Final = 1
# A desk writes no larger record, attachments and all: several go into one batch, and none can hold the queue.
RECORD_BYTES_MAX: Final = 256 * 1024


class Header(msgspec.Struct, frozen=True, array_like=True):
    """Who, when, which: everything about a record but its content. Order of fields is the wire order.

    Attributes:
        format: version of this header, 1.
        desk: desk id such as ``2002-3``; a writer of the centre is ``centre-1``.
        epoch, sequence: position in the chain, both from 1.
        operation: uuid7 of the operation, lower-case text.
        kind, version: what the body is; the pair also fixes the posting rule.
        day: number of the desk's business day, from 1; a record after a close belongs to the next day.
        actor: staff id, or ``sync`` / ``recovery`` / a centre writer.
        actor_kind: officer, recovery, sync or centre.
        source: how the input came: keys, scan, line, program.
        recorded_ms: UTC ms of the desk's clock, never below the latest signed time it knows.
        acknowledged: first 32 hex digits of the digest of the centre's latest acknowledgement, "" before
            the first.
        postings: digest of the postings (domain.ledger.digest), "" when there are none.
    """

    format: int
    desk: str
    epoch: int
    sequence: int
    operation: str
    kind: str
    version: int
    day: int
    actor: str
    actor_kind: str
    source: str
    recorded_ms: int
    acknowledged: str
    postings: str


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of a header of any version: enough to say where its record belongs."""

    format: int
    desk: str
    epoch: int
    sequence: int


class Attachment(msgspec.Struct, frozen=True, array_like=True):
    """Personal data of a record, one independently erasable group: slot, salt (16 bytes), bytes (JSON)."""

    slot: str
    salt: bytes
    content: bytes

    def commitment(self) -> str:
        """SHA-256(salt || slot || bytes), hex: what the body holds, and all that remains after erasure."""
        return hashlib.sha256(self.salt + self.slot.encode() + self.content).hexdigest()


class Record(msgspec.Struct, frozen=True):
    """A record as it stands in a journal: the very bytes and the hashes around them."""

    header_bytes: bytes
    body: bytes
    previous: bytes
    hash: bytes

    def header(self) -> Header:
        """The header, decoded.

        Raises:
            msgspec.DecodeError: as `header_of`.
        """
        return header_of(self.header_bytes)

    def mark(self) -> str:
        """Ten characters of the hash, as printed on the customer's receipt."""
        return self.hash.hex()[:10]


_HEADER: Final = msgspec.json.Decoder(Header)
_PLACE: Final = msgspec.json.Decoder(_Place)


def header_of(header: bytes) -> Header:
    """A header, decoded.

    Raises:
        msgspec.DecodeError: the bytes are no header, whatever they are.
    """
    try:
        return _HEADER.decode(header)
    except (UnicodeDecodeError, RecursionError) as unreadable:
        raise msgspec.DecodeError(type(unreadable).__name__) from unreadable


def place_of(header: bytes) -> tuple[str, int, int] | None:
    """(desk, epoch, sequence) as a header says it, also where the rest of it is not understood; None when it
    does not say.
    """
    try:
        place = _PLACE.decode(header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return place.desk, place.epoch, place.sequence


def record_hash(previous: bytes, header: bytes, body: bytes) -> bytes:
    """The chain's rule; see the module's first lines."""
    digest = hashlib.sha256(previous)
    digest.update(len(header).to_bytes(4, "big"))
    digest.update(header)
    digest.update(len(body).to_bytes(4, "big"))
    digest.update(body)
    return digest.digest()


def seal(header: Header, body: bytes, previous: bytes) -> Record:
    """A new record: the header's bytes are made here, once."""
    header_bytes = msgspec.json.encode(header)
    return Record(header_bytes, body, previous, record_hash(previous, header_bytes, body))


def rechain(header_bytes: bytes, body: bytes, previous: bytes) -> Record:
    """A record as the receiver computes it from the bytes that came."""
    return Record(header_bytes, body, previous, record_hash(previous, header_bytes, body))
