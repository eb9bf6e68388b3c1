"""Faults of the program on the main thread: an exception nobody caught becomes an incident, never an end.

PySide6 hands an exception of an overridden Qt method back to whoever sent the event; when that was
`sendEvent` (the scanner's filter delivers keys so) the program ends without a word. So every override is
`guarded`, a house test sees to it, and `Incidents` turns what arrives at the interpreter's hook, from
overrides and slots alike, into a line of the log and a notice with its number.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from PySide6.QtCore import QSize

from azpost_desk.gui.work.runner import Runner, incident

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

P = ParamSpec("P")
R = TypeVar("R")

# What an override answers instead, by what it promises to hand back: nothing was done, nothing is known.
_INSTEAD: Final[dict[str, object]] = {
    "None": None, "object": None, "bool": False, "int": 0, "str": "", "QSize": QSize(),
}  # fmt: skip

# Qt asks for these at every repaint: the same fault is told once, or its own notice would bring the next.
_ASKED_OFTEN: Final = frozenset({
    "paint", "paintEvent", "sizeHint", "minimumSizeHint", "heightForWidth", "data", "headerData", "rowCount",
    "columnCount", "resizeEvent", "changeEvent", "translate", "isEmpty",
})  # fmt: skip


def guarded(override: Callable[P, R]) -> Callable[P, R]:
    """An override of a Qt method from which no exception escapes: it is told to `sys.excepthook` instead.

    Raises:
        KeyError: at import, when nobody said what to answer in place of this kind of result.
    """
    instead: R = _INSTEAD[str(override.__annotations__["return"])]  # type: ignore[assignment]
    often, told = override.__name__ in _ASKED_OFTEN, False

    @functools.wraps(override)
    def safe(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal told
        try:
            return override(*args, **kwargs)
        except Exception as error:
            if not (often and told):
                told = True
                sys.excepthook(type(error), error, error.__traceback__)
            return instead

    safe.__dict__["is_guarded"] = True
    return safe


class Incidents:
    """Takes over the interpreter's hook for uncaught exceptions; `stop` gives it back."""

    def __init__(self) -> None:
        self._before = sys.excepthook
        self._telling = False
        sys.excepthook = self._on_error

    def stop(self) -> None:
        """From now on uncaught exceptions go where they went before."""
        sys.excepthook = self._before

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            # Ctrl C at the terminal is no fault.
            self._before(kind, error, trace)
            return
        notice = incident(error)
        runner = Runner.if_any()
        # A fault while telling a fault is in the log; telling it would go round in circles.
        if runner is not None and not self._telling:
            self._telling = True
            try:
                runner.noticed.emit(notice)
            finally:
                self._telling = False
