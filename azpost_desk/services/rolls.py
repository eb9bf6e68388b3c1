"""Labels printed beforehand: which scanned number may be the one of an item that is accepted now.

In: a number scanned from a roll, the rolls that the centre registered here. Out: the number, taken for one
acceptance and never again; or why not. A roll of the branch's reserve serves a desk that is used up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.item_numbers import OWN_COUNTRY, read_item_number
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading, Writing

RESERVE: Final = "reserve"


@dataclass(frozen=True, slots=True)
class Roll:
    """A roll of labels registered here: letters, first and last serial; `sort` is ``roll`` or ``reserve``."""

    prefix: str
    first: int
    last: int
    sort: str

    def has(self, number: str) -> bool:
        """Whether a whole number of ours lies on it."""
        read = read_item_number(number)
        is_ours = read.valid and read.country == OWN_COUNTRY
        return is_ours and number[:2] == self.prefix and self.first <= int(number[2:10]) <= self.last


@dataclass(frozen=True, slots=True)
class Known:
    """A roll and what of it is taken here."""

    roll: Roll
    taken: frozenset[str]

    def offers(self, number: str) -> bool:
        """Whether a scanned number may be the next acceptance's; one that is taken is looked up instead."""
        return self.roll.has(number) and number not in self.taken


class RollReads(Protocol):
    """What the books know of rolls and of the numbers taken here."""

    def rolls(self, epoch: int) -> list[Roll]:
        """Those registered for this desk in this epoch."""

    def numbers_taken(self, roll: Roll) -> set[str]:
        """Numbers on it that an acceptance here took, paid or not."""

    def numbers_left(self, epoch: int, indicator: str) -> int:
        """Numbers of this desk's own ranges whose letters begin so."""


ROLLS: Final = Reads[RollReads]("rolls")


def known_rolls(books: Reading) -> tuple[Known, ...]:
    """The rolls of this desk, each with the numbers taken of it."""
    reads = books.of(ROLLS)
    return tuple(Known(one, frozenset(reads.numbers_taken(one))) for one in reads.rolls(books.desk().epoch))


def require_label(books: Reading, number: str) -> None:
    """Refuse a label that is no number for an acceptance now.

    Raises:
        Refused: E-150 on no roll of this desk, E-151 used already, E-152 of the reserve while the desk has
            numbers of its own.
    """
    roll = next((one for one in books.of(ROLLS).rolls(books.desk().epoch) if one.has(number)), None)
    if roll is None:
        raise Refused("E-150", number=number)
    if number in books.of(ROLLS).numbers_taken(roll) or books.item_lives(number)[-1].last is not None:
        raise Refused("E-151", number=number)
    left = books.of(ROLLS).numbers_left(books.desk().epoch, roll.prefix) if roll.sort == RESERVE else 0
    if left:
        raise Refused("E-152", number=number, count=left)


def take_number(books: Writing, operation: str, indicator: str, label: str) -> str:
    """The number of an item that is accepted: its label's where it has one, else the desk's next.

    Raises:
        Refused: as `require_label`; E-153 the label is another product's, E-030 the desk's are used up.
    """
    if not label:
        return books.take_item_number(operation, indicator)
    require_label(books, label)
    if not label.startswith(indicator):
        raise Refused("E-153", number=label, indicator=indicator)
    books.keep_item_number(operation, label)
    return label
