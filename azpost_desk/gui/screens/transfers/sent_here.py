"""Sent here: the day's transfers with their state; given back to their sender, or changed, under a grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import check_transfer_code, shown_transfer_code
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label, StatePill
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.actions import CHANGE_KEY
from azpost_desk.gui.screens.transfers.changing import ChangeSheet
from azpost_desk.gui.screens.transfers.person import PersonFields, screen_of
from azpost_desk.gui.screens.transfers.table import columns
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.views import Basket, Transfer


class SentHere(QWidget):
    """The third mode.

    Signals:
        added(): a refund has gone into the basket.
    """

    added = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._sent: list[Transfer] = []
        self.search = TextField(
            "transfers.screen.search", name="search", hint="transfers.screen.search_hint", optional=True
        )
        self.table: Table[Transfer] = Table(
            columns(), name="transfers.screen.mode.sent_here", empty="transfers.screen.sent.empty"
        )
        self.refund: RefundSheet | None = None
        self.change: ChangeSheet | None = None
        self.change_it = Button("transfers.screen.change.open", CHANGE_KEY)
        self._offices = Offices()
        self.form = Form()
        self.form.add(self.search)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        acts = QHBoxLayout()
        acts.addWidget(self.change_it)
        acts.addStretch()
        column.addLayout(acts)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        self.search.changed.connect(self._filter)
        self.search.line.returnPressed.connect(self._on_search)
        self.table.chosen.connect(self.open_refund)
        self.change_it.clicked.connect(self.open_change)

    def focus(self) -> None:
        """To the search."""
        self.search.setFocus()

    def refresh(self) -> None:
        """Read the day's transfers."""
        Operation(self, self._session.services.transfers.sent_today).succeeded(self._show).start()

    def open_refund(self, transfer: Transfer) -> None:
        """Who sent it takes the money back, with the same document."""
        transfers, by = self._session.services.transfers, self._session.by
        facts = phrase(
            "transfers.screen.refund.facts",
            code=plain(shown_transfer_code(transfer.code)),
            name=plain(transfer.receiver),
            sent_ms=transfer.sent_ms,
        )

        def plan(sender: Person) -> Basket:
            # A grant that is held already is shown again, so a wrong name can be mended and tried again.
            return transfers.plan_refund(transfers.claim_refund(transfer.transfer, by).grant, sender, by)

        owed = Owed(transfer.amount, facts, transfer.sender, plan)
        self.refund = RefundSheet(self._session, screen_of(self), owed)
        self.refund.added.connect(self._on_added)
        self.refund.open(self.refund.person.fin.editor)

    def show_offices(self, offices: Offices) -> None:
        """Where a transfer can be sent on to."""
        self._offices = offices

    def open_change(self) -> None:
        """The selected one, or the only one that is shown, is changed by its sender."""
        shown = self.table.rows.records
        transfer = self.table.current() or (shown[0] if len(shown) == 1 else None)
        if transfer is None:
            self._session.notice("transfers.screen.change.which", "neutral")
            self.table.setFocus()
            return
        self.change = ChangeSheet(self._session, screen_of(self), transfer, self._offices)
        self.change.changed.connect(self._on_added)
        self.change.open(self.change.person.fin.editor)

    def _show(self, found: list[Transfer]) -> None:
        self._sent = found
        self._filter()

    def _filter(self) -> None:
        self.table.show_records(decide.sent_here(self._sent, self.search.text()))

    def _on_search(self) -> None:
        """Enter: the one that is left opens; a whole code is looked for among older days too."""
        shown = self.table.rows.records
        if len(shown) == 1:
            self.open_refund(shown[0])
            return
        code = check_transfer_code(self.search.text()).value
        if shown or code is None:
            self.table.setFocus()
            self.table.view.selectRow(0)
            return
        transfers = self._session.services.transfers

        def found(one: Transfer | None) -> None:
            if one is None or not one.receipt:
                self.search.set_error(Refused("T-023"))
            else:
                self.open_refund(one)

        Operation(self, lambda: transfers.find(code)).succeeded(found).start()

    def _on_added(self) -> None:
        self.search.clear()
        self.refresh()
        self.added.emit()


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
        sender, plan = decide.person(self.form.values(), "sender"), self._owed.plan
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
