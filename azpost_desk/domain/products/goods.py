"""The rules of goods: stamps, envelopes, forms and packing, sold from the till's stock."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import GoodsSold
from azpost_desk.domain.money import Money
from azpost_desk.domain.products.base import LineRule, Product


def _postings(line: GoodsSold) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.GOODS_SOLD, "", Money(line.vat_qapik - line.amount_qapik)),
        Posting(line.operation, chart.VAT_PAYABLE, "", Money(-line.vat_qapik)),
    ]


def _is_sound(line: GoodsSold) -> bool:
    counts = line.quantity > 0 and line.quantity * line.price_qapik == line.amount_qapik
    return counts and 0 <= line.vat_qapik <= line.amount_qapik


GOODS: Final = Product(
    service="goods",
    licensed=False,
    is_paid_outside=False,
    rules=(
        LineRule[GoodsSold](
            line=GoodsSold,
            due_qapik=lambda line: line.amount_qapik,
            postings=_postings,
            is_sound=_is_sound,
            exposed_qapik=lambda line: line.amount_qapik,
        ),
    ),
)
