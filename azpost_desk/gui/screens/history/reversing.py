"""Reversing a line: which, why, how much goes back; a second person says yes before anything is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import Money
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import Choice, ChoiceField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import language, phrase, plain, refusal, say
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.baskets import Paid
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.history import DoneLine


class ReverseSheet(Sheet):
    """Esc leaves everything as it is.

    Signals:
        reversed_line(object): services.baskets.Paid; the record is on the disk.
    """

    reversed_line = Signal(object)

    def __init__(self, over: QWidget, session: Session, receipt: str, lines: list[DoneLine]) -> None:
        super().__init__(
            over, phrase("history.screen.reverse_of", number=receipt), side="right", width_px=440
        )
        self._session, self._lines = session, {line.paid.line.operation: line for line in lines}
        # Made before the consent is asked for: one approval, one operation.
        self._operation = session.services.counter.new_id()
        self.approval: ApprovalSheet | None = None
        self.amount = BigAmount("history.screen.give_back")
        self.line = ChoiceField("history.screen.line", [_choice(line) for line in lines], name="line")
        self.reason = TextField("history.screen.reason", name="reason", max_length=200)
        self.main = PrimaryButton("history.screen.ask_consent", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.line, self.reason)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        for widget in (self.amount, self.line, self.reason, self._trouble, self.main):
            column.addWidget(widget)
        column.addStretch()
        self.body.addWidget(self.form)
        self.line.changed.connect(self._show_amount)
        self.main.clicked.connect(self._on_main)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        if len(lines) == 1:
            self.line.fill(lines[0].paid.line.operation)
        self._show_amount()

    def start(self) -> None:
        """Open at the first thing to be decided."""
        self.open(self.reason.editor if self.line.text() else self.line.editor)

    def _chosen(self) -> DoneLine | None:
        return self._lines.get(self.line.text())

    def _show_amount(self) -> None:
        chosen = self._chosen()
        due = chosen.amount if chosen else Money(0)
        self.amount.say("history.screen.give_back" if due.minor >= 0 else "history.screen.take_back")
        self.amount.show_amount(Money(abs(due.minor)) if chosen else None, "warn")

    def _on_main(self) -> None:
        chosen = self._chosen()
        if not self.form.verify() or chosen is None:
            return
        what = phrase(f"history.screen.kind.{chosen.kind}")
        words = phrase(
            "history.screen.consent",
            what=what, amount=Money(abs(chosen.amount.minor)), reason=plain(self.reason.text()),
        )  # fmt: skip
        amount = Money(abs(chosen.amount.minor))
        self.approval = ApprovalSheet(self, self._session, self._operation, words, "reversal", amount)
        self.approval.approved.connect(self._on_approved)
        self.approval.ask()

    def _on_approved(self, approval: Approval) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        cards, by, operation = self._session.services.cards, self._session.by, self._operation
        reason, paid = self.reason.text(), chosen.paid
        # What a card paid goes back through the terminal, which may take its time.
        Operation(self.main, lambda: cards.reverse(by, paid, operation, reason, approval)).changes(
            "basket", "till", "journal"
        ).succeeded(self._on_reversed).refused(self._on_refused).start(Lane.NETWORK)

    def _on_reversed(self, done: Paid) -> None:
        self.close_sheet()
        self.reversed_line.emit(done)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")


def _choice(line: DoneLine) -> Choice:
    kind = say(f"history.screen.kind.{line.kind}")
    parts = (kind, line.about, language().texts.amount(line.amount))
    return Choice(line.paid.line.operation, plain(" · ".join(part for part in parts if part)))
