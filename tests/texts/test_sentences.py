"""How one language writes money, dates and times; Babel and the time-zone tables are the oracle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.days import BusinessDay
from azpost_desk.domain.money import MINOR_MAX, Money, azn
from azpost_desk.domain.refusals import NeedsConfirmation, Refused, Trouble
from azpost_desk.texts import LANGUAGES, Texts, catalogues, local

pytestmark = pytest.mark.fast

NBSP = "\u00a0"
languages = st.sampled_from(LANGUAGES)
minors = st.integers(-MINOR_MAX, MINOR_MAX)


@pytest.mark.parametrize(
    ("language", "text"), [("az", "1.234,50 ₼"), ("ru", "1 234,50 ₼"), ("en", "1,234.50 ₼")]
)
def test_money_in_each_language(language: str, text: str) -> None:
    texts = Texts(language)
    assert texts.money(azn(123450)) == text.replace(" ", NBSP)
    assert texts.money(azn(123450), sign=False) == texts.amount(azn(123450)) == text.replace(" ", NBSP)[:-2]


def test_money_of_small_negative_and_foreign_amounts() -> None:
    texts = Texts("az")
    assert texts.amount(azn(-5)) == "-0,05"
    assert texts.money(Money(2000, "USD")) == f"20,00{NBSP}USD"
    assert texts.money(Money(1234567, "JPY")) == f"1.234.567{NBSP}JPY"


@given(languages, minors)
def test_amounts_are_grouped_as_cldr_says(language: str, minor: int) -> None:
    expected = format_decimal(Decimal(minor).scaleb(-2), "#,##0.00", locale=language)
    assert Texts(language).amount(azn(minor)) == expected


@given(minors)
def test_azerbaijani_money_is_exactly_cldrs(minor: int) -> None:
    assert Texts("az").money(azn(minor)) == format_currency(Decimal(minor).scaleb(-2), "AZN", locale="az")


@given(languages, st.integers(-5_000_000, 5_000_000))
def test_percentages_are_exact(language: str, ppm: int) -> None:
    pattern = Locale.parse(language).percent_formats[None].pattern.replace("##0", "##0.####")
    expected = format_percent(Decimal(ppm).scaleb(-6), pattern, locale=language)
    assert Texts(language).percent(ppm) == expected


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_long_dates_are_cldrs(day: dt.date) -> None:
    assert Texts("az").weekday_date(day) == format_date(day, "EEEE, d MMMM y", locale="az")
    assert Texts("ru").weekday_date(day) == format_date(day, "EEEE, d MMMM y 'г'.", locale="ru")
    assert Texts("en").weekday_date(day) == format_date(day, "EEEE, d MMMM y", locale="en")
    assert (
        Texts("az").date(day) == Texts("en").date(day.isoformat()) == format_date(day, "dd.MM.y", locale="az")
    )


# Since 2016-03-27, when summer time was abolished.
@given(st.integers(1_459_100_000_000, 4_000_000_000_000))
def test_local_time_is_bakus(utc_ms: int) -> None:
    expected = dt.datetime.fromtimestamp(utc_ms // 1000, ZoneInfo("Asia/Baku"))
    assert local(utc_ms).replace(microsecond=0) == expected
    assert local(utc_ms).utcoffset() == expected.utcoffset()


def test_times() -> None:
    texts = Texts("az")
    noon = int(dt.datetime(2026, 11, 23, 10, 5, 9, 999_000, tzinfo=dt.UTC).timestamp() * 1000)
    assert (texts.time(noon), texts.seconds_time(noon)) == ("14:05", "14:05:09")
    assert texts.moment(noon) == "23.11.2026 14:05"


def test_values_in_a_sentence_are_written_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    says = "{fee} / {day} / {last} / {paid_ms} / {rate_ppm} / {limit_grams} / {left} / {name} / {role}"
    monkeypatch.setitem(catalogues.catalogue("en"), "test.values", says)
    monkeypatch.setitem(catalogues.catalogue("en"), "fact.role.clerk", "Counter clerk")
    written = Texts("en").t(
        "test.values",
        fee=azn(123450), day=dt.date(2026, 11, 23), last=BusinessDay("2026-11-22"), paid_ms=0,
        rate_ppm=12_000, limit_grams=30_000, left=7, name="Əli", role="clerk",
    )  # fmt: skip
    days = "23.11.2026 / 22.11.2026 / 01.01.1970 04:00"
    assert written == f"1,234.50{NBSP}₼ / {days} / 1.2% / 30.000 kg / 7 / Əli / Counter clerk"


def test_a_missing_key_or_value_is_a_fault_of_the_program() -> None:
    texts = Texts("az")
    assert not texts.has("no.such.key")
    with pytest.raises(KeyError, match=r"no\.such\.key"):
        texts.t("no.such.key")
    with pytest.raises(KeyError, match="currency"):
        texts.refusal("G-010")
    with pytest.raises(ValueError, match="tr"):
        Texts("tr")


@given(languages, st.integers(0, 100_000))
def test_plural_forms_are_cldrs(language: str, count: int) -> None:
    texts = Texts(language)
    rule = Locale.parse(language).plural_form(count)
    forms = ("one", "few", "many") if language == "ru" else ("one", "other")
    texts._entries = {"x": tuple(f"{form} {{count}}" for form in forms), "y": "{count} {what}"}
    assert texts.n("x", count) == f"{rule} {texts.number(count)}"
    assert texts.n("y", count, what="z") == f"{texts.number(count)} z"
    with pytest.raises(KeyError, match="plural"):
        texts.t("x")


def test_refusals_name_their_reason_where_it_has_a_sentence() -> None:
    texts = Texts("az")
    assert texts.refusal(Refused("I-001", reason="length")) == "FİN 7 simvoldan ibarət olmalıdır."
    general = texts.t("refusal.I-001")
    assert texts.refusal(Refused("I-001", reason="format")) == texts.refusal("I-001") == general
    assert texts.refusal(Trouble("G-011")) == texts.refusal(NeedsConfirmation("G-011"))
    assert texts.refusal("G-010", currency="XAU") == texts.refusal(Refused("G-010", currency="XAU"))
    assert "XAU" in texts.refusal("G-010", currency="XAU")


def test_weights() -> None:
    written = [Texts(language).weight(1_002_050) for language in LANGUAGES]
    assert written == ["1.002,050 kq", f"1{NBSP}002,050 кг", "1,002.050 kg"]
