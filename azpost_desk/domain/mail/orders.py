"""Stop orders: what may not be done with an item while somebody with the right to it says so (mail.md 1).

In: the kinds that stand for an item, its life. Out: which of them forbids an event, what became of an order.

Who goes before whom: court and customs, then the sender (owner until delivery), then the addressee, then the
end of storage. An order forbids; what it wants instead (sent back, sent on) stays possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.mail.moves import is_back, moved_by, stage

if TYPE_CHECKING:
    from azpost_desk.domain.mail.history import Life

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
    # The country it goes to has no sound advance data of it: it waits at the hub.
    "advance": frozenset({"EMC"}),
}
HANDED_OVER: Final = frozenset(_HAND_OVER)
# What it wants of the item has been done; it went another way before (rule 7), or its addressee has it.
ORDER: Final[dict[tuple[str, str], str]] = {
    ("", "ordered"): "open",
    ("open", "lifted"): "lifted",
    ("open", "done"): "done",
    ("open", "overtaken"): "overtaken",
    # The scan that did it was taken back.
    ("done", "undone"): "open",
    ("overtaken", "undone"): "open",
}
ADVANCE: Final = "advance"
RECALL: Final = "recall"
REDIRECT: Final = "redirect"
_ARRIVES: Final = frozenset({"EMG", "EDH"})


def becomes(life: Life, kind: str, made_ms: int, to_office: str = "") -> str:
    """What an order of this kind, made at `made_ms` (UTC), has come to by what its item went through."""
    if kind == RECALL and (is_back(life.state) or life.state == "cancelled"):
        # Whoever sent it back, and by whatever clock: the sender gets it.
        return "done"
    is_there = False
    for event, state in life.way():
        name, is_later = moved_by(event.code, event.measure), event.at_ms >= made_ms
        if not is_later:
            # It lies there already; where it was and has left again it is not.
            is_there = event.office == to_office and stage(state) >= stage("office")
        elif name == "EMH:forwarded" or (event.code in _ARRIVES and event.office == to_office):
            is_there = True
    if kind == REDIRECT and is_there:
        return "done"
    went_back = kind == REDIRECT and is_back(life.state)
    return "overtaken" if kind in (RECALL, REDIRECT) and (life.is_final or went_back) else "open"


def stopping(kinds: list[str], event: str) -> str:
    """The order that goes before the others and forbids an event; "" when none does."""
    return next((kind for kind in STOPS if kind in kinds and event in STOPS[kind]), "")
