"""Business days and typed dates."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.days import (
    BusinessDay,
    as_date,
    business_day,
    calendar_day,
    day_start_ms,
    days_after,
    parse_date,
)
from azpost_desk.domain.refusals import Refused

pytestmark = pytest.mark.fast


# Since 2016-03-27, when summer time was abolished.
@given(st.integers(1_459_100_000_000, 4_000_000_000_000))
def test_the_calendar_day_is_bakus(utc_ms: int) -> None:
    expected = dt.datetime.fromtimestamp(utc_ms // 1000, ZoneInfo("Asia/Baku")).date()
    day = calendar_day(utc_ms)
    assert as_date(day) == expected
    assert day_start_ms(day) <= utc_ms < day_start_ms(days_after(day, 1))


def test_a_day_begins_at_local_midnight() -> None:
    midnight = int(dt.datetime(2026, 11, 22, 20, tzinfo=dt.UTC).timestamp()) * 1000
    assert day_start_ms(BusinessDay("2026-11-23")) == midnight
    assert (calendar_day(midnight - 1), calendar_day(midnight)) == ("2026-11-22", "2026-11-23")


def test_days_after_cross_months_and_years() -> None:
    assert days_after(BusinessDay("2026-12-31"), 1) == "2027-01-01"
    assert days_after(BusinessDay("2028-03-01"), -1) == "2028-02-29"


def test_business_days_are_iso_text() -> None:
    assert business_day("2026-11-23") == business_day("20261123") == "2026-11-23"
    with pytest.raises(Refused, match="I-010"):
        business_day("23.11.2026")


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d", " %d.%m.%Y "]),
)
def test_dates_are_read_as_people_write_them(day: dt.date, pattern: str) -> None:
    assert parse_date(day.strftime(pattern)) == day


def test_short_days_and_months_are_enough() -> None:
    assert parse_date("1.2.1990") == dt.date(1990, 2, 1)


@pytest.mark.parametrize(
    "typed",
    ["", "x", "31.02.2026", "23.11.26", "23.11", "0.1.2026", "23.11.2026.1", "٢٣.11.2026", "32012026"],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="I-010"):
        parse_date(typed)
