"""Postings of money over the border: every deal balances in each currency and is undone as it was made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import add_balances, balances
from azpost_desk.domain.postings import postings

pytestmark = pytest.mark.fast

_DEAL = {
    "transfer": "t",
    "partner": "p",
    "currency": "GEL",
    "arrives_minor": 50_000,
    "amount_qapik": 31_606,
    "base_qapik": 31_355,
}
_BOOKED = {
    "partner": "p",
    "currency": "GEL",
    "account": "a",
    "statement": "s",
    "entry": "e",
    "share": 1,
    "booked_minor": -50_000,
    "against": "transit",
    "transfer": "t",
}
# As they were on the day of their release (tests/domain/test_postings.py).
FROZEN: dict[tuple[str, int], tuple[ops.Body, str]] = {
    ("abroad.dealt", 1): (ops.AbroadDealt(**_DEAL), "024084a390b11452ecf85c46b25ac46d"),
    ("abroad.taken_back", 1): (
        ops.AbroadTakenBack(**_DEAL, event="refused"),
        "67e1ea3d0190d552569d561fc67995e8",
    ),
    ("abroad.settled", 1): (
        ops.AbroadSettled(transfer="t", partner="p", currency="GEL", arrives_minor=50_000),
        "528895f9c7a1432ff131b80294d81fb5",
    ),
    ("abroad.returned", 1): (
        ops.AbroadReturned(transfer="t", partner="p", currency="GEL", returned_minor=49_000),
        "d44372ae5f7c42cf4422f3bb8d5dab1a",
    ),
    ("abroad.unclaimed", 1): (
        ops.AbroadUnclaimed(transfer="t", amount_qapik=31_606, days=30),
        "e864a0cb1c3f3820f5f5751cbf4e8b7b",
    ),
    ("abroad.reclaimed", 1): (
        ops.AbroadReclaimed(transfer="t", amount_qapik=31_606),
        "d9aa49029eedda8b090e36fc9f613f33",
    ),
    ("partner.commissioned", 1): (
        ops.PartnerCommissioned(
            transfer="t", partner="p", paid_by="us", currency="GEL", commission_minor=350
        ),
        "ec98a343632c77e3f47eecf2b7545b44",
    ),
    ("partner.funded", 1): (
        ops.PartnerFunded(
            partner="p",
            currency="GEL",
            funded_minor=100_000,
            paid_qapik=62_710,
            first_person="a",
            second_person="b",
            evidence="e",
        ),
        "b33019abcbff21ae2ecb7aab411e8d49",
    ),
    ("position.revalued", 1): (
        ops.PositionRevalued(
            currency="GEL",
            date="2026-11-30",
            method="rate_of_the_day",
            rate="0.6500",
            source="CLOSE",
            rates_version=1,
            cut={"centre-1/1": 7},
            position_minor=-450_000,
            manat_qapik=278_645,
            revalued_qapik=292_500,
            late=(),
        ),
        "80a60f915cb62c15b1ed57c039f3afa9",
    ),
    ("partner.booked", 1): (ops.PartnerBooked(**_BOOKED), "85204a81863af8332f3b3251c7decd42"),
    ("partner.item_cleared", 1): (
        ops.PartnerItemCleared(
            partner="p",
            currency="GEL",
            item=7,
            item_minor=50_000,
            against="suspense",
            target="transit",
            name="t",
            first_person="a",
            second_person="b",
            evidence="e",
        ),
        "264a841f881f439d0d2e128475691c20",
    ),
}


def moved(body: ops.Body) -> dict[tuple[str, str, str], int]:
    kind, version = ops.kind_of(body)
    return {key: net for key, net in balances(postings("centre-1", "o", kind, version, body)).items() if net}


def test_a_deal_turns_manat_into_a_debt_abroad_and_shows_the_spread_apart() -> None:
    assert moved(ops.AbroadDealt(**_DEAL)) == {
        (chart.ABROAD_PAYABLE, "", "AZN"): 31_606,
        (chart.POSITION_MANAT, "GEL", "AZN"): -31_355,
        (chart.TRADING, "GEL", "AZN"): -251,
        (chart.POSITION, "GEL", "GEL"): 50_000,
        (chart.ABROAD_DUE, "p", "GEL"): -50_000,
    }


@given(
    arrives=st.integers(1, 10**9), amount=st.integers(1, 10**9), base=st.integers(0, 10**9), event=st.text()
)
def test_a_deal_taken_back_leaves_nothing(arrives: int, amount: int, base: int, event: str) -> None:
    deal = _DEAL | {"arrives_minor": arrives, "amount_qapik": amount, "base_qapik": base}
    both = add_balances(moved(ops.AbroadDealt(**deal)), moved(ops.AbroadTakenBack(**deal, event=event)))
    assert not any(both.values())


def test_what_a_partner_took_and_gave_back_leaves_nothing_in_transit() -> None:
    took = ops.AbroadSettled(transfer="t", partner="p", currency="GEL", arrives_minor=50_000)
    gave = ops.AbroadReturned(transfer="t", partner="p", currency="GEL", returned_minor=50_000)
    assert not any(add_balances(moved(took), moved(gave)).values())


def test_a_commission_is_a_posting_of_its_own_and_each_sides_stands_apart() -> None:
    told = {"transfer": "t", "partner": "p", "currency": "GEL", "commission_minor": 350}
    ours, theirs = (ops.PartnerCommissioned(**told, paid_by=who) for who in ("us", "partner"))
    assert moved(ours) == {(chart.COMMISSION_COST, "p", "GEL"): 350, (chart.COMMISSION_DUE, "p", "GEL"): -350}
    assert moved(theirs) == {
        (chart.COMMISSION_CLAIM, "p", "GEL"): 350,
        (chart.COMMISSION_EARNED, "p", "GEL"): -350,
    }
    undone = ops.PartnerCommissioned(**told, paid_by="us", undone=True)
    assert not any(add_balances(moved(ours), moved(undone)).values())


def test_what_nobody_fetched_is_kept_apart_and_owed_again_when_its_sender_comes() -> None:
    owed, apart = (chart.ABROAD_PAYABLE, "", "AZN"), (chart.UNCLAIMED, "", "AZN")
    assert moved(ops.AbroadUnclaimed(transfer="t", amount_qapik=100, days=30)) == {owed: 100, apart: -100}
    assert moved(ops.AbroadReclaimed(transfer="t", amount_qapik=100)) == {owed: -100, apart: 100}


def test_a_statement_moves_the_partners_account_and_a_funding_was_on_it_before() -> None:
    took = ops.AbroadSettled(transfer="t", partner="p", currency="GEL", arrives_minor=50_000)
    both = add_balances(moved(took), moved(ops.PartnerBooked(**_BOOKED)))
    assert {book: net for book, net in both.items() if net} == {
        (chart.ABROAD_DUE, "p", "GEL"): 50_000,
        (chart.PARTNER, "p", "GEL"): -50_000,
    }
    assert moved(ops.PartnerBooked(**(_BOOKED | {"against": "funding"}))) == {}
