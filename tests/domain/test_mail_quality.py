"""Days of an item against its lane: worked examples, what customs take off, and what never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.days import BusinessDay, as_date, day_start_ms, days_after
from azpost_desk.domain.mail.history import Life, Told, history
from azpost_desk.domain.mail.keeping import ClosedDays
from azpost_desk.domain.mail.quality import Lane, LaneStandard, MailStandards, Measured, dwelt, measured

pytestmark = pytest.mark.fast

# Sundays and one holiday, a Wednesday.
CLOSED = ClosedDays(weekdays=(7,), days=("2026-12-09",))
TODAY = BusinessDay("2026-12-31")
HOUR_MS = 3_600_000


def life_of(*said: str) -> tuple[Life, dict[str, str]]:
    """A history of ``2026-12-01 EMA`` or ``2026-12-05 EME=value 2010``, one hour after the other."""
    events, reasons = [], {}
    for at, text in enumerate(said):
        day, event, *office = text.split()
        event, _, reason = event.partition("=")
        code, _, measure = event.partition(":")
        at_ms = day_start_ms(BusinessDay(day)) + (9 + at) * HOUR_MS
        events.append(Told(str(at), code, office[0] if office else "2002", at_ms, measure=measure))
        reasons[str(at)] = reason
    return history(events), reasons


def of(*said: str, lane: Lane = "other", standard: int = 2, today: BusinessDay = TODAY) -> Measured | None:
    life, reasons = life_of(*said)
    return measured(life, lane, standard, CLOSED, today, reasons)


@pytest.mark.parametrize(
    ("said", "days", "verdict"),
    [
        # Tuesday to Thursday.
        (("2026-12-01 EMA", "2026-12-03 EMG", "2026-12-03 EMI"), 2, "on_time"),
        # The first attempt counts, not the delivery after it.
        (("2026-12-01 EMA", "2026-12-03 EMG", "2026-12-03 EMH:card_left", "2026-12-14 EMI"), 2, "on_time"),
        # Friday to Monday: Saturday is worked, Sunday is not.
        (("2026-12-04 EMA", "2026-12-07 EMG", "2026-12-07 EMI"), 2, "on_time"),
        # Over the holiday: Tuesday to Friday is two working days.
        (("2026-12-08 EMA", "2026-12-11 EMG", "2026-12-11 EMI"), 2, "on_time"),
        (("2026-12-01 EMA", "2026-12-04 EMG", "2026-12-04 EMI"), 3, "late"),
        # Arrived, but nobody has tried yet.
        (("2026-12-01 EMA", "2026-12-02 EMG"), 25, "overdue"),
        (("2026-12-30 EMA",), 1, "under_way"),
        # Sent back before anybody tried.
        (("2026-12-01 EMA", "2026-12-03 EMG", "2026-12-03 EDX:ended"), 25, "ended"),
    ],
)
def test_days_are_working_days_to_the_first_attempt(said: tuple[str, ...], days: int, verdict: str) -> None:
    found = of(*said)
    assert found is not None
    assert (found.days, found.verdict) == (days, verdict)


@pytest.mark.parametrize("end_ms", [-(10**18), 0, 200_000_000_000_000, 10**18])
def test_a_clock_that_is_years_off_flatters_nobody_and_holds_nobody_up(end_ms: int) -> None:
    began_ms = day_start_ms(BusinessDay("2026-12-01"))
    accepted = Told("0", "EMA", "2002", began_ms)
    life = history([accepted, Told("1", "EMI", "2010", end_ms, answers="0")])
    # A desk of 1970 takes minutes for the days of 8307.
    found = measured(life, "other", 2, CLOSED, TODAY, {})
    assert found is not None
    assert (found.ended, found.days, found.verdict) == (None, 0, "clock_wrong")
    begun_wrongly = history(
        [Told("0", "EMA", "2002", end_ms or 10**18), Told("1", "EMI", "2010", began_ms, answers="0")]
    )
    assert measured(begun_wrongly, "other", 2, CLOSED, TODAY, {}) is None


@pytest.mark.parametrize("clocks_ms", [(10**18, 10**18), (200_000_000_000_000, -(10**18))])
def test_customs_by_a_clock_that_is_years_off_take_off_nothing_beyond_the_way(
    clocks_ms: tuple[int, int],
) -> None:
    began_ms = day_start_ms(BusinessDay("2026-12-01"))
    told = [Told("0", "EMD", "1000", began_ms)]
    codes = zip(("EDB", "EME", "EDC"), (began_ms, *clocks_ms), strict=True)
    told += [Told(str(n), code, "1000", at, answers=str(n - 1)) for n, (code, at) in enumerate(codes, 1)]
    told += [Told("4", "EMG", "2002", began_ms + HOUR_MS, answers="3")]
    told += [Told("5", "EMI", "2002", began_ms + 48 * HOUR_MS, answers="4")]
    found = measured(history(told), "inward", 2, CLOSED, TODAY, {"2": "value"})
    assert found is not None
    assert (found.days, found.customs_days, found.verdict) == (2, 0, "on_time")


@pytest.mark.parametrize("gone_ms", [0, 10**18])
def test_a_stay_that_ended_before_it_began_has_no_hours(gone_ms: int) -> None:
    came_ms = day_start_ms(BusinessDay("2026-12-01"))
    came = Told("0", "EMD", "1000", came_ms)
    stay = dwelt(history([came, Told("1", "EMF", "1000", gone_ms, answers="0")]), "1000", came_ms + HOUR_MS)
    assert stay is not None
    assert (stay.hours, stay.has_left) == (None, True)


def test_what_was_not_accepted_by_a_scan_has_no_start_and_no_days() -> None:
    assert of("2026-12-03 EMG", "2026-12-03 EMI") is None


def test_an_item_for_abroad_is_ours_to_the_day_it_leaves() -> None:
    found = of("2026-12-01 EMA", "2026-12-02 EMB", "2026-12-04 EMC", lane="outward")
    assert found is not None
    assert (found.ended, found.days, found.verdict) == ("2026-12-04", 3, "late")


@pytest.mark.parametrize(
    ("said", "days", "off", "is_released"),
    [
        # Held by its reason on Wednesday, released on Saturday: Thursday, Friday, Saturday off.
        (("EMD", "2026-12-02 EME=value", "2026-12-05 EDC"), 2, 3, True),
        # Handed to customs says nothing of how long they had it.
        (("EMD", "2026-12-02 EDB", "2026-12-05 EDC"), 5, 0, True),
        # A holding without a reason takes nothing off.
        (("EMD", "2026-12-02 EME", "2026-12-05 EDC"), 5, 0, True),
        # No release was scanned: nothing off, and a line of its own.
        (("EMD", "2026-12-02 EME=value"), 5, 0, False),
        # Held twice within the same days: off once.
        (
            ("EMD", "2026-12-02 EME=value", "2026-12-03 EDC", "2026-12-03 EME=papers", "2026-12-05 EDC"),
            2,
            3,
            True,
        ),
        # Leaving the place of inward is a release too.
        (("EMD", "2026-12-02 EME=value", "2026-12-04 EMF"), 3, 2, True),
    ],
)
def test_customs_count_off_only_between_a_reason_and_a_release(
    said: tuple[str, ...], days: int, off: int, is_released: bool
) -> None:
    events = [one if " " in one else f"2026-12-01 {one}" for one in said]
    found = of(*events, "2026-12-07 EMG", "2026-12-07 EMI", lane="inward", standard=3)
    assert found is not None
    assert (found.days, found.customs_days, found.is_released) == (days, off, is_released)


@given(st.integers(0, 40), st.integers(0, 40))
def test_days_and_days_off_are_never_more_than_the_calendar_has(first: int, later: int) -> None:
    began = days_after(BusinessDay("2026-12-01"), first)
    ended = days_after(began, later)
    said = f"{began} EMD", f"{began} EME=value", f"{ended} EDC", f"{ended} EMG", f"{ended} EMI"
    found = of(*said, lane="inward", today=ended)
    assert found is not None
    whole = [days_after(began, n) for n in range(1, (as_date(ended) - as_date(began)).days + 1)]
    assert found.days + found.customs_days == sum(CLOSED.is_open("", day) for day in whole)
    assert found.days == 0


def test_the_first_promise_that_fits_counts_and_none_is_none() -> None:
    promises = MailStandards(
        standards=(LaneStandard(lane="same", days=1, services=("E",)), LaneStandard(lane="same", days=3))
    )
    assert [promises.days("same", number) for number in ("EE1", "RR1")] == [1, 3]
    assert promises.days("other", "EE1") == 0


def test_a_hub_keeps_an_item_to_the_hand_over_and_a_start_that_is_no_arrival_is_marked() -> None:
    now_ms = day_start_ms(BusinessDay("2026-12-03")) + 9 * HOUR_MS
    scanned, _ = life_of("2026-12-01 EMD 1000", "2026-12-02 EMF 1000", "2026-12-02 EMG 2002")
    stay = dwelt(scanned, "1000", now_ms)
    assert stay is not None
    assert (stay.hours, stay.is_marked, stay.has_left) == (25, False, True)
    there, _ = life_of("2026-12-01 EMA 2002", "2026-12-02 EMB 1000")
    stay = dwelt(there, "1000", now_ms)
    assert stay is not None
    assert (stay.hours, stay.is_marked, stay.has_left) == (23, True, False)
    assert dwelt(there, "2000", now_ms) is None
