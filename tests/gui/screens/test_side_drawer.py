"""On a narrow screen the basket is a drawer: out of the way until it is wanted, its sum always in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell.side_drawer import SideDrawer
from azpost_desk.services.goods import SellGoods
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

NARROW, WIDE = (1093, 614), (1366, 768)


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    made = Hands(qtbot, runner, session, stand, GoodsScreen)
    made.frame.resize(*NARROW)
    made.settle()
    return made


def drawer(hands: Hands) -> SideDrawer:
    found = hands.frame.findChild(SideDrawer)
    assert found is not None
    return found


def in_sight(hands: Hands) -> bool:
    return drawer(hands).geometry().left() < hands.frame.width()


def test_it_is_shut_and_says_what_is_to_pay(hands: Hands) -> None:
    assert not in_sight(hands)
    assert "1,20" in drawer(hands).handle.accessibleName() + drawer(hands).handle.text()


def test_its_key_opens_it_and_shuts_it(hands: Hands) -> None:
    hands.press(Qt.Key.Key_F10, Qt.KeyboardModifier.ControlModifier)
    assert in_sight(hands)
    hands.press(Qt.Key.Key_F10, Qt.KeyboardModifier.ControlModifier)
    assert not in_sight(hands)


def test_paying_opens_it_and_what_follows_shuts_it(hands: Hands, stand: Stand) -> None:
    before = stand.till_qapik()
    hands.press(Qt.Key.Key_F10)
    assert in_sight(hands)
    hands.type("\n")
    assert stand.till_qapik() == before + 120
    current = hands.frame.current()
    assert current is not None
    current.enter()
    hands.settle()
    assert not in_sight(hands)


def test_a_wide_screen_has_it_beside_the_work(qtbot: QtBot, hands: Hands) -> None:
    hands.frame.resize(*WIDE)
    qtbot.waitUntil(lambda: in_sight(hands))
    assert not drawer(hands).handle.isVisible()
    assert not drawer(hands).closed
