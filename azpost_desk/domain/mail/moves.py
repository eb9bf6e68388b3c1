"""Legal moves of a mail item: its state and one of the 25 events of UPU EMSEVT V3 → the state after it.

Source: mail.md 3. A state that ends in ``.back`` is one on the way to the sender, who is then the addressee.
An event whose effect depends on the measure that was taken is named with it (``EMH:returned``).
"""

from __future__ import annotations

from typing import Final

BACK: Final = ".back"

# How far on its way an item is in each state: an event that was not scanned is made up for by a later stage.
STAGES: Final = {
    "": -1,
    "announced": 0,
    "accepted": 1,
    "outward": 2,
    "export_customs": 3,
    "export_held": 3,
    "outward_held": 3,
    "left": 4,
    "transit": 5,
    "inward": 6,
    "inward_held": 6,
    "import_customs": 7,
    "import_held": 7,
    "inland": 8,
    "sorting": 9,
    "office": 10,
    "out": 11,
    "attempted": 12,
    "pickup": 12,
    "held": 12,
    "lost": 12,
    "delivered": 13,
    "returned": 13,
    "cancelled": 13,
    "ended": 13,
}
FINAL: Final = frozenset({"delivered", "returned", "cancelled", "ended"})

_TRIED: Final = "office out pickup attempted held"
# Event → the states it is legal in, and the state it leads to. The same on the way back but for what stands
# below; `attempted` takes a second try whose round was not scanned.
_WAY: Final = (
    ("EMB", "accepted", "outward"),
    ("EXA", "outward", "export_customs"),
    ("EXB", "outward export_customs", "export_held"),
    ("EXC", "export_customs export_held", "outward"),
    ("EXD", "outward", "outward_held"),
    ("EMC", "accepted outward outward_held export_customs", "left"),
    ("EMJ", "left", "transit"),
    ("EMK", "transit inward", "left"),
    ("EMD", "left", "inward"),
    ("EDA", "inward", "inward_held"),
    ("EDB", "inward inward_held", "import_customs"),
    ("EME", "inward import_customs", "import_held"),
    ("EDC", "import_customs import_held", "inward"),
    ("EMF", "inward inward_held import_customs import_held", "inland"),
    ("EDD", "accepted inland", "sorting"),
    ("EDE", "sorting", "inland"),
    ("EMG", "accepted inland sorting inward", "office"),
    ("EDF", "office attempted pickup", "held"),
    ("EDG", "office attempted held pickup", "out"),
    ("EDH", "office attempted held out", "pickup"),
    ("EMH", _TRIED, "attempted"),
    ("EMH:new_try", _TRIED, "attempted"),
    ("EMH:card_left", _TRIED, "pickup"),
    ("EMH:held", _TRIED, "held"),
    ("EMH:forwarded", _TRIED, "inland"),
    ("EMH:handed_over", _TRIED, "ended"),
    ("EDX:ended", "inward inward_held import_customs import_held office attempted pickup held", "ended"),
)
# Where a journey begins: not known yet, or only announced.
_BEGINNINGS: Final = (("EMA", "accepted"), ("EMJ", "transit"), ("EMD", "inward"))
_TO_THE_SENDER: Final = (
    ("EXX", "accepted outward outward_held export_customs export_held", "inland.back"),
    ("EMC", "inward.back", "left.back"),
    ("EMB", "inland.back", "outward.back"),
    ("EMH:returned", _TRIED, "inland.back"),
    ("EDX", "inward inward_held import_customs import_held", "inward.back"),
    ("EDX", "office attempted pickup held", "inland.back"),
)

# At an office of exchange an item lies in a receptacle of a despatch as inland in a bag.
_BAGGED_IN: Final = ("accepted", "inland", "outward")

# What only our own offices say of an item, and never tell abroad: a round brought it back as it was; it is
# not to be found; it has been found; it lies in a bag, and was taken out of it again.
_LOCAL: Final = (
    ("back", "out", "office"),
    ("lost", f"{_TRIED} inland sorting", "lost"),
    ("found", "lost", "office"),
    ("EMG", "lost", "office"),
    *((event, state, state) for event in ("bagged", "unbagged") for state in _BAGGED_IN),
)

ITEM: Final[dict[tuple[str, str], str]] = {
    **{(before, event): after for event, befores, after in (*_WAY, *_LOCAL) for before in befores.split()},
    **{
        (before + BACK, event): after if after in FINAL else after + BACK
        for event, befores, after in (*_WAY, *_LOCAL)
        for before in befores.split()
        if before != "accepted"
    },
    **{(before, event): after for event, after in _BEGINNINGS for before in ("", "announced")},
    **{(before, event): after for event, befores, after in _TO_THE_SENDER for before in befores.split()},
    **{(state, "EMI"): "delivered" for state in _TRIED.split()},
    **{(state + BACK, "EMI"): "returned" for state in _TRIED.split()},
    # Handed back over the counter at once: its line was undone.
    ("accepted", "EXX:handed_back"): "cancelled",
}

# Where a jump leads that passes over what was not scanned. On the way back nothing but the table says that
# the sender has it: the addressee might.
JUMPS: Final = {
    **{event: after for event, _befores, after in _WAY if after not in FINAL},
    "EMI": "delivered",
    "EMH:returned": "inland.back",
    "EDX": "inland.back",
    # Taken in at another desk, of which nothing has been heard yet.
    "bagged": "accepted",
}
LOCAL: Final = ("back", "lost", "found", "bagged", "unbagged")
EVENTS: Final = tuple(sorted({event.partition(":")[0] for _state, event in ITEM} - set(LOCAL)))

# Who has the item in hand after an event; what is not here leaves it where it is.
CUSTODY: Final = {
    **dict.fromkeys(("EMA", "EMB", "EXC", "EXD", "EXX", "EMJ", "EMD", "EDA", "EDC", "EDD"), "desk"),
    "unbagged": "desk",
    **dict.fromkeys(("EMG", "EDF", "EDH", "EMH:card_left", "EMH:held", "back", "found"), "shelf"),
    **dict.fromkeys(("EXA", "EXB", "EDB", "EME"), "customs"),
    **dict.fromkeys(("EMC", "EMK"), "other_post"),
    **dict.fromkeys(("EMF", "EDE", "EDX", "EMH:forwarded", "EMH:returned", "bagged"), "bag"),
    "EDG": "round",
    **dict.fromkeys(("EMI", "EXX:handed_back"), "person"),
    "EMH:handed_over": "unknown",
    "lost": "unknown",
    "EDX:ended": "unknown",
}


def moved_by(code: str, measure: str) -> str:
    """The name of an event in the table: with its measure where that changes where the item goes."""
    named = f"{code}:{measure}"
    return named if named in CUSTODY or named == "EMH:new_try" else code


def stage(state: str) -> int:
    """How far on its way an item is in this state, on either way."""
    return STAGES[state.removesuffix(BACK)]


def is_back(state: str) -> bool:
    """Whether the sender is the addressee now."""
    return state.endswith(BACK) or state == "returned"
