"""The rules of express mail and parcels: an item accepted with its label, at home or for abroad."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.ledger import Posting
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail_extras import EXTRAS, INSURED
from azpost_desk.domain.money import Money
from azpost_desk.domain.people import Addresses
from azpost_desk.domain.products.base import LineRule, Product


def _postings(line: ItemAccepted) -> list[Posting]:
    return [
        Posting(line.operation, chart.CLEARING, "", Money(line.amount_qapik)),
        Posting(line.operation, chart.EXPRESS_SOLD, line.service, Money(line.vat_qapik - line.amount_qapik)),
        Posting(line.operation, chart.VAT_PAYABLE, "", Money(-line.vat_qapik)),
    ]


def _is_sound(line: ItemAccepted) -> bool:
    # Charged is never less than weighed: volume can only add to it.
    charged_grams = line.abroad.chargeable_grams if line.abroad else line.weight_grams
    return (
        0 < line.weight_grams <= charged_grams
        and 0 <= line.vat_qapik <= line.amount_qapik
        and bool(line.country) == (line.abroad is not None)
        and 0 <= line.cod_qapik <= DUE_QAPIK_MAX
        and _has_sound_extras(line)
    )


def _has_sound_extras(line: ItemAccepted) -> bool:
    """Each is named once, and none costs more than the whole."""
    named = [one.extra for one in line.extras]
    in_sdr = line.abroad.insured_sdr_hundredths if line.abroad else 0
    return (
        len(set(named)) == len(named)
        and set(named) <= set(EXTRAS)
        and all(0 <= one.vat_qapik <= one.qapik for one in line.extras)
        and sum(one.qapik for one in line.extras) <= line.amount_qapik
        and sum(one.vat_qapik for one in line.extras) <= line.vat_qapik
        and (INSURED in named) == (line.insured_qapik > 0)
        and 0 <= line.insured_qapik <= DUE_QAPIK_MAX
        and bool(in_sdr) == bool(line.insured_qapik and line.abroad)
    )


EXPRESS: Final = Product(
    service="express",
    licensed=False,
    is_paid_outside=False,
    rules=(
        LineRule[ItemAccepted](
            line=ItemAccepted,
            due_qapik=lambda line: line.amount_qapik,
            postings=_postings,
            is_sound=_is_sound,
            exposed_qapik=lambda line: line.amount_qapik,
            groups={"addresses": Addresses},
            papers=("label",),
            papers_too=lambda line: ("customs",) if line.abroad else (),
        ),
    ),
)
