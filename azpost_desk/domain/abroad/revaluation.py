"""What an open position is worth at the end of a day: which deals count, and its manat at that day's rate.

In: the deals of the centre's book with the day on which each happened, the cut of a revaluation (per chain
the last record it knew), the rate of a document of its own. Out: position, manat and what came late. Cost
method, the only one: the position at the day's rate, the difference to account 4065 (money-out.md MA-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.abroad.corridors import Rate
from azpost_desk.domain.catalogue import Document
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.exchange import manat_for
from azpost_desk.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

METHOD: Final = "rate_of_the_day"


class DayRate(Document, frozen=True):
    """What one unit of a currency is worth: `manat` and its `inverse` as decimal text, exact."""

    currency: str
    manat: str
    inverse: str = ""

    def as_rate(self) -> Rate:
        """The same as customers' rates write it, without a spread."""
        return Rate(currency=self.currency, manat=self.manat, inverse=self.inverse)


class RevaluationRates(Document, frozen=True):
    """The rates by which positions stand at the end of `date` (ISO); never those of a sale (MA-22).

    Who agreed to them, and by what `evidence`, is written on import, whatever the file says.
    """

    date: str = ""
    source: str = ""
    rates: tuple[DayRate, ...] = ()
    first_person: str = ""
    second_person: str = ""
    evidence: str = ""

    def find(self, currency: str) -> DayRate | None:
        """The rate of a currency on that day, None where the document names none."""
        return next((one for one in self.rates if one.currency == currency), None)


@dataclass(frozen=True, slots=True)
class Deal:
    """What one record of the centre's book did to a position, on the day on which it happened."""

    chain: str
    sequence: int
    about: str
    day: str
    currency: str
    minor: int
    qapik: int

    def is_in(self, day: str, cut: Mapping[str, int]) -> bool:
        """Whether a revaluation of `day` with this cut counts it."""
        return self.day <= day and self.sequence <= cut.get(self.chain, 0)


def chain_of(desk: str, epoch: int) -> str:
    """How a cut names a chain of the centre's book."""
    return f"{desk}/{epoch}"


def day_of(body: object, recorded_on: str) -> str:
    """The day on which it happened: the sale's own where the record names it, else that of the record."""
    at_ms = getattr(body, "at_ms", 0)
    return str(calendar_day(at_ms)) if at_ms else recorded_on


def about_of(body: object) -> str:
    """What a deal is of: its transfer, else who was funded."""
    return str(getattr(body, "transfer", "") or getattr(body, "partner", ""))


def late(deals: Iterable[Deal], before: tuple[str, Mapping[str, int]] | None) -> list[Deal]:
    """Those that happened by the day revalued before and were not known to it."""
    if before is None:
        return []
    day, cut = before
    return [one for one in deals if one.day <= day and not one.is_in(day, cut)]


def worth_qapik(position_minor: int, currency: str, rate: Fraction) -> int:
    """The manat that stand against a position at a rate: the other way round, rounded half away from zero."""
    worth = manat_for(Money(abs(position_minor), currency), rate, "half_up").minor
    return -worth if position_minor > 0 else worth
