"""Legal moves of money by code: of the request, at a desk and at the centre, and of what goes back.

In: a state and what happened. Out: the state after it. The tables are money-out.md's "QR request", in two: a
request is one thing, each credit that has to go back another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# A desk's request. Until the centre has said "paid" or "closed", nobody knows: it stays asked (MC-4).
AT_DESK: Final[Mapping[tuple[str, str], str]] = {
    ("", "asked"): "asked",
    ("asked", "paid"): "paid",
    ("asked", "closed"): "closed",
    ("asked", "late"): "late",
    # Two people free the basket though nobody knows: whatever comes then goes back (MC-4).
    ("asked", "given_up"): "given_up",
    ("closed", "late"): "late",
    # Taken by the clerk's key and the customer's word: only then the centre confirms it (MC-3).
    ("late", "paid"): "paid",
    ("late", "given_up"): "given_up",
    ("paid", "settled"): "settled",
    ("paid", "given_up"): "given_up",
}
# The basket's lines are frozen: its customer may be paying at this moment (MC-2).
OPEN: Final = ("asked", "paid")
# A person has something to do about it.
UNFINISHED: Final = ("asked", "paid", "late")

REQUEST: Final[Mapping[tuple[str, str], str]] = {
    ("", "asked"): "asked",
    ("asked", "registered"): "shown",
    ("asked", "refused"): "closed",
    ("asked", "silent"): "unknown",
    ("unknown", "registered"): "shown",
    ("unknown", "refused"): "closed",
    ("unknown", "silent"): "unknown",
    ("unknown", "closed"): "closed",
    **{(state, "close_asked"): "closing" for state in ("asked", "unknown", "shown")},
    ("shown", "expired"): "closing",
    ("shown", "closed"): "closed",
    ("shown", "declined"): "closed",
    ("closing", "closed"): "closed",
    ("closing", "declined"): "closed",
    # A credit may be quicker than the rail's own word that it has the request.
    **{(state, "paid"): "paid" for state in ("asked", "unknown", "shown")},
    # Whoever asked to close it does not wait for it any more.
    **{(state, "paid"): "late" for state in ("closing", "closed")},
    **{(state, "wrong_sum"): "owed" for state in ("asked", "unknown", "shown", "closing", "closed")},
    **{(state, "abandoned"): "owed" for state in ("asked", "unknown", "shown", "closing", "closed")},
    ("paid", "settled"): "settled",
    ("paid", "given_up"): "owed",
    ("paid", "desk_lost"): "in_doubt",
    ("late", "taken"): "paid",
    ("late", "given_up"): "owed",
    ("late", "desk_lost"): "in_doubt",
    # The desk's own record came after all.
    ("in_doubt", "settled"): "settled",
    ("in_doubt", "given_up"): "owed",
    # Two people's word.
    ("in_doubt", "judged_settled"): "settled",
    ("in_doubt", "judged_owed"): "owed",
}
# The rail may still take a payment for it, or has not said that it does not.
AT_RAIL: Final = ("asked", "unknown", "shown", "closing")

# Money that goes back to where it came from: a credit that settles nothing, or a part of one that did (MC-6).
BACK: Final[Mapping[tuple[str, str], str]] = {
    ("", "owed"): "owed",
    ("owed", "sent_back"): "going_back",
    ("going_back", "silent"): "going_back",
    ("going_back", "booked"): "back",
    ("going_back", "refused"): "owed",
    # A yes after a no, or for what a restored centre has not sent yet: it left our account (M0-6).
    ("owed", "booked"): "back",
    # The payer's bank has sent it to us again.
    ("back", "money"): "owed",
}
