"""Postings of money from abroad: every purchase balances in each currency and is undone as it was made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.ledger import add_balances, balances
from azpost_desk.domain.postings import postings

pytestmark = pytest.mark.fast

_BOUGHT = {
    "transfer": "t",
    "grant": "g",
    "partner": "p",
    "currency": "GEL",
    "bought_minor": 50_000,
    "amount_qapik": 31_104,
    "base_qapik": 31_355,
    "rate_id": 3,
}
_CAME = {"transfer": "t", "partner": "p", "currency": "GEL"}
# As they were on the day of their release (tests/domain/test_postings.py).
FROZEN: dict[tuple[str, int], tuple[ops.Body, str]] = {
    ("incoming.received", 1): (
        ops.IncomingReceived(**_CAME, received_minor=50_000),
        "fd59b377a373cd54a7a30df12c0d3c9b",
    ),
    ("incoming.bought", 1): (ops.IncomingBought(**_BOUGHT), "fcf35306b9354374359427f86afaaf81"),
    ("incoming.unbought", 1): (
        ops.IncomingUnbought(**_BOUGHT, event="released"),
        "3e781212dcc2d8d932cc78d887f850a6",
    ),
    ("incoming.matched", 1): (
        ops.IncomingMatched(**_CAME, item=7, matched_minor=50_000),
        "264a841f881f439d0d2e128475691c20",
    ),
    ("incoming.returned", 1): (
        ops.IncomingReturned(**_CAME, returned_minor=50_000),
        "c72d3f844ea049db3fe3cf8d759510b0",
    ),
}


def moved(body: ops.Body) -> dict[tuple[str, str, str], int]:
    kind, version = ops.kind_of(body)
    return {key: net for key, net in balances(postings("centre-1", "o", kind, version, body)).items() if net}


def test_a_purchase_turns_a_debt_in_its_currency_into_manat_and_shows_the_spread_apart() -> None:
    assert moved(ops.IncomingBought(**_BOUGHT)) == {
        (chart.INCOMING_PAYABLE, "p", "GEL"): 50_000,
        (chart.POSITION, "GEL", "GEL"): -50_000,
        (chart.ABROAD_PAYABLE, "", "AZN"): -31_104,
        (chart.POSITION_MANAT, "GEL", "AZN"): 31_355,
        (chart.TRADING, "GEL", "AZN"): -251,
    }


def test_manat_that_came_as_manat_are_owed_and_nothing_is_dealt_in() -> None:
    came = _BOUGHT | {"currency": "AZN", "bought_minor": 31_104, "base_qapik": 31_104, "rate_id": 0}
    assert moved(ops.IncomingBought(**came)) == {
        (chart.INCOMING_PAYABLE, "p", "AZN"): 31_104,
        (chart.ABROAD_PAYABLE, "", "AZN"): -31_104,
    }


def test_what_is_told_waits_for_the_statement_and_goes_back_as_it_came() -> None:
    received = moved(ops.IncomingReceived(**_CAME, received_minor=50_000))
    assert received == {
        (chart.PARTNER_TRANSIT, "p", "GEL"): 50_000,
        (chart.INCOMING_PAYABLE, "p", "GEL"): -50_000,
    }
    returned = moved(ops.IncomingReturned(**_CAME, returned_minor=50_000))
    assert not any(add_balances(received, returned).values())


@given(
    bought_minor=st.integers(1, 10**12),
    amount_qapik=st.integers(1, 10**12),
    base_qapik=st.integers(0, 10**12),
    currency=st.sampled_from(["GEL", "KZT", "AZN"]),
)
def test_ma_26_undone_at_its_own_figures_nothing_is_left_in_any_currency(
    bought_minor: int, amount_qapik: int, base_qapik: int, currency: str
) -> None:
    figures = _BOUGHT | {
        "currency": currency,
        "bought_minor": bought_minor,
        "amount_qapik": bought_minor if currency == "AZN" else amount_qapik,
        "base_qapik": base_qapik,
    }
    bought = moved(ops.IncomingBought(**figures))
    by_currency: dict[str, int] = {}
    for (_, _, unit), net in bought.items():
        by_currency[unit] = by_currency.get(unit, 0) + net
    assert not any(by_currency.values())
    undone = moved(ops.IncomingUnbought(**figures, event="released"))
    assert not any(add_balances(bought, undone).values())
