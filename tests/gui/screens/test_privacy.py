"""The manager's sheet of personal data: who looked at whom, what the law keeps, erasing what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.words import Language, language
from azpost_desk.gui.screens.staff.screen import StaffScreen
from azpost_desk.services.transfers import SendTransfer
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import nameless
from tests.services.counters import CLERK, MANAGER, MORNING_MS, RECEIVER, SENDER, approval
from tests.storage.desks import acknowledge

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.staff.privacy import PrivacySheet
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier
SIX_YEARS_MS = 6 * 366 * 24 * 3_600_000


class Office(Hands):
    @property
    def sheet(self) -> PrivacySheet:
        screen = self.frame.current()
        assert isinstance(screen, StaffScreen)
        assert screen.privacy is not None
        return screen.privacy

    def words(self) -> str:
        return "\n".join(one.text() for one in self.frame.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def office(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Office:
    """Six years after a transfer that was undone; somebody looked at its sender."""
    basket = stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family", None), CLERK)
    stand.pay(20_000)
    with stand.books.reading() as books:
        line = books.paid_line(basket.lines[-1].line.operation)
    assert line is not None
    undoing = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, line, undoing, "Müştəri imtina etdi", approval(undoing))
    (customer,) = stand.desk.customers.find("aliyev")
    stand.desk.customers.view(customer, CLERK, "express.sender")
    stand.clock.pass_ms(SIX_YEARS_MS)
    stand.books.mark_offered(stand.records())
    acknowledge(stand.books, MORNING_MS + SIX_YEARS_MS)
    session.officer = MANAGER
    return Office(qtbot, runner, session, stand, StaffScreen)


def test_the_sheet_shows_who_looked_and_erases_by_a_key(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_D, CTRL)
    (look,) = office.sheet.looks.rows.records
    assert (look.officer, look.customer) == (CLERK.name, SENDER.name)
    assert {one.group: one.count for one in office.sheet.terms.rows.records if one.count} == {
        "parties": 1,
        "customer": 1,
    }
    assert nameless(office.frame) == []
    office.press(Qt.Key.Key_E, CTRL)
    assert language().texts.t("staff.privacy.done", count="2") in office.words()
    assert len(stand.bodies(ops.AttachmentsErased)) == 2
    (look,) = office.sheet.looks.rows.records
    assert (look.officer, look.customer) == (CLERK.name, "")
    office.press(Qt.Key.Key_E, CTRL)
    assert len(stand.bodies(ops.AttachmentsErased)) == 2, "nothing is due any more"


def test_a_person_who_asks_early_gets_the_term_on_the_screen(office: Office, stand: Stand) -> None:
    """Another transfer, of this very day: its term ends in five years."""
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family", None), CLERK)
    stand.pay(20_000)
    office.press(Qt.Key.Key_D, CTRL)
    office.sheet.fin.setFocus()
    office.type("1234567\n")
    assert office.sheet.fin.error_text() == language().texts.refusal("S-092")
    office.sheet.fin.line.clear()
    office.type("5zk9xyz\n")
    (body,) = stand.bodies(ops.ErasureRequested)
    assert isinstance(body, ops.ErasureRequested)
    assert (body.answer, body.until) == ("refused", "2037-11-28")
    said = language().texts.t("staff.privacy.answer.refused", until=body.until, basis=body.basis)
    assert said in office.words()
    assert office.sheet.fin.text() == ""


def test_leaving_erases_nothing(office: Office, stand: Stand) -> None:
    records = stand.records()
    office.press(Qt.Key.Key_D, CTRL)
    office.press(Qt.Key.Key_Escape)
    assert stand.records() == records


@pytest.mark.parametrize("code", ["az", "ru", "en"])
def test_the_sheet_fits_in_every_language(office: Office, code: str, tmp_path: Path) -> None:
    Language.current().choose(code)
    office.press(Qt.Key.Key_D, CTRL)
    assert office.sheet.erase.width() >= office.sheet.erase.minimumSizeHint().width()
    bottoms = [office.sheet.looks, office.sheet.erase, office.sheet.terms, office.sheet.request]
    places = [one.mapTo(office.frame, one.rect().topLeft()).y() for one in bottoms]
    ends = [place + one.height() for place, one in zip(places, bottoms, strict=True)]
    assert all(end <= place for end, place in zip(ends, places[1:], strict=False)), "nothing covers another"
    assert ends[-1] <= office.frame.height()
    assert office.frame.grab().save(str(tmp_path / f"privacy-{code}.png"))
