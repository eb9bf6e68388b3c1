"""What was declared of an item for abroad is amended from its card by keys, by the fields of its sale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.gui.kit.amending import AmendSheet
from azpost_desk.gui.kit.words import language, phrase, say
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.services.scan_items import ScanItem
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK
from tests.services.test_mail_abroad import command, told

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def number(stand: Stand) -> str:
    """An item to Turkey: tea with a code, a scarf without one."""
    told(stand)
    line = stand.desk.post_abroad.accept(command(), CLERK).lines[0].line
    assert isinstance(line, ops.ItemAccepted)
    stand.pay(6_000)
    return line.number


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, number: str) -> Hands:
    return Hands(qtbot, runner, session, stand, TrackingScreen)


def tracking(hands: Hands) -> TrackingScreen:
    screen = hands.frame.current()
    assert isinstance(screen, TrackingScreen)
    return screen


def opened(hands: Hands, number: str) -> AmendSheet:
    screen = tracking(hands)
    screen.open_item(number)
    hands.settle()
    hands.press(Qt.Key.Key_M, CTRL)
    assert isinstance(screen.sheet, AmendSheet)
    return screen.sheet


def test_a_code_that_lacks_is_put_in_by_keys_and_the_card_says_the_version(
    hands: Hands, stand: Stand, number: str
) -> None:
    sheet = opened(hands, number)
    assert sheet.to_whom.parts["street"].text() == "Bagdat Cad. 12/3"
    assert [one.hs for one in sheet.goods.lines] == ["090230", ""]
    assert hands.focus is sheet.to_whom.parts["name"].editor
    # The scarf comes back into hand; everything of it stands there, and its code is put in.
    hands.press(Qt.Key.Key_Up, CTRL)
    assert sheet.goods.words.text() == "silk scarf"
    sheet.goods.code.setFocus()
    hands.type("621410\n")
    assert [one.hs for one in sheet.goods.lines] == ["090230", "621410"]
    assert hands.focus is sheet.goods.words.editor
    assert stand.bodies(ops.ItemDeclared) == []
    # Past the document, which nothing asks for here.
    hands.type("\n\n")
    [body] = stand.bodies(ops.ItemDeclared)
    assert isinstance(body, ops.ItemDeclared)
    assert (body.number, body.version) == (number, 2)
    screen = tracking(hands)
    assert screen.sheet is None
    assert hands.notices == []
    shown = say(phrase("tracking.screen.item.amended", version=2))
    newest, accepted = screen.item.timeline.accessibleDescription().split("; ")
    assert shown in newest
    assert shown not in accepted
    now = stand.desk.declarations.standing(number)
    assert [one.hs for one in now.declared.lines] == ["090230", "621410"]
    assert now.addressee.mail == "ayse_y@example.org"


def test_what_is_refused_stands_beside_its_field_and_esc_amends_nothing(
    hands: Hands, stand: Stand, number: str
) -> None:
    sheet = opened(hands, number)
    # Nothing is another.
    sheet.save.click()
    hands.settle()
    assert language().texts.t("refusal.E-176") in sheet._trouble.text()
    sheet.to_whom.parts["city"].put("")
    sheet.save.click()
    hands.settle()
    assert hands.focus is sheet.to_whom.parts["city"].editor
    assert sheet.to_whom.parts["city"].error_text()
    # A prohibited line is not taken, wherever it stands.
    sheet.goods.words.setFocus()
    hands.type("party fireworks\n0")
    hands.type("1\n20\n6\n")
    assert len(sheet.goods.lines) == 2
    assert "UPU" in sheet.goods.words.error_text()
    hands.press(Qt.Key.Key_Escape)
    assert tracking(hands).sheet is None
    assert stand.bodies(ops.ItemDeclared) == []


def test_an_item_that_was_not_sold_here_has_a_sentence_instead(hands: Hands, stand: Stand) -> None:
    other = item_number("EE", 880_001)
    stand.desk.tracking.scan(ScanItem(other, "EMG"), CLERK)
    screen = tracking(hands)
    screen.open_item(other)
    hands.settle()
    hands.press(Qt.Key.Key_M, CTRL)
    assert screen.sheet is None
    assert screen.answer.text() == language().texts.t("refusal.E-172")
    assert hands.notices == []
