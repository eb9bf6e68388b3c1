"""The rail at the left: every service with its key; icon and key alone where the screen is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.theme import dress
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from azpost_desk.gui.kit.screens import Screen

_WIDTH_PX: Final = 184
_NARROW_PX: Final = 108
_MARGIN_PX: Final = 8
# Height of a button with the space below it, where there is room.
_ROOMY_PX: Final = 46


class Rail(QFrame):
    """One button for each service; a low screen moves them together, a very low one scrolls.

    Signals:
        asked(str): somebody wants this screen.
    """

    asked = Signal(str)

    def __init__(self, kinds: list[type[Screen]]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.buttons: dict[str, Button] = {}
        self._narrow = False
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._column = QVBoxLayout(inner)
        for kind in kinds:
            button = Button(kind.words, kind.key, role="rail", icon=kind.icon)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # The rail is as wide as `fit` says, whatever the names would like.
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, name=kind.name: self.asked.emit(name))
            self._column.addWidget(button)
            self.buttons[kind.name] = button
        self._column.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)
        self._move_together()

    def fit(self, narrow: bool) -> None:
        """Icons and keys alone, or names too: as wide as the longest of them needs."""
        self._narrow = narrow
        names = max((one.sizeHint().width() for one in self.buttons.values()), default=0)
        self.setFixedWidth(_NARROW_PX if narrow else max(_WIDTH_PX, names + 2 * _MARGIN_PX + 1))

    def show_current(self, name: str) -> None:
        """Mark the screen in hand."""
        for other, button in self.buttons.items():
            button.setChecked(other == name)

    @guarded
    def minimumSizeHint(self) -> QSize:
        """What does not fit is scrolled to: it never makes the window taller than the screen."""
        return QSize(super().minimumSizeHint().width(), _ROOMY_PX)

    @guarded
    def event(self, event: QEvent) -> bool:
        """Another language has longer or shorter names."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.fit(self._narrow)
        return super().event(event)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Roomy where the height allows it."""
        super().resizeEvent(event)
        self._move_together()

    def _move_together(self) -> None:
        tight = self.height() < len(self.buttons) * _ROOMY_PX + 2 * _MARGIN_PX
        above = _MARGIN_PX // 2 if tight else _MARGIN_PX
        self._column.setContentsMargins(_MARGIN_PX, above, _MARGIN_PX, above)
        self._column.setSpacing(2 if tight else 4)
        for button in self.buttons.values():
            dress(button, tight=tight)
