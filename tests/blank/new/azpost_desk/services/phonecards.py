"""Phone cards at the counter: a card is put into the basket and sold when it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.lines import PhonecardSold
from azpost_desk.domain.tariffs import vat_contained
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import Counter, Officer, may_sell
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.domain.money import Money
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.views import Basket

VAT_PPM = 180_000


@dataclass(frozen=True, slots=True)
class Phonecards:
    """Sells cards."""

    counter: Counter
    baskets: Baskets

    def sell(self, serial: str, amount: Money, by: Officer) -> Basket:
        """Plan the sale of one card.

        Raises:
            Refused: what `may_sell` refuses; B-006 the card stands in a basket already.
        """
        with self.counter.books.reading() as books:
            tariffs = may_sell(books, by, "phonecards")
        line = PhonecardSold(
            operation=self.counter.new_id(),
            serial=serial,
            amount_qapik=amount.minor,
            vat_qapik=vat_contained(amount, VAT_PPM).minor,
            tariff=tariffs.version,
        )

        def told(language: str) -> tuple[str, str]:
            return Texts(language).t("phonecards.line", serial=serial), ""

        return self.baskets.add(by, line_told(line, (), told, by.language, "keys"))
