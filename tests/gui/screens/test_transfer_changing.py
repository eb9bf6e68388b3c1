"""A transfer sent here is changed by its sender at the screen: receiver, office, or recalled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.services.transfers import SendTransfer
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand
from tests.storage.desks import acknowledge

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.transfers.sent_here import SentHere
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """SENDER has sent 50.00 here, and the centre knows of it."""
    command = SendTransfer(SENDER, RECEIVER, azn(5_000), "family")
    line = stand.desk.transfers.send(command, CLERK).lines[0].line
    stand.pay(5_050)
    acknowledge(stand.books, stand.clock.now_ms)
    parties = Parties(code="1234567895", sender=SENDER, receiver=RECEIVER)
    stand.line.transfers["1234567895"] = PlayedTransfer(line.operation, 5_000, parties)
    made = Hands(qtbot, runner, session, stand, TransfersScreen)
    made.press(Qt.Key.Key_3, CTRL)
    return made


def sent(hands: Hands) -> SentHere:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made.sent


def changed(stand: Stand) -> list[tuple[str, str]]:
    return [(one.sort, one.office) for one in stand.bodies(ops.TransferChanged)]


def test_another_receiver_is_written_down_with_the_senders_document(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type("5ZK9XYZ\n")
    hands.type("1\n")
    hands.type("Həsənova Günel\n\n")
    assert changed(stand) == [("receiver", "")]
    assert [one.receiver for one in sent(hands).table.rows.records] == ["Həsənova Günel"]
    assert [say(words) for words in hands.notices] == [say("transfers.screen.change.done")]


def test_the_office_is_chosen_by_its_name(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type("5ZK9XYZ\n")
    hands.type("2\n")
    hands.type("1000\n")
    assert changed(stand) == [("office", "1000")]


def test_recalled_it_waits_for_its_sender(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type("5ZK9XYZ\n")
    hands.type("3\n")
    assert changed(stand) == [("recall", "")]
    assert [one.state for one in sent(hands).table.rows.records] == ["returned"]


def test_what_the_centre_refuses_is_said_in_the_sheet(hands: Hands, stand: Stand) -> None:
    stand.line.says_no = "T-015"
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type("5ZK9XYZ\n")
    hands.type("3\n")
    sheet = sent(hands).change
    assert sheet is not None
    assert say(sheet.wrong.words)
    assert changed(stand) == []
