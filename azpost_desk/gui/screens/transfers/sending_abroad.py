"""Sending abroad by one corridor: who, to whom, how much; the price told by the centre, then agreed to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from azpost_desk.domain.abroad.latin import proposed, require_latin
from azpost_desk.domain.abroad.receivers import (
    NAME_CHARACTERS_MAX,
    STREET_CHARACTERS_MAX,
    TOWN_CHARACTERS_MAX,
    require_value,
)
from azpost_desk.domain.people import AbroadParties, ReceiverAbroad
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import ChoiceField, DateField, TextField, choices_of
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.look_ups import bring
from azpost_desk.gui.kit.person import PersonFields, scrolled
from azpost_desk.gui.kit.persons import person_of
from azpost_desk.gui.kit.words import plain, refusal, translated
from azpost_desk.gui.screens.transfers.abroad_price import AbroadPrice
from azpost_desk.gui.screens.transfers.last_receivers import RECEIVERS_AT_MOST, LastReceivers
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.abroad import SendAbroad

if TYPE_CHECKING:
    from azpost_desk.domain.abroad.corridors import Corridor
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.abroad import AbroadQuote
    from azpost_desk.services.customers import Opened
    from azpost_desk.services.views import Basket

# Whether the sender knows the receiver, asked at the first transfer to them.
KNOWS, DOES_NOT = "yes", "no"
_PARTS_HEIGHT_MIN = 160


class AbroadForm(QWidget):
    """The send form of one corridor. Enter asks the price, and once it is told agrees to it.

    Signals:
        added(): a transfer has gone into the basket; the form is empty again.
    """

    added = Signal()

    def __init__(self, session: Session, corridor: Corridor) -> None:
        super().__init__()
        self._session, self.corridor = session, corridor
        self._receivers: list[AbroadParties] = []
        key = "abroad.screen."
        self._sender = Card("transfers.screen.card.sender")
        self.person = PersonFields(session, "sender", "send", self._sender.pill)
        self.sender_latin = latin_field(f"{key}sender_latin", "sender.latin", NAME_CHARACTERS_MAX)
        self.town = latin_field(f"{key}town", "sender.town", TOWN_CHARACTERS_MAX, example="Sumgait")
        self.street = latin_field(f"{key}street", "sender.street", STREET_CHARACTERS_MAX, example="Nizami 5")
        # Only a sum that the travel rule speaks of asks for it.
        self.born = DateField(f"{key}born", name="sender.born", optional=True)
        self.born.hide()
        self.receiver = TextField("transfers.screen.receiver", name="receiver.name")
        self.latin = latin_field(f"{key}receiver_latin", "receiver.latin", NAME_CHARACTERS_MAX)
        self.receiver_town = latin_field(
            f"{key}receiver_town", "receiver.town", TOWN_CHARACTERS_MAX, example="Tbilisi"
        )
        self.asked = [_asked(corridor, at) for at in range(len(corridor.fields))]
        self.knows = ChoiceField(f"{key}knows", choices_of((KNOWS, DOES_NOT), f"{key}knows."), name="knows")
        self.knows.set_hint(f"{key}fraud", "warn")
        self.price = AbroadPrice(session, corridor)
        self.add = PrimaryButton(f"{key}ask", hint="transfers.screen.enter")
        self.form = Form(self.add)
        self.form.add(*self.person.fields, self.sender_latin, self.town, self.street, self.born)
        self.form.add(self.receiver, self.latin, self.receiver_town, *self.asked, self.knows)
        self.form.add(self.price.arrives, self.price.paid, self.price.purpose)
        self._last = LastReceivers()
        self._build()
        self._connect()

    def _build(self) -> None:
        receiver = Card("transfers.screen.card.receiver")
        self._sender.row(self.person)
        self._sender.row(self.sender_latin, self.town, self.street, self.born, stretches=(6, 4, 5, 4))
        receiver.row(self.receiver, self.latin, self.receiver_town, stretches=(6, 5, 4))
        receiver.row(self._last)
        receiver.row(*self.asked, self.knows)
        parts = QWidget()
        stack = QVBoxLayout(parts)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(12)
        for card in (self._sender, receiver, self.price):
            stack.addWidget(card)
        stack.addStretch()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        area = scrolled(parts)
        # The price takes its room from here: not the window but this part is scrolled.
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        area.setMinimumHeight(_PARTS_HEIGHT_MIN)
        column.addWidget(area, 1)
        column.addWidget(self.price.panel)
        acts = QHBoxLayout()
        acts.addWidget(self.add)
        acts.addStretch()
        column.addLayout(acts)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)

    def _connect(self) -> None:
        self.person.opened.connect(self._on_customer)
        self.person.placed.connect(lambda: self.form.go_on(self.person.fin))
        self.person.ended.connect(self.form.release)
        self.person.full_name.changed.connect(partial(_propose, self.person.full_name, self.sender_latin))
        self.receiver.edited.connect(self._on_receiver)
        self._last.picked.connect(self._pick)
        self.price.told.connect(self._on_told)
        self.add.clicked.connect(self._on_add)

    # --- what the screen tells the form --------------------------------------------------------------------

    def allow(self, allowed: bool) -> None:
        """Whether this officer may sell now."""
        self.add.setEnabled(allowed)

    def bring(self, customer: str) -> None:
        """Fill in this customer as the sender (the id of their file)."""
        bring(self._session, self.form, customer, self.person.open_customer)

    def focus(self) -> None:
        """To the first field that waits."""
        self.form.focus_first()

    def clear(self) -> None:
        """For the next customer."""
        self.form.clear()
        self.person.reset()
        self.price.reset()
        self.knows.show()
        self._show_receivers([])
        self.form.mark_clean()
        self.focus()

    # --- receiver ------------------------------------------------------------------------------------------

    def _on_customer(self, opened: Opened) -> None:
        self.form.dirty = True
        abroad, customer, country = (
            self._session.services.abroad,
            opened.customer.customer,
            self.corridor.country,
        )

        def answered(known: list[AbroadParties]) -> None:
            if known:
                self._fill_sender(known[0])
            self._show_receivers(known)
            self.form.go_on(self.person.fin)

        Operation(self, lambda: abroad.receivers(customer, country)).succeeded(answered).start()

    def _fill_sender(self, sent: AbroadParties) -> None:
        """As it was agreed the last time."""
        for field, value in (
            (self.sender_latin, sent.sender_latin),
            (self.town, sent.sender_town_latin),
            (self.street, sent.sender_street_latin),
            (self.born, _as_typed(sent.sender_born)),
        ):
            if value and (field.is_empty() or field.filled):
                field.fill(value)

    def _show_receivers(self, receivers: list[AbroadParties]) -> None:
        self._receivers = receivers[:RECEIVERS_AT_MOST]
        self._last.show_names([one.receiver.latin for one in self._receivers])

    def _on_receiver(self) -> None:
        if self._last.takes(self.receiver.text()):
            return
        _propose(self.receiver, self.latin)
        # Somebody else than was picked: what is known of that one is not of this one.
        for field in (self.receiver_town, *self.asked):
            if field.filled:
                field.clear()
        self.knows.show()

    def _pick(self, at: int) -> None:
        one = self._receivers[at].receiver
        self.receiver.fill(one.name)
        self.latin.fill(one.latin)
        self.receiver_town.fill(one.town)
        for field, asked in zip(self.asked, self.corridor.fields, strict=True):
            field.fill(one.values.get(asked.field, ""))
            field.filled = field.filled or not asked.required
        # Sent to before: nobody is warned a second time.
        self.knows.clear()
        self.knows.hide()
        self._last.hide()
        self.focus()

    # --- price and basket ----------------------------------------------------------------------------------

    def _on_told(self) -> None:
        told = self.price.quote is not None
        self.add.say("abroad.screen.agree" if told else "abroad.screen.ask")

    def _on_add(self) -> None:
        if not self.form.verify():
            return
        if self.knows.text() == DOES_NOT and not self.knows.isHidden():
            self.knows.set_error("abroad.screen.not_sold")
            self.knows.setFocus()
            return
        self.price.count_down()
        quote, sender = self.price.quote, person_of(self.form.values(), "sender")
        # Another sender has another limit: the price is asked for them, before money is.
        if quote is None or not self.price.is_told_for(sender):
            self.price.ask(self.add, sender, self.form.show_refusal)
            return
        abroad, by, command = self._session.services.abroad, self._session.by, self._command(quote)
        Operation(self.add, lambda: abroad.send(command, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._refused).start()

    def _command(self, quote: AbroadQuote) -> SendAbroad:
        values = {
            asked.field: field.text()
            for asked, field in zip(self.corridor.fields, self.asked, strict=True)
            if field.text()
        }
        receiver = ReceiverAbroad(
            name=self.receiver.text(),
            latin=self.latin.text(),
            country=self.corridor.country,
            town=self.receiver_town.text(),
            values=values,
        )
        return SendAbroad(
            quote=quote,
            sender=person_of(self.form.values(), "sender"),
            sender_latin=self.sender_latin.text(),
            receiver=receiver,
            purpose=self.price.purpose.text(),
            sender_town_latin=self.town.text(),
            sender_street_latin=self.street.text(),
            sender_born=born.isoformat() if (born := self.born.date()) else "",
        )

    def _on_added(self, basket: Basket) -> None:
        self.price.taken()
        self._session.basket_changed.emit(basket)
        self.clear()
        self.added.emit()

    def _refused(self, no: Refused) -> None:
        if no.field == self.born.name:
            self.born.show()
        if no.code == "A-041":
            self.price.run_out()
        elif not self.form.show_refusal(no):
            self._session.notice(refusal(no), "bad", no.code)


def latin_field(words: str, name: str, characters_max: int, *, example: str = "Aliyev Vali") -> TextField:
    """A field whose text is sent in Latin letters: other letters are written in them when it is left."""
    field = TextField(
        words,
        name=name,
        placeholder=plain(example),
        check=lambda typed: _sent_as(typed, name, characters_max),
        max_length=characters_max,
    )
    field.example = plain(example)

    def write_latin() -> None:
        # Shown before anything is agreed on; the document decides, and the clerk may write over it.
        if _sent_as(field.text(), name, characters_max) != field.text():
            field.put(_sent_as(field.text(), name, characters_max))

    field.left.connect(write_latin)
    return field


def _sent_as(typed: str, name: str, characters_max: int) -> str:
    """`typed` as it can be sent; Refused A-024, A-027 when it cannot."""
    try:
        return require_latin(typed, name, characters_max)
    except Refused as no:
        if no.code != "A-024" or not proposed(typed):
            raise
        return require_latin(proposed(typed), name, characters_max)


def _asked(corridor: Corridor, at: int) -> TextField:
    asked = corridor.fields[at]
    field = TextField(
        translated(asked.names, asked.field),
        name=f"receiver.{asked.field}",
        optional=not asked.required,
        placeholder=plain(asked.example),
        check=lambda typed: require_value(typed, asked),
    )
    field.example = plain(asked.example)
    return field


def _propose(written: TextField, latin: TextField) -> None:
    """The Latin form follows the name until a person has written another."""
    if latin.is_empty() or latin.filled:
        latin.fill(proposed(written.text()))


def _as_typed(born: str) -> str:
    """A date as people write it; "" stays ""."""
    return ".".join(reversed(born.split("-"))) if born else ""
