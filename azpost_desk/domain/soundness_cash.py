"""Soundness of a body about cash in the branch: whether its figures can be true by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import cash, cash_bags
from azpost_desk.domain import operations_cash as ops
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.domain.bodies import Body

KINDS = tuple(ops.BODIES.values())


def is_sound(body: Body) -> bool:
    """Whether sums, counts and words of `body` agree with each other; it is one of `KINDS`."""
    match body:
        case ops.BagSealed():
            return _sorted(body.sort, body.amount_qapik, body.notes) and is_counted(
                body.pieces, body.amount_qapik
            )
        case ops.BagDiffered():
            return (
                is_counted(body.pieces, body.amount_qapik)
                and is_counted(body.announced, body.announced_qapik)
                and body.announced != body.pieces
                and bool(body.approved_by)
            )
        case ops.TillHandedOver() if body.taker in ("", body.holder) or body.approved_by != body.taker:
            return False
        case ops.TillHandedOver() | ops.TillCounted():
            return body.difference_qapik == body.counted_qapik - body.expected_qapik and is_counted(
                body.pieces, body.counted_qapik
            )
        case ops.CountSetAside():
            return is_counted(body.pieces, body.counted_qapik)
        case ops.DifferenceMadeGood():
            paid = body.amount_qapik > 0 and is_counted(body.pieces, body.amount_qapik)
            return paid and body.cause in ops.CAUSES and body.approved_by not in ("", body.officer)
        case ops.NoteSuspected():
            return body.denomination_qapik in cash.NOTES_QAPIK
        case ops.BagReceived():
            return is_counted(body.pieces, body.amount_qapik)
        case _:
            return True


def is_counted(pieces: dict[str, int], qapik: int) -> bool:
    """Whether a sheet of existing notes and coins gives exactly this sum."""
    try:
        return cash.counted({int(piece): number for piece, number in pieces.items()}).minor == qapik
    except (ValueError, Refused):
        return False


def _sorted(sort: str, qapik: int, notes: tuple[str, ...]) -> bool:
    """A bag of suspect notes names them and holds no money, every other holds money alone."""
    if sort == cash_bags.SUSPECT:
        return qapik == 0 and bool(notes)
    return sort in cash_bags.SORTS and qapik > 0 and not notes
