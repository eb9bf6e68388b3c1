"""Each field with a form of its own says what would be right beside its fault, and no act hides a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtTest import QSignalSpy, QTest

from azpost_desk.domain.identifiers import (
    CHECKS,
    DOCUMENT_EXAMPLES,
    DOCUMENT_KINDS,
    EXAMPLES,
    check_document,
)
from azpost_desk.domain.item_numbers import EXAMPLE as ITEM
from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.transfer_codes import EXAMPLE as CODE
from azpost_desk.domain.transfer_codes import check_transfer_code
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner


@dataclass(frozen=True)
class Wrong:
    """What is typed into a field, and the example that is said when it is left."""

    screen: str
    field: str
    typed: str
    example: str
    mode: str = ""


TABLE: Final = (
    Wrong("transfers", "sender.document", "12", "AA1234567"),
    Wrong("transfers", "sender.document_valid_to", "99", "23.11.2026"),
    Wrong("transfers", "sender.phone", "12", "+994 50 123 45 67"),
    Wrong("transfers", "receiver.phone", "12", "+994 50 123 45 67"),
    Wrong("transfers", "amount", "1.2.3", "12,50"),
    Wrong("transfers", "code", "12", "123 456 7897", "Ctrl+2"),
    Wrong("express", "sender.phone", "12", "+994 50 123 45 67"),
    Wrong("express", "addressee.postcode", "1", "AZ1000"),
    Wrong("express", "weight", "x", "750 (q) və ya 1,2 (kq)"),
    Wrong("payments", "amount", "1.2.3", "12,50"),
    Wrong("history", "first", "99", "23.11.2026", "Ctrl+F"),
)


def opened(whole: Frame, name: str, qtbot: QtBot, runner: Runner) -> Screen:
    whole.show_screen(name)
    qtbot.waitUntil(lambda: runner.under_way == 0)
    screen = whole.current()
    assert screen is not None
    return screen


def the_field(screen: QWidget, name: str) -> TextField:
    return next(one for one in screen.findChildren(TextField) if one.name == name and one.isVisible())


def test_every_example_passes_its_own_check() -> None:
    assert [kind for kind, example in EXAMPLES.items() if not CHECKS[kind](example).valid] == []
    assert set(DOCUMENT_EXAMPLES) == set(DOCUMENT_KINDS)
    wrong = [kind for kind, one in DOCUMENT_EXAMPLES.items() if check_document(one, kind).value != one]
    assert wrong == []
    assert check_transfer_code(CODE).valid
    assert read_item_number(ITEM).valid


def test_a_fault_carries_its_example_when_the_field_is_left(
    qtbot: QtBot, runner: Runner, whole: Frame
) -> None:
    silent = []
    for one in TABLE:
        screen = opened(whole, one.screen, qtbot, runner)
        if one.mode:
            press(whole, one.mode)
            qtbot.waitUntil(lambda: runner.under_way == 0)
        field = the_field(whole, one.field)
        field.setFocus(Qt.FocusReason.TabFocusReason)
        type_text(field.editor, one.typed)
        press(field.editor, "Tab")
        field.editor.clearFocus()
        if one.example not in field.error_text():
            silent.append(f"{one.screen} {one.field}: {field.error_text()!r}")
        field.clear()
        for form in screen.findChildren(Form):
            form.mark_clean()
    assert silent == []


def test_an_empty_field_an_account_and_a_typed_number_say_their_example_in_every_language(
    qtbot: QtBot, runner: Runner, session: Session, whole: Frame
) -> None:
    session.officer = CLERK
    payments = opened(whole, "payments", qtbot, runner)
    assert isinstance(payments, PaymentsScreen)
    take = payments.take
    qtbot.waitUntil(lambda: bool(take._billers.billers))
    biller = take._billers.billers[0]
    take._choose(biller)
    take.add_button.click()
    tracking = opened(whole, "tracking", qtbot, runner)
    assert isinstance(tracking, TrackingScreen)
    type_text(tracking.event_field.editor, "1")
    tracking.scan.setFocus()
    type_text(tracking.scan.editor, "RR12\n")
    qtbot.waitUntil(lambda: runner.under_way == 0)
    for code, such_as in {"az": "Məsələn: ", "ru": "Например: ", "en": "For example: "}.items():
        Language.current().choose(code)
        assert take.account.error_text() == f"{say('kit.required')} {such_as}{biller.account_example}"
        assert tracking.answer.text().endswith(f"{such_as}RR 123 456 785 AZ")


def faults(form: Form) -> list[str]:
    return [field.name for field in form.fields if field.error_text()]


@pytest.mark.parametrize("way", ["mouse", "space", "key"])
def test_a_main_act_pressed_in_any_way_shows_all_faults_as_enter_does(
    qtbot: QtBot, runner: Runner, session: Session, whole: Frame, way: str
) -> None:
    session.officer = CLERK
    for name in ("transfers", "express", "payments"):
        screen = opened(whole, name, qtbot, runner)
        form = next(one for one in screen.findChildren(Form) if one.isVisible() and one.main is not None)
        assert form.main is not None
        form.fields[0].put("12")
        form.verify()
        expected = faults(form)
        assert len(expected) > 1, name
        for field in form.fields:
            field.clear_error()
        assert form.main.isEnabled(), name
        began = QSignalSpy(form.main, SIGNAL("clicked(bool)"))
        if way == "mouse":
            QTest.mouseClick(form.main, Qt.MouseButton.LeftButton)
        elif way == "space":
            form.main.setFocus()
            QTest.keyClick(form.main, Qt.Key.Key_Space)
        else:
            form.main.click()
        assert (faults(form), began.count()) == (expected, 0), name
