"""What the folds of `invariants` ask of a body about cash: its counts, and what it ends for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations_cash as ops

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.bodies import Body


def count_sheet(body: Body | None) -> tuple[dict[str, int], int] | None:
    """(pieces, the sum the body says they give) of a count that is no till's; None for other bodies."""
    if isinstance(body, (*ops.COUNTED_BAGS, ops.DifferenceMadeGood)):
        return body.pieces, body.amount_qapik
    if isinstance(body, ops.CountSetAside):
        return body.pieces, body.counted_qapik
    return None


def ends(body: Body | None) -> Iterable[tuple[str, str]]:
    """(sort, thing) of what may end only once, over all books together."""
    match body:
        case ops.BagSealed() | ops.BagDispatched():
            yield "seal of bag", body.bag
        case ops.BagHandedOver():
            yield "hand-over of bag", body.bag
        case ops.BagReceived() | ops.BagDiffered() | ops.BagTakenIn():
            yield "receipt of bag", body.bag
        case ops.BagResolved():
            yield "resolution of bag", body.bag
        case _:
            pass


class Shortages:
    """What is missing by each count, and what was made good of it: never more than was missing."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}

    def counted(self, operation: str, difference_qapik: int) -> None:
        """A close or hand-over with its difference."""
        self._left[operation] = max(-difference_qapik, 0)

    def made_good(self, body: ops.DifferenceMadeGood) -> int:
        """What is left missing after this payment; below zero: more was paid than was missing."""
        self._left[body.close] = left = self._left.get(body.close, 0) - body.amount_qapik
        return left
