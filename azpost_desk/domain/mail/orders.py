"""Stop orders: what may not be done with an item while somebody with the right to it says so (mail.md 1).

Who goes before whom: court and customs, then the sender (owner until delivery), then the addressee, then the
end of storage. An order forbids; what it wants instead (sent back, sent on) stays possible.
"""

from __future__ import annotations

from typing import Final

_HAND_OVER: Final = ("EMI", "EDG", "EDH", "EMC", "EMK", "EMF", "EDE", "bagged")
_ON: Final = (*_HAND_OVER, "EDX", "EMH:returned", "EMH:forwarded", "EMH:handed_over")
# Kind of order → events that are not scanned while it stands; the first of several goes before the others.
STOPS: Final[dict[str, frozenset[str]]] = {
    "court": frozenset(_ON),
    "customs": frozenset(_ON),
    "safety": frozenset(_ON),
    "claim_paid": frozenset({"EMI", "EDG", "EDH"}),
    "recall": frozenset({"EMI", "EDG", "EDH", "EMC", "EMK", "bagged"}),
    "redirect": frozenset({"EMI", "EDG", "EDH"}),
}
HANDED_OVER: Final = frozenset(_HAND_OVER)
ORDER: Final[dict[tuple[str, str], str]] = {
    ("", "ordered"): "open",
    ("open", "lifted"): "lifted",
}


def stopping(kinds: list[str], event: str) -> str:
    """The order that goes before the others and forbids an event; "" when none does."""
    return next((kind for kind in STOPS if kind in kinds and event in STOPS[kind]), "")
