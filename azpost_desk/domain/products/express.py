"""The rules of domestic express mail: an item accepted with its label."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.products.base import LineRule, Product


def _postings(line: ItemAccepted) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.EXPRESS_SOLD, line.service, Money(line.vat_qapik - line.amount_qapik)),
        Posting(line.operation, chart.VAT_PAYABLE, "", Money(-line.vat_qapik)),
    ]


EXPRESS: Final = Product(
    service="express",
    licensed=False,
    is_paid_outside=False,
    rules=(
        LineRule[ItemAccepted](
            line=ItemAccepted,
            due_qapik=lambda line: line.amount_qapik,
            postings=_postings,
            is_sound=lambda line: line.weight_grams > 0 and 0 <= line.vat_qapik <= line.amount_qapik,
            exposed_qapik=lambda line: line.amount_qapik,
            groups={"addresses": Addresses},
            papers=("label",),
        ),
    ),
)
