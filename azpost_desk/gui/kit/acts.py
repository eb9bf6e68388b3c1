"""Acts of a person: a button, an act key, a scan or a question says here that it begins, and notices listen.

What it says goes out before the act itself does anything, so that a notice of the act before is gone when
the answer of this one comes. A first letter in an empty form begins the next job, which is less: it ends
what was only told, not what was refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable


class Acts(QObject):
    """Where every beginning is told.

    Signals:
        began(object): an act begins; the widget that was pressed, or None for a key or a scan.
        resumed(): a person began to type into a form that held nothing of theirs.
    """

    began = Signal(object)
    resumed = Signal()


_ACTS: list[Acts] = []


def acts() -> Acts:
    """The one of this program."""
    if not _ACTS:
        _ACTS.append(Acts())
    return _ACTS[0]


def begun(act: Callable[[], object]) -> Callable[[], None]:
    """An act behind a key, told before it does anything."""

    def begin() -> None:
        acts().began.emit(None)
        act()

    return begin
