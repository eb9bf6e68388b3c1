"""Rounds of couriers as values, and the token under which the books read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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


ROUNDS: Final = Reads[RoundReads]("rounds")
