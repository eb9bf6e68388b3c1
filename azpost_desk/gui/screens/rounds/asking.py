"""What became of an item that a courier brought back: asked by one key, or two when it was tried in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain
from azpost_desk.gui.screens.rounds.form import REASONS, Asked
from azpost_desk.gui.work.guards import guarded
from azpost_desk.services.scan_items import ScanItem

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_DIGITS = "1234567890"
_COLUMNS = 2


class OutcomeCard(Card):
    """Enter: delivered to the addressee; plus: to somebody else; a digit: tried, for this reason, then with
    this measure; minus: untried; Delete twice: lost; Esc: the item was scanned by mistake.

    Signals:
        said(object): the `ScanItem` that says it.
        other(): it was handed to somebody else; who that is, is still to be said.
        dropped(): nothing is said of this item now.
        refused(): a key that names nothing.
    """

    said = Signal(object)
    other = Signal()
    dropped = Signal()
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._asked: Asked | None = None
        self._sure = False
        self.number = Label("", "big")
        self.question = Label("rounds.screen.asked", "section", wrap=True)
        self.lines = [Label("", "body") for _ in range(len(REASONS))]
        self.hint = Label("rounds.screen.asked_keys", "hint", wrap=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_WIDE)
        half = (len(self.lines) + 1) // _COLUMNS
        for at, line in enumerate(self.lines):
            grid.addWidget(line, at % half, at // half)
        column = QVBoxLayout()
        for one in (self.number, self.question):
            column.addWidget(one)
        column.addLayout(grid)
        column.addWidget(self.hint)
        self.grid.addLayout(column, 0, 0)
        self.hide()

    @property
    def asked(self) -> Asked | None:
        """The item that is asked about."""
        return self._asked

    def ask(self, asked: Asked | None) -> None:
        """Ask about this item; with None about nothing."""
        self._asked, self._sure = asked, False
        self.setVisible(asked is not None)
        if asked is None:
            return
        self.number.say(plain(printed_item_number(asked.number)))
        words = [f"express.measure.{one}" for one in asked.measures]
        if not asked.reason:
            words = [f"express.reason.{one}" for one in REASONS]
        self.question.say("rounds.screen.asked_measure" if asked.reason else "rounds.screen.asked")
        self.hint.say("rounds.screen.measure_keys" if asked.reason else "rounds.screen.asked_keys")
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(words))
            if at < len(words):
                line.say(phrase("rounds.screen.choice", digit=plain(_DIGITS[at]), words=phrase(words[at])))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        asked = self._asked
        if asked is None:
            super().keyPressEvent(event)
            return
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._back_or_drop(asked)
        elif key == Qt.Key.Key_Delete and not asked.reason:
            self._lost(asked)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not asked.reason:
            self.said.emit(asked.delivered())
        elif event.text() == "+" and not asked.reason:
            self.other.emit()
        elif event.text() == "-" and not asked.reason:
            self.said.emit(asked.untried())
        else:
            self._digit(asked, event)

    def _digit(self, asked: Asked, event: QKeyEvent) -> None:
        after = asked.key(event.text())
        if isinstance(after, ScanItem):
            self.said.emit(after)
        elif after is not None:
            self.ask(after)
        elif event.text().isprintable() and event.text():
            # It names nothing here, and is meant for no field.
            self.refused.emit()
        else:
            super().keyPressEvent(event)

    def _lost(self, asked: Asked) -> None:
        if self._sure:
            self.said.emit(asked.lost())
            return
        self._sure = True
        self.question.say("rounds.screen.lost_sure")

    def _back_or_drop(self, asked: Asked) -> None:
        if asked.reason or self._sure:
            self.ask(Asked(asked.number))
        else:
            self.dropped.emit()
