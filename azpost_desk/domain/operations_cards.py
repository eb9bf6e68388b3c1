"""Records of a card at the terminal: stored before the terminal is asked, and again when it has answered.

No number of a card is in them, only the terminal's own references: what the acquirer finds a payment by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.bodies import Body

if TYPE_CHECKING:
    from collections.abc import Mapping


class CardAsked(Body, frozen=True):
    """The terminal is about to be asked for `amount_qapik`; the record's operation is the reference it gets.

    `tender` is the id under which the basket's settlement will carry the card, if it is approved. With
    `refunds` (a step) money goes back to that step's card, and `basket` names the line that is undone.
    """

    basket: str
    tender: str
    amount_qapik: int
    terminal: str
    refunds: str = ""


class CardAnswered(Body, frozen=True):
    """What is known of a step: approved, declined or unknown; unknown is asked again, never repeated.

    `references` are the terminal's: its receipt number and the issuer's authorisation.
    """

    step: str
    outcome: str
    references: dict[str, str] = msgspec.field(default_factory=dict)
    reason: str = ""


class CardReversed(Body, frozen=True):
    """An approved card whose basket could not be settled: given back by the terminal, or not known yet."""

    step: str
    outcome: str
    why: str


CARD_BODIES: Final[Mapping[tuple[str, int], type[Body]]] = {
    ("card.asked", 1): CardAsked,
    ("card.answered", 1): CardAnswered,
    ("card.reversed", 1): CardReversed,
}
