"""The rules of bills: what is taken for a biller or a state portal, and what is given back of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.lines import PaymentAccepted, PaymentRefunded
from azpost_desk.domain.people import Account
from azpost_desk.domain.products.base import LineRule, Product, Reversal, pair
from azpost_desk.domain.products.bill_postings import taken
from azpost_desk.domain.products.notices import NOTICE

if TYPE_CHECKING:
    from azpost_desk.domain.ledger import Posting

# What the customer is told of a notice: the statement comes from the portal's own word.
TOLD_TAKEN: Final = "papers.receipt.state.taken_unconfirmed"
# What the customer is told while it waits for the line to the centre.
BILL_WAITS: Final = "papers.receipt.state.waiting_line"


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
            postings=taken,
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
        NOTICE,
    ),
)
