"""Rows of widgets: facts under each other in a page that scrolls, acts side by side, a card on a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable


def page_of(inner: QWidget) -> QScrollArea:
    """`inner` with a scroll bar when it is higher than its place; never a stop of the keyboard."""
    page = QScrollArea()
    page.setWidgetResizable(True)
    page.setFrameShape(QFrame.Shape.NoFrame)
    page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inner.setProperty("role", "scrolled")
    page.setWidget(inner)
    return page


class FactRows(QWidget):
    """The rows of a side panel; `page` is what goes into its column."""

    def __init__(self, spacing_px: int) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(spacing_px)
        self.page = page_of(self)

    def show_rows(self, rows: Iterable[QWidget]) -> None:
        """These instead of those that stood here."""
        while (item := self._column.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for row in rows:
            self._column.addWidget(row)
            # Else it is shown only once the layout gets its turn.
            row.show()
        self._column.addStretch()


def left_row(*widgets: QWidget) -> QWidget:
    """Acts beside each other, at the left of the place they are given."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch()
    return row


def filled(form: QWidget, inner: QWidget) -> None:
    """`inner` is all that stands on a form."""
    column = QVBoxLayout(form)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inner)
