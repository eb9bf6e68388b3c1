"""The one box: anything typed or scanned finds what it is; one answer opens at once, several are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from azpost_desk.domain.typed import one_line
from azpost_desk.gui.kit.cards import Candidate, NameList
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.named import found_words
from azpost_desk.gui.kit.words import follow, say
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from azpost_desk.services.views import Found


class OneBox(QLineEdit):
    """The box at the top; Ctrl K comes here, Enter asks, Esc leaves.

    Signals:
        asked(str): find this.
        left(): Esc; the screen gets the focus back.
    """

    asked = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "search")
        follow(self, self._retranslate)
        self.returnPressed.connect(self._on_return)

    def _retranslate(self) -> None:
        self.setPlaceholderText(say("frame.box.placeholder"))
        self.setAccessibleName(say("frame.box.name"))

    def _on_return(self) -> None:
        text = one_line(self.text()).strip()
        if text:
            self.asked.emit(text)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties and leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)


class Answers(QFrame):
    """The list under the box when there is more than one answer.

    Signals:
        opened(object): services.views.Found.
        left(): Esc.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setProperty("role", "sheet")
        self._head = Label("frame.box.several", "hint")
        self._names = NameList("frame.box.nothing")
        self._names.picked.connect(self._on_picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self._head)
        column.addWidget(self._names)
        self.hide()

    def offer(self, found: list[Found], under: QWidget) -> None:
        """Show the answers below `under`."""
        self._names.offer([Candidate(found_words(one), f"frame.kind.{one.kind}", one) for one in found])
        corner = under.mapTo(under.window(), under.rect().bottomLeft())
        self.setFixedWidth(under.width())
        self.adjustSize()
        self.move(corner.x(), corner.y() + 4)
        self.show()
        self.raise_()
        self._names.setFocus()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _on_picked(self, found: object) -> None:
        self.hide()
        self.opened.emit(found)
