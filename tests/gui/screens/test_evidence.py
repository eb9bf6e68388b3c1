"""A branch takes its own evidence out of the desk by keys; a scanned certificate opens what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.words import phrase, plain, say
from azpost_desk.gui.screens.history import evidence as module
from azpost_desk.gui.screens.history.certificate import CertificateSheet
from azpost_desk.gui.screens.history.evidence import EvidenceSheet
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.programs import verify
from azpost_desk.services.goods import SellGoods
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, MANAGER

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

EXPORT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(120)
    return Hands(qtbot, runner, session, stand, HistoryScreen)


def screen_of(hands: Hands) -> HistoryScreen:
    current = hands.frame.current()
    assert isinstance(current, HistoryScreen)
    return current


def sheet_of(hands: Hands) -> EvidenceSheet:
    sheet = screen_of(hands).sheet
    assert isinstance(sheet, EvidenceSheet)
    return sheet


def test_today_is_exported_by_two_keys_and_proven(
    hands: Hands, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "today.azev"
    asked: list[str] = []
    monkeypatch.setattr(
        module, "ask_where_to_save", lambda _over, _title, name, _kinds: asked.append(name) or file
    )
    hands.press(Qt.Key.Key_E, EXPORT)
    sheet = sheet_of(hands)
    # A clerk may not take personal data out.
    assert [one.value for one in sheet.personal._choices] == [""]
    sheet.main.click()
    hands.settle()
    assert asked == ["evidence-2002-1-2026-11-23-2026-11-23.azev"]
    assert verify.main([str(file)]) == 0
    [exported] = stand.bodies(ops.EvidenceExported)
    assert isinstance(exported, ops.EvidenceExported)
    assert not exported.personal
    done = phrase("history.screen.evidence.done", file=plain("today.azev"))
    assert say(hands.notices[-1]) == say(done)  # type: ignore[arg-type]
    assert screen_of(hands).sheet is None


def test_a_manager_may_take_personal_data_out(
    hands: Hands, session: Session, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.officer = MANAGER
    file = tmp_path / "today.azev"
    monkeypatch.setattr(module, "ask_where_to_save", lambda *_: file)
    hands.press(Qt.Key.Key_E, EXPORT)
    sheet = sheet_of(hands)
    sheet.personal.fill("personal")
    sheet.main.click()
    hands.settle()
    [exported] = stand.bodies(ops.EvidenceExported)
    assert isinstance(exported, ops.EvidenceExported)
    assert exported.personal
    assert verify.main([str(file)]) == 0


def test_leaving_writes_no_file_and_days_without_records_are_said(
    hands: Hands, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stand.records()
    monkeypatch.setattr(module, "ask_where_to_save", lambda *_: None)
    hands.press(Qt.Key.Key_E, EXPORT)
    sheet = sheet_of(hands)
    for field in (sheet.first, sheet.last):
        field.fill("01.01.2020")
    sheet.main.click()
    hands.settle()
    assert sheet._trouble.text() == say("refusal.R-080")
    sheet.last.fill("01.01.2019")
    sheet.main.click()
    hands.settle()
    assert stand.records() == before
    hands.press(Qt.Key.Key_Escape)
    assert stand.records() == before


def test_a_scanned_certificate_opens_what_it_says(hands: Hands, stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {100: 201, 20: 1})
    with stand.books.reading() as books:
        [job] = [one for one in books.print_jobs() if one.paper == "certificate"]
        code = books.certificate(job.key)
    hands.scan(code)
    current = hands.frame.current()
    assert isinstance(current, HistoryScreen)
    assert isinstance(current.sheet, CertificateSheet)
    assert current.sheet.isVisible()
    assert current.sheet.verdict.text() == say("history.screen.certificate.genuine")
