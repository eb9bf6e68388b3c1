"""Cash for what came by card: why, then a second person says yes before a note leaves the drawer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.money import azn
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
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.views import Basket, PlannedLine


class CashInsteadSheet(Sheet):
    """Esc leaves everything as it is.

    Signals:
        agreed(object): services.views.Basket with the consent on its line; nothing is paid yet.
    """

    agreed = Signal(object)

    def __init__(self, over: QWidget, session: Session, planned: PlannedLine) -> None:
        super().__init__(over, "frame.cash_instead.title", side="right", width_px=440)
        self._session = session
        # One consent for this very line: taken out and put in again it needs another.
        self._operation = planned.line.operation
        self._sum = azn(planned.electronic_qapik)
        self.approval: ApprovalSheet | None = None
        self.reason = TextField("frame.cash_instead.reason", name="reason", max_length=200)
        self.main = PrimaryButton("frame.cash_instead.ask", hint=plain("Enter"))
        self.form = Form(self.main)
        self.form.add(self.reason)
        self._trouble = Label("", "body", wrap=True)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        amount = BigAmount("frame.cash_instead.sum")
        amount.show_amount(self._sum, "warn")
        for widget in (amount, Label("frame.cash_instead.why", "muted", wrap=True), self.reason):
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
        words = phrase("frame.cash_instead.consent", amount=self._sum, reason=plain(self.reason.text()))
        self.approval = ApprovalSheet(self, self._session, self._operation, words, "cash_for_card", self._sum)
        self.approval.approved.connect(self._on_approved)
        self.approval.ask()

    def _on_approved(self, approval: Approval) -> None:
        baskets, by, operation = self._session.services.baskets, self._session.by, self._operation
        reason = self.reason.text()
        Operation(self.main, lambda: baskets.agree_to_cash(by, operation, reason, approval)).holding(
            self
        ).changes("basket").succeeded(self._on_agreed).refused(self._on_refused).start()

    def _on_agreed(self, basket: Basket) -> None:
        self.close_sheet()
        self.agreed.emit(basket)

    def _on_refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self._trouble.say(refusal(error), "bad")
