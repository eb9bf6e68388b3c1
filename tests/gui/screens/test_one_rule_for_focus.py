"""On every screen: typing replaces what is prefilled, look-ups fetch nobody back, no letter is lost."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from azpost_desk.domain.identifiers import DOCUMENT_KINDS
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import NameList, Sheet
from azpost_desk.gui.kit.fields import ChoiceField, PinField, TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.scanner import ScanBus, ScannerFilter
from azpost_desk.gui.kit.words import plain, say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.shell.register import screens
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.gui.work.timers import HandClock
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


def test_a_choice_never_opens_over_whoever_has_gone_on(known: Hands, stand: Stand, runner: Runner) -> None:
    twin = replace(SENDER, name="Əliyeva Nigar", fin="8XY7ABC", document="AA7777777")
    stand.desk.transfers.send(SendTransfer(twin, RECEIVER, azn(5_000), "family"), CLERK)
    stand.pay(10_000)
    screen, held = known.frame.current(), Event()
    assert isinstance(screen, TransfersScreen)
    runner.submit(Lane.DATABASE, held.wait, lambda _done: None)
    type_text(screen.send.person.fin.editor, "Əliyev")
    screen.send.receiver.setFocus(Qt.FocusReason.TabFocusReason)
    type_text(screen.send.receiver.editor, "Qul")
    held.set()
    known.settle()
    assert [sheet for sheet in known.frame.findChildren(Sheet) if sheet.isVisible()] == []
    assert known.frame.notices.says("kit.several")
    assert screen.send.receiver.editor.hasFocus()
    known.type("i")
    assert screen.send.receiver.text() == "Quli"
    known.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (names,) = [one for one in known.frame.findChildren(NameList) if one.isVisible()]
    wanted = next(at for at, one in enumerate(names.candidates, 1) if say(one.title) == twin.name)
    known.type(str(wanted))
    assert screen.send.person.fin.text() == twin.fin
    assert screen.send.receiver.text() == "Quli"


def test_a_letter_that_names_no_choice_goes_to_the_field_that_waits_or_is_said(known: Hands) -> None:
    screen = known.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.send.person.kind.setFocus(Qt.FocusReason.TabFocusReason)
    chosen = screen.send.person.kind.text()
    known.type("j")
    assert (screen.send.person.kind.text(), screen.send.person.fin.text()) == (chosen, "j")
    screen.send.person.kind.setFocus(Qt.FocusReason.TabFocusReason)
    for field in screen.send.form.fields:
        field.put("9")
    before = screen.send.form.values()
    known.type("j")
    assert screen.send.form.values() == before
    assert "j" in known.frame.notices.text()


def roll(text: str, clock: HandClock) -> None:
    """Each second key is down before the one before is up, every event 30 ms after the last."""
    for first, second in zip(text[::2], text[1::2], strict=True):
        for kind, char in (
            (QEvent.Type.KeyPress, first),
            (QEvent.Type.KeyPress, second),
            (QEvent.Type.KeyRelease, first),
            (QEvent.Type.KeyRelease, second),
        ):
            target = QApplication.focusWidget()
            assert target is not None
            none = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(target, QKeyEvent(kind, ord(char.upper()), none, char))
            clock.advance(30)
    clock.advance(200)


def test_overlapping_keys_of_a_quick_hand_lose_nothing_and_double_nothing(
    qtbot: QtBot, qapp: QApplication, runner: Runner, whole: Frame, session: Session
) -> None:
    clock, bus, scans = HandClock(), ScanBus(), list[str]()
    bus.scanned.connect(lambda _scan, raw, _doubled: scans.append(raw))
    bus.refused.connect(lambda: scans.append("refused"))
    listening = ScannerFilter(qapp, read_scan, bus, clock)
    try:
        for kind in screens():
            screen = shown(whole, kind, qtbot, runner)
            search = next((one for one in editable(screen) if one.is_search()), None)
            if search is None:
                continue
            lists = [one for one in screen.findChildren(QAbstractItemView) if one.isVisible()]
            buttons = [one for one in screen.findChildren(Button) if one.isVisible() and one.isEnabled()]
            drops = [one for one in screen.findChildren(ChoiceField) if one.isVisible()]
            starts = [search.editor, *lists, *buttons, *(one.editor for one in drops)]
            for start in starts:
                if not start.focusPolicy() & TAB:
                    continue
                search.clear()
                start.setFocus(Qt.FocusReason.OtherFocusReason)
                roll("zzxjxzjx", clock)
                assert search.text() == "zzxjxzjx", f"{kind.name}: {start.accessibleName()}"
                for form in screen.findChildren(Form):
                    form.mark_clean()
    finally:
        listening.remove()
    assert scans == []


def test_overlapping_digits_on_a_drop_down_choose_the_last(
    qtbot: QtBot, qapp: QApplication, known: Hands
) -> None:
    screen = known.frame.current()
    assert isinstance(screen, TransfersScreen)
    clock = HandClock()
    listening = ScannerFilter(qapp, read_scan, ScanBus(), clock)
    try:
        screen.send.person.kind.setFocus(Qt.FocusReason.TabFocusReason)
        roll("3142", clock)
    finally:
        listening.remove()
    assert screen.send.person.kind.text() == DOCUMENT_KINDS[1]
    assert all(
        one.is_empty() or one.filled for one in screen.send.form.fields if one.name != "sender.document_kind"
    )
