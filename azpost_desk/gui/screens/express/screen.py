"""Accepting an express item (F4): country, sender, addressee, weight, services side by side, the basket."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.domain.mail_extras import ADVICE, IN_PERSON, INSURED
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.buttons import Button, PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.look_ups import LookUp, bring
from azpost_desk.gui.kit.person import giving_way, scrolled
from azpost_desk.gui.kit.rows import filled
from azpost_desk.gui.kit.screens import Action, Screen
from azpost_desk.gui.kit.words import Say, phrase, refusal, translated
from azpost_desk.gui.screens.express import actions
from azpost_desk.gui.screens.express import form as decide
from azpost_desk.gui.screens.express.destination import Destination
from azpost_desk.gui.screens.express.extras import AsideField, Extras
from azpost_desk.gui.screens.express.party import Addressee, Sender, line
from azpost_desk.gui.screens.express.prices import ServiceField
from azpost_desk.gui.screens.express.rolls import RollLabel
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.customers import Again
from azpost_desk.services.views import Found
from azpost_desk.services.weights import read_weight

if TYPE_CHECKING:
    from azpost_desk.domain.scans import Scan
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.express.abroad import AbroadForm
    from azpost_desk.services.express import Price
    from azpost_desk.services.views import Basket


_COD_PX: Final = 220


class ExpressScreen(Screen):
    """F4. Everything here works off line too: prices, offices and item numbers are this desk's own."""

    name = "express"
    place = 30
    opens = ("item_price",)
    words = "express.screen.rail"
    icon = "package"
    key = "F4"
    permission = Permission.SELL
    service = "express"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.from_whom = Sender(session)
        self.to_whom = Addressee(session)
        self.weight = TextField(
            "express.screen.weight", name="weight", hint="express.screen.weight_hint",
            check=read_weight, max_length=8,
        )  # fmt: skip
        self.weight.example = "express.screen.weight_hint"
        self.scale = Button("express.screen.weigh", actions.WEIGH_KEY, bind=False)
        if session.weigh is None:
            self.scale.hide()
        self.roll = RollLabel(session)
        self.services = ServiceField()
        self.cod = AsideField("express.screen.cod", name="cod", optional=True)
        self.extras = Extras(at_home=True)
        self.total = BigAmount("express.screen.to_pay")
        self.vat = Label("", "hint")
        self.add = PrimaryButton("express.screen.add", hint="express.screen.enter")
        self.form = Form(self.add)
        self.form.add(*self.from_whom.fields, *self.to_whom.fields, self.weight, self.services, self.cod)
        self.form.add(self.extras.insured)
        self._asked = False
        self._asked_for: tuple[str, str] = ("", "")
        self._pricing = False
        self._weighed = ""
        self._build()
        self._connect()

    def _build(self) -> None:
        sender, addressee, item = (
            Card(f"express.screen.card.{part}") for part in ("sender", "addressee", "item")
        )
        sender.row(self.from_whom)
        addressee.row(self.to_whom)
        scale = QVBoxLayout()
        scale.addSpacing(21)
        scale.addWidget(self.scale)
        scale.addStretch()
        row = line((self.weight, 3), (self.services, 9))
        row.insertLayout(1, scale)
        item.grid.addLayout(row, 0, 0)
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._parts((sender, addressee), item), 1)
        acts = QHBoxLayout()
        acts.setSpacing(16)
        acts.addWidget(self.add)
        self.cod.setMaximumWidth(_COD_PX)
        acts.addWidget(self.cod)
        acts.addStretch()
        acts.addWidget(self.vat)
        acts.addWidget(self.total)
        column.addWidget(self.extras)
        column.addLayout(acts)
        self.destination = Destination(self.session, scrolled(self.form), self.form, self.roll)
        filled(self, self.destination)
        self._show_total()

    def _parts(self, parties: tuple[Card, Card], item: Card) -> QScrollArea:
        """What is asked; the price takes its room from here and stays in sight."""
        parts = QWidget()
        stack = QVBoxLayout(parts)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(10)
        stack.addLayout(line(*((one, 1) for one in parties)))
        stack.addWidget(item)
        stack.addStretch()
        return giving_way(parts)

    def _connect(self) -> None:
        for party in (self.from_whom, self.to_whom):
            party.placed.connect(self._on_placed)
            party.ended.connect(self.form.release)
        self.to_whom.postcode.left.connect(self._price)
        self.weight.left.connect(self._price)
        self.weight.changed.connect(self._echo)
        self.weight.editor.installEventFilter(self)
        self.scale.clicked.connect(self.weigh)
        self.services.changed.connect(self._reckon)
        self.extras.changed.connect(self._show_total)
        self.services.changed.connect(self._echo)
        self.add.clicked.connect(self._on_add)
        self.form.escaped.connect(self._on_escape)
        self.form.edited.connect(self._forget_asking)
        self.destination.escaped.connect(self._on_escape)
        self.destination.edited.connect(self._forget_asking)
        self.destination.chosen.connect(self._forget_asking)

    # --- the frame's side ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen`."""
        weigh = self.weigh if self.session.weigh is not None else None
        return actions.actions(
            weigh,
            self.destination.ask,
            self._line_back,
            self.ask_cod,
            lambda: self.ask_extra(IN_PERSON),
            lambda: self.ask_extra(INSURED),
            lambda: self.ask_extra(ADVICE),
        )

    def enter(self, argument: object = None) -> None:
        """See `Screen`; a customer of the one box becomes the sender."""
        self.destination.load()
        self.roll.load()
        offer = argument.offer if isinstance(argument, Found) else None
        if offer is not None and offer.country:
            self.destination.go_to(offer.country, offer.weight_grams)
            return
        abroad = self.destination.abroad
        if argument is not None and not (isinstance(argument, Found) and argument.kind == "customer"):
            # A place of ours, or an item to an office of ours once more.
            self.destination.go_home()
            abroad = None
        if abroad is not None:
            self._enter_abroad(abroad, argument)
        elif isinstance(argument, Again):
            self._begin_again(argument)
        elif isinstance(argument, Found) and argument.kind in ("item_price", "office"):
            self._propose(argument)
        elif isinstance(argument, Found) and argument.kind == "customer" and not self.form.dirty:
            self._open_sender(argument)
        elif self.form.dirty:
            self._go_on()
        else:
            self.form.focus_first()

    def heard(self, scan: Scan, doubled: bool) -> bool:
        """See `Screen`; a label of a roll becomes the item's number."""
        return scan.kind == "item" and self.roll.heard(scan.value or "", doubled)

    def weighed_grams(self) -> int:
        """See `Screen`."""
        abroad = self.destination.abroad
        return abroad.weight.grams() if abroad else decide.understood(self.weight.text(), "", None)[1]

    def is_dirty(self) -> bool:
        """See `Screen`."""
        return self.form.dirty or self.destination.is_dirty()

    def _enter_abroad(self, abroad: AbroadForm, argument: object) -> None:
        if isinstance(argument, Found) and not abroad.form.dirty:
            abroad.bring(argument.key)
        else:
            abroad.focus()

    def ask_cod(self) -> None:
        """To what is collected on delivery, at home."""
        if self.destination.abroad is None:
            self.cod.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask_extra(self, extra: str) -> None:
        """Put an extra on; the second time takes it off again."""
        abroad = self.destination.abroad
        extras = abroad.extras if abroad is not None else self.extras
        was_there = extras.insured.hasFocus()
        try:
            extras.toggle(extra)
        except Refused as no:
            self.session.notice(refusal(no), "warn", no.code)
            return
        if was_there and extra == INSURED:
            # The field has gone from under the hands.
            if abroad is not None:
                abroad.focus()
            else:
                self._go_on()

    def _line_back(self) -> None:
        if self.destination.abroad is not None:
            self.destination.abroad.goods.take_back()

    def _begin_again(self, again: Again) -> None:
        """The same sender and addressee once more; the item is weighed anew."""
        if self.form.dirty:
            self.session.notice("customers.screen.busy", "warn")
            self._go_on()
            return
        to = again.other
        if to is not None:
            self.to_whom.show_person(to)
            self._price()
        self._open_sender(Found("customer", again.customer, "", ""))

    def _propose(self, found: Found) -> None:
        """Place and weight that were asked for in the one box; what a person typed stays."""
        offer = found.offer
        postcode = offer.postcode if offer else found.detail
        if postcode and self.to_whom.postcode.is_empty():
            self.to_whom.postcode.fill(postcode)
        if offer is not None and offer.weight_grams and self.weight.is_empty():
            self.weight.fill(str(offer.weight_grams))
            self._echo()
        self._price()
        self.form.focus_first()

    def _open_sender(self, found: Found) -> None:
        bring(self.session, self.form, found.key, self.from_whom.open_customer)

    def _on_placed(self) -> None:
        """A look-up has answered; whoever has gone elsewhere meanwhile stays there."""
        if self.form.follows(self.from_whom.search, self.from_whom.phone, self.to_whom.phone):
            self._go_on()

    def _go_on(self) -> None:
        """To the first field that still waits, to the services when none does."""
        waiting = (
            one
            for one in self.form.fields
            if one is not self.from_whom.search and one.is_empty() and not one.is_skipped()
        )
        target = next(waiting, self.services if self.services.text() else self.weight)
        self.form.lead(target)

    # --- weight and price --------------------------------------------------------------------------------

    def weigh(self) -> None:
        """Ask the scale; what it says stands in the field and may be typed over."""
        if self.destination.abroad is not None:
            self.destination.abroad.weight.weigh()
            return
        weigh = self.session.weigh
        if weigh is None:
            return
        since = LookUp([self.weight])

        def weighed(grams: int) -> None:
            if since.is_theirs(self.weight):
                return
            self._weighed = str(grams)
            self.weight.fill(self._weighed)
            self._echo()
            self._price()

        Operation(self.scale, weigh).succeeded(weighed).trouble(self._on_no_weight).refused(
            self._on_no_weight
        ).start(Lane.NETWORK)

    def _on_no_weight(self, error: Trouble | Refused) -> None:
        self.weight.set_hint(refusal(error), "warn")
        self.session.notice(refusal(error), "warn", error.code)

    def _echo(self) -> None:
        """What was typed, in grams, before anything is priced by it; a warning where it is hardly true."""
        price = self.services.price()
        how, grams = decide.understood(self.weight.text(), self._weighed, price)
        words: dict[str, Say] = {
            "hint": "express.screen.weight_hint",
            "light": phrase(
                "express.screen.weight_light", count=grams, service=translated(price.names if price else {})
            ),
            "weighed": phrase("express.screen.weight_weighed", count=grams),
            "echo": phrase("express.screen.weight_echo", count=grams),
        }
        self.weight.set_hint(words[how], {"light": "warn", "weighed": "good"}.get(how, ""))

    def _price(self) -> None:
        """What every service costs, once postcode and weight are there."""
        postcode, weight = self.to_whom.postcode.text(), self.weight.text()
        self._asked_for = (postcode, weight)
        self._pricing = False
        self.services.offer(())
        self._reckon()
        if not decide.is_postcode(postcode):
            return
        express = self.session.services.express
        asked = self._asked_for
        if not weight:
            Operation(self, lambda: express.office(postcode)).succeeded(
                lambda office: self.to_whom.postcode.set_hint(
                    phrase("express.screen.place", office=office.name)
                )
            ).refused(self._on_no_price).start()
            return
        try:
            grams = read_weight(weight)
        except Refused:
            return

        def priced(prices: list[Price]) -> None:
            if asked == self._asked_for:
                self._on_prices(prices)

        def ended() -> None:
            self._pricing = self._pricing and asked != self._asked_for

        self._pricing = True
        Operation(self, lambda: express.prices(postcode, grams)).succeeded(priced).refused(
            self._on_no_price
        ).ended(ended).start()

    def _on_prices(self, prices: list[Price]) -> None:
        self.services.offer(prices)
        self.services.fill(decide.usual(prices))
        self._echo()
        self.to_whom.postcode.set_hint(phrase("express.screen.place", office=prices[0].office.name))
        self._reckon()
        if self.form.follows(self.weight, self.services):
            self._go_on()

    def _on_no_price(self, error: Refused) -> None:
        if not self.form.show_refusal(decide.renamed(error), looked_up=True):
            self.session.notice(refusal(error), "bad", error.code)

    def _reckon(self) -> None:
        """The chosen service with what is put on beside it."""
        price = self.services.price()
        if price is None:
            self.extras.withdraw()
        else:
            self.extras.offer(price.extras, price.service, price.price, price.vat)
        self._show_total()

    def _show_total(self) -> None:
        total = self.extras.total()
        self.total.show_amount(total[0] if total else None)
        self.total.setVisible(total is not None)
        self.vat.say(phrase("express.screen.vat", amount=total[1]) if total else "")

    # --- into the basket ---------------------------------------------------------------------------------

    def _on_add(self) -> None:
        if self._pricing:
            # Nobody has seen yet what it costs; the price brings the focus to the next Enter.
            return
        if not self.form.verify():
            return
        known = self.from_whom.customer
        fin = known.fin if known else decide.fin_of(self.from_whom.search.text())
        try:
            document = known.document if known else ""
            wanted = decide.command(self.form.values(), fin, document, self._weighed, self.roll.number)
            collected, extras = self.cod.money(), self.extras.wanted()
            wanted = dataclasses.replace(
                wanted,
                cod_qapik=collected.minor if collected else 0,
                in_person=extras.in_person,
                insured_qapik=extras.insured_qapik,
                advice=extras.advice,
            )
        except Refused as error:
            self._refused(error)
            return
        express, by = self.session.services.express, self.session.by
        Operation(self.add, lambda: express.accept(wanted, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._refused).start()

    def _on_added(self, basket: Basket) -> None:
        self.session.basket_changed.emit(basket)
        self.clear()

    def _refused(self, error: Refused) -> None:
        if not self.form.show_refusal(error):
            self.session.notice(refusal(error), "bad", error.code)

    def clear(self) -> None:
        """For the next item."""
        self.form.clear()
        self.from_whom.clear()
        self.to_whom.clear()
        self.to_whom.postcode.set_hint("")
        self._weighed = ""
        self.roll.begin()
        self.services.clear()
        self.extras.clear()
        self._echo()
        self._show_total()
        self.form.mark_clean()
        self._asked = False
        self.form.focus_first()

    def _on_escape(self, dirty: bool) -> None:
        """Esc throws typed work away only when pressed again."""
        abroad = self.destination.abroad
        if not dirty:
            if abroad is not None:
                self.destination.go_home()
                self.form.focus_first()
            return
        if self._asked:
            (abroad or self).clear()
            if abroad is not None:
                abroad.focus()
            self._forget_asking()
            return
        self._asked = True
        self.session.notice("express.screen.escape", "warn")

    def _forget_asking(self) -> None:
        self._asked = False
        self.session.take_back("express.screen.escape")

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The item lies on the scale when the clerk comes to its weight."""
        if watched is self.weight.editor and event.type() is QEvent.Type.FocusIn and self.weight.is_empty():
            self.weigh()
        return super().eventFilter(watched, event)
