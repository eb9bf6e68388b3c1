"""What a card terminal says of one payment, whatever the terminal is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Outcome = Literal["approved", "declined", "unknown"]


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The answer to a purchase, a question by reference, or a reversal.

    Attributes:
        outcome: approved, declined, or unknown: the terminal itself does not know (yet).
        references: the terminal's own: ``receipt``, ``authorisation``; never a card's number.
        reason: the terminal's word for a refusal.
    """

    outcome: Outcome
    references: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
