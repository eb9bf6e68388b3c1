"""Trusted time: begins at what is proven, runs by itself, believes no old word and no impossible year."""

from __future__ import annotations

import pytest

from azpost_desk.domain.trusted_time import BELIEVED_AHEAD_MS, TrustedTime
from tests.storage.desks import START_MS, FakeClock

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("signed_ms", "known_ms", "clock_ms", "begins_ms"),
    [
        (START_MS, (), START_MS + 5, START_MS + 5),
        (START_MS, (), START_MS - 5, START_MS),
        (START_MS, (START_MS + 9,), START_MS + 5, START_MS + 9),
        (START_MS, (), START_MS + BELIEVED_AHEAD_MS, START_MS + BELIEVED_AHEAD_MS),
        (START_MS, (), START_MS + BELIEVED_AHEAD_MS + 1, START_MS),
        (START_MS, (START_MS + BELIEVED_AHEAD_MS + 1, START_MS + 7), START_MS - 5, START_MS + 7),
    ],
)
def test_it_begins_at_the_latest_of_what_can_be_believed(
    signed_ms: int, known_ms: tuple[int, ...], clock_ms: int, begins_ms: int
) -> None:
    assert TrustedTime(FakeClock(clock_ms), signed_ms, *known_ms).now_ms() == begins_ms


def test_it_runs_by_itself_whatever_the_clock_is_set_to() -> None:
    clock = FakeClock()
    time = TrustedTime(clock, START_MS)
    clock.running_ms += 7
    for set_to_ms in (0, START_MS + 10**12):
        clock.now_ms = set_to_ms
        assert time.now_ms() == START_MS + 7


def test_a_signed_word_raises_and_lowers_only_where_it_cannot_be_an_old_one() -> None:
    clock = FakeClock(START_MS + 10 * MINUTE_MS)
    time = TrustedTime(clock, START_MS)
    time.hear(START_MS + 11 * MINUTE_MS, 3)
    assert time.now_ms() == START_MS + 11 * MINUTE_MS
    # The answer to an earlier offer, lost on the way and given again: nobody knows how old it is.
    time.offer(5)
    time.hear(START_MS + MINUTE_MS, 4)
    assert time.now_ms() == START_MS + 11 * MINUTE_MS
    clock.running_ms += MINUTE_MS
    time.offer(6)
    clock.running_ms += 1_000
    time.hear(START_MS + 11 * MINUTE_MS + 30_000, 7)
    assert time.now_ms() == START_MS + 12 * MINUTE_MS + 1_000, "within what running times differ"
    ahead = TrustedTime(FakeClock(START_MS + 20 * MINUTE_MS), START_MS)
    ahead.offer(1)
    ahead.hear(START_MS + MINUTE_MS, 2)
    assert ahead.now_ms() == START_MS + MINUTE_MS
