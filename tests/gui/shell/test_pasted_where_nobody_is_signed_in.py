"""What no key writes, pasted outside the screens: sign-in, lock, own PIN, enrolment, count lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.counts import DenominationSheet, read_count
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.enrol_page import EnrolPage
from azpost_desk.gui.shell.own_pin import OwnPin
from azpost_desk.gui.shell.sign_in import SignIn
from azpost_desk.gui.work.runner import Runner
from tests.gui.conftest import type_text
from tests.gui.screens.test_pasted_over_every_form import PASTED, editable, wrong_of
from tests.services.counters import CLERK, Stand, ended, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Notice


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


def paste_over(qtbot: QtBot, runner: Runner, page: QWidget) -> tuple[list[str], set[str]]:
    """What is wrong after each paste and Enter, and the sentences said."""
    found, said = [], set[str]()
    for field in editable(page):
        for what, pasted in PASTED.items():
            if not field.isVisible():
                break
            field.line.selectAll()
            field.line.insert(pasted)
            expected = field.line.text() if what == "half a character" else pasted
            wrong = wrong_of(field, expected)
            found += [f"{field.name}, {what}: {wrong}"] if wrong else []
            type_text(field.editor, "\n")
            qtbot.waitUntil(lambda: runner.under_way == 0)
            said |= {one.error_text() for one in page.findChildren(TextField) if one.error_text()}
        field.clear()
    return found, said


def test_nobody_gets_in_and_nothing_fails_by_a_paste(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    incidents: list[Notice] = []
    runner.noticed.connect(lambda notice: incidents.append(notice) if notice.kind == "incident" else None)
    staff, entered = stand.desk.staff, list[object]()
    officer = next(one for one in staff.officers() if one.officer == CLERK.officer)
    sign_in, locked, own = SignIn(), SignIn(), OwnPin()
    sign_in.offer(plain("Sumqayıt 2"), [officer], staff.sign_in, staff.choose_pin)
    locked.lock(officer, lambda pin: staff.unlock(CLERK, pin), staff.choose_pin)

    def refuse(url: str, code: str) -> None:
        raise Refused("E-010", field="code")

    for page in (sign_in, locked, own, EnrolPage(refuse, "")):
        for signal in ("signed_in", "unlocked", "enrolled"):
            if hasattr(page, signal):
                getattr(page, signal).connect(lambda *_args: entered.append(1))
        qtbot.addWidget(page)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        if page is sign_in:
            type_text(sign_in._names, "1")
        found, said = paste_over(qtbot, runner, page)
        assert found == []
        assert said, type(page).__name__
    assert (incidents, entered) == ([], [])


def test_no_count_is_made_of_a_paste(qtbot: QtBot) -> None:
    sheet = DenominationSheet(blind=True)
    qtbot.addWidget(sheet)
    sheet.show()
    finished: list[bool] = []
    sheet.finished.connect(lambda: finished.append(True))
    for line in (sheet.line(20_000), sheet.line(1)):
        for pasted in PASTED.values():
            line.selectAll()
            line.insert(pasted)
            type_text(line, "\n")
            assert read_count(line.text()) is None
            assert "14" in sheet._hint.text(), "what would be right is said"
            assert (sheet.pieces(), finished) == ({}, [])
        line.clear()
