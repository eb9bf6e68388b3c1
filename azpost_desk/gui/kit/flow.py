"""A row that becomes several where there is no room for one: nothing is pushed out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QGridLayout, QWidget

from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent


class Flow(QWidget):
    """Widgets beside each other, as many as fit, the rest below.

    `stretch` is each one's share of the width; without it they are as wide as they like, at the left.
    """

    def __init__(self, widgets: Sequence[QWidget], spacing: int, stretch: Sequence[int] = ()) -> None:
        super().__init__()
        self._widgets, self._stretch = tuple(widgets), tuple(stretch)
        self._beside = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing)
        self._place(len(self._widgets))

    @guarded
    def minimumSizeHint(self) -> QSize:
        """Room for the widest one; the height is that of the rows there are."""
        return QSize(max(self._needs(1)), super().minimumSizeHint().height())

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other rows."""
        super().resizeEvent(event)
        self._fit()

    @guarded
    def event(self, event: QEvent) -> bool:
        """Another language, other widths."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        # At the left of what is left over there is a space too.
        room = self.width() - (0 if self._stretch else self._grid.spacing())
        beside = len(self._widgets)
        while beside > 1 and sum(self._needs(beside)) + self._grid.spacing() * (beside - 1) > room:
            beside -= 1
        if beside != self._beside:
            self._place(beside)

    def _needs(self, beside: int) -> list[int]:
        """The least width of each column with that many of them."""
        least = [widget.minimumSizeHint().width() for widget in self._widgets]
        return [max(least[column::beside]) for column in range(beside)]

    def _place(self, beside: int) -> None:
        self._beside = beside
        for at, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, at // beside, at % beside)
        for column in range(len(self._widgets) + 1):
            share = self._stretch[column] if column < min(beside, len(self._stretch)) else 0
            self._grid.setColumnStretch(column, share)
        if not self._stretch:
            self._grid.setColumnStretch(len(self._widgets), 1)
