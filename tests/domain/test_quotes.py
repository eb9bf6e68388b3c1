"""Quotes: either figure may be fixed, the parts add up, and rows of a tariff do not mix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azpost_desk.domain.catalogue import FeeRule, Tariffs
from azpost_desk.domain.money import azn
from azpost_desk.domain.quotes import EXTRAS, Moment, QuoteOptions, quoted
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import applying

pytestmark = pytest.mark.fast

AT = Moment("2026-11-26", 1_000_000, 30)
DAY_MS = 24 * 3_600_000
BANDS = (
    FeeRule(amount_qapik_from=1, amount_qapik_to=99_999, percent_ppm=12_000, fee_qapik_min=100),
    FeeRule(amount_qapik_from=100_000, amount_qapik_to=2_000_000, percent_ppm=10_000, fee_qapik_max=5_000),
)
TARIFFS = Tariffs(
    version="t-1",
    approved=True,
    transfer_fees=BANDS,
    transfer_qapik_max=2_000_000,
    transfer_extras_qapik={"express": 200, "delivery": 300, "advice": 50},
    transfer_ordinary_hours=24,
)
_EXTRAS = st.frozensets(st.sampled_from(EXTRAS))


@given(st.integers(1, 2_000_000), _EXTRAS)
def test_the_sender_pays_the_amount_the_row_and_the_extras(qapik: int, extras: frozenset[str]) -> None:
    told = quoted(TARIFFS, azn(qapik), QuoteOptions(extras), AT, paid=False)
    assert told.amount == azn(qapik)
    assert told.total == told.amount + told.fee
    plain = quoted(TARIFFS, azn(qapik), QuoteOptions(), AT, paid=False)
    prices = TARIFFS.transfer_extras_qapik
    assert told.fee.minor - plain.fee.minor == sum(prices[name] for name in extras)
    assert told.terms().extras_qapik == {name: prices[name] for name in extras}
    assert told.available_ms == (0 if "express" in extras else AT.now_ms + DAY_MS)
    assert told.terms().named == "receiver"


@given(st.integers(700, 1_900_000), _EXTRAS)
def test_with_the_sum_fixed_no_larger_amount_would_have_fitted(qapik: int, extras: frozenset[str]) -> None:
    told = quoted(TARIFFS, azn(qapik), QuoteOptions(extras), AT, paid=True)
    assert told.total.minor <= qapik
    assert told.terms().named == "sender"
    more = quoted(TARIFFS, told.amount + azn(1), QuoteOptions(extras), AT, paid=False)
    assert more.total.minor > qapik


def test_a_service_without_a_price_is_not_sold() -> None:
    bare = replace(TARIFFS, transfer_extras_qapik={"advice": 50})
    with pytest.raises(Refused, match="T-060") as no:
        quoted(bare, azn(100), QuoteOptions(frozenset({"express"})), AT, paid=False)
    assert no.value.field == "express"


@pytest.mark.parametrize(("figure", "code"), [(0, "T-001"), (-5, "T-001"), (2_000_001, "T-002")])
def test_a_figure_outside_the_limits_is_refused(figure: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        quoted(TARIFFS, azn(figure), QuoteOptions(), AT, paid=False)


def test_a_sum_that_the_extras_eat_is_no_transfer() -> None:
    with pytest.raises(Refused):
        quoted(TARIFFS, azn(550), QuoteOptions(frozenset(EXTRAS)), AT, paid=True)


def _rules(**conditions: str) -> FeeRule:
    return replace(BANDS[0], **conditions)


@pytest.mark.parametrize(
    ("to", "customer", "partner", "date", "chosen"),
    [
        ("cash", "person", "", "2026-11-26", "plain"),
        ("account", "person", "", "2026-11-26", "account"),
        ("account", "organisation", "", "2026-11-26", "both"),
        ("cash", "organisation", "", "2026-11-26", "plain"),
        ("cash", "person", "", "2026-12-31", "holiday"),
        ("cash", "person", "abroad", "2026-11-26", "abroad"),
        ("cash", "person", "nobody", "2026-11-26", None),
    ],
)
def test_the_row_that_names_most_of_the_transfer_counts(
    to: str, customer: str, partner: str, date: str, chosen: str | None
) -> None:
    rows = {
        "plain": _rules(),
        "account": _rules(to="account"),
        "both": _rules(to="account", customer="organisation"),
        "holiday": _rules(valid_from="2026-12-30", valid_to="2027-01-02"),
        "abroad": _rules(partner="abroad"),
    }
    found = applying(rows.values(), to=to, customer=customer, partner=partner, date=date)
    assert found == (() if chosen is None else (rows[chosen],))


def test_a_quote_of_the_same_price_may_be_made_at_another_time() -> None:
    early = quoted(TARIFFS, azn(500), QuoteOptions(), AT, paid=False)
    late = quoted(TARIFFS, azn(500), QuoteOptions(), Moment("2026-11-27", 9_000_000, 30), paid=True)
    assert early.same_price(quoted(TARIFFS, azn(500), QuoteOptions(), Moment("2026-11-26", 5, 1), paid=False))
    assert not early.same_price(late)
