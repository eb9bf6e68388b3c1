"""Patterns of money laundering: each is met by what completes it, and by nothing less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import aml
from azpost_desk.domain.aml import DAY_MS, Movement, findings
from azpost_desk.domain.catalogue import MoneyLaundering

pytestmark = pytest.mark.fast

RULES = MoneyLaundering()
NOW_MS = 1_795_000_000_000
_MOVEMENTS = st.lists(
    st.builds(
        Movement,
        st.uuids().map(str),
        st.sampled_from([aml.SENT, aml.RECEIVED]),
        st.integers(1, 2_500_000),
        st.integers(NOW_MS - 40 * DAY_MS, NOW_MS),
        st.sampled_from(["1010", "2002", "5500"]),
        st.sampled_from("abcdefgh"),
    ),
    max_size=12,
)


def moved(
    number: int,
    qapik: int,
    days_ago: float = 0,
    *,
    direction: str = aml.SENT,
    branch: str = "1010",
    other: str = "a",
) -> Movement:
    return Movement(f"t{number}", direction, qapik, NOW_MS - int(days_ago * DAY_MS), branch, other)


def rules_met(now: Movement, *before: Movement) -> dict[str, tuple[int, int]]:
    return {one.rule: (one.total_qapik, one.days) for one in findings(now, before, RULES)}


@pytest.mark.parametrize(("qapik", "met"), [(1_999_999, False), (2_000_000, True), (2_000_001, True)])
def test_the_threshold_counts_at_once(qapik: int, met: bool) -> None:
    assert (aml.SINGLE in rules_met(moved(1, qapik))) == met


@pytest.mark.parametrize(("days_ago", "window"), [(0.5, 1), (3, 7), (20, 30), (31, None)])
def test_linked_sums_count_in_the_shortest_window(days_ago: float, window: int | None) -> None:
    met = rules_met(moved(2, 1_000_000), moved(1, 1_000_000, days_ago))
    assert met.get(aml.LINKED) == ((2_000_000, window) if window else None)


def test_what_is_reported_by_itself_links_nothing() -> None:
    assert aml.LINKED not in rules_met(moved(2, 10), moved(1, 2_000_000, 1))


def test_three_a_little_below_are_a_series() -> None:
    two = [moved(1, 1_900_000, 20), moved(2, 1_850_000, 10)]
    assert aml.JUST_BELOW not in rules_met(moved(3, 1_700_000), *two)
    assert rules_met(moved(3, 1_800_000), *two)[aml.JUST_BELOW] == (5_550_000, 30)
    assert aml.JUST_BELOW not in rules_met(moved(3, 1_800_000), two[0])


@pytest.mark.parametrize(
    ("direction", "rule"), [(aml.SENT, aml.ONE_TO_MANY), (aml.RECEIVED, aml.MANY_TO_ONE)]
)
def test_five_others_in_a_week_are_many(direction: str, rule: str) -> None:
    before = [moved(n, 100, n, direction=direction, other=str(n)) for n in range(1, 4)]
    now = moved(9, 100, direction=direction, other="9")
    assert rule not in rules_met(now, *before)
    assert rule in rules_met(now, *before, moved(4, 100, 4, direction=direction, other="4"))
    assert rule not in rules_met(now, *before, moved(4, 100, 8, direction=direction, other="4"))
    assert rule not in rules_met(now, *before, moved(4, 100, 4, direction=direction, other="1"))


def test_three_branches_in_a_day_are_apart() -> None:
    two = [moved(1, 200_000, 0.2, branch="2002"), moved(2, 200_000, 0.1, branch="5500")]
    assert rules_met(moved(3, 200_000), *two)[aml.BRANCHES] == (600_000, 1)
    assert aml.BRANCHES not in rules_met(moved(3, 50_000), *two)
    assert aml.BRANCHES not in rules_met(moved(3, 200_000), two[0])


@pytest.mark.parametrize(
    ("qapik", "days_ago", "met"),
    [(95_000, 0.5, True), (79_999, 0.5, False), (100_001, 0.5, False), (95_000, 1.5, False)],
)
def test_what_came_in_and_goes_out(qapik: int, days_ago: float, met: bool) -> None:
    came = moved(1, 100_000, days_ago, direction=aml.RECEIVED)
    assert (aml.IN_AND_OUT in rules_met(moved(2, qapik), came)) == met


@given(_MOVEMENTS)
def test_a_finding_is_made_of_what_happened(movements: list[Movement]) -> None:
    if not movements:
        return
    now = max(movements, key=lambda one: one.at_ms)
    amounts = {one.transfer: one.amount_qapik for one in movements}
    for one in findings(now, movements, RULES):
        assert now.transfer in one.transfers
        assert one.total_qapik == sum(amounts[transfer] for transfer in one.transfers)
        assert len(set(one.transfers)) == len(one.transfers)
