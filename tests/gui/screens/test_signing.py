"""F8 after the close: the papers of the day, the PIN, the badge; the window never waits for the card."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.devices.signatures import FileSigner
from azpost_desk.documents.cash import till_close_pdf
from azpost_desk.domain import operations as ops
from azpost_desk.domain.signatures import Stamp
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import Language, language
from azpost_desk.gui.screens.reports.screen import ReportsScreen
from azpost_desk.programs.desk import paper_drawer, report_press, stamp_drawer
from azpost_desk.services.desk import desk_services
from azpost_desk.texts import Texts
from tests.documents import samples
from tests.fakes.certificates import PIN, new_issuer
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, PlainHasher, Stand
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from azpost_desk.domain.signatures import Certificate
    from azpost_desk.gui.screens.reports.signing import SigningSheet
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier


class Manager(Hands):
    printed: list[object]

    @property
    def screen(self) -> ReportsScreen:
        screen = self.frame.current()
        assert isinstance(screen, ReportsScreen)
        return screen

    @property
    def sheet(self) -> SigningSheet:
        assert self.screen.signing is not None
        return self.screen.signing

    def standings(self) -> list[str]:
        return [one.standing for one in self.sheet.papers.rows.records]


class Slow(FileSigner):
    """A card that thinks until it is let go."""

    go = threading.Event()

    def sign(
        self, pdf: bytes, pin: str, number: int, accept: Callable[[Certificate], Stamp]
    ) -> tuple[bytes, Certificate]:
        assert self.go.wait(60)
        return super().sign(pdf, pin, number, accept)


@pytest.fixture(scope="module")
def file_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manager's file, used once: loading the library takes seconds on a busy machine."""
    path = new_issuer().file(tmp_path_factory.mktemp("card") / "sevda.p12", "ƏLİYEVA SEVDA VAQİF QIZI")
    signer = FileSigner(path, stamp_drawer)
    pdf = till_close_pdf(samples.TILL_CLOSE, Texts("az"))
    signed, _ = signer.sign(pdf, PIN, 1, lambda one: Stamp(1, one.name, one.serial, 1_795_410_000_000))
    assert signer.read(signed)
    return path


@pytest.fixture
def file(file_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(file_once, tmp_path / "sevda.p12"))


def at_reports(
    qtbot: QtBot,
    runner: Runner,
    stand: Stand,
    signer: FileSigner,
    by=MANAGER,  # type: ignore[no-untyped-def]
) -> Manager:
    counter = stand.desk.counter
    stand.desk = desk_services(
        counter, PlainHasher(), report_press(lambda: "az"), signer, paper_drawer(lambda: "az")
    )
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    session = Session(stand.desk, lambda _tone: None)
    session.officer = by
    printed: list[object] = []
    session.print_asked.connect(printed.append)
    made = Manager(qtbot, runner, session, stand, ReportsScreen)
    made.printed = printed
    return made


@pytest.fixture
def office(qtbot: QtBot, runner: Runner, stand: Stand, file: Path) -> Manager:
    return at_reports(qtbot, runner, stand, FileSigner(file, stamp_drawer))


def test_the_report_is_signed_by_a_key_the_pin_and_enter(office: Manager, stand: Stand) -> None:
    office.press(Qt.Key.Key_G, CTRL)
    assert office.standings() == ["unsigned", "unsigned"]
    office.type(f"{PIN}\n")
    assert office.standings() == ["unknown_issuer", "unsigned"]
    assert office.sheet.pin.text() == "", "the PIN is kept nowhere"
    assert [body.paper for body in stand.bodies(ops.PaperSigned)] == ["report"]  # type: ignore[attr-defined]
    assert nameless(office.frame) == []
    office.press(Qt.Key.Key_P, CTRL)
    assert office.printed == [], "the next paper is not signed yet"
    office.press(Qt.Key.Key_Up)
    office.press(Qt.Key.Key_P, CTRL)
    assert office.printed == [stand.desk.signatures.content(MANAGER, "report", DATE)]


def test_a_wrong_pin_stands_beside_its_field_and_signs_nothing(office: Manager, stand: Stand) -> None:
    office.press(Qt.Key.Key_G, CTRL)
    office.type("0000\n")
    assert office.sheet.pin.error_text() == language().texts.refusal("S-070", tries=1)
    assert office.sheet.pin.text() == ""
    office.type("1111\n")
    assert office.sheet.pin.error_text() == language().texts.refusal("S-070", tries=2)
    assert stand.bodies(ops.PaperSigned) == []
    assert office.notices == []


def test_fifty_enters_are_one_signature(office: Manager, stand: Stand) -> None:
    office.press(Qt.Key.Key_G, CTRL)
    office.sheet.pin.line.setText(PIN)
    hold_enter(office.frame)
    office.settle()
    hold_enter(office.frame)
    office.settle()
    assert len(stand.bodies(ops.PaperSigned)) == 1


def test_leaving_the_sheet_signs_nothing(office: Manager, stand: Stand) -> None:
    records = stand.records()
    office.press(Qt.Key.Key_G, CTRL)
    office.type(PIN)
    office.press(Qt.Key.Key_Escape)
    office.press(Qt.Key.Key_Escape)
    assert office.screen.signing is None
    assert stand.records() == records


def test_a_missing_file_is_said_in_the_sheet(office: Manager, file: Path) -> None:
    file.unlink()
    office.press(Qt.Key.Key_G, CTRL)
    office.type(f"{PIN}\n")
    assert language().texts.refusal("D-074", place=file.name) in _words(office)


def _words(office: Manager) -> str:
    return "\n".join(label.text() for label in office.frame.findChildren(QLabel) if label.isVisible())


def test_the_past_report_shows_how_its_signature_stands(office: Manager, stand: Stand) -> None:
    stand.desk.signatures.sign(MANAGER, "report", DATE, PIN)
    office.press(Qt.Key.Key_O, CTRL)
    office.type("23112026\n")
    assert language().texts.t("reports.signing.state.unknown_issuer") in _words(office)
    office.press(Qt.Key.Key_P, CTRL)
    assert office.printed == [stand.desk.signatures.content(MANAGER, "report", DATE)]


def test_a_supervisor_sees_the_papers_and_cannot_sign(
    qtbot: QtBot, runner: Runner, stand: Stand, file: Path
) -> None:
    office = at_reports(qtbot, runner, stand, FileSigner(file, stamp_drawer), SUPERVISOR)
    office.press(Qt.Key.Key_G, CTRL)
    assert office.standings() == ["unsigned", "unsigned"]
    assert not office.sheet.form.isVisible()


def test_the_window_and_the_counter_go_on_while_the_card_thinks(
    qtbot: QtBot, runner: Runner, stand: Stand, file: Path
) -> None:
    Slow.go.clear()
    office = at_reports(qtbot, runner, stand, Slow(file, stamp_drawer))
    office.press(Qt.Key.Key_G, CTRL)
    office.sheet.pin.line.setText(PIN)
    office.sheet.main.click()
    records = stand.records()
    with stand.books.writing() as books:
        signed_in = ops.SignedIn(officer=CLERK.officer, role="clerk")
        books.append(signed_in, actor=CLERK.officer, operation=stand.desk.counter.new_id())
    assert stand.records() == records + 1, "the books are free while the card is asked"
    assert runner.under_way > 0
    Slow.go.set()
    office.settle()
    assert office.standings()[0] == "unknown_issuer"


@pytest.mark.parametrize("code", ["az", "ru", "en"])
def test_every_sentence_of_the_sheet_fits(office: Manager, code: str, tmp_path: Path) -> None:
    Language.current().choose(code)
    office.press(Qt.Key.Key_G, CTRL)
    sheet = office.sheet
    picture = office.frame.grab()
    assert sheet.main.width() >= sheet.main.minimumSizeHint().width()
    assert (picture.width(), picture.height()) == (1366, 768)
    picture.save(str(tmp_path / f"signing-{code}.png"))
