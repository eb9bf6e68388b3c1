"""Sheets of the recovery screen: why a grant is kept, why a proposal is not taken up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.operations_recovery import KEPT_REASONS
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, NameList, Sheet
from azpost_desk.gui.kit.fields import Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import plain, refusal
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.corrections import ANSWERS

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session

_WIDTH_PX = 440


class KeepSheet(Sheet):
    """The centre asks for a grant: why it stays here, by a digit.

    Signals:
        done(): the answer is on the disk.
    """

    done = Signal()

    def __init__(self, over: QWidget, session: Session, grant: str) -> None:
        super().__init__(over, "recovery.do.keep", side="right", width_px=_WIDTH_PX)
        self._session, self._grant = session, grant
        self.reasons = NameList()
        self.reasons.picked.connect(self._on_picked)
        self.reasons.offer([Candidate(f"recovery.kept.{reason}", "", reason) for reason in KEPT_REASONS])
        self.body.addWidget(Label("recovery.todo.question", "muted", wrap=True))
        self.body.addWidget(self.reasons)
        self.body.addStretch()

    def _on_picked(self, reason: str) -> None:
        recovery, by, grant = self._session.services.recovery, self._session.by, self._grant
        Operation(self.reasons, lambda: recovery.keep(by, grant, reason)).holding(self).changes(
            "transfers"
        ).succeeded(lambda _recorded: self._on_done()).refused(self._on_refused).start()

    def _on_done(self) -> None:
        self.close_sheet()
        self.done.emit()

    def _on_refused(self, error: Refused) -> None:
        self.close_sheet()
        self._session.notice(refusal(error), "warn", error.code)


class DeclineSheet(Sheet):
    """A proposal is declined or disputed, with words.

    Signals:
        done(): the answer is on the disk.
    """

    done = Signal()

    def __init__(self, over: QWidget, session: Session, proposal: str) -> None:
        super().__init__(over, "recovery.do.decline", side="right", width_px=_WIDTH_PX)
        self._session, self._proposal = session, proposal
        choices = [Choice(answer, f"recovery.answer.{answer}") for answer in ANSWERS]
        self.answer = ChoiceField("recovery.screen.answer", choices, name="answer")
        self.words = TextField("recovery.screen.words", name="words", max_length=400)
        self.main = PrimaryButton("recovery.screen.send_answer", hint=plain("Enter"))
        self.main.clicked.connect(self._on_main)
        self.form = Form(self.main)
        self.form.add(self.answer, self.words)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        for widget in (self.answer, self.words, self._trouble, self.main):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.answer.put(ANSWERS[0])

    def start(self) -> None:
        """Open at the words."""
        self.open(self.words.editor)

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        corrections, by, proposal = self._session.services.corrections, self._session.by, self._proposal
        answer, words = self.answer.text(), self.words.text()
        Operation(self.main, lambda: corrections.decline(by, proposal, answer, words)).holding(self).changes(
            "journal"
        ).succeeded(lambda _recorded: self._on_done()).refused(self._on_refused).start()

    def _on_done(self) -> None:
        self.close_sheet()
        self.done.emit()

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
