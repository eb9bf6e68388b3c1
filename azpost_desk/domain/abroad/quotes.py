"""A quote for money abroad: both sums from one figure and an exact rate, rounded once (money-out.md MA-4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from azpost_desk.domain.exchange import PAID, manat_for
from azpost_desk.domain.money import CURRENCIES, Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import amount_within, fee

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.abroad.corridors import Corridor
    from azpost_desk.domain.catalogue import FeeRule


@dataclass(frozen=True, slots=True)
class Figures:
    """What a transfer abroad costs and brings: `rate` is manat for one unit of the currency, exact."""

    amount: Money
    fee: Money
    arrives: Money
    rate: Fraction

    @property
    def total(self) -> Money:
        """What the sender hands over."""
        return self.amount + self.fee


def arriving_for(amount: Money, corridor: Corridor, rate: Fraction) -> Money:
    """The most that arrives for `amount` manat, in the partner's steps."""
    units = Fraction(amount.minor, 100) / rate
    minor = floor(units * 10 ** CURRENCIES[corridor.currency].minor_digits)
    return Money(minor - minor % corridor.arrives_minor_step, corridor.currency)


def reckoned(
    figure: Money, named: str, corridor: Corridor, rate: Fraction, rules: Sequence[FeeRule]
) -> Figures:
    """Both sums and the fee, from what arrives or from all that is paid.

    What is paid may come out lower than named: only what arrives in whole steps is charged, never the rest.
    So the price of what arrives is the same whichever figure was named.

    Raises:
        Refused: A-020 to A-022 the corridor does not carry it, T-001 nothing is left, G-040 no fee covers it.
    """
    if named == PAID:
        left = amount_within(rules, figure)
        if left.minor <= 0:
            raise Refused("T-001", field="amount")
        figure = arriving_for(left, corridor, rate)
    arrives = corridor.require_arriving(figure.minor)
    amount = manat_for(arrives, rate, corridor.rounding)
    if amount.minor <= 0:
        raise Refused("T-001", field="amount")
    return Figures(amount, fee(rules, amount), arrives, rate)
