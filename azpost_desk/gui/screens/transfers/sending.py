"""Sending: who, to whom, how much; the fee as it is typed, the code and the basket by one Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.offices import offices_like, written_office
from azpost_desk.domain.quotes import DELIVERY
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import Choice, PhoneField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.look_ups import bring
from azpost_desk.gui.kit.person import PersonFields, scrolled
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import phrase, plain, refusal
from azpost_desk.gui.screens.transfers import form as decide
from azpost_desk.gui.screens.transfers.last_receivers import RECEIVERS_AT_MOST, LastReceivers
from azpost_desk.gui.screens.transfers.money import MoneyCard
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.customers import Opened
    from azpost_desk.services.transfers_today import TransfersToday
    from azpost_desk.services.views import Basket, KnownReceiver


class SendForm(QWidget):
    """The first mode of the screen.

    Signals:
        added(): a transfer has gone into the basket; the form is empty again.
    """

    added = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._offices = Offices()
        self._purposes: tuple[str, ...] = ()
        self._receivers: tuple[KnownReceiver, ...] = ()
        self._proposed: tuple[Money | None, str] | None = None
        self._to_whom: tuple[Person | None, Money | None] = (None, None)
        key = "transfers.screen."
        self._sender = Card(f"{key}card.sender")
        self.person = PersonFields(session, "sender", "send", self._sender.pill)
        self.receiver = TextField(f"{key}receiver", name="receiver.name")
        self.mobile = PhoneField(f"{key}mobile", name="receiver.phone", optional=True)
        self.office = TextField(f"{key}office", name="office", optional=True, placeholder=f"{key}office_any")
        self.address = TextField(f"{key}address", name="receiver.address")
        self.money = MoneyCard(session.services.transfers)
        self.add = PrimaryButton(f"{key}add", hint="transfers.screen.enter")
        self.form = Form(self.add)
        money = (self.money.amount, self.money.total, self.money.purpose)
        self.form.add(*self.person.fields, self.receiver, self.mobile, self.office, self.address, *money)
        self.offline = Label(f"{key}offline", "body", wrap=True)
        self.offline.say(f"{key}offline", "warn")
        self.offline.hide()
        self._last = LastReceivers()
        self._build()
        self._connect()

    def _build(self) -> None:
        receiver = Card("transfers.screen.card.receiver")
        self._sender.row(self.person)
        receiver.row(self.receiver, self.mobile, self.office, stretches=(8, 5, 5))
        receiver.row(self._last)
        receiver.row(self.address)
        self.address.hide()
        self.money.row(self.offline)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        parts = QWidget()
        stack = QVBoxLayout(parts)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(12)
        for card in (self._sender, receiver, self.money):
            stack.addWidget(card)
        stack.addStretch()
        # The main act stays in sight whatever the height of what stands above.
        column.addWidget(scrolled(parts), 1)
        acts = QHBoxLayout()
        acts.addWidget(self.add)
        acts.addStretch()
        acts.addWidget(self.money.chips)
        column.addLayout(acts)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)
        whole.setSpacing(GAP_WIDE)

    def _connect(self) -> None:
        self.person.opened.connect(self._on_customer)
        self.person.ended.connect(self.form.release)
        self.person.placed.connect(lambda: self.form.go_on(self.person.fin))
        self.receiver.edited.connect(self._on_receiver)
        self._last.picked.connect(self._pick)
        self.office.left.connect(self._on_office)
        self.money.wanted_changed.connect(self._on_wanted)
        self.add.clicked.connect(self._on_add)

    # --- what the screen tells the form --------------------------------------------------------------------

    def show_facts(self, facts: TransfersToday) -> None:
        """The day's offices, purposes and line; without the right to sell the main act is off."""
        self._offices, self._purposes = facts.offices, facts.purposes
        self.money.offer(facts.extras)
        self.money.purpose.set_choices([Choice(one, f"transfers.purpose.{one}") for one in facts.purposes])
        self._usual_purpose()
        self.offline.setVisible(not facts.online)
        self.add.setEnabled(facts.blocked is None)
        self._fill_proposed()

    def propose(self, amount: Money | None, office: str) -> None:
        """Fill in a sum and an office (branch code) that were asked for elsewhere; what was typed stays."""
        self._proposed = amount, office
        self._fill_proposed()

    def will_send_to(self, who: Person | None, amount: Money | None = None) -> None:
        """This receiver is meant once the next customer is opened, and a sum that they have to confirm."""
        self._to_whom = who, amount

    def bring(self, customer: str) -> None:
        """Fill in this customer as the sender (the id of their file)."""
        bring(self._session, self.form, customer, self.person.open_customer)

    def _fill_proposed(self) -> None:
        if self._proposed is None or not self._offices.offices:
            return
        (amount, code), self._proposed = self._proposed, None
        office = self._offices.find(code) if code else None
        if office is not None and self.office.is_empty():
            self.office.fill(written_office(office))
        if amount is not None and self.money.amount.is_empty():
            self.money.propose(amount)

    def focus(self) -> None:
        """To the first field that waits."""
        self.form.focus_first()

    def clear(self) -> None:
        """For the next customer."""
        self.form.clear()
        self.person.reset()
        self.money.reset()
        self._to_whom = (None, None)
        self._show_receivers(())
        self._usual_purpose()
        self.form.mark_clean()
        self.focus()

    def _usual_purpose(self) -> None:
        # The centre puts the most frequent first; another one is one key away.
        if self.money.purpose.is_empty() and self._purposes:
            self.money.purpose.fill(self._purposes[0])

    # --- receiver ------------------------------------------------------------------------------------------

    def _on_customer(self, opened: Opened) -> None:
        self.form.dirty = True
        self._show_receivers(opened.receivers)
        (who, amount), self._to_whom = self._to_whom, (None, None)
        if who is not None:
            self._begin_to(who, amount)
            return
        self.form.go_on(self.person.fin)

    def _begin_to(self, who: Person, amount: Money | None) -> None:
        at = next((at for at, one in enumerate(self._receivers) if one.name == who.name), None)
        if at is not None:
            self._pick(at)
        else:
            self.receiver.fill(who.name)
            self.mobile.fill(who.phone)
            self.mobile.filled = True
            self.focus()
        if amount is not None and self.money.amount.is_empty():
            self.money.propose(amount, agreed=False)
            self.form.lead(self.money.amount)

    def _show_receivers(self, receivers: tuple[KnownReceiver, ...]) -> None:
        self._receivers = receivers[:RECEIVERS_AT_MOST]
        self._last.show_names([one.name for one in self._receivers])

    def _on_receiver(self) -> None:
        self._last.takes(self.receiver.text())

    def _pick(self, at: int) -> None:
        one = self._receivers[at]
        self.receiver.fill(one.name)
        self.mobile.fill(one.phone)
        office = self._offices.find(one.office) if one.office else None
        if office is not None or not self.office.filled:
            self.office.fill(written_office(office) if office else "")
        # An empty telephone and "any office" were right the last time: Enter passes them by.
        self.mobile.filled = self.office.filled = True
        self._last.hide()
        self._on_wanted()
        self.focus()

    def _on_office(self) -> None:
        typed = self.office.text()
        found = offices_like(self._offices, typed)
        if len(found) == 1:
            self.office.fill(written_office(found[0]))
        elif found:
            names = " · ".join(written_office(office) for office in found[:4])
            self.office.set_error(phrase("transfers.screen.office_several", names=plain(names)))
        elif typed:
            self.office.set_error(Refused("T-003"))

    def _on_wanted(self) -> None:
        """Only money that is carried to a door needs the door's address, and the office that carries it."""
        carried = DELIVERY in self.money.wanted().extras
        self.address.setVisible(carried)
        self.office.optional = not carried
        if carried and self.office.is_empty():
            self.office.filled = False

    # --- adding --------------------------------------------------------------------------------------------

    def _on_add(self) -> None:
        # Enter may be quicker than the price: what goes into the basket is what was told.
        self.money.when_told(self._add)

    def _add(self) -> None:
        if self.money.has_no_price() or not self.form.verify():
            return
        transfers, by = self._session.services.transfers, self._session.by
        try:
            values, money = self.form.values(), self.money
            command = decide.send_command(
                values, money.amount.money(), self._offices, money.wanted(), money.quote
            )
        except Refused as no:
            self._refused(no)
            return
        Operation(self.add, lambda: transfers.send(command, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._refused).start()

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        self.clear()
        self.added.emit()

    def _refused(self, no: Refused) -> None:
        if no.code == "T-061":
            # The price is another by now: it is shown, and told, before anything is agreed on.
            self.money.ask()
        if not self.form.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)
