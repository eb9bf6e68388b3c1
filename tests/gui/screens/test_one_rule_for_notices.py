"""A notice ends with the next act or with its cause, on every screen; never an old one beside a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import Language, phrase, plain
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.shell.register import screens
from azpost_desk.texts import Texts
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK, MANAGER

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

OLD: Final = "of the act before"


def shown(whole: Frame, kind: type[Screen], qtbot: QtBot, runner: Runner) -> Screen:
    """The screen `kind`, every answer there, with nothing open over it and an old notice at its top."""
    for sheet in whole.findChildren(Sheet):
        sheet.close_sheet()
    whole.show_screen(kind.name)
    qtbot.waitUntil(lambda: runner.under_way == 0)
    screen = whole.current()
    assert screen is not None
    whole.notices.show_notice(plain(OLD), "bad")
    return screen


def test_the_next_act_ends_the_notice_of_the_one_before(qtbot: QtBot, runner: Runner, whole: Frame) -> None:
    """Each act key of each screen, Esc in each form, a question to the one box and a scan."""
    left = []
    for kind in screens():
        for action in shown(whole, kind, qtbot, runner).actions_here():
            if action.act is None:
                continue
            shown(whole, kind, qtbot, runner)
            keys = QKeySequence(action.key)[0]
            QTest.keyClick(QApplication.focusWidget() or whole, keys.key(), keys.keyboardModifiers())
            qtbot.waitUntil(lambda: runner.under_way == 0)
            left += [f"{kind.name}: {action.key}"] if whole.notices.text() == OLD else []
        for form in shown(whole, kind, qtbot, runner).findChildren(Form):
            if form.fields and form.fields[0].editor.isVisible():
                whole.notices.show_notice(plain(OLD), "bad")
                press(form.fields[0].editor, "Esc")
                left += [f"{kind.name}: Esc"] if whole.notices.text() == OLD else []
        shown(whole, kind, qtbot, runner)
        whole.heard(read_scan("RR123456785AZ"), "RR123456785AZ", False)
        left += [f"{kind.name}: scan"] if whole.notices.text() == OLD else []
        qtbot.waitUntil(lambda: runner.under_way == 0)
        shown(whole, kind, qtbot, runner)
        whole.box.setText("nobody")
        press(whole.box, "Return")
        left += [f"{kind.name}: question"] if whole.notices.text() == OLD else []
        qtbot.waitUntil(lambda: runner.under_way == 0)
    assert not left


def test_why_a_screen_cannot_work_stands_beside_other_notices_until_its_cause_is_gone(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    """It is no news of an act: neither an act nor a letter ends it, the till in one's own hands does."""
    kinds = (TransfersScreen, PaymentsScreen)
    for kind in kinds:
        screen = shown(whole, kind, qtbot, runner)
        assert isinstance(screen, kinds)
        assert screen.why.says("refusal.C-011")
        for language in ("ru", "en", "az"):
            Language.current().choose(language)
            sentence = Texts(language).t("refusal.C-011", holder=CLERK.name)
            assert (screen.why.text(), whole.notices.text()) == (sentence, OLD)
        press(QApplication.focusWidget() or whole, "Ctrl+2")
        qtbot.waitUntil(lambda: runner.under_way == 0)
        assert screen.why.says("refusal.C-011")
        assert whole.notices.text() == ""
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.tills.open(MANAGER)
    for kind in kinds:
        screen = shown(whole, kind, qtbot, runner)
        runner.announce("till")
        qtbot.waitUntil(lambda: runner.under_way == 0)
        assert isinstance(screen, kinds)
        assert (screen.why.isHidden(), whole.notices.text()) == (True, OLD)


def test_what_was_told_ends_with_the_first_letter_what_was_refused_waits_for_an_act(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    whole.show_screen("goods")
    qtbot.waitUntil(lambda: runner.under_way == 0)
    screen = whole.current()
    assert screen is not None
    form = screen.findChildren(Form)[0]
    for state, stays in (("good", False), ("bad", True)):
        form.clear()
        whole.notices.show_notice(plain(OLD), state)  # type: ignore[arg-type]
        type_text(form.fields[0].editor, "a")
        assert (whole.notices.text() == OLD) is stays


def test_a_question_to_throw_work_away_ends_when_the_clerk_writes_on(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    for name in ("transfers", "express", "payments"):
        whole.show_screen(name)
        qtbot.waitUntil(lambda: runner.under_way == 0)
        # Esc in a search empties the search first: the field behind it is asked.
        press(QApplication.focusWidget() or whole, "Tab" if name == "express" else "Shift")
        field = QApplication.focusWidget()
        assert field is not None
        type_text(field, "12")
        press(field, "Esc")
        assert whole.notices.says(f"{name}.screen.escape")
        type_text(QApplication.focusWidget() or field, "3")
        assert whole.notices.text() == ""
        press(QApplication.focusWidget() or field, "Esc")
        assert whole.notices.says(f"{name}.screen.escape")
        press(QApplication.focusWidget() or field, "Esc")
        assert whole.notices.text() == ""


def test_the_key_of_a_waiting_scan_opens_nothing_once_another_notice_stands_there(
    qtbot: QtBot, whole: Frame
) -> None:
    """What a key does is what the strip says."""
    opened: list[str] = []
    waits = phrase("frame.box.scan_waits", what=plain("RR"), text="RR123456785AZ")
    whole.asking.offer(waits, "frame.box.open", lambda: opened.append("scan"))
    whole.notices.show_notice(plain("another"), "warn")
    QTest.keyClick(whole, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not opened
    whole.asking.offer(waits, "frame.box.open", lambda: opened.append("scan"))
    QTest.keyClick(whole, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened == ["scan"]
