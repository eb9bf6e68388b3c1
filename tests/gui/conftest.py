"""What every test of the window shares: no display, fonts and theme, typing with Azerbaijani letters."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from azpost_desk.gui.kit.theme import FAMILY, Theme
from azpost_desk.gui.kit.words import Language
from tests.fakes.bot import PromptBot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.gui.work.timers import HandClock

STX, ETX = "\x02", "\x03"


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    """Every test begins light and Azerbaijani, and leaves no window behind."""
    if Theme.current().name != "light" or qapp.font().family() != FAMILY:
        Theme.apply(qapp, "light")
    Language.current().choose("az")
    yield
    left = [window for window in QApplication.topLevelWidgets() if window.isVisible()]
    for window in left:
        window.close()


class Wardrobe(PromptBot):
    """Whatever a test shows by itself is dressed as the program's window is."""

    def addWidget(self, widget: QWidget, **more: Any) -> None:
        """See `QtBot.addWidget`."""
        Theme.current().clothe(widget)
        super().addWidget(widget, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> Wardrobe:
    """The hands of `PromptBot`, with clothes for every window."""
    return Wardrobe(request)


def send_key(
    widget: QWidget, key: int, text: str = "", modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """One key pressed and released on `widget`, through the application's event filters."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers, text))


def type_text(widget: QWidget, text: str, clock: HandClock | None = None, gap_ms: int = 90) -> None:
    """Type as a person does; `QTest.keyClicks` aborts the process at the first ə.

    With a clock, `gap_ms` pass after each key. ``\\n`` is Enter, ``\\t`` Tab.
    """
    for char in text:
        key = {"\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}.get(char)
        send_key(widget, int(key) if key else _code(char), "\r" if char == "\n" else char)
        if clock is not None:
            clock.advance(gap_ms)


def scan(widget: QWidget, text: str, clock: HandClock, gap_ms: int = 8, frame: bool = False) -> None:
    """A scanner types `text` and Enter into `widget`; with `frame` STX stands before it and ETX behind."""
    control = Qt.KeyboardModifier.ControlModifier
    if frame:
        send_key(widget, int(Qt.Key.Key_B), STX, control)
        clock.advance(gap_ms)
    for char in text:
        send_key(widget, _code(char), char)
        clock.advance(gap_ms)
    if frame:
        send_key(widget, int(Qt.Key.Key_C), ETX, control)
    else:
        send_key(widget, int(Qt.Key.Key_Return), "\r")
    clock.advance(gap_ms)


def press(widget: QWidget, sequence: str) -> None:
    """A key by its name: ``F10``, ``Down``, ``Ctrl+P``, ``Return``, ``Esc``."""
    combination = QKeySequence(sequence)[0]
    send_key(widget, int(combination.key()), "", combination.keyboardModifiers())


def _code(char: str) -> int:
    return ord(char.upper()) if char.isascii() else 0
