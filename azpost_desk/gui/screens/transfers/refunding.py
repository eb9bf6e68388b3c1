"""Giving a transfer back to its sender: their document, one Enter that asks the centre and plans it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label, StatePill
from azpost_desk.gui.kit.person import PersonFields
from azpost_desk.gui.kit.persons import person_of
from azpost_desk.gui.kit.words import refusal
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.views import Basket


@dataclass(frozen=True, slots=True)
class Owed:
    """What a sender may have back: which transfer in words, whose, and what asks and plans it.

    `amount` is None where only the centre knows it yet: the basket shows it before anything is paid.
    """

    amount: Money | None
    facts: Say
    sender: str
    plan: Callable[[Person], Basket]


class RefundSheet(Sheet):
    """Give a transfer back: its facts, the sender's document, one Enter that asks the centre and plans it.

    Signals:
        added(): the refund stands in the basket.
    """

    added = Signal()

    def __init__(self, session: Session, over: QWidget, owed: Owed) -> None:
        super().__init__(over, "transfers.screen.refund.title", width_px=786)
        self._session, self._owed = session, owed
        amount = BigAmount("transfers.screen.refund.amount", owed.amount)
        if owed.amount is None:
            amount.hide()
        facts = Label(owed.facts, "muted", wrap=True)
        pill = StatePill(parent=self)
        self.person = PersonFields(session, "sender", "refund", pill, with_phone=False)
        self.person.full_name.fill(owed.sender)
        self.go = PrimaryButton("transfers.screen.refund.go", hint="transfers.screen.enter")
        self.form = Form(self.go)
        self.form.add(*self.person.fields)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (amount, facts, pill, self.person, self.go):
            column.addWidget(part)
        self.wrong = Label("", "body", wrap=True)
        column.addWidget(self.wrong)
        self.body.addWidget(self.form)
        self.person.opened.connect(lambda _opened: self.form.go_on(self.person.fin))
        self.form.escaped.connect(lambda _dirty: self.close_sheet())
        self.go.clicked.connect(self._on_go)
        self.closed.connect(self.deleteLater)

    def _on_go(self) -> None:
        if not self.form.verify():
            return
        sender, plan = person_of(self.form.values(), "sender"), self._owed.plan
        self.wrong.say("")

        def work() -> Basket:
            return plan(sender)

        Operation(self.go, work).changes("basket", "transfers").succeeded(self._on_added).refused(
            self._refused
        ).trouble(self._refused).start(Lane.NETWORK)

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        self.added.emit()
        self.close_sheet()

    def _refused(self, no: Refused | Trouble) -> None:
        if isinstance(no, Trouble) or not self.form.show_refusal(no):
            self.wrong.say(refusal(no), "bad")
