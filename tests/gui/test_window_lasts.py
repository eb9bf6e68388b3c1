"""The window stays up: emitting signals for years must not end the interpreter."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal

import azpost_desk.gui


class _Bell(QObject):
    rang = Signal()


def test_emitting_signals_never_uses_up_true() -> None:
    """Goal: PySide6 6.12.0 takes a reference of True away with each `emit`; see the room's own file."""
    assert azpost_desk.gui.__doc__
    bell = _Bell()
    for _ in range(1_000):
        bell.rang.emit()
    assert sys.getrefcount(True) > 1 << 30
