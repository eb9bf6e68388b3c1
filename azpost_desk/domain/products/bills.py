"""The rules of bills: what is taken for a biller, and what is given back when the biller refused it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import PaymentAccepted, PaymentRefunded
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Account
from azpost_desk.domain.products.base import LineRule, Product, Reversal, pair

# What the customer is told while it waits for the line to the centre.
BILL_WAITS: Final = "papers.receipt.state.waiting_line"


def _accepted(line: PaymentAccepted) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik + line.fee_qapik)),
        Posting(line.operation, chart.BILLS_COLLECTED, line.biller, Money(-line.amount_qapik)),
        Posting(line.operation, chart.FEES, line.service, Money(-line.fee_qapik)),
    ]


def _refunded(line: PaymentRefunded) -> list[Posting]:
    return pair(line.operation, (chart.REFUNDS_PAYABLE, line.biller), (chart.CLEARING, ""), line.amount_qapik)


BILLS: Final = Product(
    service="payments",
    licensed=True,
    is_paid_outside=True,
    rules=(
        LineRule[PaymentAccepted](
            line=PaymentAccepted,
            due_qapik=lambda line: line.amount_qapik + line.fee_qapik,
            postings=_accepted,
            is_sound=lambda line: line.amount_qapik > 0 and line.fee_qapik >= 0,
            exposed_qapik=lambda line: line.amount_qapik,
            groups={"account": Account},
            reversal=Reversal(when="until_offered", code="P-040"),
            off_line=lambda line: replace(line, told=BILL_WAITS),
        ),
        LineRule[PaymentRefunded](
            line=PaymentRefunded,
            due_qapik=lambda line: -line.amount_qapik,
            postings=_refunded,
            is_sound=lambda line: line.is_agreed and line.amount_qapik >= max(line.in_cash_qapik, 1),
            exposed_qapik=lambda _line: 0,
            reversal=Reversal(when="never", code="P-041"),
            once=lambda line: ("payment", line.payment),
            gives_back=lambda line: line.payment,
        ),
    ),
)
