"""Money: whole numbers of the smallest unit with their currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from azpost_desk.domain.digits import is_digits
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
        Currency("JPY", "392", 0),
    )
}

# 10^15 qəpik is a hundred times the country's yearly budget: a larger figure is a mistake of input.
MINOR_MAX: Final = 10**15


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


def parse_amount(typed: str, currency: str = "AZN") -> Money:
    """Read what a person typed: ``1.234,50``, ``1234.5``, ``1 234,50 ₼``.

    The last of ``,`` and ``.`` is the decimal sign, unless exactly three digits follow a lone dot-grouping
    pattern such as ``1.234`` together with az grouping; there the dot groups thousands.

    Raises:
        Refused: G-012 when it is no amount, or has more decimals than the currency.
    """
    digits = CURRENCIES[currency].minor_digits
    text = (
        typed.replace("₼", "")
        .replace(currency, "")
        .replace("\u00a0", "")
        .replace("\u202f", "")
        .replace(" ", "")
    )
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-")
    if "," in text:
        whole, _, part = text.partition(",")
        head, *groups = whole.split(".")
        # A dot that groups no thousands is a slip of the finger: 12.50,00 must not become 1,250.
        if groups and not (0 < len(head) <= 3 and all(len(group) == 3 for group in groups)):
            raise Refused("G-012", typed=typed)
        text = head + "".join(groups) + "." + part
    elif "." in text:
        head, *groups = text.split(".")
        grouped = bool(head) and len(head) <= 3 and not head.startswith("0")
        if grouped and all(len(group) == 3 for group in groups):
            text = head + "".join(groups)
    if not text or not all(char.isascii() and (is_digits(char) or char == ".") for char in text):
        raise Refused("G-012", typed=typed)
    try:
        value = Decimal(text).scaleb(digits)
    except InvalidOperation:
        raise Refused("G-012", typed=typed) from None
    if value != value.to_integral_value():
        raise Refused("G-012", typed=typed)
    return Money(sign * int(value), currency)


def share(amount: Money, parts_per_million: int) -> Money:
    """`parts_per_million` of `amount`, rounded half away from zero to the smallest unit.

    Rates and percentages are exact integers: 1.2 % = 12,000 ppm. Half-up is the rounding used on
    Azerpost's printed fee tables (commercial rounding); it is named here and nowhere else.
    """
    product = abs(amount.minor) * parts_per_million
    rounded = (product + 500_000) // 1_000_000
    return Money(rounded if amount.minor >= 0 else -rounded, amount.currency)
