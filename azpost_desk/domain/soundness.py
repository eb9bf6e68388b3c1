"""Whether a body can be true by itself: what a desk asks before it writes and the centre of all it is sent.

Debits and credits say nothing of a negative fee or of a count that is not its sum: both balance.
"""

from __future__ import annotations

import re
from typing import Final

from azpost_desk.domain import baskets, cash, products, soundness_cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused

# The series of the chain and six digits: what the next machine of a desk counts on from.
_RECEIPT: Final = re.compile(r"[0-9]{4,6}-[0-9]{6}")


def is_sound(body: ops.Body) -> bool:
    """Whether signs, sums and counts of `body` agree with each other."""
    match body:
        case ops.Settlement():
            return (
                baskets.is_sound(body)
                and _RECEIPT.fullmatch(body.receipt) is not None
                and all(map(products.is_sound, body.lines))
            )
        case (
            ops.SafeSupplied()
            | ops.CashMoved()
            | ops.RemittanceIssued()
            | ops.RemittanceAccepted()
            | ops.RemittanceAnnounced()
        ):
            return body.amount_qapik >= 0 and _is_counted(body.pieces, body.amount_qapik)
        case ops.TillClosed():
            return body.difference_qapik == body.counted_qapik - body.expected_qapik and _is_counted(
                body.pieces, body.counted_qapik
            )
        case ops.TransferChanged():
            return body.sort in ("receiver", "office", "recall")
        case _ if isinstance(body, soundness_cash.KINDS):
            return soundness_cash.is_sound(body)
        case _:
            return getattr(body, "amount_qapik", 0) >= 0 and getattr(body, "fee_qapik", 0) >= 0


def _is_counted(pieces: dict[str, int], qapik: int) -> bool:
    try:
        return cash.counted({int(piece): number for piece, number in pieces.items()}).minor == qapik
    except (ValueError, Refused):
        return False
