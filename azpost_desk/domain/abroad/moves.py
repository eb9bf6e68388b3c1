"""Legal moves of money over the border (money-out.md, "States"): what is not here is kept and moves nothing.

Beside the table of money-out.md stands what our own desks may do before the centre has heard of a sale
(``reversed``: undone at the counter, PROTOCOL.md 5) and each outcome of two people by its own word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ON_ITS_WAY = {
    "accepted": "accepted",
    "settled": "settled",
    "received": "paid",
    "refused": "refused",
    "returned": "owed",
}

_OUT: Final[dict[str, dict[str, str]]] = {
    "": {"sold": "queued"},
    "queued": {
        "suspected": "held",
        "short": "waiting_funds",
        "cancelled": "owed",
        "stored": "leaving",
        "reversed": "reversed",
    },
    "waiting_funds": {
        "funded": "queued",
        "cancelled": "owed",
        "suspected": "held",
        "reversed": "reversed",
    },
    "held": {"let_go": "queued", "let_back": "owed", "blocked": "frozen", "reversed": "reversed"},
    "frozen": {"let_go": "queued", "ordered": "owed"},
    "leaving": {"handed": "sent", "silent": "unknown", **_ON_ITS_WAY},
    "sent": {"silent": "unknown", **_ON_ITS_WAY},
    "unknown": {"absent_there": "leaving", **_ON_ITS_WAY},
    "accepted": {
        "settled": "settled",
        "received": "paid",
        "refused": "refused",
        "returned": "owed",
        "recalled_with_money": "owed",
        "silent": "unknown",
    },
    "settled": {
        "received": "paid",
        "returned": "owed",
        "recalled_with_money": "owed",
        "refused": "disputed",
    },
    "paid": {"returned": "disputed", "refused": "disputed"},
    "refused": {"no_debit": "owed", "debit": "disputed", "settled": "disputed", "received": "disputed"},
    "disputed": {
        "judged_owed": "owed",
        "judged_settled": "settled",
        "judged_paid": "paid",
        "judged_claimed": "claimed",
    },
    "owed": {
        "granted": "refunding",
        "settled": "disputed",
        "received": "disputed",
        "debit": "disputed",
        "term": "unclaimed",
    },
    "refunding": {"released": "owed", "refunded": "refunded", "doubted": "refund_in_doubt"},
    "refund_in_doubt": {"released": "owed", "refunded": "refunded"},
    # As of what is owed: kept apart longer, it is no less disputed (decisions/032).
    "unclaimed": {
        "granted": "refunding",
        "settled": "disputed",
        "received": "disputed",
        "debit": "disputed",
    },
    "refunded": {"settled": "claimed", "received": "claimed", "debit": "claimed", "money": "refunded"},
    "claimed": {"judged_refunded": "refunded", "judged_paid": "paid"},
}

# What comes in (`crediting` and `credited` follow with accounts).
_IN: Final[dict[str, dict[str, str]]] = {
    "": {"received": "received"},
    "received": {
        "unfit": "unpayable",
        "suspected": "held",
        "incomplete": "held",
        "twin": "held",
        "unfunded": "waiting_funds",
        "clean": "available",
    },
    "waiting_funds": {"funded": "available", "suspected": "held"},
    "held": {"let_go": "available", "let_back": "unpayable", "blocked": "frozen"},
    "frozen": {"ordered_available": "available", "ordered_unpayable": "unpayable"},
    "available": {
        "granted": "reserved",
        "recalled": "held",
        "suspected": "held",
        "term": "unpayable",
        "declined": "unpayable",
    },
    "reserved": {
        "released": "available",
        "released_under_recall": "held",
        "paid": "paid",
        "doubted": "in_doubt",
    },
    "in_doubt": {"paid": "paid", "released": "held"},
    "paid": {"payout_reversed": "held"},
    "unpayable": {"stored": "return_leaving"},
    # Settled at once by a statement that came before the answer to the hand-over.
    "return_leaving": {"handed": "return_sent", "silent": "return_unknown", "settled": "returned"},
    "return_sent": {"settled": "returned", "refused": "return_disputed", "silent": "return_unknown"},
    "return_unknown": {"settled": "returned", "refused": "return_disputed", "absent_there": "return_leaving"},
    "return_disputed": {"judged_returned": "returned", "judged_held": "held"},
    "returned": {"money": "return_disputed"},
}


def _flat(states: dict[str, dict[str, str]]) -> Mapping[tuple[str, str], str]:
    return {(state, event): after for state, events in states.items() for event, after in events.items()}


ABROAD_OUT: Final = _flat(_OUT)
ABROAD_IN: Final = _flat(_IN)

# Told to two people and decided by them; everything else happens.
DECISIONS: Final = frozenset({"let_go", "let_back", "blocked", "ordered"})
# The states in which nothing has left for the partner yet.
NOT_GONE: Final = ("queued", "waiting_funds", "held", "frozen")
# In which the partner may have it, and nobody here knows how it ends.
UNDER_WAY: Final = ("leaving", "sent", "unknown", "accepted")

# What two people may decide of money that came in, beside `DECISIONS`' own words for it.
DECISIONS_IN: Final = frozenset(
    {
        "let_go",
        "let_back",
        "blocked",
        "declined",
        "ordered_available",
        "ordered_unpayable",
        "judged_returned",
        "judged_held",
    }
)
# A return may be at the partner, and nobody here knows how it ends.
RETURNING: Final = ("return_leaving", "return_sent", "return_unknown")
