"""The tray at the real frame: parked by a key, the next customer at once, resumed by a digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.gui.kit.preflight import PreflightSheet
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.gui.shell.register import screens
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.conftest import session as session
from tests.gui.screens.conftest import stand as stand
from tests.gui.screens.conftest import tones as tones
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, OTHER_CLERK, RECEIVER, SENDER, SUPERVISOR, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

CODE = transfer_code("123456789")
CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    return Hands(qtbot, runner, session, stand, GoodsScreen)


def park(hands: Hands) -> None:
    hands.press(Qt.Key.Key_F11, CTRL)


def test_one_key_sets_the_basket_aside_and_a_digit_brings_it_back(hands: Hands, stand: Stand) -> None:
    tray = hands.frame.basket.tray
    before = stand.records()
    assert tray.park_button.isVisible()
    park(hands)
    assert stand.desk.baskets.current() is None
    assert not tray.park_button.isVisible()
    assert tray.open_button.isVisible()
    stand.desk.shop.sell(SellGoods("EN-C5", 1), CLERK)
    stand.pay(118)
    hands.press(Qt.Key.Key_F11, CTRL_SHIFT)
    assert tray.sheet.isVisible()
    hands.press(Qt.Key.Key_1)
    current = stand.desk.baskets.current()
    assert current is not None
    assert [one.title for one in current.lines] == ["Marka 60"]
    assert not tray.open_button.isVisible()
    assert stand.records() == before + 1


def test_without_a_basket_the_key_opens_the_tray_and_esc_changes_nothing(hands: Hands, stand: Stand) -> None:
    park(hands)
    before = stand.records()
    park(hands)
    assert hands.frame.basket.tray.sheet.isVisible()
    hands.press(Qt.Key.Key_Escape)
    assert not hands.frame.basket.tray.sheet.isVisible()
    assert (len(stand.desk.parking.tray()), stand.records()) == (1, before)


def test_a_clerk_cannot_take_anothers_basket(hands: Hands, stand: Stand, session: Session) -> None:
    park(hands)
    session.officer = OTHER_CLERK
    hands.press(Qt.Key.Key_F11, CTRL_SHIFT)
    hands.press(Qt.Key.Key_1)
    assert stand.desk.baskets.current() is None
    assert len(hands.notices) == 2


@pytest.mark.parametrize("cancels", [False, True])
def test_a_supervisor_hands_it_over_or_cancels_it(
    hands: Hands, stand: Stand, session: Session, cancels: bool
) -> None:
    park(hands)
    session.officer = SUPERVISOR
    hands.press(Qt.Key.Key_F11, CTRL_SHIFT)
    hands.press(Qt.Key.Key_1)
    sheet = hands.frame.basket.tray.sheet.hand_over
    assert sheet.isVisible()
    if cancels:
        hands.press(Qt.Key.Key_Delete, CTRL)
    else:
        hands.press(Qt.Key.Key_1)
    [said] = stand.bodies(ops.BasketHandedOver)
    assert isinstance(said, ops.BasketHandedOver)
    assert (said.to_officer == "") is cancels
    assert len(stand.desk.parking.tray()) == (0 if cancels else 1)


def test_the_look_before_the_day_opens_from_anywhere(hands: Hands, stand: Stand) -> None:
    before = stand.records()
    for _ in range(3):
        QTest.keyClick(hands.focus, Qt.Key.Key_I, CTRL)
    hands.settle()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    [sheet] = hands.frame.findChildren(PreflightSheet)
    assert sheet.isVisible()
    assert not sheet.form.isVisible()
    assert len(sheet.lines) == 11
    hands.press(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert stand.records() == before


def test_a_basket_left_in_hand_is_handed_over_by_a_supervisor(
    hands: Hands, stand: Stand, session: Session
) -> None:
    session.officer = SUPERVISOR
    hands.press(Qt.Key.Key_F11, CTRL_SHIFT)
    hands.press(Qt.Key.Key_1)
    assert hands.frame.basket.tray.sheet.hand_over.isVisible()
    hands.press(Qt.Key.Key_Delete, CTRL)
    assert stand.desk.baskets.current() is None
    assert len(stand.bodies(ops.BasketHandedOver)) == 1
    assert not hands.frame.basket.tray.park_button.isVisible()


def test_after_a_break_what_waits_for_a_person_is_said_once(hands: Hands, stand: Stand) -> None:
    parties = Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[CODE] = PlayedTransfer("t-1", 7_000, parties)
    stand.line.lose_answers = 1
    with pytest.raises(Trouble):
        stand.desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK)
    stand.line.online = False
    hands.frame.line_changed()
    hands.settle()
    assert hands.frame.notices.text() == ""
    stand.line.online = True
    hands.frame.line_changed()
    hands.settle()
    assert "1" in hands.frame.notices.text()
    hands.frame.notices.clear()
    hands.frame.line_changed()
    hands.settle()
    assert hands.frame.notices.text() == ""


def test_after_a_bad_end_recovery_comes_up_by_itself_and_once(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(10_000)
    stand.books._ended_badly = True
    shown = []
    for _ in range(2):
        frame = Frame(session, screens(), stand.line, lambda _paper, _sort: None, plain("x"), True)
        qtbot.addWidget(frame)
        frame.show()
        frame.first_screen()
        qtbot.waitUntil(lambda: runner.under_way == 0)
        current = frame.current()
        assert current is not None
        shown.append(current.name)
        frame.close()
    assert shown == ["recovery", "transfers"]
