"""Our own numbers: what their check digit promises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import (
    case_number,
    check_digit,
    check_transfer_code,
    is_checked,
    is_receipt_number,
    read_case_number,
    receipt_number,
    require_transfer_code,
    shown_transfer_code,
    transfer_code,
)

pytestmark = pytest.mark.fast

digits = st.text("0123456789", min_size=1, max_size=20)
nine_digits = st.text("0123456789", min_size=9, max_size=9)


def test_the_example_of_the_standard() -> None:
    assert check_digit("0794") == 5
    assert is_checked("07945")


@given(digits)
def test_check_digits_are_those_of_iso_7064(number: str) -> None:
    assert str(check_digit(number)) == mod_11_10.calc_check_digit(number)


@given(nine_digits, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    code = transfer_code(number)
    damaged = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert check_transfer_code(code).value == code
    assert check_transfer_code(damaged).reason == "check_digit"


@given(nine_digits)
def test_a_code_is_read_as_it_is_shown(number: str) -> None:
    code = transfer_code(number)
    shown = shown_transfer_code(code)
    assert [len(part) for part in shown.split(" ")] == [3, 3, 4]
    assert require_transfer_code(f" {shown} ") == require_transfer_code(shown.replace(" ", "-")) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("12345", "length"),
        ("12345678901", "length"),
        ("12345678O0", "format"),
    ],
)
def test_a_wrong_code_says_why(typed: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        require_transfer_code(typed)
    assert (refused.value.code, refused.value.field, refused.value.facts["reason"]) == (
        "I-008",
        "code",
        reason,
    )


@pytest.mark.parametrize("text", ["", "5", "0794", "07945 ", "٠٧٩٤٥", "0794X"])
def test_what_is_not_checked(text: str) -> None:
    assert not is_checked(text)


@pytest.mark.parametrize("wrong", ["12345678", "1234567890", "12345678x", "١٢٣٤٥٦٧٨٩"])
def test_a_code_is_made_of_nine_digits(wrong: str) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        transfer_code(wrong)


def test_receipt_numbers() -> None:
    assert receipt_number(42, 123) == "0042-000123"
    assert receipt_number(123456, 999_999) == "123456-999999"
    assert is_receipt_number("0042-000123")
    assert not is_receipt_number("42-000123")
    for desk, sequence in ((0, 1), (1, 0), (1_000_000, 1), (1, 1_000_000)):
        with pytest.raises(ValueError, match="million"):
            receipt_number(desk, sequence)


@given(st.sampled_from("CDI"), st.integers(2000, 9999), st.integers(1, 999_999))
def test_case_numbers_are_read_as_they_are_written(letter: str, year: int, sequence: int) -> None:
    number = case_number(letter, year, sequence)
    assert read_case_number(number) == read_case_number(number.replace("-", "").lower()) == number
    wrong_check = (int(number[-1]) + 1) % 10
    assert read_case_number(f"{number[:-1]}{wrong_check}") is None


def test_what_is_no_case_number() -> None:
    assert read_case_number("C2026-00123-4") is None
    for letter, year, sequence in (("c", 2026, 1), ("C", 26, 1), ("C", 2026, 0)):
        with pytest.raises(ValueError, match="case number"):
            case_number(letter, year, sequence)
