"""On every screen: typing replaces what is prefilled, look-ups fetch nobody back, no letter is lost."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.fields import PinField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.shell.register import screens
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.services.transfers import SendTransfer
from tests.gui.conftest import press, type_text
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, RECEIVER, SENDER

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

TAB = Qt.FocusPolicy.TabFocus


def shown(whole: Frame, kind: type[Screen], qtbot: QtBot, runner: Runner) -> Screen:
    """The screen `kind`, every answer there, nothing open over it."""
    for sheet in whole.findChildren(Sheet):
        sheet.close_sheet()
    whole.show_screen(kind.name)
    qtbot.waitUntil(lambda: runner.under_way == 0)
    screen = whole.current()
    assert screen is not None
    return screen


def texts(screen: QWidget) -> str:
    return "\n".join(field.text() for field in screen.findChildren(TextField))


def editable(screen: QWidget) -> list[TextField]:
    return [
        field
        for field in screen.findChildren(TextField)
        if field.isVisible() and field.isEnabled() and not field.line.isReadOnly()
    ]


def test_what_stands_in_a_field_is_replaced_by_typing_however_it_was_reached(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    kept, seen = [], 0
    ways = (
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.OtherFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    )
    for kind in screens():
        for field in editable(shown(whole, kind, qtbot, runner)):
            for way in ways:
                whole.box.setFocus()
                field.line.setText("12,34")
                field.setFocus(way)
                seen += 1
                if field.line.selectedText() != field.line.text():
                    kept.append(f"{kind.name}: {field.name} {way.name}")
            field.clear()
    assert seen > 30
    assert not kept


def test_a_letter_typed_on_a_list_or_a_button_stands_in_a_field_or_is_said(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    lost, seen = [], 0
    for kind in screens():
        screen = shown(whole, kind, qtbot, runner)
        for widget in (*screen.findChildren(QAbstractItemView), *screen.findChildren(Button)):
            if not (widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & TAB):
                continue
            for field in editable(screen):
                field.clear()
            before = texts(screen)
            whole.notices.clear()
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            type_text(widget, "w")
            seen += 1
            if texts(screen) == before and "w" not in whole.notices.text():
                lost.append(f"{kind.name}: {widget.accessibleName()}")
            for form in screen.findChildren(Form):
                form.mark_clean()
    assert seen > 10
    assert not lost


def test_a_letter_on_the_list_of_a_day_begins_a_search_and_esc_ends_it(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    for kind in screens():
        screen = shown(whole, kind, qtbot, runner)
        for field in editable(screen):
            if field.is_search():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                type_text(field.editor, "zz")
                assert field.text() == "zz", kind.name
                press(field.editor, "Esc")
                assert field.text() == "", kind.name
                assert field.editor.hasFocus(), kind.name


@pytest.fixture
def known(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """SENDER has sent something here before."""
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    stand.pay(10_000)
    return Hands(qtbot, runner, session, stand, TransfersScreen)


def test_a_look_up_overwrites_nothing_and_fetches_nobody_back(known: Hands, runner: Runner) -> None:
    screen = known.frame.current()
    assert isinstance(screen, TransfersScreen)
    person, held = screen.send.person, Event()
    # Somebody else's work is before it in the lane: the answer comes when the clerk is elsewhere.
    runner.submit(Lane.DATABASE, held.wait, lambda _done: None)
    type_text(person.fin.editor, SENDER.fin)
    person.full_name.setFocus(Qt.FocusReason.TabFocusReason)
    type_text(person.full_name.editor, "Another")
    screen.send.money.amount.setFocus(Qt.FocusReason.TabFocusReason)
    held.set()
    known.settle()
    assert person.document.text() == SENDER.document
    assert person.full_name.text() == "Another"
    assert screen.send.money.amount.editor.hasFocus()


def test_enter_in_the_look_up_still_leads_on(known: Hands) -> None:
    screen = known.frame.current()
    assert isinstance(screen, TransfersScreen)
    known.type(SENDER.fin + "\n")
    assert screen.send.receiver.editor.hasFocus()


def test_an_act_under_way_hands_the_focus_to_no_other_act(qtbot: QtBot, runner: Runner) -> None:
    page = QWidget()
    act, other, done = Button(plain("act")), Button(plain("other")), Event()
    act.setParent(page)
    other.setParent(page)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    act.setFocus()
    qtbot.waitUntil(act.hasFocus)

    def refuse() -> None:
        done.wait()
        raise Refused("G-001")

    Operation(act, refuse).refused(lambda _no: None).start()
    assert not other.hasFocus()
    done.set()
    qtbot.waitUntil(lambda: runner.under_way == 0)
    assert act.hasFocus()


def test_a_letter_typed_with_the_focus_nowhere_is_not_begun_in_a_secret(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    """It is said instead."""
    for kind in screens():
        screen = shown(whole, kind, qtbot, runner)
        focus = QApplication.focusWidget()
        if focus is not None:
            focus.clearFocus()
        type_text(whole, "w")
        assert not any(field.text() for field in screen.findChildren(PinField)), kind.name
