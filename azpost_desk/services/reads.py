"""Tokens of what a feature reads: `books.of(ABROAD)` gives that feature's reads, typed, and no other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

F = TypeVar("F")


# Not with slots: with Generic they raise on Python 3.11.
@dataclass(frozen=True)
class Reads(Generic[F]):
    """A feature's reads by name; storage.features.READS has one class for each (a test compares)."""

    name: str
