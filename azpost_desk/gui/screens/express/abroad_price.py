"""What an item abroad costs and needs, in sight before Enter: the sum, charged weight, form, prohibitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from azpost_desk.domain.mail import prohibited
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.labels import BigAmount, Label
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import counted_phrase, phrase, translated
from azpost_desk.services.country_names import country_name
from azpost_desk.texts import LANGUAGES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.mail.prices import MailPrice
    from azpost_desk.domain.money import Money
    from azpost_desk.services.mail_abroad import Quote


class AbroadPrice(Card):
    """The sum at the right, the largest thing; what it comes from at the left."""

    def __init__(self, main: QWidget) -> None:
        super().__init__()
        self.price: MailPrice | None = None
        self.form = Label("express.abroad.price_later", "section", wrap=True)
        self.charged = Label("", "body", wrap=True)
        self.checked = Label("", "strong", wrap=True)
        self.total = BigAmount("express.screen.to_pay")
        left = QVBoxLayout()
        left.setSpacing(2)
        for words in (self.form, self.charged, self.checked):
            left.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(main)
        row.addLayout(left, 1)
        row.addWidget(self.total)
        self.grid.addLayout(row, 0, 0)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There is no price, or not any more."""
        self.price = None
        self.form.say("express.abroad.price_later")
        self.charged.hide()
        self.checked.hide()
        self.total.show_amount(None)
        self.total.hide()

    def show_price(self, price: MailPrice, weight_grams: int) -> None:
        """What it costs, whatever is inside."""
        self.price = price
        self.form.say("express.abroad.form_later")
        by_volume = price.chargeable_grams > weight_grams
        key = "express.abroad.charged_volume" if by_volume else "express.abroad.charged"
        days = counted_phrase("express.screen.days", price.days)
        self.charged.say(phrase(key, count=price.chargeable_grams, days=days), "warn" if by_volume else "")
        self.charged.show()
        self.checked.hide()

    def show_total(self, total: Money | None) -> None:
        """What is paid for all of it; None while that is not known."""
        self.total.show_amount(total)
        self.total.setVisible(total is not None)

    def show_quote(self, quote: Quote) -> None:
        """Which form it needs, what the prohibitions say of its contents."""
        name = quote.form.form.replace("CN", "CN ")
        self.form.say(counted_phrase("express.abroad.form", quote.form.copies, form=name))
        unchecked = quote.contents.unchecked
        if unchecked:
            countries = dict.fromkeys(country for country, _way in unchecked)
            names = {code: ", ".join(country_name(one, code) for one in countries) for code in LANGUAGES}
            self.checked.say(phrase("express.abroad.not_checked", countries=translated(names)), "warn")
        elif quote.contents.state == prohibited.CLEAR:
            self.checked.say("express.abroad.checked", "good")
        self.checked.setVisible(bool(unchecked) or quote.contents.state == prohibited.CLEAR)
