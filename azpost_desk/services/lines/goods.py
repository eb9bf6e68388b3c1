"""Goods in words: the article's name and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import Goods, name_in
from azpost_desk.domain.lines import GoodsSold
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.services.lines.base import LineWords

if TYPE_CHECKING:
    from azpost_desk.services.lines.base import Place


def _name(place: Place, line: GoodsSold) -> str:
    article = place.books.document(Goods, place.date).find(line.sku)
    return (article and name_in(article.names, place.language)) or line.sku


def _receipt(place: Place, line: GoodsSold) -> papers.ReceiptLine:
    pieces = Say("papers.line.pieces", (("count", line.quantity), ("price", azn(line.price_qapik))))
    return papers.ReceiptLine(_name(place, line), azn(line.amount_qapik), (pieces,))


GOODS: Final = (
    LineWords[GoodsSold](
        line=GoodsSold,
        receipt=_receipt,
        about=lambda place, line: f"{_name(place, line)} × {line.quantity}",
    ),
)
