"""The only place with timers and clocks of the window: single shot, repeating, debounced, moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

Callback = Callable[[], None]


class Shot(Protocol):
    """A timer that fires once after `start(ms)`; started again it begins anew; `stop` forgets it."""

    def start(self, ms: int) -> None: ...

    def stop(self) -> None: ...


class Clock(Protocol):
    """Time for the eyes and hands: milliseconds that only grow, and single shots measured by them."""

    def monotonic_ms(self) -> int: ...

    def shot(self, owner: QObject, callback: Callback) -> Shot: ...


class DeskClock:
    """The clock of the running program (Qt's monotonic clock and precise timers)."""

    def __init__(self) -> None:
        self._elapsed = QElapsedTimer()
        self._elapsed.start()

    def monotonic_ms(self) -> int:
        return self._elapsed.msecsSinceReference() + self._elapsed.elapsed()

    def shot(self, owner: QObject, callback: Callback) -> Shot:
        return single_shot(owner, callback)


class HandClock:
    """A clock that moves only by `advance`: for tests and for a day played faster than it happens."""

    def __init__(self, now_ms: int = 1_000) -> None:
        self._now_ms = now_ms
        self._shots: list[_HandShot] = []

    def monotonic_ms(self) -> int:
        return self._now_ms

    def shot(self, owner: QObject, callback: Callback) -> Shot:
        shot = _HandShot(self, callback)
        self._shots.append(shot)
        return shot

    def advance(self, ms: int) -> None:
        """Move on by `ms`, firing what falls due, each at its own moment and in order."""
        end_ms = self._now_ms + ms
        while due := [shot for shot in self._shots if shot.due_ms is not None and shot.due_ms <= end_ms]:
            first = min(due, key=lambda shot: shot.due_ms or 0)
            self._now_ms = max(self._now_ms, first.due_ms or 0)
            first.due_ms = None
            first.callback()
        self._now_ms = end_ms


class _HandShot:
    def __init__(self, clock: HandClock, callback: Callback) -> None:
        self._clock = clock
        self.callback = callback
        self.due_ms: int | None = None

    def start(self, ms: int) -> None:
        self.due_ms = self._clock.monotonic_ms() + ms

    def stop(self) -> None:
        self.due_ms = None


class _QtShot:
    """`Shot` over a QTimer owned by `owner`: it dies with it and never fires into a deleted object."""

    def __init__(self, owner: QObject, callback: Callback) -> None:
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(callback)

    def start(self, ms: int) -> None:
        self._timer.start(ms)

    def stop(self) -> None:
        self._timer.stop()


class Repeating:
    """Calls back every `every_ms` from `start()` to `stop()`; owned by `owner`."""

    def __init__(self, owner: QObject, every_ms: int, callback: Callback) -> None:
        self._timer = QTimer(owner)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(callback)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()


class Debounced:
    """Calls back once, `after_ms` after the last `poke()`; `now()` calls at once if a call was waiting."""

    def __init__(self, owner: QObject, after_ms: int, callback: Callback) -> None:
        self._callback = callback
        self._after_ms = after_ms
        self._waiting = False
        self._shot = _QtShot(owner, self._fire)

    def poke(self) -> None:
        self._waiting = True
        self._shot.start(self._after_ms)

    def now(self) -> None:
        if self._waiting:
            self._shot.stop()
            self._fire()

    def cancel(self) -> None:
        self._waiting = False
        self._shot.stop()

    def _fire(self) -> None:
        self._waiting = False
        self._callback()


def single_shot(owner: QObject, callback: Callback) -> Shot:
    """A stopped single shot owned by `owner`."""
    return _QtShot(owner, callback)


def soon(owner: QObject, callback: Callback) -> None:
    """Call back once the events now waiting have been handled, unless `owner` is gone by then."""
    QTimer.singleShot(0, owner, callback)


def after(owner: QObject, ms: int, callback: Callback) -> None:
    """Call back once after `ms`, unless `owner` is gone by then."""
    QTimer.singleShot(ms, owner, callback)
