"""A courier's round: made up, out with a signed list, back when all of it is accounted for (mail.md 4)."""

from __future__ import annotations

from typing import Final

ROUND: Final[dict[tuple[str, str], str]] = {
    ("", "begun"): "planned",
    ("planned", "signed"): "out",
    ("out", "ended"): "back",
    # Nothing was ever put into it.
    ("planned", "ended"): "back",
}
OPEN: Final = ("planned", "out")
OUTCOMES: Final = ("delivered", "tried", "untried", "lost")
# What an event of an item says of the round that it is out with; any other event is of the road.
OUTCOME_OF: Final = {"EMI": "delivered", "EMH": "tried", "back": "untried", "lost": "lost"}
# Of these nothing is handed in again.
GONE: Final = frozenset({"delivered", "lost"})


def handed_in(outcomes: dict[str, str]) -> int:
    """How many items a courier brings back, by the outcome of each number."""
    return sum(outcome not in GONE for outcome in outcomes.values())
