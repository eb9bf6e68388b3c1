"""What several screens are asked alike: a held Enter, and a name for whatever takes the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from azpost_desk.gui.kit.buttons import Button
from tests.gui.conftest import type_text


def hold_enter(window: QWidget, times: int = 50) -> None:
    """Enter held down: it goes where the focus is, or to the window when nothing has it."""
    for _ in range(times):
        type_text(QApplication.focusWidget() or window, "\n")


def nameless(root: QWidget) -> list[QWidget]:
    """Widgets below `root` that take the keyboard and have no name for a screen reader."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.focusProxy()
        and not widget.accessibleName()
    ]


def main_acts(root: QWidget) -> list[str]:
    """Names of the acts below `root` that are drawn as the main one and can be pressed."""
    shown = [one for one in root.findChildren(Button) if one.isVisible() and one.isEnabled()]
    return [one.text() for one in shown if one.property("role") == "primary"]
