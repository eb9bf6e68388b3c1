"""An insured sum that leaves the country: what it is in SDR by which rate, and that its goods are worth it.

In: the sum in qəpik, the declaration, rates of the SDR. Out: the sum in SDR, which every post reads, or why
it does not leave so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from azpost_desk.domain.abroad.corridors import exact
from azpost_desk.domain.mail.forms import days_between
from azpost_desk.domain.mail_extras import INSURED
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.domain.mail.declaration import Declaration
    from azpost_desk.domain.mail.forms import CustomsForms, SdrRate, SdrRates


@dataclass(frozen=True, slots=True)
class InsuredSdr:
    """An insured sum in hundredths of the SDR, rounded up, and the rate of the manat that made it."""

    rate: SdrRate
    hundredths: int


def insured_abroad(
    insured_qapik: int, declared: Declaration, forms: CustomsForms, rates: SdrRates, date: str
) -> InsuredSdr:
    """An insured sum as every post reads it, on a business day (ISO).

    Raises:
        Refused: E-182 a currency has no rate of the SDR, or an old one, by which the sum could not be told
            or compared, E-183 it is more than what is inside is worth.
    """
    rate = rates.newest("AZN", date)
    for currency in ("AZN", declared.currency):
        row = rates.newest(currency, date)
        if row is None or days_between(row.date, date) > forms.rate_days_max:
            raise Refused("E-182", field=INSURED, currency=currency)
    require_worth(insured_qapik, declared, rates, date)
    assert rate is not None
    return InsuredSdr(rate, ceil(Fraction(azn(insured_qapik).decimal()) / exact(rate.units) * 100))


def require_worth(insured_qapik: int, declared: Declaration, rates: SdrRates, date: str) -> None:
    """Refuse with E-183 a sum that is more than its goods are worth; without a rate nobody can tell."""
    worth = Money(declared.total_minor, declared.currency)
    ours, theirs = rates.newest("AZN", date), rates.newest(worth.currency, date)
    if worth.currency == "AZN":
        is_more = insured_qapik > worth.minor
    elif ours is not None and theirs is not None:
        insured = Fraction(azn(insured_qapik).decimal()) / exact(ours.units)
        is_more = insured > Fraction(worth.decimal()) / exact(theirs.units)
    else:
        is_more = False
    if is_more:
        raise Refused("E-183", field=INSURED, worth=worth)
