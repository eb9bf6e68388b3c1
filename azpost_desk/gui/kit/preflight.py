"""The look before the day, as a sheet: on demand, and where red lines ask the manager for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label, StatePill
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import follow, phrase, plain, refusal, say
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.preflight import Check

_ORDER: Final = {"bad": 0, "warn": 1, "good": 2}
_WIDTH_PX: Final = 620


class PreflightSheet(Sheet):
    """Every line with its state, the red ones first. With `date` the day is opened from here, with a reason.

    Signals:
        opened(): the day is open; what was seen is recorded with it.
    """

    opened = Signal()

    def __init__(self, over: QWidget, session: Session, date: str = "") -> None:
        super().__init__(over, "preflight.title", side="right", width_px=_WIDTH_PX)
        self._session, self._date = session, date
        self.lines: list[Check] = []
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._rows = QGridLayout(inside)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setHorizontalSpacing(12)
        self._rows.setVerticalSpacing(10)
        self._rows.setColumnMinimumWidth(0, 150)
        self._rows.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        follow(area, lambda: area.setAccessibleName(say("preflight.title")))
        self.reason = TextField(
            "preflight.reason", name="words", hint="preflight.reason_hint", max_length=200
        )
        self.main = PrimaryButton("preflight.open_day", hint=plain("Enter"))
        self.main.clicked.connect(self._on_main)
        self.form = Form(self.main)
        self.form.add(self.reason)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (self.reason, self._trouble, self.main):
            column.addWidget(widget)
        self.body.addWidget(area, 1)
        self.body.addWidget(self.form)
        self.form.setVisible(bool(date))
        self.closed.connect(self.deleteLater)

    def ask(self) -> None:
        """Look, then open; while one is asked for or open, a second press asks for none."""
        if any(other is not self for other in self._over.window().findChildren(PreflightSheet)):
            self.deleteLater()
            return
        preflight, heard = self._session.services.preflight, self._session.scanned_ms
        Operation(self, lambda: preflight.look(heard)).succeeded(self._on_looked).start(Lane.NETWORK)

    def _on_looked(self, lines: list[Check]) -> None:
        self.lines = sorted(lines, key=lambda one: _ORDER[one.state])
        for row, one in enumerate(self.lines):
            self._rows.addWidget(Label(f"preflight.name.{one.name}", "strong"), row, 0)
            self._rows.addWidget(Label(check_words(one), "body", wrap=True), row, 1)
            # With its parent from the start, or it would flash as a window of its own.
            pill = StatePill(f"preflight.state.{one.state}", one.state, parent=self)
            self._rows.addWidget(pill, row, 2)
        self._rows.setRowStretch(len(self.lines), 1)
        self.open(self.reason.editor if self._date else None)

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        preflight, by, heard = self._session.services.preflight, self._session.by, self._session.scanned_ms
        date, words = self._date, self.reason.text()
        Operation(self.main, lambda: preflight.open_day(by, date, words, heard)).holding(self).changes(
            "day", "till", "journal"
        ).succeeded(lambda _recorded: self._on_opened()).refused(self._on_refused).start(Lane.NETWORK)

    def _on_opened(self) -> None:
        self.close_sheet()
        self.opened.emit()

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")


def check_words(one: Check) -> Say:
    """The sentence of a line, a device's code by its own sentence."""
    facts = dict(one.facts)
    code = facts.pop("code", "")
    if isinstance(code, str) and code:
        facts["why"] = phrase(f"refusal.{code}")
    return phrase(f"preflight.{one.name}.{one.word}", **facts)
