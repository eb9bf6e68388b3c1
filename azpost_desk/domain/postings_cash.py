"""Posting rules of cash in bags and of till counts, frozen like all others (`postings`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations_cash as ops
from azpost_desk.domain.products.base import pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.ledger import Posting

Place = tuple[str, str]


def _bag_sealed(desk: str, operation: str, body: ops.BagSealed) -> list[Posting]:
    return pair(operation, (chart.TRANSIT, body.bag), (chart.SAFE, desk), body.amount_qapik)


def _bag_received(desk: str, operation: str, body: ops.BagReceived | ops.BagDiffered) -> list[Posting]:
    """What was counted; what is missing stays in transit under the bag's id."""
    return pair(operation, (chart.SAFE, desk), (chart.TRANSIT, body.bag), body.amount_qapik)


def _till_handed_over(desk: str, operation: str, body: ops.TillHandedOver) -> list[Posting]:
    """As at a close: what was counted becomes the balance, the difference is the leaving holder's."""
    if body.difference_qapik >= 0:
        return pair(operation, (chart.TILL, desk), (chart.SURPLUS, body.holder), body.difference_qapik)
    return pair(operation, (chart.SHORTAGE, body.holder), (chart.TILL, desk), -body.difference_qapik)


def _made_good(desk: str, operation: str, body: ops.DifferenceMadeGood) -> list[Posting]:
    return pair(operation, (chart.TILL, desk), (chart.SHORTAGE, body.officer), body.amount_qapik)


def _bag_dispatched(desk: str, operation: str, body: ops.BagDispatched) -> list[Posting]:
    return pair(operation, (chart.TRANSIT, body.bag), (chart.HEADQUARTERS, ""), body.amount_qapik)


def _bag_taken_in(desk: str, operation: str, body: ops.BagTakenIn) -> list[Posting]:
    return pair(operation, (chart.HEADQUARTERS, ""), (chart.TRANSIT, body.bag), body.amount_qapik)


def _bag_resolved(desk: str, operation: str, body: ops.BagResolved) -> list[Posting]:
    bearer = (chart.HEADQUARTERS, "") if body.outcome == "found" else (chart.BAG_DIFFERENCES, body.bag)
    return pair(operation, bearer, (chart.TRANSIT, body.bag), body.missing_qapik)


RULES: Final[dict[tuple[str, int], Callable[[str, str, Any], list[Posting]]]] = {
    ("bag.sealed", 1): _bag_sealed,
    ("bag.received", 1): _bag_received,
    ("bag.differed", 1): _bag_received,
    ("till.handed_over", 1): _till_handed_over,
    ("difference.made_good", 1): _made_good,
    ("bag.dispatched", 1): _bag_dispatched,
    ("bag.taken_in", 1): _bag_taken_in,
    ("bag.resolved", 1): _bag_resolved,
}
