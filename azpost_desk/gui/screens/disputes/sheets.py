"""Ending a dispute and taking it further: words, and for the end how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.operations_disputes import OUTCOMES
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import ChoiceField, Field, TextField, choices_of
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.disputes import form
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.disputes import WORDS_CHARACTERS_MAX

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.views import Recorded


class ActSheet(Sheet):
    """One act on one dispute; Esc leaves everything as it is. `act` is close or escalate.

    Signals:
        done(): the record is on the disk.
    """

    done = Signal()

    def __init__(self, over: QWidget, session: Session, row: form.Row, act: str) -> None:
        super().__init__(over, phrase(f"disputes.screen.sheet.{act}", number=row.number), width_px=520)
        self._session, self._row, self.act = session, row, act
        self.words = TextField("disputes.screen.words", name="words", max_length=WORDS_CHARACTERS_MAX)
        self.outcome: ChoiceField | None = None
        if act == "close":
            self.outcome = ChoiceField(
                "disputes.screen.outcome", choices_of(OUTCOMES, "dispute.outcome."), name="outcome"
            )
        self.main = PrimaryButton(f"disputes.screen.{act}", hint=plain("Enter"))
        self.form = Form(self.main)
        fields: list[Field] = [self.outcome, self.words] if self.outcome is not None else [self.words]
        self.form.add(*fields)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        for widget in (*fields, self._trouble, self.main):
            column.addWidget(widget)
        self.body.addWidget(self.form)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.main.clicked.connect(self._on_main)

    def start(self) -> None:
        """Open at the first field."""
        self.open(self.outcome.editor if self.outcome is not None else self.words.line)

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        Operation(self.main, self._record).holding(self).changes("disputes", "journal").succeeded(
            self._on_done
        ).refused(self._on_refused).start()

    def _record(self) -> Recorded:
        disputes, by, number = self._session.services.disputes, self._session.by, self._row.number
        words = self.words.text()
        if self.outcome is not None:
            return disputes.close(by, number, self.outcome.text(), words)
        return disputes.escalate(by, number, form.why_further(self._row), words)

    def _on_done(self, _recorded: Recorded) -> None:
        self.close_sheet()
        self.done.emit()

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
