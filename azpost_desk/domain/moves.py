"""Legal moves as data: one table per thing that has a state, one function that follows them.

A late event never moves a state backwards: what is not in the table is refused by `move` and passed over by
`arrive`, which projectors use for events that come out of order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from azpost_desk.domain.abroad.moves import ABROAD_IN, ABROAD_OUT
from azpost_desk.domain.delivery_moves import DELIVERY
from azpost_desk.domain.mail.bags import BAG as MAIL_BAG
from azpost_desk.domain.mail.despatches import DESPATCH, RECEPTACLE
from azpost_desk.domain.mail.labels import LABEL
from azpost_desk.domain.mail.moves import ITEM
from azpost_desk.domain.mail.orders import ORDER
from azpost_desk.domain.mail.rounds import ROUND
from azpost_desk.domain.messages import MESSAGE
from azpost_desk.domain.qr_moves import AT_DESK as QR
from azpost_desk.domain.qr_moves import BACK as QR_BACK
from azpost_desk.domain.qr_moves import REQUEST as QR_REQUEST
from azpost_desk.domain.refusals import Refused

Moves = Mapping[tuple[str, str], str]
"""(state, event) → next state."""

TRANSFER: Final[Moves] = {
    ("", "sent"): "available",
    ("available", "granted"): "reserved",
    ("reserved", "released"): "available",
    ("reserved", "paid"): "paid",
    ("reserved", "refunded"): "refunded",
    # Reversing a pay-out never revives a grant: the centre decides (PROTOCOL.md 5).
    ("paid", "payout_reversed"): "held",
    ("available", "reversed"): "reversed",
    ("reserved", "reversed"): "reversed",
    ("available", "closed"): "closed",
    ("reserved", "doubted"): "in_doubt",
    ("in_doubt", "paid"): "paid",
    ("in_doubt", "refunded"): "refunded",
    ("in_doubt", "released"): "available",
    ("in_doubt", "reversed"): "reversed",
    # The sender changed it while holding its grant: another receiver or office, or back to themselves.
    ("reserved", "changed"): "available",
    ("reserved", "recalled"): "returned",
    ("in_doubt", "changed"): "available",
    ("in_doubt", "recalled"): "returned",
    # Two people at the centre decide about what was held, and about what was closed after wrong tries.
    ("held", "let_go"): "available",
    ("held", "rejected"): "rejected",
    ("held", "let_back"): "returned",
    ("rejected", "let_back"): "returned",
    ("closed", "let_go"): "available",
    ("closed", "let_back"): "returned",
    # Nobody came in time: it is the sender's, and while it is, no receiver can have it.
    ("available", "expired"): "returned",
    ("available", "suspected"): "held",
    ("returned", "granted"): "returning",
    ("returning", "released"): "returned",
    ("returning", "changed"): "returned",
    ("returning", "recalled"): "returned",
    ("returning_in_doubt", "changed"): "returned",
    ("returning_in_doubt", "recalled"): "returned",
    ("returning", "refunded"): "refunded",
    ("returning", "reversed"): "reversed",
    ("returning", "doubted"): "returning_in_doubt",
    ("returning_in_doubt", "refunded"): "refunded",
    ("returning_in_doubt", "reversed"): "reversed",
    ("returning_in_doubt", "released"): "returned",
    ("returned", "unclaimed"): "unclaimed",
    ("unclaimed", "granted"): "returning",
    # Whose record it is has been doubted since: who sent it, or who says that it was paid out.
    ("available", "contested"): "held",
    ("held", "sending_rejected"): "closed",
    ("paid", "payout_rejected"): "held",
    ("refunded", "payout_rejected"): "held",
    # It has just become free, and a late record shows that it had been paid before.
    ("available", "overtaken_paid"): "paid",
    ("available", "overtaken_refunded"): "refunded",
    ("available", "overtaken_reversed"): "reversed",
}

# Events of TRANSFER and PAYMENT that are two people's decision, not something that happens.
DECIDED: Final = frozenset({"let_go", "rejected", "let_back"})

PAYMENT: Final[Moves] = {
    ("", "accepted"): "accepted",
    ("accepted", "sent"): "sent",
    ("accepted", "confirmed"): "confirmed",
    ("accepted", "refused"): "refused",
    ("accepted", "unknown"): "unknown",
    ("sent", "confirmed"): "confirmed",
    ("sent", "refused"): "refused",
    ("sent", "unknown"): "unknown",
    ("unknown", "confirmed"): "confirmed",
    ("unknown", "refused"): "refused",
    ("refused", "refunded"): "refunded",
    # Two people found that the biller has it after all.
    ("refused", "delivered_after_all"): "confirmed",
    # The budget gives it back: from now on it is owed to the payer.
    ("confirmed", "returned"): "refused",
    ("accepted", "reversed"): "reversed",
    # Nothing leaves the post before two people have looked at it (central.exposure, central.held).
    ("accepted", "suspected"): "held",
    ("held", "let_go"): "accepted",
    ("held", "rejected"): "refused",
    ("held", "reversed"): "reversed",
    # Two people judged that the desk had never taken it.
    ("accepted", "record_rejected"): "reversed",
    ("held", "record_rejected"): "reversed",
}

# What the holder of a grant did with it.
_ENDS: Final = ("released", "paid", "refunded", "reversed", "changed", "recalled")
GRANT: Final[Moves] = {
    ("", "granted"): "open",
    ("open", "doubted"): "in_doubt",
    **{("open", event): event for event in _ENDS},
    **{("in_doubt", event): event for event in _ENDS},
    # Two people decided without the holder; its own record may come after all.
    ("in_doubt", "resolved_paid"): "resolved_paid",
    ("in_doubt", "resolved_not_paid"): "resolved_not_paid",
    **{("resolved_paid", event): event for event in ("paid", "refunded", "reversed")},
    **{("resolved_not_paid", event): event for event in ("paid", "refunded", "reversed")},
    ("resolved_not_paid", "doubled"): "double",
}

# The chain of a machine. Lost is said of all of a desk's but what a revoked key signed.
CHAIN: Final[Moves] = {
    ("", "opened"): "active",
    ("active", "replaced"): "replaced",
    **{(state, "lost"): "lost" for state in ("active", "replaced", "forked")},
    **{(state, "forked"): "forked" for state in ("active", "replaced", "lost")},
    **{(state, "revoked"): "revoked" for state in ("active", "replaced", "forked", "lost", "revoked")},
}

# A record nobody may believe until two people have looked at it.
CONTESTED: Final[Moves] = {
    ("", "contested"): "open",
    ("open", "confirmed"): "confirmed",
    ("open", "rejected"): "rejected",
}

# A question to the centre for a second person; proved when the desk's own record says what was answered.
APPROVAL: Final[Moves] = {
    ("", "asked"): "waiting",
    ("waiting", "given"): "given",
    ("waiting", "refused"): "refused",
    **{(state, "proved"): "proved" for state in ("waiting", "given", "proved")},
}

# A correction that the centre proposes and the branch answers.
PROPOSAL: Final[Moves] = {
    ("", "proposed"): "open",
    ("open", "accepted"): "accepted",
    ("open", "declined"): "declined",
    ("open", "disputed"): "disputed",
}

# Cash between two desks; that it arrived may be heard of first.
REMITTANCE: Final[Moves] = {
    ("", "issued"): "issued",
    ("", "accepted"): "accepted",
    ("issued", "accepted"): "accepted",
}

# A step at the card terminal. Nothing leads from it to cash: another tender is another decision of a person.
CARD: Final[Moves] = {
    ("", "asked"): "asked",
    ("asked", "approved"): "approved",
    ("asked", "declined"): "declined",
    ("asked", "unknown"): "unknown",
    ("unknown", "unknown"): "unknown",
    ("unknown", "approved"): "approved",
    ("unknown", "declined"): "declined",
    # Approved for another sum is never approved: it goes back from here, and nothing is settled with it.
    ("unknown", "reversed"): "reversed",
    ("unknown", "reversal_unknown"): "reversing",
    ("approved", "settled"): "settled",
    ("approved", "reversed"): "reversed",
    ("approved", "reversal_unknown"): "reversing",
    ("reversing", "reversal_unknown"): "reversing",
    ("reversing", "reversed"): "reversed",
}

DAY: Final[Moves] = {
    ("", "opened"): "open",
    ("open", "closed"): "closed",
    ("closed", "opened"): "open",
}

TILL: Final[Moves] = {
    ("", "opened"): "open",
    ("open", "closed"): "closed",
    ("closed", "opened"): "open",
    # A count that differed too much has begun: until a second one ends it nothing moves in the till (H-11).
    ("open", "set_aside"): "counting",
    ("counting", "set_aside"): "counting",
    ("counting", "closed"): "closed",
    ("open", "handed_over"): "open",
    ("counting", "handed_over"): "open",
}

# One life from the branch to the cash centre, and one back.
BAG: Final[Moves] = {
    ("", "sealed"): "sealed",
    ("sealed", "handed_over"): "on_its_way",
    ("on_its_way", "taken_in"): "taken_in",
    ("on_its_way", "taken_in_short"): "differs",
    # The bag itself may be quicker than the record of its hand-over.
    ("sealed", "taken_in"): "taken_in",
    ("sealed", "taken_in_short"): "differs",
    ("", "dispatched"): "announced",
    ("announced", "received"): "received",
    ("announced", "received_short"): "differs",
    ("differs", "resolved"): "resolved",
}

# A dispute blocks nothing; the centre answers, whoever raised it ends it or takes it further.
DISPUTE: Final[Moves] = {
    ("", "raised"): "open",
    ("open", "answered"): "answered",
    ("escalated", "answered"): "answered",
    # The centre may say more later.
    ("answered", "answered"): "answered",
    ("open", "escalated"): "escalated",
    ("answered", "escalated"): "escalated",
    ("open", "closed"): "closed",
    ("answered", "closed"): "closed",
    ("escalated", "closed"): "closed",
}

TABLES: Final[dict[str, Moves]] = {
    "transfer": TRANSFER,
    "payment": PAYMENT,
    "delivery": DELIVERY,
    "card": CARD,
    "qr": QR,
    "qr_request": QR_REQUEST,
    "qr_back": QR_BACK,
    "day": DAY,
    "till": TILL,
    "bag": BAG,
    "item": ITEM,
    "label": LABEL,
    "mail_bag": MAIL_BAG,
    "receptacle": RECEPTACLE,
    "despatch": DESPATCH,
    "round": ROUND,
    "item_order": ORDER,
    "dispute": DISPUTE,
    "grant": GRANT,
    "chain": CHAIN,
    "contested": CONTESTED,
    "approval": APPROVAL,
    "proposal": PROPOSAL,
    "remittance": REMITTANCE,
    "abroad_out": ABROAD_OUT,
    "abroad_in": ABROAD_IN,
    "message": MESSAGE,
}


def move(table: Moves, state: str, event: str) -> str:
    """The state after `event`.

    Raises:
        Refused: G-020 when the table knows no such move.
    """
    after = table.get((state, event))
    if after is None:
        raise Refused("G-020", state=state, event=event)
    return after


def arrive(table: Moves, state: str, event: str) -> str:
    """The state after an event that may come late: an illegal move leaves the state as it is."""
    return table.get((state, event), state)


def befores(table: Moves, event: str) -> dict[str, list[str]]:
    """The states an event leads to, each with those it leads there from: for what moves many at once."""
    found: dict[str, list[str]] = {}
    for (state, one), after in table.items():
        if one == event:
            found.setdefault(after, []).append(state)
    return found
