"""The rules of money over the border: sent by a quote of the centre, paid back or paid out under a grant."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.exchange import gives, is_reckoned
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import AbroadPaid, AbroadRefunded, AbroadSent
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import AbroadParties, Person
from azpost_desk.domain.products.base import LineRule, Product, Reversal, pair

SERVICE: Final = "abroad"
# What a grant is for that pays money back which did not arrive abroad.
REFUND: Final = "refund_abroad"
# And one that pays money out here which came from abroad.
PAYOUT: Final = "pay_abroad"
PURPOSES: Final = frozenset({REFUND, PAYOUT})


def _sent(line: AbroadSent) -> list[Posting]:
    terms = line.terms
    return [
        Posting(line.operation, chart.CLEARING, "", Money(terms.total_qapik)),
        Posting(line.operation, chart.ABROAD_PAYABLE, "", Money(-terms.amount_qapik)),
        Posting(line.operation, chart.FEES, SERVICE, Money(-terms.fee_qapik)),
    ]


def _refunded(line: AbroadRefunded) -> list[Posting]:
    return [
        Posting(line.operation, chart.ABROAD_PAYABLE, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.FEES, SERVICE, Money(line.fee_returned_qapik)),
        Posting(line.operation, chart.CLEARING, "", Money(-line.amount_qapik - line.fee_returned_qapik)),
    ]


def _paid(line: AbroadPaid) -> list[Posting]:
    return pair(line.operation, (chart.ABROAD_PAYABLE, ""), (chart.CLEARING, ""), line.amount_qapik)


def _is_paid_soundly(line: AbroadPaid) -> bool:
    if line.amount_qapik <= 0 or line.arrived_minor <= 0 or line.stands_ms < 0:
        return False
    if not line.rate:
        return True
    return gives(line.arrived_minor, line.currency, line.rate, line.amount_qapik)


def _is_paid_back_soundly(line: AbroadRefunded) -> bool:
    whole = line.amount_qapik + line.fee_returned_qapik
    is_paid = line.amount_qapik > 0 and line.fee_returned_qapik >= 0
    return is_paid and line.is_agreed and line.in_cash_qapik <= whole


ABROAD: Final = Product(
    service=SERVICE,
    licensed=True,
    is_paid_outside=True,
    rules=(
        LineRule[AbroadSent](
            line=AbroadSent,
            due_qapik=lambda line: line.terms.total_qapik,
            postings=_sent,
            is_sound=lambda line: line.transfer == line.operation and is_reckoned(line.terms),
            exposed_qapik=lambda line: line.terms.amount_qapik,
            groups={"parties_abroad": AbroadParties},
            papers=("abroad",),
            # Afterwards the centre decides between cancelling and sending (money-out.md MA-7).
            reversal=Reversal(when="until_offered", code="A-040"),
            once=lambda line: ("quote", line.terms.quote),
            stands_ms=lambda line: line.terms.stands_ms,
            tenders=lambda line: line.terms.tenders,
        ),
        LineRule[AbroadRefunded](
            line=AbroadRefunded,
            due_qapik=lambda line: -line.amount_qapik - line.fee_returned_qapik,
            postings=_refunded,
            is_sound=_is_paid_back_soundly,
            exposed_qapik=lambda _line: 0,
            groups={"receiver": Person},
            papers=("voucher",),
            reversal=Reversal(when="never", code="T-041"),
            once=lambda line: ("grant", line.grant),
            gives_back=lambda line: line.transfer,
        ),
        LineRule[AbroadPaid](
            line=AbroadPaid,
            due_qapik=lambda line: -line.amount_qapik,
            postings=_paid,
            is_sound=_is_paid_soundly,
            exposed_qapik=lambda _line: 0,
            groups={"receiver": Person},
            papers=("voucher",),
            reversal=Reversal(when="never", code="T-041"),
            once=lambda line: ("grant", line.grant),
            stands_ms=lambda line: line.stands_ms,
        ),
    ),
)
