"""The customs form: by product and destination as data, the fuller one where a limit is not surely kept."""

from __future__ import annotations

import tomllib
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from azpost_desk import places
from azpost_desk.domain.mail.forms import (
    CN22,
    CN23,
    NEAR_LIMIT,
    NO_RATE,
    OF_ALL,
    OF_TRADE,
    OLD_RATE,
    OVER_VALUE,
    OVER_WEIGHT,
    ChosenForm,
    CustomsForms,
    FormRule,
    SdrRate,
    SdrRates,
    choose_form,
)
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast

DAY: Final = "2026-12-05"
FORMS: Final = msgspec.convert(
    tomllib.loads((places.templates() / "customs-forms.toml").read_text("utf-8")), CustomsForms
)
# Two dollars are one SDR: 600.00 is the limit, 588.00 is within 2 % of it.
RATES: Final = SdrRates(
    source="s",
    rates=(
        SdrRate("USD", "2", "2026-12-01"),
        SdrRate("USD", "1", "2026-12-06"),
        SdrRate("USD", "9", "2026-11-01"),
        SdrRate("AZN", "2.2617", "2026-11-27"),
    ),
)


def chosen(
    product: str = "letter",
    minor: int = 100_00,
    grams: int = 500,
    *,
    currency: str = "USD",
    country: str = "TR",
    date: str = DAY,
    forms: CustomsForms = FORMS,
) -> ChosenForm:
    value = Money(minor, currency)
    return choose_form(
        forms, RATES, product=product, country=country, gross_grams=grams, value=value, date=date
    )


@pytest.mark.parametrize(
    ("given_", "form", "because"),
    [
        ({}, CN22, ""),
        ({"product": "ems"}, CN23, ""),
        ({"product": "parcel", "minor": 1, "grams": 1}, CN23, ""),
        ({"grams": 2_000}, CN22, ""),
        ({"grams": 2_001}, CN23, OVER_WEIGHT),
        ({"minor": 587_99}, CN22, ""),
        ({"minor": 588_00}, CN23, NEAR_LIMIT),
        ({"minor": 600_00}, CN23, NEAR_LIMIT),
        ({"minor": 600_01}, CN23, OVER_VALUE),
        ({"currency": "EUR"}, CN23, NO_RATE),
        ({"date": "2026-10-31"}, CN23, NO_RATE),
        ({"date": "2026-11-30"}, CN23, OLD_RATE),
        # The newest row valid on the day: yesterday's 2, from the sixth on 1.
        ({"minor": 310_00, "date": "2026-12-06"}, CN23, OVER_VALUE),
        ({"currency": "AZN", "minor": 100_00, "date": "2026-12-04"}, CN22, ""),
        ({"currency": "AZN", "minor": 100_00}, CN23, OLD_RATE),
        # Papers are worth nothing in any currency.
        ({"currency": "EUR", "minor": 0}, CN22, ""),
    ],
)
def test_the_form_goes_by_product_weight_value_and_the_days_rate(
    given_: dict[str, object], form: str, because: str
) -> None:
    found = chosen(**given_)  # type: ignore[arg-type]
    assert (found.form, found.because) == (form, because)
    assert found.copies == (4 if form == CN23 else 1)


def test_the_choice_is_kept_with_the_rate_it_was_made_by() -> None:
    found = chosen(minor=100_01)
    assert (found.rate, found.sdr_hundredths, found.version) == (RATES.rates[0], 50_01, "2026-12")
    assert found.codes_wanted == OF_TRADE
    assert msgspec.json.decode(msgspec.json.encode(found), type=ChosenForm) == found


def test_the_rows_of_a_country_replace_those_for_anywhere_as_a_whole() -> None:
    own = FormRule(product="letter", country="DE", form=CN23, copies=2, codes_wanted=OF_ALL)
    forms = replace(FORMS, rules=(*FORMS.rules, own))
    found = chosen(country="DE", forms=forms)
    assert (found.form, found.copies, found.codes_wanted) == (CN23, 2, OF_ALL)
    assert chosen(country="FR", forms=forms).form == CN22
    with pytest.raises(Refused) as refused:
        chosen("money_in_a_bag")
    assert (refused.value.code, refused.value.field) == ("E-060", "country")
    with pytest.raises(Refused):
        chosen(forms=CustomsForms())


@settings(max_examples=25)
@given(st.integers(0, 1_000_00), st.integers(1, 3_000))
def test_the_small_form_is_never_taken_above_its_limits(minor: int, grams: int) -> None:
    found = chosen(minor=minor, grams=grams)
    assert (found.form == CN22) == (minor < 588_00 and grams <= 2_000)
