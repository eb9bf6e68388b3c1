"""F10 Ctrl Y: the card pays the basket; what the terminal did not say is asked with a key, and cash waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell.card_state import CardState
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from tests.fakes.abroad import abroad_at
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_transfers_abroad import NINO
from tests.gui.screens.walking import main_acts
from tests.services.counters import CLERK, SENDER, PlainHasher, Stand, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier
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


def tenders_of(stand: Stand) -> list[tuple[str, int]]:
    bodies = [body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    return [(one.tender, one.amount_qapik) for body in bodies for one in body.tenders]


def test_two_keys_pay_the_basket_by_card(hands: Hands, stand: Stand) -> None:
    before = hands.keys
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Y, CTRL)
    assert hands.keys - before == 2
    assert tenders_of(stand) == [("card", 300)]
    assert stand.desk.baskets.current() is None


def test_the_card_is_shown_first_and_enter_stays_cash(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_F10)
    panel = hands.frame.basket.cash
    notes = [one for one in panel.findChildren(Button) if one.isVisible() and one.parentWidget() is not panel]
    tops = [one.mapTo(panel, QPoint(0, 0)).y() for one in (panel.card, panel.amount, notes[0], panel.change)]
    assert tops == sorted(set(tops))
    assert panel.amount.line.hasFocus()
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]


@pytest.mark.parametrize("letters", ["k", "K", "л", "y", "q"])
def test_no_letter_alone_and_no_tab_pays_by_card(hands: Hands, stand: Stand, letters: str) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type(letters)
    for _ in range(6):
        assert hands.focus is not hands.frame.basket.cash.card
        hands.press(Qt.Key.Key_Tab)
        hands.type(letters)
    assert tenders_of(stand) == []


def test_a_part_by_card_then_the_rest_in_cash(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type("2")
    hands.press(Qt.Key.Key_Y, CTRL)
    assert tenders_of(stand) == []
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("card", 200), ("cash", 100)]


def test_what_the_terminal_did_not_say_is_asked_with_a_key(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    terminal.plan(["charge_silent"])
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Y, CTRL)
    state = hands.frame.findChild(CardState)
    assert state is not None
    assert state.isVisible()
    assert tenders_of(stand) == []
    assert state.isAncestorOf(hands.focus)
    basket = hands.frame.basket
    assert main_acts(basket) == [say("frame.basket.card_ask")]
    hands.press(Qt.Key.Key_F10)
    hands.type("1")
    assert tenders_of(stand) == []
    assert not hands.frame.basket.cash.isVisible()
    hands.press(Qt.Key.Key_Y, CTRL)
    assert tenders_of(stand) == [("card", 300)]
    assert not state.isVisible()
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    hands.frame.load_basket()
    hands.settle()
    assert main_acts(basket) == [say("frame.basket.pay")]


def test_a_declined_card_leaves_every_other_way_open(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    terminal.plan(["decline"])
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Y, CTRL)
    assert tenders_of(stand) == []
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]


def test_the_card_gets_its_money_back_when_the_customer_changes_their_mind(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type("2")
    hands.press(Qt.Key.Key_Y, CTRL)
    hands.press(Qt.Key.Key_Y, BOTH)
    assert terminal.charged == {}
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]


def test_a_counter_without_a_terminal_offers_no_card(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    hands = Hands(qtbot, runner, session, stand, GoodsScreen)
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Y, CTRL)
    assert not hands.frame.basket.cash.card.isVisible()
    assert tenders_of(stand) == []


def test_what_a_card_may_not_pay_is_said_before_and_no_key_asks_the_terminal(
    hands: Hands, stand: Stand, terminal: SandboxTerminal
) -> None:
    """Stamps and money abroad: the panel offers no card for both, says why, and takes cash (MA-19)."""
    prices = abroad_at(stand)
    for tenders, offered in ((("cash", "qr"), False), (("cash", "card"), True)):
        prices.more = {"tenders": tenders}
        quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(50_000, "GEL"), CLERK)
        command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
        hands.frame.basket.show_basket(stand.desk.abroad.send(command, CLERK))
        hands.press(Qt.Key.Key_F10)
        panel = hands.frame.basket.cash
        assert (panel.card.isVisible(), panel.rest.isVisible()) == (offered, not offered), tenders
        if not offered:
            assert panel.rest.text() == Language.current().texts.t("refusal.B-052.cash")
            hands.press(Qt.Key.Key_Y, CTRL)
            assert terminal.charged == {}
            hands.type("\n")
            assert tenders_of(stand) == [("cash", 300 + quote.terms.total_qapik)]
        else:
            hands.press(Qt.Key.Key_Y, CTRL)
            assert tenders_of(stand)[-1] == ("card", quote.terms.total_qapik)
