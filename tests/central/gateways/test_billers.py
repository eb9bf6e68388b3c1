"""The port's pure rules, and a sentence in every language for every answer."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.central.gateways import osmp
from azpost_desk.central.gateways.billers import (
    INCIDENTS,
    PAYMENT_LIFE_MS,
    Unknown,
    Why,
    mask_name,
    next_try_ms,
)
from azpost_desk.central.gateways.portal_json import REFUSALS
from azpost_desk.central.payments import TWIN
from azpost_desk.domain.delivery_moves import REGISTER_LACKS
from azpost_desk.texts.catalogues import LANGUAGES, catalogue

pytestmark = pytest.mark.fast


def test_waits_grow_and_stay_within_the_life_of_a_payment() -> None:
    waits = [wait for attempt in range(1, 60) if (wait := next_try_ms(attempt)) is not None]
    assert waits[:4] == [10_000, 20_000, 40_000, 80_000]
    assert waits == sorted(waits)
    assert max(waits) == 3_600_000
    assert PAYMENT_LIFE_MS - 3_600_000 < sum(waits) <= PAYMENT_LIFE_MS
    assert next_try_ms(len(waits) + 1) is None


def test_an_attempt_below_one_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        next_try_ms(0)


@given(st.integers(1, 500))
def test_once_over_the_life_stays_over(attempt: int) -> None:
    if next_try_ms(attempt) is None:
        assert next_try_ms(attempt + 1) is None


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Əliyev Vəli", "Ə*** V***"), ("İ. M.", "İ*** M***"), ("", ""), ("  Ş*** ", "Ş***"), ("Гасан", "Г***")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text())
def test_a_mask_shows_one_letter_a_word(name: str) -> None:
    assert all(len(word) == 4 and word.endswith("***") for word in mask_name(name).split())


def test_only_contradictions_are_incidents() -> None:
    assert {why for why in get_args(Why) if Unknown(why).incident} == INCIDENTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_its_sentence(language: str) -> None:
    keys = {f"gateways.unknown.{why}" for why in get_args(Why)}
    reasons = {*osmp.FATAL.values(), *REFUSALS, TWIN, REGISTER_LACKS}
    keys |= {f"gateways.refused.{reason}" for reason in reasons} | {"gateways.conflict"}
    assert keys == {key for key in catalogue(language) if key.startswith("gateways.")}
