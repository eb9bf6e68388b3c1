"""Check digits of accounts: published examples hold, and a mistyped digit never does."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.account_checks import AccountCheck
from azpost_desk.domain.catalogue import GROUPS, Biller
from azpost_desk.rehearsal.town import billers
from azpost_desk.texts.catalogues import LANGUAGES, catalogue

pytestmark = pytest.mark.fast

LUHN = AccountCheck(rule="luhn")
MOD97 = AccountCheck(rule="mod97")
# ISBN-10 with digits only.
MOD11 = AccountCheck(rule="mod11", weights=(10, 9, 8, 7, 6, 5, 4, 3, 2, 1))


@pytest.mark.parametrize(
    ("check", "account"),
    [
        (LUHN, "79927398713"),
        (LUHN, "4539148803436467"),
        (MOD11, "0306406152"),
        # GB82 WEST 1234 5698 7654 32, its first four at the end.
        (MOD97, "WEST12345698765432GB82"),
    ],
)
def test_published_examples_hold_and_no_other_digit_does(check: AccountCheck, account: str) -> None:
    assert check.holds(account)
    for at, char in enumerate(account):
        for other in set("0123456789") - {char}:
            if char.isdigit():
                assert not check.holds(account[:at] + other + account[at + 1 :])


@given(st.text(max_size=30))
def test_whatever_is_typed_is_judged(typed: str) -> None:
    for check in (LUHN, MOD11, MOD97):
        assert check.holds(typed) in (True, False)


def test_what_is_no_whole_account_never_holds() -> None:
    for typed in ("", "12a", "٣", "1 8", "030640615"):
        assert not MOD11.holds(typed)


def test_every_example_of_the_demonstration_is_an_account() -> None:
    for one in billers().billers:
        assert one.is_account(one.account_example)


def test_a_document_from_before_means_what_it_meant() -> None:
    old = (
        b'{"biller": "1", "group": "gas", "names": {}, "account_mask": "[0-9]+", "account_example": "1",'
        b' "account_names": {}, "amount_qapik_min": 1, "amount_qapik_max": 2}'
    )
    biller = msgspec.json.decode(old, type=Biller)
    assert (biller.check, biller.fee_from, biller.part) == (None, "payer", True)
    assert biller.is_account("7")
    # MC-14: what has no check rule is never taken off line, whatever was said.
    assert (biller.offline, biller.takes_offline) == (True, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_has_its_words(language: str) -> None:
    known = catalogue(language)
    assert all(re.search(r"\w", known[f"payments.screen.group.{group}"]) for group in GROUPS)
