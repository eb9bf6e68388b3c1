"""Identifiers of other authorities, on published numbers and on numbers damaged by chance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from azpost_desk.domain.identifiers import (
    CHECKS,
    DOCUMENT_KINDS,
    Identified,
    check_document,
    check_fin,
    check_iban,
    check_phone,
    check_postcode,
    check_voen,
    require,
    require_document,
)
from azpost_desk.domain.refusals import Refused
from azpost_desk.texts import LANGUAGES, Texts

pytestmark = pytest.mark.fast

MONEY = Path(__file__).parents[1] / "data" / "money"
VOEN = json.loads((MONEY / "voen.json").read_text("utf-8"))
IBAN = json.loads((MONEY / "iban.json").read_text("utf-8"))
REQUISITES = json.loads((MONEY / "az_requisites.json").read_text("utf-8"))["vectors"]
OWN_IBAN = "AZ21NABZ00000000137010001944"


@pytest.mark.parametrize("number", VOEN["valid"] + VOEN["valid_with_separators"])
def test_published_voens_are_valid(number: str) -> None:
    assert check_voen(number).value == number.replace(" ", "").rjust(10, "0")


def test_published_wrong_voens_are_refused() -> None:
    reasons = [(row["why"], check_voen(row["value"]).reason) for row in VOEN["invalid"]]
    assert reasons == [("InvalidLength", "length"), ("InvalidChecksum", "check_digit")]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("14015550A1", "format"),
        ("١٤٠١٥٥٥٠٧١", "format"),
        ("1400057424", "kind"),
    ],
)
def test_a_wrong_voen_says_why(typed: str, reason: str) -> None:
    assert check_voen(typed) == Identified(reason=reason)


# Sums of weights modulo 11: no weight is a multiple of 11, so one wrong digit never leaves the sum as it was.
@given(st.sampled_from([n for n in VOEN["valid"] if len(n) == 10]), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_voen_is_noticed(number: str, place: int, shift: int) -> None:
    digit = str((int(number[place]) + shift) % 10)
    assert check_voen(number[:place] + digit + number[place + 1 :]).reason == "check_digit"


@pytest.mark.parametrize("number", IBAN["schwifty_valid"] + IBAN["stdnum_list"])
def test_published_ibans_are_valid(number: str) -> None:
    canonical = "".join(char for char in number.upper() if char.isalnum())
    assert check_iban(number).value == canonical


@pytest.mark.parametrize("number", IBAN["schwifty_invalid"])
def test_published_wrong_ibans_are_refused(number: str) -> None:
    assert not check_iban(number).valid


@pytest.mark.parametrize("row", REQUISITES)
def test_requisites_of_banks_are_valid(row: dict[str, str]) -> None:
    for key in row.keys() & {"iban", "correspondent"}:
        assert check_iban(row[key], "AZ").value == row[key]
    if "bank_voen" in row:
        assert check_voen(row["bank_voen"]).valid


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("AZ", "format"),
        (OWN_IBAN[:-1], "length"),
        (OWN_IBAN.replace("AZ21", "AZ22"), "check_digit"),
        (OWN_IBAN.replace("NABZ", "NAB0"), "check_digit"),
        ("GB29NWBK60161331926819", "country"),
        ("AZ21NÄBZ00000000137010001944", "format"),
    ],
)
def test_a_wrong_azerbaijani_iban_says_why(typed: str, reason: str) -> None:
    assert check_iban(typed, "AZ") == Identified(reason=reason)


def test_an_iban_of_a_country_without_ibans_is_refused() -> None:
    number = "US00539007547034"
    right = number.replace("00", iban.calc_check_digits(number), 1)
    assert check_iban(right).reason == "country"


# A letter for a digit changes the length of what is divided by 97: there nothing is promised.
@given(st.integers(0, 27), st.integers(0, 25))
def test_one_wrong_character_of_the_same_sort_in_an_iban_is_noticed(place: int, choice: int) -> None:
    char = "0123456789"[choice % 10] if OWN_IBAN[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[choice]
    damaged = OWN_IBAN[:place] + char + OWN_IBAN[place + 1 :]
    assert check_iban(damaged, "AZ").valid == (damaged == OWN_IBAN)


@pytest.mark.parametrize("typed", ["5AB12CD", "5ab12cd", " 5AB 12CD "])
def test_a_fin_is_seven_capitals_and_digits(typed: str) -> None:
    assert check_fin(typed) == Identified("5AB12CD")


def test_a_fin_holds_no_o_and_rarely_an_i() -> None:
    assert check_fin("5AB12CO") == Identified(reason="letter")
    for typed in ("5AB12CI", "5ab12ci", "5ab12cı", "5AB12Cİ"):
        assert check_fin(typed) == Identified("5AB12CI", warning="letter")


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "empty"), ("5AB12C", "length"), ("5AB12CDE", "length"), ("5AB12CƏ", "format")]
)
def test_a_wrong_fin_says_why(typed: str, reason: str) -> None:
    assert check_fin(typed) == Identified(reason=reason)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("050 123 45 67", "+994501234567"),
        ("501234567", "+994501234567"),
        ("+994 (55) 123-45-67", "+994551234567"),
        ("00994 70 123 45 67", "+994701234567"),
        ("012 493 00 00", "+994124930000"),
        ("36 554 12 34", "+994365541234"),
        ("+90 532 123 45 67", "+905321234567"),
        ("+7 912 345 67 89", "+79123456789"),
    ],
)
def test_phones_become_e164(typed: str, value: str) -> None:
    assert check_phone(typed) == Identified(value)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("abc", "format"),
        ("12345", "length"),
        ("050 123 45 67 89 00", "length"),
        ("050 123 45 6", None),
    ],
)
def test_a_wrong_phone_says_why(typed: str, reason: str | None) -> None:
    answer = check_phone(typed)
    assert not answer.valid
    assert answer.reason == (reason or "format")


@pytest.mark.parametrize("typed", ["AZ1000", "1000", "az 1000", "AZ-1000", "Az1000"])
def test_postcodes_are_az_and_four_digits(typed: str) -> None:
    assert check_postcode(typed) == Identified("AZ1000")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "empty"), ("AZ", "empty"), ("100", "length"), ("AZ10000", "length"), ("BA1000", "format")],
)
def test_a_wrong_postcode_says_why(typed: str, reason: str) -> None:
    assert check_postcode(typed) == Identified(reason=reason)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("identity_card", "AZE 12345678", "AZE12345678"),
        ("identity_card", "12345678", "AZE12345678"),
        ("identity_card", "aa1234567", "AA1234567"),
        ("passport", "C01234567", "C01234567"),
        ("passport", "P 7654321", "P7654321"),
        ("passport", "71 № 1234567", "711234567"),
        ("residence_permit", "DYP 123456", "DYP123456"),
        ("military_ticket", "az 123456", "AZ123456"),
        ("other", "L0-77/B", "L077B"),
    ],
)
def test_documents_have_the_shape_of_their_kind(kind: str, typed: str, value: str) -> None:
    assert check_document(typed, kind) == Identified(value)
    assert require_document(typed, kind) == value


@pytest.mark.parametrize("typed", ["AZE1234567", "AA12345678", "AB1234567", "1234567", "AZE1234567X"])
def test_an_identity_card_of_another_shape_is_refused(typed: str) -> None:
    assert check_document(typed) == Identified(reason="format")
    with pytest.raises(Refused) as refused:
        require_document(typed)
    assert (refused.value.code, refused.value.field) == ("I-006", "document")


@given(st.text(max_size=40))
def test_no_check_ever_raises_and_every_value_is_canonical(typed: str) -> None:
    for check in CHECKS.values():
        answer = check(typed)
        assert (answer.value is None) == (answer.reason is not None)
        assert answer.value is None or check(answer.value) == answer
    for kind in DOCUMENT_KINDS:
        answer = check_document(typed, kind)
        assert answer.value is None or check_document(answer.value, kind) == answer


WRONG = [
    "",
    "O",
    "5AB12CO",
    "14015550A1",
    "1401555081",
    "1400057424",
    "AZ00X",
    "GB01BARC20714583608387",
    "99",
]


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_can_be_read_aloud(kind: str, language: str) -> None:
    for typed in WRONG:
        with pytest.raises(Refused) as refused:
            require(kind, typed)
        assert refused.value.field == kind
        assert Texts(language).refusal(refused.value).endswith(".")


def test_the_checks_cost_nothing_until_they_are_used() -> None:
    heavy = (
        "import sys, azpost_desk.domain.identifiers, azpost_desk.domain.scans;"
        "print(sorted({'stdnum', 'phonenumbers'} & sys.modules.keys()))"
    )
    shown = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
