"""Extras of an item: each has its price by the tariff's rows, a sum its premium by steps, none is free."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk import places
from azpost_desk.central.registry.files import checked
from azpost_desk.domain.catalogue import Tariffs
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.lines.express import ExtraSold
from azpost_desk.domain.mail.declaration import Declaration
from azpost_desk.domain.mail.extras import WantedExtras, extras_at_home, extras_sold, together
from azpost_desk.domain.mail.forms import CustomsForms, SdrRate, SdrRates
from azpost_desk.domain.mail.guarded import VALUE, guarded
from azpost_desk.domain.mail.history import Told, history
from azpost_desk.domain.mail.insured import insured_abroad, require_worth
from azpost_desk.domain.mail_extras import ADVICE, IN_PERSON, INSURED, MailExtra, PremiumStep
from azpost_desk.domain.money import azn
from azpost_desk.domain.products.express import EXPRESS
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast

ROWS = (
    MailExtra(
        extra=INSURED,
        services=("ems",),
        insured_qapik_min=1_000,
        steps=(
            PremiumStep(insured_qapik_to=10_000, fixed_qapik=100),
            PremiumStep(
                insured_qapik_to=500_000, share_ppm=10_000, premium_qapik_min=150, premium_qapik_max=3_000
            ),
        ),
    ),
    MailExtra(extra=ADVICE, price_qapik=118, vat_ppm=180_000),
)
PRICED = (*ROWS, MailExtra(extra=IN_PERSON, price_qapik=150))


@pytest.mark.parametrize(
    ("insured_qapik", "premium_qapik"),
    # At each step's edge; below its least, its share half up, above its most.
    [(1_000, 100), (10_000, 100), (10_001, 150), (20_050, 201), (300_001, 3_000), (500_000, 3_000)],
)
def test_a_premium_is_of_the_step_that_the_sum_lies_in(insured_qapik: int, premium_qapik: int) -> None:
    [sold] = extras_sold(ROWS, "ems", WantedExtras(insured_qapik))
    assert sold == ExtraSold(extra=INSURED, qapik=premium_qapik)


@pytest.mark.parametrize("insured_qapik", [-5, 1, 999, 500_001])
def test_a_sum_that_no_step_has_is_refused_with_the_sums_that_are_insured(insured_qapik: int) -> None:
    with pytest.raises(Refused, match="E-181") as no:
        extras_sold(ROWS, "ems", WantedExtras(insured_qapik))
    assert (no.value.field, no.value.facts) == (INSURED, {"least": azn(1_000), "most": azn(500_000)})


def test_each_extra_has_its_own_price_and_vat_and_all_of_them_are_in_the_sum() -> None:
    extras = extras_sold(PRICED, "ems", WantedExtras(10_000, advice=True, in_person=True))
    assert [(one.extra, one.qapik, one.vat_qapik) for one in extras] == [
        (INSURED, 100, 0),
        (ADVICE, 118, 18),
        (IN_PERSON, 150, 0),
    ]
    assert together(azn(600), azn(92), extras) == (azn(968), azn(110))


@pytest.mark.parametrize(
    ("service", "wanted", "field"),
    [("bag", WantedExtras(1_000), INSURED), ("ems", WantedExtras(in_person=True), IN_PERSON)],
)
def test_what_the_tariff_has_no_row_for_is_not_sold(service: str, wanted: WantedExtras, field: str) -> None:
    with pytest.raises(Refused, match="E-180") as no:
        extras_sold(ROWS, service, wanted)
    assert no.value.field == field
    with pytest.raises(Refused, match="E-180"):
        extras_at_home((), service, WantedExtras(advice=True))


def test_in_person_costs_nothing_at_home_until_it_is_priced_and_then_never_by_slip() -> None:
    assert extras_at_home(ROWS, "ems", WantedExtras(in_person=True)) == ()
    assert extras_at_home(PRICED, "ems", WantedExtras(in_person=True))[0].qapik == 150
    only = (MailExtra(extra=IN_PERSON, price_qapik=150, services=("ems",)),)
    with pytest.raises(Refused, match="E-180"):
        extras_at_home(only, "bag", WantedExtras(in_person=True))


def test_a_tariff_of_before_has_no_extras_and_the_example_reads_back() -> None:
    old = msgspec.json.decode(b'{"version":"1","approved":true}', type=Tariffs)
    assert old.mail_extras == ()
    said = tomllib.loads((places.templates() / "tariffs.toml").read_text("utf-8"))
    example = checked(said, Tariffs, "tariffs")
    assert [one.extra for one in example.mail_extras] == [INSURED, ADVICE, IN_PERSON]
    assert msgspec.json.decode(msgspec.json.encode(example), type=Tariffs) == example


def _declared(worth_minor: int, currency: str = "AZN") -> Declaration:
    return Declaration(category="gift", currency=currency, gross_grams=1, total_minor=worth_minor, lines=())


DAY = "2026-12-02"
RATES = SdrRates(
    rates=(
        SdrRate(currency="AZN", units="2.2617", date="2026-12-01"),
        SdrRate(currency="USD", units="1.3304", date="2026-11-01"),
    )
)


def test_a_sum_for_abroad_stands_in_sdr_rounded_up_with_its_rate() -> None:
    told = insured_abroad(50_000, _declared(50_000), CustomsForms(), RATES, DAY)
    # 500 / 2.2617 = 221.0726…
    assert (told.hundredths, told.rate.units, told.rate.date) == (22_108, "2.2617", "2026-12-01")


@pytest.mark.parametrize(
    ("declared", "rates", "code"),
    [
        (_declared(49_999), RATES, "E-183"),
        (_declared(50_000), SdrRates(), "E-182"),
        # A rate of a month ago says nothing today, whichever currency it is of.
        (_declared(900_000, "USD"), RATES, "E-182"),
        (_declared(900_000, "EUR"), RATES, "E-182"),
    ],
)
def test_a_sum_is_not_more_than_the_goods_are_worth_and_needs_a_rate_that_is_not_old(
    declared: Declaration, rates: SdrRates, code: str
) -> None:
    with pytest.raises(Refused, match=code) as no:
        insured_abroad(50_000, declared, CustomsForms(), rates, DAY)
    assert no.value.field == INSURED


def test_worth_in_another_currency_is_compared_by_both_rates() -> None:
    # 500 manat are 294.11 dollars by these.
    require_worth(50_000, _declared(29_412, "USD"), RATES, DAY)
    with pytest.raises(Refused, match="E-183"):
        require_worth(50_000, _declared(29_411, "USD"), RATES, DAY)
    # An amendment is not stopped by what nobody can tell.
    require_worth(50_000, _declared(1, "EUR"), RATES, DAY)


def _line(**changed: object) -> ItemAccepted:
    plain = ItemAccepted(
        operation="o", number="EE876543216AZ", service="ems", weight_grams=1, amount_qapik=900,
        vat_qapik=137, tariff="1", postcode="2000", addresses="",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changed)


INSURANCE = ExtraSold(extra=INSURED, qapik=100)


@pytest.mark.parametrize(
    ("changed", "is_sound"),
    [
        ({}, True),
        ({"insured_qapik": 5_000, "extras": (INSURANCE,)}, True),
        ({"in_person": True}, True),
        ({"insured_qapik": 5_000}, False),
        ({"extras": (INSURANCE,)}, False),
        ({"insured_qapik": 5_000, "extras": (INSURANCE, INSURANCE)}, False),
        ({"insured_qapik": 5_000, "extras": (ExtraSold(extra=INSURED, qapik=901),)}, False),
        ({"extras": (ExtraSold(extra=ADVICE, qapik=200, vat_qapik=138),)}, False),
        ({"extras": (ExtraSold(extra=ADVICE, qapik=-1),)}, False),
        ({"extras": (ExtraSold(extra="wings", qapik=1),)}, False),
        ({"insured_qapik": -1, "extras": (INSURANCE,)}, False),
        ({"insured_qapik": 10_000_001, "extras": (INSURANCE,)}, False),
    ],
)
def test_a_line_whose_extras_do_not_add_up_is_unsound(changed: dict[str, object], is_sound: bool) -> None:
    [rule] = EXPRESS.rules
    assert rule.is_sound(_line(**changed)) == is_sound


@given(insured_qapik=st.integers(min_value=1_000, max_value=500_000))
def test_whatever_is_insured_costs_something_and_makes_a_sound_line(insured_qapik: int) -> None:
    extras = extras_sold(PRICED, "ems", WantedExtras(insured_qapik, advice=True))
    price, vat = together(azn(600), azn(92), extras)
    line = _line(amount_qapik=price.minor, vat_qapik=vat.minor, insured_qapik=insured_qapik, extras=extras)
    assert extras[0].qapik >= 100
    assert EXPRESS.rules[0].is_sound(line)


def test_an_insured_sum_makes_an_item_one_of_value_for_as_long_as_its_acceptance_counts() -> None:
    number = "EE876543216AZ"
    taken_in = Told("a", "EMA", "1000", 1, "1000-1", 1, 1, measure=VALUE)
    assert guarded(number, history([taken_in]), [], ["a"]) == {VALUE}
    assert guarded(number, history([taken_in]), ["a"], ["a"]) == {VALUE, IN_PERSON}
    assert guarded(number, history([taken_in]), [], ["another"]) == frozenset()
