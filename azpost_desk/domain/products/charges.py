"""The rules of charges on items: others' money, due before an item is handed over."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.lines import ChargePaid
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX, KINDS
from azpost_desk.domain.products.base import LineRule, Product, pair

CHARGES: Final = Product(
    service="charges",
    licensed=False,
    is_paid_outside=True,
    rules=(
        LineRule[ChargePaid](
            line=ChargePaid,
            due_qapik=lambda line: line.amount_qapik,
            postings=lambda line: pair(
                line.operation, (chart.CLEARING, ""), (chart.CHARGES_COLLECTED, line.kind), line.amount_qapik
            ),
            is_sound=lambda line: line.kind in KINDS and 0 < line.amount_qapik <= DUE_QAPIK_MAX,
            exposed_qapik=lambda line: line.amount_qapik,
            once=lambda line: ("charge", line.event),
        ),
    ),
)
