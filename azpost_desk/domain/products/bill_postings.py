"""What taking a bill or a notice posts: the sum is owed to its biller, the fee is the post's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from azpost_desk.domain.lines import PaymentAccepted


def taken(line: PaymentAccepted) -> list[Posting]:
    """Clearing against what was collected and the fee."""
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik + line.fee_qapik)),
        Posting(line.operation, chart.BILLS_COLLECTED, line.biller, Money(-line.amount_qapik)),
        Posting(line.operation, chart.FEES, line.service, Money(-line.fee_qapik)),
    ]
