"""The rules of phone cards: the post's own sale, with VAT in it."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import PhonecardSold
from azpost_desk.domain.money import Money
from azpost_desk.domain.products.base import LineRule, Product


def _postings(line: PhonecardSold) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.PHONECARDS_SOLD, "", Money(line.vat_qapik - line.amount_qapik)),
        Posting(line.operation, chart.VAT_PAYABLE, "", Money(-line.vat_qapik)),
    ]


PHONECARDS: Final = Product(
    service="phonecards",
    licensed=False,
    is_paid_outside=False,
    rules=(
        LineRule[PhonecardSold](
            line=PhonecardSold,
            due_qapik=lambda line: line.amount_qapik,
            postings=_postings,
            is_sound=lambda line: 0 <= line.vat_qapik <= line.amount_qapik,
            exposed_qapik=lambda line: line.amount_qapik,
            once=lambda line: ("phonecard", line.serial),
        ),
    ),
)
