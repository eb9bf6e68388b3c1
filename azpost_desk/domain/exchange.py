"""Exact rates: a sum in another currency to manat, rounded once, and whether signed terms can be true."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.money import CURRENCIES, Money, azn

if TYPE_CHECKING:
    from azpost_desk.domain.lines.abroad import AbroadTerms

# Whose figure the sender named.
ARRIVES: Final = "arrives"
PAID: Final = "paid"
NAMED: Final = (ARRIVES, PAID)
_HALF: Final = Fraction(1, 2)


def manat_for(arrives: Money, rate: Fraction, rounding: str) -> Money:
    """The manat that `arrives` costs at `rate` (manat for one unit), rounded once in the direction named."""
    qapik = Fraction(arrives.minor, 10 ** CURRENCIES[arrives.currency].minor_digits) * rate * 100
    rounded = {"up": ceil(qapik), "down": floor(qapik), "half_up": floor(qapik + _HALF)}
    return azn(rounded[rounding])


def margin(terms: AbroadTerms) -> Money:
    """What of the amount is ours: the rest is what arrives at the source's own rate."""
    base = as_fraction(terms.base_rate)
    arrives = Money(terms.arrives_minor, terms.currency)
    return azn(terms.amount_qapik) - manat_for(arrives, base, "half_up") if base else azn(0)


def is_reckoned(terms: AbroadTerms) -> bool:
    """Whether signed terms can be true by themselves: signs, order of times, a rate that gives the sum."""
    if terms.currency not in CURRENCIES or terms.named not in NAMED:
        return False
    sums = (*terms.fees_qapik.values(), terms.tax_qapik, terms.deduction_minor_max)
    if as_fraction(terms.base_rate) is None or any(one < 0 for one in sums):
        return False
    if terms.amount_qapik <= 0 or terms.arrives_minor <= 0 or not 0 < terms.quoted_ms < terms.stands_ms:
        return False
    return gives(terms.arrives_minor, terms.currency, terms.rate, terms.amount_qapik)


def gives(minor: int, currency: str, rate: str, qapik: int) -> bool:
    """Whether a sum at a written rate is these manat, in whichever direction they were rounded."""
    ratio = as_fraction(rate)
    if ratio is None or currency not in CURRENCIES:
        return False
    least = manat_for(Money(minor, currency), ratio, "down").minor
    return least <= qapik <= least + 1


def as_fraction(text: str) -> Fraction | None:
    """``n/d`` as written in terms, above zero; None when it is none."""
    above, slash, below = text.partition("/")
    if not slash or not (is_digits(above) and is_digits(below)):
        return None
    return Fraction(int(above), int(below)) if int(above) and int(below) else None


def as_text(rate: Fraction) -> str:
    """A rate as it is written in terms."""
    return f"{rate.numerator}/{rate.denominator}"


def as_decimal(rate: Fraction, digits: int) -> str:
    """A rate as decimal text of so many decimals, rounded half up; whole arithmetic, no float."""
    scaled = floor(rate * 10**digits + _HALF)
    whole, part = divmod(scaled, 10**digits)
    return f"{whole}.{part:0{digits}}"
