"""What a customer's file shows: what they did at this desk, and what officers wrote; frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.people import Account, Addresses, Person


@dataclass(frozen=True, slots=True)
class PastLine:
    """A line of a settlement with the people in it, as far as they are not erased.

    Attributes:
        whose: ids of the files of its customer: who sent, or who took the money; "" where it names none.
        other: to whom it went; of a bill there is an `account` instead.
        addresses: of an item: both sides and, where it went abroad, its declaration.
        is_undone: whether it was reversed.
    """

    record: str
    receipt: str
    at_ms: int
    line: ops.AnyLine
    whose: str = ""
    other: Person | None = None
    account: Account | None = None
    is_undone: bool = False
    addresses: Addresses | None = None


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A remark in a customer's file; `officer` is a name."""

    at_ms: int
    officer: str
    remark: str
