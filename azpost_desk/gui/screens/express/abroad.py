"""An item for one country abroad (F4): sender, addressee, weight, size, goods; priced before it is added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.mail import prohibited
from azpost_desk.domain.mail.declaration import CATEGORIES, GIFT, OTHER
from azpost_desk.domain.mail.prices import MailPrice
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit import abroad_values as decide
from azpost_desk.gui.kit.abroad_party import AddresseeAbroad
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.fields import Choice, ChoiceField, TextField, choice, choices_of
from azpost_desk.gui.kit.goods import GoodsCard
from azpost_desk.gui.kit.goods_form import GoodsForm
from azpost_desk.gui.kit.look_ups import bring
from azpost_desk.gui.kit.person import giving_way
from azpost_desk.gui.kit.words import phrase, plain, refusal, translated
from azpost_desk.gui.screens.express import form as home
from azpost_desk.gui.screens.express.abroad_price import AbroadPrice
from azpost_desk.gui.screens.express.extras import Extras
from azpost_desk.gui.screens.express.party import SenderAbroad
from azpost_desk.gui.screens.express.weighing import Weighed
from azpost_desk.gui.work.runner import Operation
from azpost_desk.services.country_names import country_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.mail.declaration import DeclaredLine
    from azpost_desk.domain.mail.prices import MailProduct
    from azpost_desk.domain.refusals import Trouble
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.express.rolls import RollLabel
    from azpost_desk.services.mail_abroad import Quote, SentBefore
    from azpost_desk.services.views import Basket


class AbroadForm(QWidget):
    """Everything about an item to one country; what a country does not ask for is not asked here.

    Signals:
        added(): an item has gone into the basket; the form is empty again.
    """

    added = Signal()

    def __init__(
        self, session: Session, country: str, products: Sequence[MailProduct], roll: RollLabel
    ) -> None:
        super().__init__()
        self._session, self.country, self._roll = session, country, roll
        self._products = {one.product: one for one in products}
        self._asked_for: object = None
        self._pricing = False
        key = "express.abroad."
        self.from_whom = SenderAbroad(session)
        self.to_whom = AddresseeAbroad(country)
        self.product = ChoiceField(
            f"{key}product", [Choice(one.product, translated(one.names)) for one in products], name="product"
        )
        self.weight = Weighed(session)
        self.sides = TextField(
            f"{key}size", name="size", placeholder=plain("30 20 15"), check=decide.read_size
        )
        self.category = ChoiceField(
            f"{key}category", choices_of(CATEGORIES, f"{key}category."), name="category"
        )
        self.explanation = TextField(f"{key}explanation", name="explanation")
        self.currency = ChoiceField(
            f"{key}currency", [choice(one, one) for one in CURRENCIES], name="currency"
        )
        self.goods = GoodsCard()
        self.licence = TextField(f"{key}licence", name="papers.licence")
        self.is_safe = ChoiceField(
            f"{key}is_safe", choices_of(("yes", "no"), f"{key}is_safe."), name="is_safe"
        )
        self.add = PrimaryButton("express.screen.add", hint="express.screen.enter")
        self.extras = Extras(at_home=False)
        self.form = GoodsForm(self.goods, self.add)
        self.form.add(*self.from_whom.fields, *self.to_whom.fields)
        self.form.add(self.product, self.weight.field, self.sides)
        self.form.add(self.extras.insured)
        self.form.add(self.category, self.explanation, self.currency)
        self.form.add(*self.goods.fields, self.licence, self.is_safe)
        self.price = AbroadPrice(self.add)
        self._build()
        self._connect()
        self._begin()

    def _build(self) -> None:
        sender, item = Card("express.screen.card.sender"), Card("express.screen.card.item")
        sender.row(self.from_whom)
        if len(self._products) == 1:
            self.product.hide()
        item.row(self.product, self.weight, self.sides, stretches=(4, 5, 3))
        item.row(self.category, self.explanation, self.currency, stretches=(4, 5, 3))
        self.goods.row(self.licence)
        self.goods.row(self.is_safe)
        parts = QWidget()
        stack = QVBoxLayout(parts)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(10)
        for card in (sender, self.to_whom, item, self.goods):
            stack.addWidget(card)
        stack.addStretch()
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(giving_way(parts), 1)
        column.addWidget(self.extras)
        column.addWidget(self.price)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.form)

    def _connect(self) -> None:
        self.from_whom.placed.connect(self._on_sender)
        self.from_whom.ended.connect(self.form.release)
        self.to_whom.before.picked.connect(self._on_before)
        self.weight.weighed.connect(self._on_weighed)
        self.weight.field.left.connect(self._ask_price)
        self.sides.left.connect(self._ask_price)
        self.product.changed.connect(self._on_product)
        self.category.changed.connect(self._on_category)
        self.explanation.left.connect(self._ask_price)
        self.currency.changed.connect(self._weigh_goods)
        self.goods.changed.connect(self._on_lines)
        self.form.whole.connect(self._on_line)
        self.extras.changed.connect(self._show_total)
        self.add.clicked.connect(self._on_add)

    def _begin(self) -> None:
        self.currency.setEnabled(True)
        self.currency.fill("AZN")
        self.product.fill(next(iter(self._products)))
        self.category.fill(GIFT)
        self.licence.hide()
        self.explanation.hide()
        self._on_product()
        self._weigh_goods()

    # --- what the screen tells the form ------------------------------------------------------------------

    def bring(self, customer: str) -> None:
        """Fill in this customer as the sender (the id of their file)."""
        bring(self._session, self.form, customer, self.from_whom.open_customer)

    def focus(self) -> None:
        """To the first field that waits."""
        self.form.lead(self.form.first_waiting(self.from_whom.search))

    def clear(self) -> None:
        """For the next item."""
        self.form.clear()
        self.from_whom.clear()
        self._roll.begin()
        self.weight.clear()
        self.goods.clear()
        self.to_whom.offer([])
        self.goods.used.offer([])
        self.price.show_nothing()
        self.extras.clear()
        self._begin()
        self.form.mark_clean()

    # --- sender and addressee ----------------------------------------------------------------------------

    def _on_sender(self) -> None:
        """Whoever it is stands there; whom they sent to before is offered."""
        known, abroad, country = self.from_whom.customer, self._session.services.post_abroad, self.country
        if known is None:
            self._go_on()
            return

        def answered(before: list[SentBefore]) -> None:
            if self.from_whom.customer is not known:
                return
            settlement = self.from_whom.settlement
            if before and (settlement.is_empty() or settlement.filled):
                settlement.fill(before[0].settlement)
            self.to_whom.offer(before)
            self._go_on()

        Operation(self, lambda: abroad.sent_before(known.customer, country)).succeeded(answered).start()

    def _on_before(self, one: SentBefore) -> None:
        self.to_whom.show_party(one)
        self.goods.used.offer([(line.description, line) for line in one.declared])
        self.form.dirty = True
        self.form.lead(self.form.first_waiting())

    def _go_on(self) -> None:
        if self.form.follows(self.from_whom.search, self.from_whom.phone):
            self.form.lead(self.form.first_waiting())

    # --- the item and its price --------------------------------------------------------------------------

    def _on_product(self) -> None:
        sold = self._products.get(self.product.text())
        self.sides.optional = sold is None or not sold.asks_size(self.country)
        self._ask_price()

    def _on_category(self) -> None:
        is_other = self.category.text() == OTHER
        self.explanation.setVisible(is_other)
        if not is_other:
            self.explanation.clear()
        self._weigh_goods()
        self._ask_price()

    def _on_weighed(self) -> None:
        self._ask_price()
        if self.form.follows(self.weight.field):
            self.form.lead(self.form.first_waiting())

    def _weigh_goods(self) -> None:
        if self.currency.is_empty():
            # The form is being emptied.
            return
        is_trade = self.category.text() in decide.TRADE
        self.goods.weigh_against(self.weight.grams(), self.currency.text(), is_trade=is_trade)

    def _on_lines(self) -> None:
        # The values of the lines are in it: another one would make other values of them.
        self.currency.setEnabled(not self.goods.lines)
        self._ask_price()

    def _ask_price(self) -> None:
        """Price, form and prohibitions anew, once weight and size are there."""
        self._weigh_goods()
        values, lines = self.form.values(), tuple(self.goods.lines)
        try:
            item = decide.parcel(values, self.country)
        except Refused:
            item = None
        if item is None or (not item.size_cm and not self.sides.optional):
            self._asked_for, self._pricing = None, False
            self._show_nothing()
            return
        abroad = self._session.services.post_abroad
        declared = decide.declaration(values, lines, item.weight_grams)
        asked = self._asked_for = (item, declared)
        self._pricing = True

        def worked() -> MailPrice | Quote:
            return abroad.quote(item, declared) if lines else abroad.price(item)

        def answered(told: MailPrice | Quote) -> None:
            if asked == self._asked_for:
                self._show(told, item.weight_grams)

        def refused(no: Refused) -> None:
            if asked == self._asked_for:
                self._show_nothing()
                self._refused(no, looked_up=True)

        def ended() -> None:
            self._pricing = self._pricing and asked != self._asked_for

        Operation(self, worked).succeeded(answered).refused(refused).ended(ended).start()

    def _show_nothing(self) -> None:
        self.price.show_nothing()
        self.extras.withdraw()

    def _show_total(self) -> None:
        """With the extras; none while one of them is not sold so."""
        if self.price.price is not None:
            total = self.extras.total()
            self.price.show_total(total[0] if total else None)

    def _show(self, told: MailPrice | Quote, weight_grams: int) -> None:
        price = told if isinstance(told, MailPrice) else told.price
        self.price.show_price(price, weight_grams)
        self.extras.offer(self._products[price.product].extras, price.product, price.price, price.vat)
        self._show_total()
        if isinstance(told, MailPrice):
            return
        self.price.show_quote(told)
        wanted = next((one for one in told.contents.hits if one.verdict == prohibited.CONDITIONAL), None)
        self.licence.setVisible(wanted is not None)
        if wanted is None:
            self.licence.clear()
            return
        self.licence.set_hint(
            phrase(
                "express.abroad.licence_hint",
                article=translated(wanted.row.names),
                document=translated(wanted.row.document),
            ),
            "warn",
        )

    # --- goods -------------------------------------------------------------------------------------------

    def _on_line(self, line: DeclaredLine) -> None:
        """The line in hand is whole: checked with those before it, then taken."""
        lines = (*self.goods.lines, line)
        try:
            item = decide.parcel(self.form.values(), self.country)
        except Refused as no:
            self._refused(no)
            return
        declared = decide.declaration(self.form.values(), lines, item.weight_grams)
        abroad = self._session.services.post_abroad
        self.form.hold()
        Operation(self, lambda: abroad.quote(item, declared)).succeeded(
            lambda quote: self._on_checked(line, quote)
        ).refused(self._not_taken).trouble(self._failed).start()

    def _on_checked(self, line: DeclaredLine, quote: Quote) -> None:
        at = len(self.goods.lines)
        try:
            self.goods.require(at, quote, self._session.by.language)
        except Refused as no:
            self._not_taken(no)
            return
        self.goods.take(line)
        if self.form.follows():
            self.form.lead(self.goods.words)

    def _not_taken(self, no: Refused) -> None:
        self._refused(no)
        self.form.release()

    def _failed(self, no: Trouble) -> None:
        self._session.notice(refusal(no), "bad", no.code)
        self.form.release()

    # --- into the basket ---------------------------------------------------------------------------------

    def _on_add(self) -> None:
        if self._pricing or not self.form.verify():
            # Nobody has seen yet what it costs; the next Enter agrees to it.
            return
        if not self.goods.words.is_empty():
            self.form.finish_line()
            return
        if self.price.price is None:
            self._ask_price()
            return
        known = self.from_whom.customer
        fin = known.fin if known else home.fin_of(self.from_whom.search.text())
        looked_at = frozenset(self.goods.looked_at)
        try:
            wanted = decide.command(
                self.form.values(), self.country, self.goods.lines, looked_at,
                (fin, known.document if known else ""), self._roll.number,
                weight_typed=self.weight.is_typed, wanted=self.extras.wanted(),
            )  # fmt: skip
        except Refused as no:
            self._refused(no)
            return
        abroad, by = self._session.services.post_abroad, self._session.by
        Operation(self.add, lambda: abroad.accept(wanted, by)).changes("basket").succeeded(
            self._on_added
        ).refused(self._refused).start()

    def _on_added(self, basket: Basket) -> None:
        self._session.basket_changed.emit(basket)
        self.clear()
        self.added.emit()

    def _refused(self, no: Refused, *, looked_up: bool = False) -> None:
        if "country" in no.facts:
            name = country_name(self.country, self._session.by.language)
            no = Refused(no.code, no.field, **{**no.facts, "country": name})
        here = self.goods.named_here(no)
        if not self.form.show_refusal(here, looked_up=looked_up):
            self._session.notice(refusal(no), "bad", no.code)
