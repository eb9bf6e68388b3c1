"""What a desk whose chain has ended may still record: that somebody looked, printed, proved or complained.

Forked, replaced, lost or revoked it may have been paid for elsewhere already: nothing that moves money, goods
or a right to either is written any more, whatever it was promised before (PROTOCOL.md 4 and 5).
"""

from __future__ import annotations

from typing import Final

# By name, and not by what posts: a kind that is new tomorrow is refused until somebody has thought of it.
AFTER_THE_END: Final = frozenset(
    {
        "attachments.erased",
        "card.answered",
        "card.reversed",
        "case.raised",
        "clock.jumped",
        "customer.viewed",
        "dispute.closed",
        "dispute.escalated",
        "dispute.raised",
        "evidence.exported",
        "grant.refused",
        "grant.released",
        "paper.reprinted",
        "paper.signed",
        "recovery.found",
        "scan.refused",
        "staff.locked_out",
        "staff.pin_reset",
        "staff.signed_in",
    }
)
