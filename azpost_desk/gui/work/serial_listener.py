"""Codes of a serial scanner, brought from its thread to the window's: one signal for each, in order."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    Listen = Callable[[Callable[[str], object], Callable[[float], bool]], None]

_STOP_S_MAX: Final = 3.0


class SerialListener(QObject):
    """Listens from the start until `stop`.

    Signals:
        heard(str): a code; "" when one could not be read.
    """

    heard = Signal(str)

    def __init__(self, listen: Listen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=lambda: listen(self.heard.emit, self._stopped.wait), name="serial scanner", daemon=True
        )

    def start(self) -> None:
        """Begin to listen; whoever wants to hear has connected before."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; waits until the thread has ended."""
        self._stopped.set()
        self._thread.join(_STOP_S_MAX)
