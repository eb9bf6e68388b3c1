"""Legal moves of a bill or notice at the centre, from what was taken to what its party settled.

In: a state and what happened. Out: the state after it, and the word by which desks know each state. A desk
follows the shorter table `domain.moves.PAYMENT`; money-out.md, table "Notice", is where these moves are from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# A notice whose payer wants its money back; money that its party keeps although the customer has it back.
ASKED_BACK: Final = "refund_asked"
CLAIMED: Final = "claimed"

# Confirmed by the line and by its party's register; by the line alone, though the registers are here.
DUE: Final = "due"
LACKED: Final = "lacked"
# In a settlement of its party. ("settled" is the end of a claim that the post has borne.)
PAID_OVER: Final = "paid_over"

# A register's words (money-out.md MC-12): it has the payment, no longer has it, or lacks it for good.
REGISTER_HAS: Final = "register_has"
REGISTER_DROPPED: Final = "register_dropped"
REGISTER_LACKS: Final = "register_lacks"
IN_SETTLEMENT: Final = "in_settlement"
# Given back by a desk that had not heard yet that its party has it after all.
AFTER_ALL: Final = "refunded_after_all"

# Two people's words about what the party's own words leave open.
ABSENT: Final = "absent"
DELIVERED: Final = "delivered"
GIVEN_BACK: Final = "given_back"
BORNE: Final = "borne"
# The authority's decision about money that the budget has.
AGREED: Final = "agreed"
DECLINED: Final = "declined"
JUDGEMENTS: Final = (ABSENT, DELIVERED, GIVEN_BACK, BORNE, AGREED, DECLINED)

DELIVERY: Final[Mapping[tuple[str, str], str]] = {
    ("", "accepted"): "accepted",
    ("accepted", "sent"): "sent",
    ("accepted", "reversed"): "reversed",
    # Another payment of the same notice is under way (MC-9).
    ("accepted", "twin"): "owed",
    # Nothing leaves the post before two people have looked at it (central.exposure, central.held).
    ("accepted", "suspected"): "held",
    ("held", "let_go"): "accepted",
    ("held", "rejected"): "owed",
    ("held", "reversed"): "reversed",
    # Two people judged that the desk had never taken it.
    ("accepted", "record_rejected"): "reversed",
    ("held", "record_rejected"): "reversed",
    # Owed without having left the post: the desk undid it before it heard so, and owes nothing any more.
    ("owed", "reversed"): "reversed",
    # A no is final to a sole attempt, or to a true question by our number; else it has to be proven (M0-6).
    **{
        (state, event): after
        for state in ("sent", "unknown")
        for event, after in (
            ("confirmed", "confirmed"),
            ("refused_sole", "owed"),
            ("refused_repeat", "unproven"),
            # The party keeps no number that long: whether it has the money, a person finds out (MC-11).
            ("expired", "unproven"),
            ("unknown", "unknown"),
        )
    },
    ("unproven", "confirmed"): "confirmed",
    ("unproven", ABSENT): "owed",
    ("unproven", DELIVERED): "confirmed",
    # The customer has the money back, by the desk that took it.
    ("owed", "refunded"): "refunded",
    ("unproven", "refunded"): "refunded",
    # A yes after a no is never passed over.
    ("owed", "confirmed"): "disputed",
    ("disputed", DELIVERED): "confirmed",
    ("disputed", ABSENT): "owed",
    ("disputed", "refunded"): CLAIMED,
    ("refunded", "confirmed"): CLAIMED,
    # Due when on line and in the register. What the line refused and the register has is delivered.
    ("confirmed", REGISTER_HAS): DUE,
    (LACKED, REGISTER_HAS): DUE,
    **{(state, REGISTER_HAS): "confirmed" for state in ("unknown", "unproven", "owed", "disputed")},
    ("refunded", REGISTER_HAS): CLAIMED,
    # Its customer had the money back before the desk heard of that register.
    (DUE, AFTER_ALL): CLAIMED,
    # A correction: it may stand in the register of another day.
    (DUE, REGISTER_DROPPED): "confirmed",
    ("unknown", REGISTER_LACKS): "unproven",
    ("unproven", REGISTER_LACKS): "owed",
    # No refund by itself: the line had said yes.
    ("confirmed", REGISTER_LACKS): LACKED,
    (LACKED, ABSENT): "owed",
    # Back from the budget only by the authority's decision (MC-10).
    ("confirmed", ASKED_BACK): ASKED_BACK,
    (DUE, ASKED_BACK): ASKED_BACK,
    (DUE, IN_SETTLEMENT): PAID_OVER,
    (PAID_OVER, ASKED_BACK): ASKED_BACK,
    (ASKED_BACK, AGREED): "owed",
    (ASKED_BACK, DECLINED): "confirmed",
    (CLAIMED, GIVEN_BACK): "refunded",
    (CLAIMED, BORNE): "settled",
}

AT_DESK: Final[Mapping[str, str]] = {
    "accepted": "accepted",
    "held": "held",
    "sent": "sent",
    "unknown": "unknown",
    "unproven": "unknown",
    "confirmed": "confirmed",
    DUE: "confirmed",
    LACKED: "confirmed",
    PAID_OVER: "confirmed",
    ASKED_BACK: "confirmed",
    "owed": "refused",
    "disputed": "refused",
    "reversed": "reversed",
    "refunded": "refunded",
    CLAIMED: "refunded",
    "settled": "refunded",
}
"""What a desk is told of each state of `DELIVERY`."""

# Nobody may pay the same notice beside it.
UNDER_WAY: Final = ("accepted", "held", "sent", "unknown", "unproven", "disputed")
# Somebody still has to do or say something: what is known of the customer is needed.
UNFINISHED: Final = (
    "accepted",
    "held",
    "sent",
    "unknown",
    "unproven",
    "owed",
    "disputed",
    LACKED,
    ASKED_BACK,
    CLAIMED,
)
# Two people decide (central.held).
WAITING: Final = ("held", "unproven", "disputed", LACKED, ASKED_BACK, CLAIMED)
