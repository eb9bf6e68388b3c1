"""F10 K: the card pays the basket; what the terminal did not say is asked with a key, and cash waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell.card_state import CardState
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, PlainHasher, Stand, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def terminal() -> Iterator[SandboxTerminal]:
    with SandboxTerminal() as made:
        yield made


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, stand: Stand, terminal: SandboxTerminal) -> Hands:
    part = EcrTerminal(*terminal.address, purchase_ms=400, query_ms=400)
    stand.desk = desk_services(replace(stand.desk.counter, terminal=part), PlainHasher(), press)
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    session = Session(stand.desk, lambda _tone: None)
    session.officer = CLERK
    return Hands(qtbot, runner, session, stand, GoodsScreen)


def tenders(stand: Stand) -> list[tuple[str, int]]:
    bodies = [body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    return [(one.tender, one.amount_qapik) for body in bodies for one in body.tenders]


def test_two_keys_pay_the_basket_by_card(hands: Hands, stand: Stand) -> None:
    before = hands.keys
    hands.press(Qt.Key.Key_F10)
    hands.type("k")
    assert hands.keys - before == 2
    assert tenders(stand) == [("card", 300)]
    assert stand.desk.baskets.current() is None


def test_the_same_key_on_a_cyrillic_keyboard(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type("л")
    assert tenders(stand) == [("card", 300)]


def test_a_part_by_card_then_the_rest_by_a_note_key(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.frame.basket._cash._other.editor.setFocus()
    hands.type("2")
    hands.frame.basket._cash.setFocus()
    hands.type("k")
    assert tenders(stand) == []
    hands.press(Qt.Key.Key_F10)
    hands.type("1")
    assert tenders(stand) == [("card", 200), ("cash", 100)]


def test_what_the_terminal_did_not_say_is_asked_with_a_key(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    terminal.plan(["charge_silent"])
    hands.press(Qt.Key.Key_F10)
    hands.type("k")
    state = hands.frame.findChild(CardState)
    assert state is not None
    assert state.isVisible()
    assert tenders(stand) == []
    assert state.isAncestorOf(hands.focus)
    hands.press(Qt.Key.Key_F10)
    hands.type("1")
    assert tenders(stand) == []
    hands.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert tenders(stand) == [("card", 300)]
    assert not state.isVisible()


def test_a_declined_card_leaves_every_other_way_open(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    terminal.plan(["decline"])
    hands.press(Qt.Key.Key_F10)
    hands.type("k")
    assert tenders(stand) == []
    hands.press(Qt.Key.Key_F10)
    hands.type("1")
    assert tenders(stand) == [("cash", 300)]


def test_the_card_gets_its_money_back_when_the_customer_changes_their_mind(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.frame.basket._cash._other.editor.setFocus()
    hands.type("2")
    hands.frame.basket._cash.setFocus()
    hands.type("k")
    hands.press(Qt.Key.Key_Y, BOTH)
    assert terminal.charged == {}
    hands.press(Qt.Key.Key_F10)
    hands.type("1")
    assert tenders(stand) == [("cash", 300)]


def test_a_counter_without_a_terminal_offers_no_card(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    hands = Hands(qtbot, runner, session, stand, GoodsScreen)
    hands.press(Qt.Key.Key_F10)
    hands.type("k")
    assert not hands.frame.basket._cash._card.isVisible()
    assert tenders(stand) == []
