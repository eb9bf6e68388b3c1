"""One line of the customer's basket: its name, what it costs, what tells it from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money
from azpost_desk.domain.products import due_qapik
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import Say, follow, phrase, say, translated, written
from azpost_desk.gui.work.guards import guarded

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from azpost_desk.services.views import PlannedLine


def _detail(planned: PlannedLine) -> Say:
    """What stands under the name; of an item its weight too, for the price hangs on it."""
    detail = translated(planned.details, planned.detail)
    if isinstance(planned.line, ops.ItemAccepted):
        return phrase("frame.basket.item", number=detail, count=planned.line.weight_grams)
    return detail if planned.detail else ""


class BasketLine(QFrame):
    """One line of the basket; Del voids it, arrows move."""

    void_asked = Signal(str)

    def __init__(self, planned: PlannedLine) -> None:
        super().__init__()
        self.operation = planned.line.operation
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("role", "basket-line")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 6, 4, 6)
        column.setSpacing(2)
        top = QHBoxLayout()
        title, amount = translated(planned.titles, planned.title), Money(due_qapik(planned.line))
        top.addWidget(Label(title, "body", wrap=True), 1)
        top.addWidget(Label(written("amount", amount), "strong"), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        detail = _detail(planned)
        if detail:
            column.addWidget(Label(detail, "hint", wrap=True))
        parts = (title, detail, written("amount", amount))
        follow(self, lambda: self.setAccessibleName(" ".join(filter(None, map(say, parts)))))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.void_asked.emit(self.operation)
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)
