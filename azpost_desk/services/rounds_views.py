"""Rounds of couriers as values, the token under which the books read them, and what a scan asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.operations_mail import ItemScanned
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class Round:
    """One round; states of `domain.mail.rounds.ROUND`.

    Attributes:
        courier: the officer who goes; `officer` is who made it up.
        outcomes: what became of each item, by number, in the order they were scanned; "" not said yet.
        day: the business day on which it went out, 0 while it has not.
    """

    round: str
    courier: str
    officer: str
    state: str
    begun_ms: int
    signed_ms: int
    day: int
    outcomes: Mapping[str, str]

    @property
    def unaccounted(self) -> tuple[str, ...]:
        """Items nobody has said anything of yet."""
        return tuple(number for number, outcome in self.outcomes.items() if not outcome)


class RoundReads(Protocol):
    """What the books know of rounds."""

    def round(self, round_: str) -> Round | None:
        """The round with this id."""

    def rounds(self, states: Sequence[str]) -> list[Round]:
        """Those in one of these states, the oldest first."""

    def with_item(self, number: str) -> Round | None:
        """The open round an item is put into or out with."""


# [design] A round that is out longer than this is overdue even within its day.
OUT_MS_MAX: Final = 10 * 3_600_000
ROUNDS: Final = Reads[RoundReads]("rounds")


def is_overdue(one: Round, day: int, now_ms: int) -> bool:
    """Whether a round that is out should be back: its day is over on this one, or it is out too long."""
    return one.state == "out" and (one.day < day or now_ms - one.signed_ms > OUT_MS_MAX)


def is_made_up(books: Reading, round_: str) -> bool:
    """Whether items are put into this round still: nobody has counted and signed for it yet."""
    found = books.of(ROUNDS).round(round_)
    return found is not None and found.state == "planned"


def orders_then_ms(books: Reading, number: str) -> int:
    """Up to when stop orders were known as the courier left with an item: none heard later was broken."""
    found = _gone_out(books, number)
    return found[1].orders_ms if found else 0


def answered_ms(books: Reading, number: str) -> int:
    """When somebody answered by telephone for an item as it was put into its round, UTC ms; 0: nobody did."""
    found = _gone_out(books, number)
    return found[0] if found and found[1].asked else 0


def _gone_out(books: Reading, number: str) -> tuple[int, ItemScanned] | None:
    """The last scan of an item into a round here, and when it was recorded, UTC ms."""
    out = [one for one in books.item_events(number) if one.event == "EDG" and one.here and not one.voided]
    entry = books.entry(out[-1].operation) if out else None
    found = entry.body if entry else None
    return (entry.recorded.recorded_ms, found) if entry and isinstance(found, ItemScanned) else None
