"""The label of an inland bag leads to its screen from wherever it is scanned, and nothing is swallowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.screens.mail_bags.screen import MailBagsScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.shell.register import screens
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK
from tests.services.test_mail_events import becomes

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Tone
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

ITEM = item_number("EE", 640_000)
COMING = bag_number(1000, 1, 77)


def scan(qtbot: QtBot, runner: Runner, frame: Frame, code: str) -> None:
    frame.heard(read_scan(code), code, False)
    settle(qtbot, runner)


def settle(qtbot: QtBot, runner: Runner) -> None:
    qtbot.waitUntil(lambda: runner.under_way == 0)


def at_f5(qtbot: QtBot, runner: Runner, frame: Frame, event: str) -> TrackingScreen:
    frame.show_screen("tracking")
    settle(qtbot, runner)
    screen = frame.current()
    assert isinstance(screen, TrackingScreen)
    screen.event_field.put(event)
    return screen


def bags(frame: Frame) -> MailBagsScreen:
    screen = frame.current()
    assert isinstance(screen, MailBagsScreen), type(screen)
    return screen


@pytest.mark.parametrize("name", [one.name for one in screens() if one.key])
def test_from_every_screen_its_label_opens_a_bag_that_lies_here(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand, name: str
) -> None:
    bag = stand.desk.mail_bags.begin("1000", CLERK)
    whole.show_screen(name)
    settle(qtbot, runner)
    scan(qtbot, runner, whole, bag.number)
    assert bags(whole).filling.key == bag.bag
    assert stand.bodies(ops.ScanRefused) == []


def test_on_f5_no_scan_is_refused_for_it_and_an_unknown_bag_is_taken_in_by_the_next_scan(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand, tones: list[Tone]
) -> None:
    screen = at_f5(qtbot, runner, whole, "EMG")
    scan(qtbot, runner, whole, ITEM)
    scan(qtbot, runner, whole, COMING)
    shown = bags(whole)
    assert (shown.label.text(), stand.bodies(ops.MailBagTaken)) == (COMING, [])
    scan(qtbot, runner, whole, COMING)
    assert len(stand.bodies(ops.MailBagTaken)) == 1
    assert stand.bodies(ops.ScanRefused) == []
    assert [one.number for one in screen.table.rows.records] == [ITEM]
    assert tones == ["good", "good"]


def test_another_bag_in_hand_hides_no_bag_that_is_scanned_elsewhere(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    """It came to the screen and nothing showed: the bag in hand stood before the number."""
    mine = stand.desk.mail_bags.begin("1000", CLERK)
    scan(qtbot, runner, whole, mine.number)
    assert bags(whole).filling.key == mine.bag
    at_f5(qtbot, runner, whole, "EMG")
    scan(qtbot, runner, whole, COMING)
    assert bags(whole).label.text() == COMING
    assert bags(whole).label.isVisible()
    scan(qtbot, runner, whole, mine.number)
    assert bags(whole).filling.key == mine.bag


def test_scans_that_wait_for_an_answer_are_not_left_for_a_bag(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    bag = stand.desk.mail_bags.begin("1000", CLERK)
    screen = at_f5(qtbot, runner, whole, "EMH")
    scan(qtbot, runner, whole, ITEM)
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    scan(qtbot, runner, whole, bag.number)
    assert whole.current() is screen
    assert screen.waiting == 1
    assert whole.notices.says("frame.box.scan_waits")
    assert isinstance(screen.sheet, NeedsSheet)
    press(screen.sheet.form.fields[0].editor, Qt.Key.Key_Escape)
    settle(qtbot, runner)
    whole.asking.do_offered()
    settle(qtbot, runner)
    assert bags(whole).filling.key == bag.bag


def test_what_a_hand_over_lies_in_is_scanned_where_it_is_asked(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    """The label went for one more item, and was refused as none."""
    becomes(stand, "exchange")
    screen = at_f5(qtbot, runner, whole, "")
    qtbot.waitUntil(lambda: "EMF" in {one.value for one in screen.event_field.choices()})
    screen.event_field.put("EMF")
    scan(qtbot, runner, whole, ITEM)
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet))
    scan(qtbot, runner, whole, COMING)
    sheet = screen.sheet
    assert isinstance(sheet, NeedsSheet)
    assert sheet.form.field("receptacle").text() == COMING
    type_text(sheet.form.field("signatory").editor, "Quliyev Rauf\n")
    settle(qtbot, runner)
    [body] = stand.bodies(ops.ItemScanned)
    assert isinstance(body, ops.ItemScanned)
    assert (body.number, body.receptacle, body.signatory != "") == (ITEM, COMING, True)
    assert stand.bodies(ops.ScanRefused) == []
