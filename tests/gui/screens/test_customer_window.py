"""The customer's window: the basket by its names, the code to scan, the change; never anybody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.qr_picture import QrPicture
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell.customer_window import CustomerWindow
from azpost_desk.gui.shell.window import Window
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import SendTransfer
from tests.fakes.rail import CODE, PlayedRail, rail_at
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_paying_by_code import SHIFT
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner


@pytest.fixture
def rail(stand: Stand) -> PlayedRail:
    return rail_at(stand)


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, rail: PlayedRail) -> Hands:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    return Hands(qtbot, runner, session, stand, GoodsScreen)


@pytest.fixture
def window(qtbot: QtBot, hands: Hands, session: Session) -> CustomerWindow:
    made = CustomerWindow()
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.follow(hands.frame, session)
    made.show()
    # The offscreen platform gives every new window the keys, whatever it asks for.
    hands.frame.activateWindow()
    qtbot.waitUntil(hands.frame.isActiveWindow)
    session.basket_changed.emit(session.services.baskets.current())
    hands.settle()
    return made


def read(window: CustomerWindow) -> str:
    """All that can be read on it."""
    return " · ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible() and one.text())


def test_what_is_sold_what_it_costs_and_the_change_are_read_by_the_customer(
    hands: Hands, window: CustomerWindow
) -> None:
    assert "Marka 60" in read(window)
    assert "3,00" in read(window)
    hands.press(Qt.Key.Key_F10)
    hands.type("5\n")
    assert "Qaytarılan pul" in read(window)
    # With no basket beside it what is left to read stands in the middle.
    window.grab()
    seen = [one for one in window.findChildren(QLabel) if one.isVisible()]
    (said,) = [one for one in seen if one.text() == "Qaytarılan pul"]
    middle = said.mapTo(window, said.rect().center()).x()
    assert abs(middle - window.width() // 2) <= 2
    assert "2,00" in read(window)
    assert "Marka 60" not in read(window)


def test_the_code_is_shown_as_large_as_it_is_read_and_goes_with_its_request(
    hands: Hands, window: CustomerWindow, rail: PlayedRail
) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_F9, SHIFT)
    picture = window.findChild(QrPicture)
    assert picture is not None
    assert (picture.isVisible(), picture.is_readable) == (True, True)
    assert hands.frame.basket.code.state.code == CODE
    assert "Kodu bankınızın" in read(window)
    hands.press(Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert picture.isHidden()


def test_it_speaks_the_customers_language_and_names_nobody(
    hands: Hands, window: CustomerWindow, stand: Stand, session: Session
) -> None:
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    session.basket_changed.emit(stand.desk.baskets.set_language(CLERK, "ru") or stand.desk.baskets.current())
    hands.settle()
    shown = read(window)
    assert "К оплате" in shown
    for person in (SENDER, RECEIVER):
        assert not any(word in shown for word in person.name.split())
        assert person.phone[-4:] not in shown or not person.phone
    # Nobody signed in: nothing of the last customer stays.
    session.officer = None
    session.officer_changed.emit()
    assert "Marka 60" not in read(window)


def test_without_a_second_screen_there_is_no_window_for_the_customer(qtbot: QtBot) -> None:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    assert window.show_customer() is False
    assert window.customer is None


def test_the_customers_window_is_opened_once_however_often_the_counter_becomes_usable(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerWindow, "open_beside", lambda _window, _counter: True)
    window = Window()
    qtbot.addWidget(window)
    assert window.show_customer()
    first = window.customer
    assert first is not None
    qtbot.addWidget(first)
    assert window.show_customer()
    assert window.customer is first
