"""Money: whole numbers of the smallest unit with their currency; never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from azpost_desk.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency.

    Attributes:
        code: three letters, e.g. ``AZN``.
        numeric: three digits, e.g. ``944``.
        minor_digits: decimals of the smallest unit (2 for qəpik).
    """

    code: str
    numeric: str
    minor_digits: int


CURRENCIES: Final = {
    currency.code: currency
    for currency in (
        Currency("AZN", "944", 2),
        Currency("USD", "840", 2),
        Currency("EUR", "978", 2),
        Currency("RUB", "643", 2),
        Currency("TRY", "949", 2),
        Currency("GEL", "981", 2),
        Currency("KZT", "398", 2),
        Currency("JPY", "392", 0),
    )
}

# 10^15 qəpik is a hundred times the country's yearly budget: a larger figure is a mistake of input.
MINOR_MAX: Final = 10**15
_FIGURES_MAX: Final = 30


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount: `minor` of the smallest unit (qəpik for AZN) in `currency`. May be negative."""

    minor: int
    currency: str = "AZN"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money takes whole numbers of the smallest unit")
        if self.currency not in CURRENCIES:
            raise Refused("G-010", currency=self.currency)
        if abs(self.minor) > MINOR_MAX:
            raise Refused("G-011")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def decimal(self) -> Decimal:
        """The amount in whole units, exact."""
        return Decimal(self.minor).scaleb(-CURRENCIES[self.currency].minor_digits)


def azn(qapik: int) -> Money:
    """`qapik` in manat's smallest unit as `Money`."""
    return Money(qapik, "AZN")


def total(amounts: list[Money], currency: str = "AZN") -> Money:
    """The sum of `amounts`, zero in `currency` when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


# What people write for whole and part. Blanks, dots and commas group by three; the last sign divides.
_BLANKS: Final = str.maketrans("\u00a0\u202f\u2009\t", "    ")
_PLAIN: Final = re.compile(r"([0-9]*)(?:[.,]([0-9]*))?")
_GROUPED: Final = (
    re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]*))?"),
    re.compile(r"([1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,]([0-9]*))?"),
    re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)\.([0-9]*)"),
)
_TWO_WAYS: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def parse_amount(typed: str, currency: str = "AZN") -> Money:
    """Read what a person typed or pasted: ``1.234,50``, ``1234.5``, ``1 234,50 ₼``, ``2,500.00``.

    ``1.234`` is grouped the Azerbaijani way, as every field writes it back. ``2,500`` is two thousand and a
    half in English and two and a half in Azerbaijani: whatever language is on, it is refused. So is whatever
    says more than one amount: nothing is left out of a text to make a figure of the rest.

    Raises:
        Refused: G-012 when it is no amount, or has more decimals than the currency; G-013 when it may mean
            two amounts.
    """
    digits = CURRENCIES[currency].minor_digits
    text = typed.translate(_BLANKS).strip()
    for unit in ("₼", currency):
        text = text.removeprefix(unit).removesuffix(unit).strip()
    text = text.replace("\u2212", "-")
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-").lstrip()
    if digits and _TWO_WAYS.fullmatch(text):
        raise Refused("G-013", typed=text, whole=text.replace(",", ""))
    found = next((match for form in (*_GROUPED, _PLAIN) if (match := form.fullmatch(text))), None)
    whole, part = (found[1], found[2] or "") if found else ("", "")
    if not (whole or part) or len(part) > digits:
        raise Refused("G-012", typed=typed)
    figures = re.sub(r"[^0-9]", "", whole) + part.ljust(digits, "0")
    if len(figures) > _FIGURES_MAX:
        raise Refused("G-011")
    return Money(sign * int(figures), currency)


def share(amount: Money, parts_per_million: int) -> Money:
    """`parts_per_million` of `amount`, rounded half away from zero to the smallest unit.

    Rates and percentages are exact integers: 1.2 % = 12,000 ppm. Half-up is the rounding used on
    Azerpost's printed fee tables (commercial rounding); it is named here and nowhere else.
    """
    product = abs(amount.minor) * parts_per_million
    rounded = (product + 500_000) // 1_000_000
    return Money(rounded if amount.minor >= 0 else -rounded, amount.currency)
