"""The hours of a day as closing records tell them: bytes of before read on, nonsense is unknown."""

from __future__ import annotations

import msgspec
import pytest

from azpost_desk.domain import hours
from azpost_desk.domain import operations as ops
from azpost_desk.domain.hours import Hour

MORNING, NOON = Hour(9, 2, 1_000, 200, 0), Hour(12, 1, 0, 0, 700)


def test_hours_of_several_desks_are_added_up_without_a_gap() -> None:
    assert hours.together([(MORNING,), (NOON, MORNING), ()]) == (
        Hour(9, 4, 2_000, 400, 0),
        Hour(10, 0, 0, 0, 0),
        Hour(11, 0, 0, 0, 0),
        NOON,
    )
    assert hours.together([]) == ()


def test_what_was_told_is_read_back_and_a_day_without_a_sale_is_known() -> None:
    assert hours.decode(hours.encode((MORNING, NOON)), 3) == (MORNING, NOON)
    assert hours.encode(()) == ""
    assert hours.decode("", 0) == ()


@pytest.mark.parametrize(
    "told",
    ["", "junk", "null", "[[9,1]]", "[[24,3,0,0,0]]", "[[9,3,-1,0,0]]", "[[9,3,0,0,99999999999999999999]]",
     "[[9,2,0,0,0]]", "[[9,1,0,0,0],[9,2,0,0,0]]", '[["\x00",3,0,0,0]]'],
)  # fmt: skip
def test_hours_that_are_not_those_of_the_days_receipts_are_unknown(told: str) -> None:
    assert hours.decode(told, 3) is None


def test_a_close_of_before_is_read_and_one_without_hours_has_the_same_bytes() -> None:
    before = b'{"date":"2026-11-23","report":"","figures":"","operations":0,"cash_qapik":0}'
    closed = ops.decode("day.closed", 1, before)
    assert isinstance(closed, ops.DayClosed)
    assert closed.hours == ""
    assert msgspec.json.encode(closed) == before
