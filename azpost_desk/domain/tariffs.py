"""What things cost: fees by band, express prices by weight step, VAT contained in a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.money import Money, azn, share
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.catalogue import ExpressRow, FeeRule


def applying(
    rules: Iterable[FeeRule], *, to: str, customer: str, partner: str, date: str
) -> tuple[FeeRule, ...]:
    """The rows of a tariff that speak of such a transfer on a business day (ISO).

    Rows that name more of it replace those that name less, as a whole: bands of different rows never mix. A
    transfer that a partner pays out goes by the partner's rows only.
    """
    fitting = [
        rule
        for rule in rules
        if rule.partner == partner
        and rule.to in ("", to)
        and rule.customer in ("", customer)
        and rule.valid_from <= date <= (rule.valid_to or date)
    ]
    closest = max((_conditions(rule) for rule in fitting), default=0)
    return tuple(rule for rule in fitting if _conditions(rule) == closest)


def _conditions(rule: FeeRule) -> int:
    return bool(rule.to) + bool(rule.customer) + bool(rule.valid_from or rule.valid_to)


def fee(rules: Iterable[FeeRule], amount: Money) -> Money:
    """The fee for `amount` by the band it lies in; no rules at all = no fee.

    Raises:
        Refused: G-040 when rules exist but none covers the amount.
    """
    rows = list(rules)
    if not rows:
        return azn(0)
    for rule in rows:
        if rule.amount_qapik_from <= amount.minor <= rule.amount_qapik_to:
            qapik = share(amount, rule.percent_ppm).minor + rule.fixed_qapik
            qapik = max(qapik, rule.fee_qapik_min)
            return azn(min(qapik, rule.fee_qapik_max) if rule.fee_qapik_max else qapik)
    raise Refused("G-040", field="amount", amount=amount)


def amount_within(rules: Iterable[FeeRule], paid: Money) -> Money:
    """The largest amount whose sum with its fee is at most `paid` ("sender pays X"); bisection over whole
    qəpik.

    Amount plus fee grows with the amount inside a band; bands are tried from the highest down.

    Raises:
        Refused: G-040 when `paid` does not even cover the lowest band's fee.
    """
    rows = sorted(rules, key=lambda rule: rule.amount_qapik_from, reverse=True)
    if not rows:
        return paid
    for rule in rows:
        low, high = rule.amount_qapik_from, min(rule.amount_qapik_to, paid.minor)
        if low > high or low + fee([rule], azn(low)).minor > paid.minor:
            continue
        while low < high:
            middle = (low + high + 1) // 2
            if middle + fee([rule], azn(middle)).minor <= paid.minor:
                low = middle
            else:
                high = middle - 1
        return azn(low)
    raise Refused("G-040", field="amount", amount=paid)


def vat_contained(price: Money, vat_ppm: int) -> Money:
    """The VAT inside a gross price: price × rate / (1 + rate), half-up to the qəpik."""
    gross_ppm = 1_000_000 + vat_ppm
    return Money((price.minor * vat_ppm * 2 + gross_ppm) // (2 * gross_ppm), price.currency)


def express_grams_plausible(row: ExpressRow) -> int:
    """What an item of this service weighs at least: lighter is rather a kilogram figure typed as grams.

    An empty envelope of stiff paper is some twenty grams; a service with a larger first step carries more.
    """
    return max(20, row.first_grams // 25)


def express_price(row: ExpressRow, weight_grams: int) -> Money:
    """Price of one item: the first step, then each further step begun.

    Raises:
        Refused: E-010 for no weight, E-011 above the service's limit.
    """
    if weight_grams <= 0:
        raise Refused("E-010", field="weight")
    if weight_grams > row.weight_grams_max:
        raise Refused("E-011", field="weight", limit_grams=row.weight_grams_max)
    return azn(stepped(row.first_grams, row.first_qapik, row.step_grams, row.step_qapik, weight_grams))


def stepped(first_grams: int, first_qapik: int, step_grams: int, step_qapik: int, grams: int) -> int:
    """Qəpik for a weight: the first step, then each further one begun."""
    over = max(0, grams - first_grams)
    return first_qapik + -(-over // step_grams) * step_qapik
