"""The electronic share: takes a day's money by tender and its baskets, gives shares in parts per million.

Counted is what customers gave for sales and fees: card and QR against all, cash without the change. What went
out (pay-outs, refunds, reversals) stands apart in the day it happened, and what is not known counts nowhere:
only an approved tender stands in a settlement (MC-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import UNSET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.reports import Baskets, Figures, Flow


@dataclass(frozen=True, slots=True)
class Electronic:
    """How much was paid without cash.

    Attributes:
        electronic_qapik, cash_qapik: taken for sales and fees.
        out_qapik: paid out, refunded and reversed, by whatever tender.
        baskets: the same by count; None where somebody has not told.
    """

    electronic_qapik: int
    cash_qapik: int
    out_qapik: int
    baskets: Baskets | None

    @property
    def ppm(self) -> int | None:
        """The share of the sum; None when nothing came in."""
        return share_ppm(self.electronic_qapik, self.electronic_qapik + self.cash_qapik)

    @property
    def baskets_ppm(self) -> int | None:
        """The share of baskets with any electronic payment; None when not known or none was paid."""
        if self.baskets is None:
            return None
        return share_ppm(self.baskets.electronic, self.baskets.electronic + self.baskets.cash_only)


def share_ppm(part: int, whole: int) -> int | None:
    """A share cut to a tenth of a percent: never shown higher than it was; None of nothing."""
    return part * 1000 // whole * 1000 if whole else None


def electronic(figures: Figures) -> Electronic:
    """The electronic share of a day's figures."""
    baskets = None if figures.baskets is UNSET else figures.baskets
    return of_tenders(figures.tenders, baskets)


def of_tenders(tenders: Mapping[str, Flow], baskets: Baskets | None) -> Electronic:
    """The electronic share from what came in and went out by tender."""
    taken = {kind: flow.in_qapik for kind, flow in tenders.items()}
    cash = taken.pop("cash", 0)
    return Electronic(
        electronic_qapik=sum(taken.values()),
        cash_qapik=cash,
        out_qapik=sum(flow.out_qapik for flow in tenders.values()),
        baskets=baskets,
    )
