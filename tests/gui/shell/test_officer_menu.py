"""The officer's menu by keys alone: over the work, over a locked screen and on the sign-in page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtTest import QTest

from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import language, phrase, say
from azpost_desk.gui.shell.officer_menu import OfficerMenu, PinSheet
from tests.gui.shell.test_window import (
    Desk,
    _texts,
    digits,
    pin_of,
    press,
    sell,
    settled,
    sign_in,
)
from tests.gui.shell.test_window import printer as printer
from tests.gui.shell.test_window import stand as stand
from tests.gui.shell.test_window import window as window
from tests.services.counters import CLERK, OTHER_CLERK, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.shell.window import Window

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def menu_of(window: Window) -> OfficerMenu:
    page = window.currentWidget()
    [found] = [menu for menu in page.findChildren(OfficerMenu) if menu.isVisible()]
    return found


def open_menu(qtbot: QtBot, window: Window) -> OfficerMenu:
    press(window, Qt.Key.Key_F12, CTRL)
    settled(qtbot)
    return menu_of(window)


def choose(qtbot: QtBot, window: Window, key: str) -> None:
    """Press the digit that stands before the line with this name."""
    menu = menu_of(window)
    [digit] = [row.text()[0] for row in menu.rows if say(key) in row.text()]
    digits(window, digit)
    settled(qtbot)


def test_language_theme_and_papers_are_chosen_in_the_menu(qtbot: QtBot, window: Window, stand: Stand) -> None:
    frame = sign_in(qtbot, window, stand)
    QTest.mouseClick(frame.who, Qt.MouseButton.LeftButton)
    settled(qtbot)
    menu = menu_of(window)
    assert menu.papers is not None
    assert not menu.papers.isEnabled()
    press(window, Qt.Key.Key_Escape)
    assert not [one for one in frame.findChildren(OfficerMenu) if one.isVisible()]

    sell(qtbot, window, stand)
    menu = open_menu(qtbot, window)
    digits(window, "3")
    assert language().code == "ru"
    assert menu.rows[2].text().split() == ["3", "Язык:", "Русский"]
    press(window, Qt.Key.Key_T, CTRL)
    assert Theme.current().name == "dark"
    assert menu.rows[3].text().split() == ["4", "Вид:", "тёмный"]
    digits(window, "5")
    settled(qtbot)
    assert menu.papers is not None
    assert "Azərbaycanca" in menu.papers.text()
    press(window, Qt.Key.Key_Escape)
    assert "Бумаги: Azərbaycanca" in _texts(frame.basket)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    [paid] = stand.bodies(ops.Settlement)
    assert isinstance(paid, ops.Settlement)
    assert paid.language == "az"


def test_another_officer_comes_and_nothing_is_lost(qtbot: QtBot, window: Window, stand: Stand) -> None:
    frame = sign_in(qtbot, window, stand)
    desk = frame.current()
    assert isinstance(desk, Desk)
    desk.field.put("yarımçıq")
    sell(qtbot, window, stand)
    open_menu(qtbot, window)
    digits(window, "1")
    settled(qtbot)
    assert frame.notices.text() == say("frame.sign_out.typed")
    assert (window.currentWidget(), desk.field.text()) == (frame, "yarımçıq")

    desk.field.put("")
    before = stand.desk.baskets.current()
    open_menu(qtbot, window)
    digits(window, "1")
    qtbot.waitUntil(lambda: window.currentWidget() is window.sign_in)
    assert stand.desk.baskets.current() is None
    [waiting] = stand.desk.parking.tray(CLERK)
    assert before is not None
    assert (waiting.basket, waiting.officer) == (before.basket, CLERK.officer)
    digits(window, str([one.officer for one in stand.desk.staff.officers()].index(OTHER_CLERK.officer) + 1))
    digits(window, pin_of(stand, OTHER_CLERK.officer))
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.currentWidget() is window.frame)
    assert stand.bodies(ops.Settlement) == []


def test_a_locked_screen_lets_another_in_only_where_nothing_waits(
    qtbot: QtBot, window: Window, stand: Stand
) -> None:
    frame = sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F12)
    open_menu(qtbot, window)
    digits(window, "1")
    settled(qtbot)
    assert say("frame.sign_out.basket") in _texts(window.sign_in)
    assert stand.desk.baskets.current() is not None
    digits(window, pin_of(stand, CLERK.officer))
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.currentWidget() is frame)
    press(window, Qt.Key.Key_Delete, CTRL)
    settled(qtbot)
    press(window, Qt.Key.Key_F12)
    open_menu(qtbot, window)
    digits(window, "1")
    qtbot.waitUntil(lambda: window.frame is None)
    assert window.sign_in._names.isVisible()


def test_everybody_changes_their_own_pin_and_a_wrong_old_one_counts(
    qtbot: QtBot, window: Window, stand: Stand
) -> None:
    frame = sign_in(qtbot, window, stand)
    open_menu(qtbot, window)
    choose(qtbot, window, "frame.menu.pin")
    [sheet] = [one for one in frame.findChildren(PinSheet) if one.isVisible()]
    old = pin_of(stand, CLERK.officer)

    def typed(*pins: str) -> None:
        for pin in pins:
            digits(window, pin)
            press(window, Qt.Key.Key_Return)
        settled(qtbot)

    typed("0000", "8642", "8642")
    assert sheet.old.error_text() == say(phrase("refusal.S-001", left=4))
    [wrong] = [one.wrong_tries for one in stand.desk.staff.officers() if one.officer == CLERK.officer]
    assert wrong == 1
    typed(old, "8642", "8624")
    assert sheet.first.error_text() == say("refusal.S-005")
    typed("12", "12")
    assert "4" in sheet.first.error_text()
    typed(old, old)
    assert sheet.first.error_text() == say("refusal.S-007")
    typed("8642", "8642")
    qtbot.waitUntil(lambda: frame.notices.text() == say("frame.menu.pin_done"))
    assert pin_of(stand, CLERK.officer) == "8642"
    [reset] = stand.bodies(ops.PinReset)
    assert isinstance(reset, ops.PinReset)
    assert (reset.officer, reset.reset_by, reset.temporary) == (CLERK.officer, CLERK.officer, False)


@pytest.mark.parametrize("at_work", [True, False])
def test_ending_the_program_with_an_open_till_needs_another_key(
    qtbot: QtBot, window: Window, stand: Stand, at_work: bool
) -> None:
    if at_work:
        sign_in(qtbot, window, stand)
        sell(qtbot, window, stand)
    menu = open_menu(qtbot, window)
    choose(qtbot, window, "frame.menu.quit")
    choose(qtbot, window, "frame.menu.quit")
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    assert window.isVisible()
    assert say(f"frame.menu.open.{'both' if at_work else 'till'}") in _texts(menu)
    press(window, Qt.Key.Key_F12, SHIFT)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert (stand.desk.baskets.current() is not None) == at_work


class AskedByTheSystem(QCloseEvent):
    """As the window's own button sends it."""

    def spontaneous(self) -> bool:
        return True


@pytest.mark.parametrize("ends", [False, True])
def test_the_windows_own_button_asks_what_the_menu_asks_and_holds_up_no_shutdown(
    qtbot: QtBot, window: Window, stand: Stand, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    monkeypatch.setattr(QGuiApplication, "isSavingSession", lambda _self: ends)
    asked = AskedByTheSystem()
    window.closeEvent(asked)
    settled(qtbot)
    assert asked.isAccepted() is ends
    if not ends:
        assert say("frame.menu.open.both") in _texts(menu_of(window))
        press(window, Qt.Key.Key_F12, SHIFT)
        qtbot.waitUntil(lambda: not window.isVisible())


def test_the_sign_in_page_marks_the_language_in_force(qtbot: QtBot, window: Window) -> None:
    buttons = window.sign_in.languages
    assert [code for code, button in buttons.items() if button.isChecked()] == ["az"]
    for code in ("ru", "ru", "en"):
        buttons[code].click()
        assert [one for one, button in buttons.items() if button.isChecked()] == [code]
    language().choose("az")
    assert buttons["az"].isChecked()


def test_the_help_sheet_and_the_readme_name_menu_papers_and_box(
    qtbot: QtBot, window: Window, stand: Stand
) -> None:
    frame = sign_in(qtbot, window, stand)
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    for code, named in _NAMED.items():
        language().choose(code)
        press(window, Qt.Key.Key_F1)
        settled(qtbot)
        shown = _texts(frame.help)
        for words, key in named.items():
            assert shown[shown.index(words) + 1] == key
            assert f"**{key}**" in readme
        press(window, Qt.Key.Key_Escape)
        assert not frame.help.isVisible()


_NAMED = {
    "az": {"İşçi menyusu": "Ctrl F12", "Bugünkü kağızlar": "Ctrl F9", "Axtarış": "Ctrl K"},
    "ru": {"Меню сотрудника": "Ctrl F12", "Бумаги за сегодня": "Ctrl F9", "Поиск": "Ctrl K"},
    "en": {"Officer menu": "Ctrl F12", "Papers of today": "Ctrl F9", "Search": "Ctrl K"},
}
