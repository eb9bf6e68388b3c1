"""How long an item waits at an office: worked examples, and what begins, ends and lengthens its days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.days import BusinessDay, as_date, calendar_day, day_start_ms, days_after
from azpost_desk.domain.mail.history import Told, history
from azpost_desk.domain.mail.keeping import ClosedDays, KeepingRule, Kept, MailStorage, OfficeClosed, kept

pytestmark = pytest.mark.fast

RULES = MailStorage(
    rules=(
        KeepingRule(services=("E",), days=10, extended_days=30),
        KeepingRule(days=30, extended_days=60),
    )
)
SUNDAYS = ClosedDays(weekdays=(7,), days=("2027-01-01",))
EMS, PARCEL = "EE000000014AZ", "CE000000018AZ"


def of(*said: str, number: str = EMS, closed: ClosedDays = SUNDAYS) -> Kept | None:
    """The term after events written as ``2026-12-01 EMG`` or ``2026-12-01 EMH:held 2010`` at an office."""
    events = []
    for at, text in enumerate(said):
        day, event, *office = text.split()
        code, _, measure = event.partition(":")
        until = measure if code == "EDF" else ""
        at_ms = day_start_ms(BusinessDay(day)) + (9 * 60 + at) * 60_000
        where = office[0] if office else "2002"
        events.append(Told(str(at), code, where, at_ms, measure="" if until else measure, until=until))
    return kept(history(events), number, RULES, closed)


@pytest.mark.parametrize(
    ("came", "number", "last"),
    [
        # A Tuesday: the tenth day after it is a Friday.
        ("2026-12-01", EMS, "2026-12-11"),
        # The tenth day is a Sunday: the Monday after it.
        ("2026-12-03", EMS, "2026-12-14"),
        # New Year's Day, a Friday; the Saturday after it is open.
        ("2026-12-22", EMS, "2027-01-02"),
        ("2026-12-01", PARCEL, "2026-12-31"),
    ],
)
def test_days_count_from_the_day_after_it_came_and_end_on_one_that_is_open(
    came: str, number: str, last: str
) -> None:
    found = of(f"{came} EMG", number=number)
    assert found is not None
    assert (found.came, found.last_day) == (came, last)


def test_an_office_that_is_open_on_sundays_hands_over_on_a_sunday() -> None:
    closed = ClosedDays(weekdays=(7,), offices=(OfficeClosed(office="2002", weekdays=(1,)),))
    found = of("2026-12-03 EMG", closed=closed)
    assert found is not None
    assert found.last_day == "2026-12-13"
    on_mondays = of("2026-12-04 EMG", closed=closed)
    assert on_mondays is not None
    assert on_mondays.last_day == "2026-12-15"


def test_a_calendar_that_is_never_open_keeps_the_day_as_it_is() -> None:
    found = of("2026-12-03 EMG", closed=ClosedDays(weekdays=(1, 2, 3, 4, 5, 6, 7)))
    assert found is not None
    assert found.last_day == "2026-12-13"


def test_tries_and_rounds_do_not_begin_its_days_anew() -> None:
    tried = ("2026-12-02 EDG", "2026-12-02 EMH:card_left", "2026-12-04 EDG", "2026-12-04 back")
    found = of("2026-12-01 EMG", *tried)
    assert found is not None
    assert found.came == "2026-12-01"


def test_nothing_is_reckoned_of_what_is_out_delivered_or_on_its_way() -> None:
    for last in ("EDG", "EMI", "EMH:forwarded", "EDX", "lost"):
        assert of("2026-12-01 EMG", f"2026-12-02 {last}") is None
    assert of("2026-12-01 EMA") is None


def test_a_redirected_item_starts_anew_where_it_comes() -> None:
    found = of("2026-12-01 EMG", "2026-12-05 EMH:forwarded", "2026-12-07 EMG 2010")
    assert found is not None
    assert (found.came, found.last_day) == ("2026-12-07", "2026-12-17")
    elsewhere = of("2026-12-01 EMG", "2026-12-07 EMG 2010")
    assert elsewhere is not None
    assert elsewhere.came == "2026-12-07"


def test_held_by_customs_its_days_have_not_begun() -> None:
    assert of("2026-12-01 EMD", "2026-12-02 EME", number="EE000000014TR") is None
    found = of("2026-12-01 EMD", "2026-12-02 EME", "2026-12-20 EDC", "2026-12-21 EMG", number="EE000000014TR")
    assert found is not None
    assert found.came == "2026-12-21"


def test_on_the_way_back_the_sender_has_the_same_days() -> None:
    found = of("2026-12-01 EMG", "2026-12-12 EDX", "2026-12-14 EMG 3000")
    assert found is not None
    assert (found.came, found.last_day) == ("2026-12-14", "2026-12-24")


def test_a_request_in_time_keeps_it_longer_but_not_beyond_the_rule() -> None:
    found = of("2026-12-01 EMG", "2026-12-08 EDF:2026-12-21")
    assert found is not None
    assert (found.last_day, found.is_extended) == ("2026-12-21", True)
    assert found.days_left(BusinessDay("2026-12-20")) == 1
    too_long = of("2026-12-01 EMG", "2026-12-08 EDF:2027-12-21")
    assert too_long is not None
    assert too_long.last_day == too_long.longest_day == "2026-12-31"
    # What is held for fewer days than it is kept anyway is kept as long as any other.
    shorter = of("2026-12-01 EMG", "2026-12-02 EDF:2026-12-05")
    assert shorter is not None
    assert (shorter.last_day, shorter.is_extended) == ("2026-12-11", False)


def test_found_again_it_waits_from_then_on() -> None:
    found = of("2026-12-01 EMG", "2026-12-02 lost", "2026-12-09 found")
    assert found is not None
    assert found.came == "2026-12-09"


def test_without_rules_no_day_is_reckoned() -> None:
    life = history([Told("1", "EMG", "2002", day_start_ms(BusinessDay("2026-12-01")))])
    assert kept(life, EMS, MailStorage(), ClosedDays()) is None


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)),
    st.frozensets(st.integers(1, 7), max_size=6),
    st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2030, 2, 1)), max_size=20),
)
def test_whatever_is_closed_the_last_day_is_open_and_never_before_its_time(
    came: dt.date, weekdays: frozenset[int], days: list[dt.date]
) -> None:
    closed = ClosedDays(weekdays=tuple(weekdays), days=tuple(one.isoformat() for one in days))
    found = of(f"{came.isoformat()} EMG", closed=closed)
    assert found is not None
    assert closed.is_open("2002", found.last_day)
    assert found.last_day >= days_after(found.came, 10)
    between = [
        calendar_day(day_start_ms(days_after(found.came, 10)) + one * 86_400_000)
        for one in range((as_date(found.last_day) - as_date(found.came)).days - 10)
    ]
    assert not any(closed.is_open("2002", one) for one in between)
