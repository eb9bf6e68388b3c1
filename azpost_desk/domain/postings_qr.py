"""What money by code posts in the centre's book: takes its records, gives the rail's account against desks'.

A desk debits what it settled by code; here the rail's credit stands against it. Both together are zero once
every credit has settled a basket or gone back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.products.base import pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain import operations as ops
    from azpost_desk.domain.ledger import Posting


def _credited(_desk: str, operation: str, body: ops.QrCredited) -> list[Posting]:
    """The rail owes it to us; whose it is, a settlement or a sending back will say."""
    return pair(operation, (chart.RAIL, ""), (chart.QR_RECEIVABLE, ""), body.amount_qapik)


def _sent_back(_desk: str, operation: str, body: ops.QrSentBack) -> list[Posting]:
    """It left our account on the rail."""
    return pair(operation, (chart.QR_RECEIVABLE, ""), (chart.RAIL, ""), body.amount_qapik)


RULES: Final[dict[tuple[str, int], Callable[[str, str, Any], list[Posting]]]] = {
    ("qr.credited", 1): _credited,
    ("qr.sent_back", 1): _sent_back,
}
