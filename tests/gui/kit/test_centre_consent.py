"""The centre's consent in the approval sheet: offered to who is alone, waited for in sight, or typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from azpost_desk.domain import catalogue as cat
from azpost_desk.domain.money import azn
from azpost_desk.domain.transfer_codes import with_check_digit
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import language, plain
from azpost_desk.gui.work.runner import Runner
from azpost_desk.protocol import approvals as protocol
from azpost_desk.protocol.messages import Signed
from azpost_desk.protocol.news import Reference
from azpost_desk.storage.vault import FileVault
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK, Stand, stand_at_work
from tests.services.paper import tell
from tests.storage.desks import GRANTS, documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SECRET = bytes(range(32))
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """One clerk and nobody else at this branch, which the centre has marked."""
    made = stand_at_work(tmp_path / "desk")
    FileVault(made.books.folder).put("approvals", SECRET.hex())
    branch, staff = documents((1, 2))["branch"], documents()["staff"]
    assert isinstance(staff, cat.Staff)
    alone = cat.Staff(officers=tuple(one for one in staff.officers if one.role == "clerk"))
    for name, content in (("branch", msgspec.structs.replace(branch, single_handed=True)), ("staff", alone)):
        raw = msgspec.Raw(msgspec.json.encode(content))
        tell(made.books, "reference", Reference(name=name, version=2, valid_from="2026-01-01", content=raw))
    yield made
    made.books.close()


@pytest.fixture
def asked(qtbot: QtBot, runner: Runner, stand: Stand) -> Callable[[], ApprovalSheet]:
    session = Session(stand.desk, lambda _tone: None)
    session.officer = CLERK
    window = QWidget()
    window.resize(900, 700)
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def ask() -> ApprovalSheet:
        sheet = ApprovalSheet(window, session, "operation-1", plain("Geri qaytarma"), "reversal", azn(2_550))
        sheet.ask()
        qtbot.waitUntil(sheet.isVisible)
        return sheet

    return ask


def keys(text: str) -> None:
    for char in text:
        widget = QApplication.focusWidget()
        assert widget is not None
        type_text(widget, char)


def ctrl(key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, CTRL)


def settle(qtbot: QtBot, runner: Runner) -> None:
    qtbot.waitUntil(lambda: runner.under_way == 0)


def answer(stand: Stand, outcome: str, reason: str = "") -> None:
    """Somebody at the centre answers the only question."""
    with stand.books.reading() as books:
        (one,) = books.consent_requests("operation-1")
    told = protocol.CentreAnswer(
        "approval.answer@1",
        1,
        protocol.Asked("2002-1", 1, one.request, "operation-1", "reversal", 2_550, CLERK.officer, 1),
        "centre:C07",
        outcome,  # type: ignore[arg-type]
        reason,
        1,
    )
    words = protocol.answer_words(told)
    stand.line.approvals[one.request] = protocol.ApprovalTold(
        answer=Signed(words=words, signature=GRANTS.sign(words))
    )


def read(sheet: ApprovalSheet) -> str:
    return "\n".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())


def test_who_is_alone_is_offered_the_centre_and_told_why(asked: Callable[[], ApprovalSheet]) -> None:
    sheet = asked()
    assert sheet.centre.isVisible()
    assert not sheet.people.isVisible()
    assert language().texts.t("kit.approval.nobody_here") in read(sheet)


def test_on_line_it_is_seen_that_the_question_waits_until_the_answer_comes(
    qtbot: QtBot, runner: Runner, stand: Stand, asked: Callable[[], ApprovalSheet]
) -> None:
    sheet = asked()
    ctrl(Qt.Key.Key_1)
    settle(qtbot, runner)
    assert "Mərkəzin cavabı gözlənilir" in sheet.centre.state.text()
    answer(stand, "given")
    with qtbot.waitSignal(sheet.approved, timeout=10_000) as told:
        sheet.centre.look()
    (approval,) = told.args
    assert (approval.approver, approval.way, approval.for_operation) == (
        "centre:C07",
        "centre_online",
        "operation-1",
    )
    assert sheet.isHidden()


def test_it_asks_by_itself_while_it_waits(
    qtbot: QtBot, runner: Runner, stand: Stand, asked: Callable[[], ApprovalSheet]
) -> None:
    sheet = asked()
    ctrl(Qt.Key.Key_1)
    settle(qtbot, runner)
    answer(stand, "given")
    with qtbot.waitSignal(sheet.approved, timeout=10_000):
        pass


def test_a_no_is_said_with_its_reason(
    qtbot: QtBot, runner: Runner, stand: Stand, asked: Callable[[], ApprovalSheet]
) -> None:
    sheet = asked()
    ctrl(Qt.Key.Key_1)
    settle(qtbot, runner)
    answer(stand, "refused", "sabah soruşun")
    sheet.centre.look()
    settle(qtbot, runner)
    assert "sabah soruşun" in read(sheet)
    assert sheet.isVisible()


def test_without_a_line_it_says_so_and_the_telephone_is_there(
    qtbot: QtBot, runner: Runner, stand: Stand, asked: Callable[[], ApprovalSheet]
) -> None:
    stand.line.online = False
    sheet = asked()
    ctrl(Qt.Key.Key_1)
    settle(qtbot, runner)
    assert sheet.centre.state.text() == language().texts.t("kit.approval.no_line")
    ctrl(Qt.Key.Key_2)
    settle(qtbot, runner)
    with stand.books.reading() as books:
        _, one = books.consent_requests("operation-1")
    shown = read(sheet)
    for words in (f"{one.challenge[:5]} {one.challenge[5:]}", "2002-1", "25,50", "1002", "Geri qaytarma"):
        assert words in shown
    keys("c07\n")
    words = protocol.response_words(
        "2002-1", 1, one.challenge, "reversal", 2_550, CLERK.officer, "centre:C07"
    )
    keys(with_check_digit("0000001") + "\n")
    settle(qtbot, runner)
    assert sheet.centre.response.error_text() == language().texts.refusal("S-063", left=4)
    sheet.centre.response.clear()
    sheet.centre.response.setFocus()
    with qtbot.waitSignal(sheet.approved) as told:
        keys(protocol.response_of(protocol.mac(SECRET, words)) + "\n")
    assert told.args[0].way == "centre_telephone"


def test_escape_asks_no_more_and_gives_nothing(
    qtbot: QtBot, runner: Runner, stand: Stand, asked: Callable[[], ApprovalSheet]
) -> None:
    sheet = asked()
    ctrl(Qt.Key.Key_2)
    settle(qtbot, runner)
    given: list[object] = []
    sheet.approved.connect(given.append)
    press(sheet.centre.approver.line, "Esc")
    assert sheet.isHidden()
    assert given == []
