"""The answer of a card terminal to one payment, in the same words for every make of terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

# ISO 4217, as terminals write it.
MANAT: Final = "944"
Outcome = Literal["approved", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The answer to a purchase, a question by reference, or a reversal.

    Attributes:
        outcome: approved, declined, or unknown: the terminal itself does not know (yet).
        references: the terminal's own: ``receipt``, ``authorisation``; never a card's number.
        reason: the terminal's word for a refusal.
        amount_qapik, currency: what was approved, as the terminal says it; None and "" when it says nothing.
    """

    outcome: Outcome
    references: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    amount_qapik: int | None = None
    currency: str = ""

    def is_for(self, amount_qapik: int) -> bool:
        """Whether an approval is for exactly what was asked; what is no approval claims nothing."""
        return self.outcome != "approved" or (self.amount_qapik, self.currency) == (amount_qapik, MANAT)
