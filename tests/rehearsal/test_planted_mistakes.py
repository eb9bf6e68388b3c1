"""The ranking is measured on shifts with a mistake in each: among the first three in nine of ten."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.explaining import explain
from azpost_desk.rehearsal import bench_explain
from azpost_desk.rehearsal.planted_mistakes import PLANTS, planted, rank

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = 25


def test_planted_mistakes_are_found(record_property: Callable[[str, object], None]) -> None:
    measured = bench_explain.explain(SEEDS)
    record_property("first_percent", measured["first_percent"])
    record_property("among_three_percent", measured["among_three_percent"])
    assert measured["runs"] == SEEDS * len(PLANTS)
    assert measured["among_three_percent"] >= bench_explain.AMONG_THREE_PERCENT_MIN
    assert measured["first_percent"] >= bench_explain.FIRST_PERCENT_MIN
    # No mistake is a blind spot: each is found in more than half of its shifts.
    assert {n: m for n, m in measured["by_mistake"].items() if m["among_three"] * 2 <= m["shifts"]} == {}


@pytest.mark.parametrize("mistake", PLANTS)
def test_the_same_seed_gives_the_same_shift(mistake: str) -> None:
    one, other = planted(mistake, 7), planted(mistake, 7)
    assert one == other
    assert explain(one.shift) == explain(other.shift)


def test_a_mistake_that_was_not_made_is_not_found() -> None:
    """The measure can fail: another difference than the planted one is not explained by the mistake."""
    wrong = planted("unaccepted", 3)
    wrong = replace(wrong, shift=replace(wrong.shift, difference_qapik=wrong.shift.difference_qapik + 7))
    assert rank(wrong) == 0
