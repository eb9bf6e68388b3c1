"""Which article is meant by what was typed or scanned, and how many of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import name_in
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.names import fold
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.goods import OnShelf


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the shelf: `position` is the digit that picks it, 0 beyond the ninth."""

    position: int
    sku: str
    name: str
    price: Money
    left: int


def rows(shelf: Sequence[OnShelf], language: str, search: str = "") -> list[Row]:
    """The shelf in the catalogue's order, narrowed to names, skus and barcodes that hold `search`."""
    wanted = fold(search)
    named = [(one, name_in(one.article.names, language)) for one in shelf]
    fitting = [
        (one, name)
        for one, name in named
        if wanted in fold(name) or wanted in fold(one.article.sku) or wanted in one.article.barcode
    ]
    return [
        Row(
            place if place <= 9 else 0,
            one.article.sku,
            name,
            azn(one.article.price_qapik),
            one.left,
        )
        for place, (one, name) in enumerate(fitting, start=1)
    ]


def command(row: Row | None, quantity: str, source: str = "keys") -> SellGoods:
    """The sale of what was picked.

    Raises:
        Refused: B-030 nothing is picked, B-032 the quantity is no whole number above zero.
    """
    if row is None:
        raise Refused("B-030", field="article")
    if not (is_digits(quantity) and int(quantity) > 0):
        raise Refused("B-032", field="quantity")
    return SellGoods(row.sku, int(quantity), source)
