"""Python's garbage collector runs on the main thread only, as long as there are windows.

A collector that wakes up in the line's thread, or in a lane, may destroy the last wrapper of a widget there,
and Qt aborts the program. Reference counting goes on everywhere; only cycles wait.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

from azpost_desk.gui.work.timers import Repeating

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_EVERY_MS: Final = 500


class GarbageOnMainThread:
    """Takes the collector over from the interpreter; `stop` gives it back. Make it on the main thread."""

    def __init__(self, owner: QObject) -> None:
        self._was_enabled = gc.isenabled()
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._ticker = Repeating(owner, _EVERY_MS, self.collect)
        self._ticker.start()

    def collect(self) -> None:
        """Collect what the interpreter would have collected by now: the oldest generation that is due."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """From now on the interpreter collects by itself again, as before."""
        self._ticker.stop()
        if self._was_enabled:
            gc.enable()
