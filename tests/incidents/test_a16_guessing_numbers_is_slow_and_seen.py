"""A-16: one enrolled desk guessed 2,000 transfer numbers in seconds, and closed fifty known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import guessing
from azpost_desk.central.registry import branches
from azpost_desk.domain.transfer_codes import transfer_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]

NAME = "Əliyev Vüqar"
SLOW = "T-072"


def strange(number: int) -> str:
    return transfer_code(f"{number:09}")


def reasons(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.transaction() as conn:
        return conn.execute("select desk, reason from exceptions order by exception").fetchall()


def test_after_some_misses_each_guess_waits_and_many_are_listed_once(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    thief, other = enrolled("1010-1"), enrolled("2002-2")
    for number in range(guessing.MISSES_FREE):
        assert thief.claim(strange(number), 7, "x y").code == "T-010"
    # Whoever waits as told is slow; whoever does not is seen the sooner.
    for number in range(1_000, 1_100):
        answer = thief.claim(strange(number), 7, "x y")
        assert answer.code == SLOW
        assert 0 < answer.ready_ms - clock.now_ms <= 300_000
        if reasons(centre):
            break
        clock.now_ms = answer.ready_ms
        assert thief.claim(strange(number), 7, "x y").code == "T-010"
    assert reasons(centre) == [("1010-1", guessing.REASON)]
    # From here on five minutes a guess: not three hundred a day. Nobody else waits.
    assert thief.claim(strange(5_000), 7, "x y").ready_ms - clock.now_ms > 200_000
    assert other.claim(strange(5_001), 7, "x y").code == "T-010"
    # The hour over it is a desk like any other.
    clock.now_ms += 3_600_000
    assert thief.claim(strange(5_002), 7, "x y").code == "T-010"
    assert len(reasons(centre)) == 1


def test_known_numbers_are_not_closed_by_the_dozen(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, thief, honest = enrolled("2002-1"), enrolled("1010-1"), enrolled("1010-2")
    with centre.database.transaction() as conn:
        codes = branches.give_codes(conn, "2002-1", 12, clock.utc_ms())
    for code in codes:
        here.send(code)
    here.exchange()
    centre.settle()
    said = [thief.claim(code, 10_000, "Zeynalov Kamran").code for code in codes for _ in range(5)]
    assert said.count(SLOW) == len(said) - guessing.MISSES_FREE
    assert honest.claim(codes[-1], 10_000, NAME).grant is not None


def test_whoever_asks_on_while_told_to_wait_is_listed(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    thief = enrolled("1010-1")
    said = [thief.claim(strange(number), 7, "x y").code for number in range(200)]
    assert said.count("T-010") == guessing.MISSES_FREE
    assert reasons(centre) == [("1010-1", guessing.REASON)]


def test_a_near_miss_is_no_guess(centre: Centre, enrolled: Enrolled, clock: ManualClock) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    with centre.database.transaction() as conn:
        (code,) = branches.give_codes(conn, "2002-1", 1, clock.utc_ms())
    here.send(code)
    here.exchange()
    centre.settle()
    for _ in range(guessing.MISSES_FREE + 1):
        assert there.claim(code, 10_000, "Əliyev Vuqa").code == "T-013"
    assert there.claim(code, 10_000, NAME).grant is not None
