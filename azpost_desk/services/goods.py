"""Stamps, envelopes, forms, packing: from the centre's catalogue, out of the till's stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Article, Goods, name_in
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import vat_contained
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import Counter, Officer, may_sell, open_day
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.views import Basket


@dataclass(frozen=True, slots=True)
class SellGoods:
    """Put `quantity` of an article into the basket."""

    sku: str
    quantity: int
    source: str = "keys"


@dataclass(frozen=True, slots=True)
class OnShelf:
    """An article with what the till's stock holds of it."""

    article: Article
    left: int


@dataclass(frozen=True, slots=True)
class Shop:
    """What this counter sells besides services."""

    counter: Counter
    baskets: Baskets

    def shelf(self) -> list[OnShelf]:
        """The catalogue of the day with the till's stock."""
        with self.counter.books.reading() as books:
            goods = books.document(Goods, open_day(books).date)
            stock = books.stock()
            return [OnShelf(article, stock.get(article.sku, 0)) for article in goods.articles]

    def sell(self, command: SellGoods, by: Officer) -> Basket:
        """Plan the sale; it happens when the basket is paid.

        Raises:
            Refused: B-030 unknown article, B-031 not enough in stock, B-032 quantity not positive.
        """
        with self.counter.books.reading() as books:
            tariffs = may_sell(books, by, "goods")
            article = books.document(Goods, books.day().date).find(command.sku)
            left = books.stock().get(command.sku, 0)
        if article is None:
            raise Refused("B-030", field="article")
        if command.quantity <= 0:
            raise Refused("B-032", field="quantity")
        basket = self.baskets.current()
        planned = sum(
            one.line.quantity
            for one in (basket.lines if basket else ())
            if isinstance(one.line, ops.GoodsSold) and one.line.sku == command.sku
        )
        if planned + command.quantity > left:
            raise Refused("B-031", field="quantity", left=left - planned)
        amount = azn(article.price_qapik * command.quantity)
        line = ops.GoodsSold(
            operation=self.counter.new_id(),
            sku=article.sku,
            quantity=command.quantity,
            price_qapik=article.price_qapik,
            amount_qapik=amount.minor,
            vat_qapik=vat_contained(amount, article.vat_ppm).minor,
            tariff=tariffs.version,
        )

        def told(language: str) -> tuple[str, str]:
            each = Texts(language).money(azn(article.price_qapik))
            return name_in(article.names, language), f"{command.quantity} × {each}"

        return self.baskets.add(by, line_told(line, (), told, by.language, command.source))
