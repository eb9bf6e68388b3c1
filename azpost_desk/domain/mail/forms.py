"""Which customs form goes with an item: product, destination, weight, value in; form, copies and reason out.

The rules are a document, and so are the rates of the SDR, in which the limit is written. A limit counts only
when it is surely kept: without a rate, with an old one, or close to the limit the fuller form is taken, which
is never wrong.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.abroad.corridors import exact
from azpost_desk.domain.catalogue import Document
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain.money import Money

CN22, CN23 = "CN22", "CN23"
FORMS: Final = (CN22, CN23)
ANYWHERE: Final = "*"
# When goods need a code and an origin: those of trade, or all, where a country wants it so.
OF_TRADE, OF_ALL = "trade", "all"
CODES_WANTED: Final = (OF_TRADE, OF_ALL)
# Why a form with limits was passed over.
OVER_WEIGHT, OVER_VALUE, NEAR_LIMIT = "over_weight", "over_value", "near_limit"
NO_RATE, OLD_RATE = "no_rate", "old_rate"
_MILLION: Final = 1_000_000


class FormRule(Document, frozen=True, omit_defaults=True):
    """One form for a product to a country; of several the first whose limits the item keeps.

    Attributes:
        product: its word in the tariffs, such as ``ems``.
        country: ISO 3166, two letters, or ``*``; rows of a country replace those for anywhere as a whole.
        form: of FORMS.
        copies: how many are printed.
        sdr_max, grams_max: up to where it serves; 0 = no limit.
        codes_wanted: of CODES_WANTED.
    """

    product: str
    form: str
    country: str = ANYWHERE
    copies: int = 1
    sdr_max: int = 0
    grams_max: int = 0
    codes_wanted: str = OF_TRADE

    @property
    def has_limit(self) -> bool:
        """Whether an item may be too much for it."""
        return bool(self.sdr_max or self.grams_max)


class CustomsForms(Document, frozen=True, omit_defaults=True):
    """Every rule; `version` stands in each sale.

    Attributes:
        near_ppm: how close to a limit a value counts as above it, parts per million.
        rate_days_max: how old a rate of the SDR may be.
    """

    version: str = ""
    rules: tuple[FormRule, ...] = ()
    near_ppm: int = 20_000
    rate_days_max: int = 7

    def rules_for(self, product: str, country: str) -> tuple[FormRule, ...]:
        """The rules of a product to a country, in order; none where it is not sold."""
        own = tuple(one for one in self.rules if one.product == product)
        return tuple(one for one in own if one.country == country) or tuple(
            one for one in own if one.country == ANYWHERE
        )


class SdrRate(Document, frozen=True):
    """How many units of a currency one SDR is worth from a day on, as decimal text, exact."""

    currency: str
    units: str
    date: str


class SdrRates(Document, frozen=True, omit_defaults=True):
    """Rates of the SDR; rows are never edited, a day adds its own."""

    source: str = ""
    rates: tuple[SdrRate, ...] = ()

    def newest(self, currency: str, date: str) -> SdrRate | None:
        """The newest row of a currency that is valid on a business day (ISO)."""
        rows = (one for one in self.rates if one.currency == currency and one.date <= date)
        return max(rows, key=lambda one: one.date, default=None)


class ChosenForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The form of an item as its sale keeps it, so that the choice can be understood later.

    Attributes:
        because: why a form with limits was passed over, "" where none was.
        rate: the rate that was looked at, if any; `sdr_hundredths`: the value by it, rounded up.
        version: of the rules.
    """

    form: str
    copies: int
    codes_wanted: str
    because: str = ""
    rate: SdrRate | None = None
    sdr_hundredths: int = 0
    version: str = ""


def choose_form(
    forms: CustomsForms,
    rates: SdrRates,
    *,
    product: str,
    country: str,
    gross_grams: int,
    value: Money,
    date: str,
) -> ChosenForm:
    """The first form whose limits the item surely keeps on a business day (ISO).

    Raises:
        Refused: E-060 nothing is agreed about this product to this country.
    """
    rate = rates.newest(value.currency, date)
    worth = Fraction(value.decimal()) / exact(rate.units) if rate else None
    because = ""
    for rule in forms.rules_for(product, country):
        broken = next(_broken(forms, rule, gross_grams, value, worth, rate, date), "")
        if not broken:
            return ChosenForm(
                form=rule.form,
                copies=rule.copies,
                codes_wanted=rule.codes_wanted,
                because=because,
                rate=rate,
                sdr_hundredths=ceil(worth * 100) if worth else 0,
                version=forms.version,
            )
        because = because or broken
    raise Refused("E-060", field="country", product=product, country=country)


def _broken(
    forms: CustomsForms,
    rule: FormRule,
    gross_grams: int,
    value: Money,
    worth: Fraction | None,
    rate: SdrRate | None,
    date: str,
) -> Iterator[str]:
    """What keeps a rule from serving; the first is told."""
    if rule.grams_max and gross_grams > rule.grams_max:
        yield OVER_WEIGHT
    if not rule.sdr_max or not value:
        return
    if worth is None or rate is None:
        yield NO_RATE
        return
    if worth > rule.sdr_max:
        yield OVER_VALUE
    if days_between(rate.date, date) > forms.rate_days_max:
        yield OLD_RATE
    if worth >= rule.sdr_max * Fraction(_MILLION - forms.near_ppm, _MILLION):
        yield NEAR_LIMIT


def days_between(first: str, last: str) -> int:
    """Days from one (ISO) to the other."""
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days
