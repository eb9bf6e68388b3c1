"""Timers: a poke too many is one call, a clock moved by hand keeps the order of what falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from azpost_desk.gui.work.timers import Debounced, DeskClock, HandClock, Repeating, after, soon

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.timers import Callback


def test_a_clock_moved_by_hand_fires_each_at_its_moment() -> None:
    clock, owner = HandClock(), QObject()
    fired: list[tuple[str, int]] = []
    begin_ms = clock.monotonic_ms()

    def firing(name: str) -> Callback:
        return lambda: fired.append((name, clock.monotonic_ms() - begin_ms))

    shots = {name: clock.shot(owner, firing(name)) for name in "abc"}
    shots["a"].start(30)
    shots["b"].start(10)
    shots["c"].start(20)
    shots["c"].stop()
    clock.advance(29)
    assert fired == [("b", 10)]
    clock.advance(100)
    assert fired == [("b", 10), ("a", 30)]
    assert clock.monotonic_ms() - begin_ms == 129


def test_the_desks_clock_only_grows(qtbot: QtBot) -> None:
    clock, owner = DeskClock(), QObject()
    fired: list[int] = []
    begin_ms = clock.monotonic_ms()
    clock.shot(owner, lambda: fired.append(clock.monotonic_ms() - begin_ms)).start(20)
    qtbot.waitUntil(lambda: bool(fired))
    assert 15 <= fired[0] < 2_000


def test_many_pokes_are_one_call(qtbot: QtBot) -> None:
    owner, calls = QObject(), []
    search = Debounced(owner, 20, lambda: calls.append(1))
    for _ in range(10):
        search.poke()
    qtbot.waitUntil(lambda: bool(calls))
    assert calls == [1]
    search.now()
    assert calls == [1], "nothing was waiting"
    search.poke()
    search.now()
    assert calls == [1, 1]
    search.poke()
    search.cancel()
    search.now()
    assert calls == [1, 1]


def test_repeating_repeats_until_stopped(qtbot: QtBot) -> None:
    owner, calls = QObject(), []
    ticking = Repeating(owner, 5, lambda: calls.append(1))
    ticking.start()
    qtbot.waitUntil(lambda: len(calls) >= 3)
    ticking.stop()
    count = len(calls)
    later: list[bool] = []
    after(owner, 30, lambda: later.append(True))
    qtbot.waitUntil(lambda: bool(later))
    assert len(calls) == count


def test_soon_comes_after_what_waits_now(qtbot: QtBot) -> None:
    owner, order = QObject(), []
    soon(owner, lambda: order.append("soon"))
    order.append("now")
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["now", "soon"]
