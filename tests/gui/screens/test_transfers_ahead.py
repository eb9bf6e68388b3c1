"""The list of what may be paid without the line: filled and emptied by a key; it never shows a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from azpost_desk.domain.people import Parties
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.hands import Hands
from tests.services.counters import RECEIVER, SENDER, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.transfers.paying_out import PayOutForm
    from azpost_desk.gui.work.runner import Runner

CODE = transfer_code("900000001")
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    parties = Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties, is_for_here=True)
    made = Hands(qtbot, runner, session, stand, TransfersScreen)
    made.press(Qt.Key.Key_2, CTRL)
    return made


def form(hands: Hands) -> PayOutForm:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made.payout


def shown(hands: Hands) -> list[str]:
    labels = form(hands).ahead.findChildren(Label)
    return [label.text() for label in labels if label.isVisible() and label.text()]


def test_a_transfer_is_reserved_by_a_key_and_paid_without_the_line(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_R, CTRL)
    [line] = [text for text in shown(hands) if RECEIVER.name in text]
    assert "50,00" in line
    assert not any(CODE in text.replace(" ", "") for text in shown(hands))
    stand.line.online = False
    before = stand.till_qapik()
    hands.type(CODE + "\n50\nƏliyev Vüqar\n")
    assert form(hands).claimed is not None
    assert not form(hands).ahead.isVisible()
    hands.type("7AB2CD3\n")
    hands.type("AA7654321\n\n")
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert stand.till_qapik() == before - 5_000


def test_it_is_given_back_by_a_key(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_R, CTRL)
    assert form(hands).ahead.back.isVisible()
    hands.press(Qt.Key.Key_R, CTRL | SHIFT)
    assert stand.desk.ahead.list() == []
    assert not form(hands).ahead.back.isVisible()


def test_without_the_line_it_says_so_and_takes_nothing(hands: Hands, stand: Stand) -> None:
    stand.line.online = False
    hands.press(Qt.Key.Key_R, CTRL)
    assert [say(words) for words in hands.notices] == [say("transfers.screen.ahead.no_line")]


def test_when_nothing_waits_it_says_so(hands: Hands, stand: Stand) -> None:
    stand.line.transfers.clear()
    hands.press(Qt.Key.Key_R, CTRL)
    assert [say(words) for words in hands.notices] == [say("transfers.screen.ahead.none")]


def test_money_that_is_carried_shows_where(hands: Hands, stand: Stand) -> None:
    at_home = replace(RECEIVER, address="Bakı, Nizami küçəsi 5")
    stand.line.transfers[CODE].parties = Parties(code=CODE, sender=SENDER, receiver=at_home)
    hands.press(Qt.Key.Key_R, CTRL)
    [line] = [text for text in shown(hands) if RECEIVER.name in text]
    assert at_home.address in line
