"""Item, despatch and receptacle numbers, on vectors of other projects and on numbers damaged by chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.item_numbers import (
    COUNTRIES,
    item_check_digit,
    item_number,
    numbers_of_range,
    printed_item_number,
    read_despatch,
    read_item_number,
    read_receptacle,
    require_item_number,
    service_of,
)
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast

POSTAL = Path(__file__).parents[1] / "data" / "postal"
S10 = json.loads((POSTAL / "s10_vectors.json").read_text("utf-8"))
S9 = json.loads((POSTAL / "s8_s9_vectors.json").read_text("utf-8"))

# A library completes the number it is given; we only read it.
COMPLETED_BY_ITS_SOURCE = "dl74668653br"


@pytest.mark.parametrize("row", S10["numbers"], ids=lambda row: row["number"])
def test_published_item_numbers(row: dict[str, Any]) -> None:
    item = read_item_number(row["number"])
    assert item.valid == (row["source_says_valid"] and row["number"] != COMPLETED_BY_ITS_SOURCE)
    if item.number:
        assert (item.reason != "check_digit") == row["check_digit_valid"]


@pytest.mark.parametrize("row", S10["check_digits"], ids=lambda row: row["serial"])
def test_published_check_digits(row: dict[str, Any]) -> None:
    assert item_check_digit(row["serial"]) == row["check_digit"]


@pytest.mark.parametrize("row", S10["formatting"], ids=lambda row: row["number"])
def test_printed_form(row: dict[str, str]) -> None:
    assert printed_item_number(row["number"]) == row["printed"]
    assert read_item_number(row["printed"]).number == row["number"]


def test_a_published_range() -> None:
    row = S10["range_generation"]
    indicator, first, last = row["start"][:2], int(row["start"][2:10]), int(row["end"][2:10])
    assert list(numbers_of_range(indicator, first, last, "BR")) == row["expected"]
    assert len(row["expected"]) == row["count"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("RB123456785", "length"),
        ("RB1234567855US", "length"),
        ("1847176155123", "format"),
        ("RB123456785U1", "format"),
        ("RÜ123456785US", "format"),
        ("RB12345678٥US", "check_digit"),
        ("RB1234X6785US", "serial"),
        ("RB123456784US", "check_digit"),
        ("RB123456785XX", "country"),
        ("JX123456785AZ", "indicator"),
        ("AA123456785AZ", "indicator"),
    ],
)
def test_a_wrong_item_number_says_why(typed: str, reason: str) -> None:
    item = read_item_number(typed)
    assert (item.valid, item.reason) == (False, reason)


@pytest.mark.parametrize("typed", ["rb167995284it", "RB167995284İT", "rb167995284ıt", "RB 167 995 284 IT"])
def test_case_spaces_and_the_turkic_i_do_not_matter(typed: str) -> None:
    assert read_item_number(typed).number == require_item_number(typed) == "RB167995284IT"


def test_indicators_of_other_posts_are_only_warned_of() -> None:
    brazilian = read_item_number("JT365572014BR")
    assert (brazilian.valid, brazilian.service, brazilian.warnings) == (
        True,
        "reserved",
        ("indicator_reserved",),
    )
    assert read_item_number("FJ064849483BR").warnings == ("indicator_unassigned",)
    assert read_item_number("EE876543216CA").warnings == ()


@pytest.mark.parametrize(
    ("indicator", "service"),
    [
        ("AA", "unassigned"), ("AU", "unassigned"), ("AV", "domestic"), ("GA", "domestic"),
        ("GB", "unassigned"), ("GD", "domestic"), ("CP", "parcel"), ("EE", "ems"),
        ("HA", "ecommerce_parcel"), ("KA", "reserved"),
        ("LX", "letter_tracked"), ("MA", "m_bag"), ("QA", "business_reply"), ("QZ", "unassigned"),
        ("RR", "registered"), ("UA", "letter_customs"), ("VV", "insured"), ("ZZ", "domestic"),
        ("XA", "unassigned"),
    ],
)  # fmt: skip
def test_services(indicator: str, service: str) -> None:
    assert service_of(indicator) == service


def test_every_pair_of_letters_says_something() -> None:
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    assert all(service_of(first + second) for first in letters for second in letters)
    assert len(COUNTRIES) == 250
    assert {"AZ", "MO", "TW", "PS", "XK", "GG", "JE", "IM", "GI", "FO", "GL", "PR"} <= COUNTRIES


@given(st.integers(0, 99_999_999))
def test_issued_numbers_are_valid(serial: int) -> None:
    number = item_number("EE", serial)
    item = read_item_number(number)
    assert (item.valid, item.number, item.service, item.country) == (True, number, "ems", "AZ")


def remainder(serial: str) -> int:
    return sum(w * int(d) for w, d in zip(S10["weights"], serial, strict=True)) % 11


@given(st.integers(0, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed_where_s10_promises_it(serial: int, place: int, shift: int) -> None:
    number = item_number("RR", serial)
    digits = number[2:11]
    damaged = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    noticed = read_item_number(f"RR{damaged}AZ").reason == "check_digit"
    # Remainders 0 and 6 share the check digit 5: the one hole of S10.
    hole = {remainder(digits[:8]), remainder(damaged[:8])} == {0, 6} and place < 8
    assert noticed == (not hole)


@pytest.mark.parametrize(
    ("indicator", "serial", "country", "reason"),
    [
        ("JX", 1, "AZ", "indicator"),
        ("E", 1, "AZ", "indicator"),
        ("EE", -1, "AZ", "serial"),
        ("EE", 100_000_000, "AZ", "serial"),
        ("EE", 1, "XX", "country"),
    ],
)
def test_what_cannot_be_issued_is_refused(indicator: str, serial: int, country: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        item_number(indicator, serial, country)
    assert (refused.value.code, refused.value.facts["reason"]) == ("I-007", reason)


def test_a_range_backwards_is_refused() -> None:
    with pytest.raises(Refused, match="I-007"):
        numbers_of_range("EE", 2, 1)


@pytest.mark.parametrize("row", S9["s9"], ids=lambda row: row["id"])
def test_published_receptacles(row: dict[str, Any]) -> None:
    bag = read_receptacle(row["id"])
    assert bag is not None
    assert (bag.identifier, bag.number, bag.despatch.identifier) == (row["id"], row["receptacle"], row["s8"])
    flags = {"0": False, "1": True, "9": None}
    assert (bag.last, bag.registered) == (flags[row["highest"]], flags[row["registered"]])
    assert bag.weight_g == (None if row["weight_kg"] is None else round(row["weight_kg"] * 1000))
    if "origin" in row:
        despatch = bag.despatch
        assert (despatch.origin, despatch.destination, despatch.category, despatch.subclass) == (
            row["origin"], row["destination"], row["category"], row["subclass_code"],
        )  # fmt: skip
        assert (despatch.year, despatch.number) == (int(row["year"]), row["despatch"])


def test_published_despatch() -> None:
    row = S9["s8"][0]
    despatch = read_despatch(row["input"].lower())
    assert despatch is not None
    assert (despatch.identifier, despatch.number) == (row["normalised"], row["despatch"])


@pytest.mark.parametrize(
    "text",
    [*S9["invalid"], "", "XXBRUABOLPBBAEN60073", "BEBRUABOLPBBEEN60073", "BEBRUABOLPBBAEN6007"],
)
def test_what_is_no_despatch_or_receptacle(text: str) -> None:
    assert read_despatch(text) is None
    assert read_receptacle(text) is None


def test_a_despatch_is_no_receptacle_and_the_other_way_round() -> None:
    receptacle = S9["s9"][0]["id"]
    assert read_receptacle(receptacle[:20]) is None
    assert read_despatch(receptacle) is None


@pytest.mark.parametrize("impc", S9["impc_seen_in_public_data"])
def test_offices_of_exchange_seen_in_public_data(impc: str) -> None:
    despatch = read_despatch(f"{impc}{impc}AEN60073")
    assert despatch is not None
    assert despatch.origin == despatch.destination == impc
