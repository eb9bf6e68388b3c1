"""A second person's consent: only others who may, by their own PIN, for one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import language, plain
from azpost_desk.gui.work.runner import Runner
from azpost_desk.services.counter import Approval
from azpost_desk.services.views import OfficerAtDesk
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, Stand, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    made.books.close()


@pytest.fixture
def asked(qtbot: QtBot, runner: Runner, stand: Stand) -> Callable[..., ApprovalSheet]:
    """Opens the sheet over a window, asked by somebody."""
    session = Session(stand.desk, lambda _tone: None)
    window = QWidget()
    window.resize(800, 600)
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def ask(officer: object = CLERK) -> ApprovalSheet:
        session.officer = officer  # type: ignore[assignment]
        sheet = ApprovalSheet(window, session, "operation-1", plain("Qəbz 1-000012 geri qaytarılır"))
        sheet.ask()
        qtbot.waitUntil(sheet.isVisible)
        return sheet

    return ask


def names(sheet: ApprovalSheet) -> list[str]:
    return [one.value.name for one in sheet.people.candidates if isinstance(one.value, OfficerAtDesk)]


def keys(text: str) -> None:
    for char in text:
        widget = QApplication.focusWidget()
        assert widget is not None
        type_text(widget, char)


def test_only_others_who_may_approve_are_offered(asked: Callable[..., ApprovalSheet]) -> None:
    assert names(asked()) == [MANAGER.name, SUPERVISOR.name]


def test_who_asks_is_never_offered_and_a_single_one_is_picked(
    qtbot: QtBot, asked: Callable[..., ApprovalSheet]
) -> None:
    sheet = asked(MANAGER)
    assert names(sheet) == [SUPERVISOR.name]
    qtbot.waitUntil(sheet.pin.line.hasFocus)


def test_a_digit_and_the_pin_give_consent_to_this_operation(
    qtbot: QtBot, asked: Callable[..., ApprovalSheet]
) -> None:
    sheet = asked()
    keys("2")
    with qtbot.waitSignal(sheet.approved) as told:
        keys("1004\n")
    assert told.args == [Approval(SUPERVISOR.officer, SUPERVISOR.role, "operation-1")]
    assert sheet.isHidden()


def test_a_wrong_pin_is_said_beside_it_and_can_be_typed_again(
    qtbot: QtBot, runner: Runner, asked: Callable[..., ApprovalSheet]
) -> None:
    sheet = asked()
    keys("1")
    keys("9999\n")
    qtbot.waitUntil(lambda: runner.under_way == 0)
    assert sheet.pin.error_text() == language().texts.refusal("S-001", left=4)
    with qtbot.waitSignal(sheet.approved):
        keys("1001\n")


def test_escape_gives_no_consent(qtbot: QtBot, asked: Callable[..., ApprovalSheet]) -> None:
    sheet = asked()
    keys("1")
    given: list[object] = []
    sheet.approved.connect(given.append)
    press(sheet.pin.line, "Esc")
    assert sheet.isHidden()
    assert given == []
