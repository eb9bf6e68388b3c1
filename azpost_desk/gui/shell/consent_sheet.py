"""Two people for one act about a sum: why, then a second person says yes, then it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.counter import Approval


@dataclass(frozen=True, slots=True)
class Decision:
    """What two people decide.

    Attributes:
        words: prefix of its sentences, with its dot: title, sum, why, reason, ask, consent.
        operation: what the consent is for: this very one and no other.
        amount: what it is about; `subject`: its kind, for the centre (`approvals.subject.…`).
        act: does it with the reason and the consent.
    """

    words: str
    operation: str
    amount: Money
    subject: str
    act: Callable[[str, Approval], object]


class ConsentSheet(Sheet):
    """Esc leaves everything as it is.

    Signals:
        agreed(object): what the act gave, after it is on the disk.
    """

    agreed = Signal(object)

    def __init__(self, over: QWidget, session: Session, wanted: Decision) -> None:
        super().__init__(over, f"{wanted.words}title", side="right", width_px=440)
        self._session = session
        self._wanted = wanted
        self.approval: ApprovalSheet | None = None
        self.reason = TextField(f"{wanted.words}reason", name="reason", max_length=200)
        self.main = PrimaryButton(f"{wanted.words}ask", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.reason)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        amount = BigAmount(f"{wanted.words}sum")
        amount.show_amount(wanted.amount, "warn")
        for widget in (amount, Label(f"{wanted.words}why", "muted", wrap=True), self.reason):
            column.addWidget(widget)
        column.addWidget(self._trouble)
        column.addWidget(self.main)
        column.addStretch()
        self.body.addWidget(self.form)
        self.main.clicked.connect(self._on_main)
        self.form.escaped.connect(lambda _dirty: self.close_sheet())

    def start(self) -> None:
        """Open at the reason."""
        self.open(self.reason.editor)

    def _on_main(self) -> None:
        if not self.form.verify():
            return
        wanted = self._wanted
        words = phrase(f"{wanted.words}consent", amount=wanted.amount, reason=plain(self.reason.text()))
        self.approval = ApprovalSheet(
            self, self._session, wanted.operation, words, wanted.subject, wanted.amount
        )
        self.approval.approved.connect(self._on_approved)
        self.approval.ask()

    def _on_approved(self, approval: Approval) -> None:
        act, reason = self._wanted.act, self.reason.text()
        Operation(self.main, lambda: act(reason, approval)).holding(self).changes(
            "basket", "journal"
        ).succeeded(self._on_agreed).refused(self._on_refused).start()

    def _on_agreed(self, done: object) -> None:
        self.close_sheet()
        self.agreed.emit(done)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
