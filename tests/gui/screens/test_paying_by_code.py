"""F10 Shift F9: the customer scans a code; nothing else pays meanwhile, it settles only before its clerk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.qr_picture import QrPicture
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell import code_paying
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.services.goods import SellGoods
from tests.fakes.rail import CODE, PlayedRail, rail_at
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_giving_back_by_card import agreed
from tests.gui.screens.walking import main_acts
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.shell.code_paying import CodePaying
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
BOTH = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    made = HandClock()
    monkeypatch.setattr(code_paying, "DeskClock", lambda: made)
    return made


@pytest.fixture
def rail(stand: Stand) -> PlayedRail:
    return rail_at(stand)


@pytest.fixture
def hands(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, rail: PlayedRail, clock: HandClock
) -> Hands:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    return Hands(qtbot, runner, session, stand, GoodsScreen)


def tenders_of(stand: Stand) -> list[tuple[str, int]]:
    bodies = [body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    return [(one.tender, one.amount_qapik) for body in bodies for one in body.tenders]


def paying(hands: Hands) -> CodePaying:
    return hands.frame.basket.code


def look(hands: Hands, clock: HandClock) -> None:
    """The next look at the centre, and its answer."""
    clock.advance(1_500)
    hands.settle()


def ask(hands: Hands) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_F9, SHIFT)


def test_two_keys_show_a_code_and_the_customers_payment_settles_the_basket(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    before, till = hands.keys, stand.till_qapik()
    ask(hands)
    assert hands.keys - before == 2
    shown = paying(hands).state
    picture = shown.findChild(QrPicture)
    assert picture is not None
    assert (shown.code, picture.isVisible(), picture.is_readable) == (CODE, True, True)
    look(hands, clock)
    assert tenders_of(stand) == []
    rail.pay()
    look(hands, clock)
    assert tenders_of(stand) == [("qr", 300)]
    assert (stand.till_qapik(), stand.desk.baskets.current()) == (till, None)
    assert hands.frame.basket.done.isVisible()
    assert shown.isHidden()


def test_mc_2_while_a_code_is_out_nothing_else_pays_or_changes_the_basket(
    hands: Hands, stand: Stand, rail: PlayedRail
) -> None:
    ask(hands)
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    hands.press(Qt.Key.Key_Delete, CTRL)
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert (len(basket.lines), tenders_of(stand)) == (1, [])
    assert hands.frame.basket.cash.isHidden()


def test_mc_4_silence_frees_nothing_and_only_the_close_does(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    ask(hands)
    rail.silent = 1
    hands.press(Qt.Key.Key_F9, BOTH)
    assert paying(hands).step is not None
    assert hands.frame.notices.says("refusal.L-002")
    hands.press(Qt.Key.Key_F10)
    assert hands.frame.basket.cash.isHidden()
    hands.press(Qt.Key.Key_F9, BOTH)
    assert paying(hands).step is None
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]


def test_mc_5_nothing_settles_while_nobody_is_signed_in_or_another_basket_is_in_hand(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock, session: Session
) -> None:
    ask(hands)
    rail.pay()
    session.officer = None
    look(hands, clock)
    assert tenders_of(stand) == []
    session.officer = CLERK
    basket = stand.desk.baskets.current()
    assert basket is not None
    stand.desk.parking.park(CLERK, basket.basket)
    session.basket_changed.emit(None)
    look(hands, clock)
    assert tenders_of(stand) == []
    # Taken up again it is looked at at once, its panel open.
    session.basket_changed.emit(stand.desk.parking.resume(CLERK, basket.basket))
    hands.settle()
    hands.settle()
    assert tenders_of(stand) == [("qr", 300)]


def test_that_the_centre_was_silent_is_said_until_it_answers(
    hands: Hands, rail: PlayedRail, clock: HandClock
) -> None:
    """The look that brought late money left "did not answer" beside it."""
    ask(hands)
    rail.silent = 1
    hands.press(Qt.Key.Key_F9, BOTH)
    assert hands.frame.notices.says("refusal.L-002")
    rail.pay("late")
    look(hands, clock)
    assert paying(hands).state.isVisible()
    assert hands.frame.notices.isHidden()


def test_a_part_by_code_and_the_rest_in_cash(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type("2")
    hands.press(Qt.Key.Key_F9, SHIFT)
    rail.pay()
    look(hands, clock)
    assert tenders_of(stand) == []
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("qr", 200), ("cash", 100)]


def test_mc_3_late_money_waits_for_a_key(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    basket = hands.frame.basket
    assert main_acts(basket) == [say("frame.basket.pay")]
    ask(hands)
    rail.pay("late")
    look(hands, clock)
    assert tenders_of(stand) == []
    # One main act: to take what came. F10 is there as well, but steps back.
    assert main_acts(basket) == [say("frame.basket.qr_take")]
    hands.press(Qt.Key.Key_F9, SHIFT)
    assert tenders_of(stand) == [("qr", 300)]
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    hands.frame.load_basket()
    hands.settle()
    assert main_acts(basket) == [say("frame.basket.pay")]


def test_what_was_paid_goes_back_by_a_key_and_the_basket_is_free(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    hands.press(Qt.Key.Key_F10)
    hands.type("2")
    hands.press(Qt.Key.Key_F9, SHIFT)
    rail.pay()
    look(hands, clock)
    hands.press(Qt.Key.Key_F9, BOTH)
    assert [getattr(body, "why", "") for body in stand.bodies(ops.QrGivenUp)] == ["customer"]
    assert hands.notices == ["frame.basket.qr_goes_back"]
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]


def test_where_no_codes_are_taken_the_panel_offers_none(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    hands = Hands(qtbot, runner, session, stand, GoodsScreen)
    hands.press(Qt.Key.Key_F10)
    assert hands.frame.basket.cash.code.isHidden()
    hands.press(Qt.Key.Key_F9, SHIFT)
    assert stand.bodies(ops.QrAsked) == []


def test_off_line_no_code_is_offered(hands: Hands, stand: Stand, rail: PlayedRail) -> None:
    stand.line.online = False
    hands.press(Qt.Key.Key_F10)
    assert hands.frame.basket.cash.code.isHidden()


def test_mc_4_two_people_free_a_basket_of_which_nobody_knows(
    hands: Hands, stand: Stand, rail: PlayedRail, clock: HandClock
) -> None:
    rail.is_closable = False
    ask(hands)
    hands.press(Qt.Key.Key_F9, BOTH)
    paying(hands).state.abandon.click()
    agreed(hands)
    assert [getattr(body, "why", "") for body in stand.bodies(ops.QrGivenUp)] == ["itib"]
    hands.settle()
    assert paying(hands).step is None
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert tenders_of(stand) == [("cash", 300)]
