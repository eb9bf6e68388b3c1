"""Identifiers that a client makes itself, before anything is sent, and what the parts of a desk's id say."""

from __future__ import annotations

import re
import uuid
from typing import Final

_DESK: Final = re.compile("([0-9]+)-([0-9]+)")


def uuid7(unix_ms: int, random_bytes: bytes) -> uuid.UUID:
    """A version 7 UUID (RFC 9562, 5.7) of the instant `unix_ms` (milliseconds since 1970, UTC).

    Ids of different milliseconds sort by time; within one millisecond their order is random, and no order is
    promised: the journal's sequence number is what orders records.

    Args:
        unix_ms: 48 bits, so from 1970 to the year 10889.
        random_bytes: ten bytes from a good source; 74 bits of them are used.

    Raises:
        ValueError: too few random bytes, or the instant does not fit.
    """
    if len(random_bytes) != 10:
        raise ValueError("a uuid7 takes ten random bytes")
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError("the instant does not fit into 48 bits")
    randomness = int.from_bytes(random_bytes, "big")
    rand_a, rand_b = randomness >> 68, randomness & ((1 << 62) - 1)
    return uuid.UUID(int=unix_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def unix_ms_of(identifier: uuid.UUID) -> int:
    """The instant a uuid7 was made at, in milliseconds since 1970, UTC."""
    return identifier.int >> 80


def desk_parts(desk: str) -> tuple[str, str]:
    """(branch, number within it) of a desk's id ``2002-2``; two empty texts when it is none."""
    match = _DESK.fullmatch(desk)
    return (match[1], match[2]) if match else ("", "")
