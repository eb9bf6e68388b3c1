"""The goods screen: picked by a digit, a letter or arrows; a number; one line in the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.goods import form
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.services.views import Found
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand


class Shop(Hands):
    """A clerk at the shelf."""

    @property
    def screen(self) -> GoodsScreen:
        screen = self.frame.current()
        assert isinstance(screen, GoodsScreen)
        return screen


@pytest.fixture
def shop(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Shop:
    return Shop(qtbot, runner, session, stand, GoodsScreen)


def sold(stand: Stand) -> list[tuple[str, int]]:
    basket = stand.desk.baskets.current()
    lines = [one.line for one in basket.lines] if basket else []
    return [(line.sku, line.quantity) for line in lines if isinstance(line, ops.GoodsSold)]


def test_a_digit_a_number_and_enter_put_it_into_the_basket(shop: Shop, stand: Stand) -> None:
    shop.type("25\n")
    assert shop.keys == 3
    assert sold(stand) == [("EN-C5", 5)]
    assert not shop.screen.is_dirty()
    shop.type("1\n")
    assert sold(stand) == [("EN-C5", 5), ("ST-60", 1)]


def test_a_letter_searches_and_enter_picks_the_first(shop: Shop, stand: Stand) -> None:
    shop.type("zərf\n\n")
    assert sold(stand) == [("EN-C5", 1)]
    assert shop.screen.search.is_empty()


def test_arrows_pick_too(shop: Shop, stand: Stand) -> None:
    shop.press(Qt.Key.Key_Down)
    shop.type("\n3\n")
    assert sold(stand) == [("ST-60", 3)]


def test_fifty_enters_make_one_line(shop: Shop, stand: Stand) -> None:
    shop.type("1")
    hold_enter(shop.frame)
    shop.settle()
    for _ in range(5):
        shop.type("\n")
    assert sold(stand) == [("ST-60", 1)]


def test_more_than_the_stock_is_refused_beside_the_quantity(shop: Shop, stand: Stand) -> None:
    shop.type("2999\n")
    assert shop.screen.quantity.error_text() == language().texts.refusal("B-031", left=20)
    assert sold(stand) == []


def test_escape_leaves_the_books_as_they_were(shop: Shop, stand: Stand) -> None:
    before = stand.records()
    shop.type("17")
    assert shop.screen.is_dirty()
    shop.press(Qt.Key.Key_Escape)
    assert not shop.screen.is_dirty()
    assert (sold(stand), stand.records()) == ([], before)


def test_an_article_found_elsewhere_is_picked(shop: Shop) -> None:
    shop.frame.show_screen("goods", Found("article", "EN-C5", "Zərf C5", ""))
    shop.settle()
    picked = shop.screen.picked()
    assert picked is not None
    assert picked.sku == "EN-C5"


def test_a_closed_till_is_said_not_hidden(shop: Shop, stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20})
    shop.type("1\n")
    assert sold(stand) == []
    assert [one.key for one in shop.notices] == ["refusal.C-010"]  # type: ignore[attr-defined]


def test_every_widget_that_takes_the_keyboard_has_a_name(shop: Shop) -> None:
    assert nameless(shop.screen) == []


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1,5", "x"])
def test_what_is_no_number_of_pieces_is_refused(quantity: str, stand: Stand) -> None:
    row = form.rows(stand.desk.shop.shelf(), "az")[0]
    with pytest.raises(Refused) as no:
        form.command(row, quantity)
    assert (no.value.code, no.value.field) == ("B-032", "quantity")


def test_the_search_knows_names_and_codes_in_any_case(stand: Stand) -> None:
    shelf = stand.desk.shop.shelf()
    assert [row.sku for row in form.rows(shelf, "az", "MARKA")] == ["ST-60"]
    assert [row.sku for row in form.rows(shelf, "az", "en-c")] == ["EN-C5"]
    assert form.rows(shelf, "az", "yoxdur") == []
