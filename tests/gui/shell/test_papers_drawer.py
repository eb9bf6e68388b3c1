"""Papers of the day, played by keys: where they went, looked at, opened, printed again, found as files."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtPdf import QPdfDocument

from azpost_desk.devices.printers import FolderPrinter
from azpost_desk.devices.stand_ins import RecordedPages, RecordedSound
from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import Language, language, say
from azpost_desk.gui.shell import window as shell
from azpost_desk.gui.shell.papers_drawer import PapersDrawer
from azpost_desk.gui.work.runner import Runner
from azpost_desk.programs.desk_parts import Devices, paper_drawer, paper_printer, report_press, tray_of
from azpost_desk.services.desk import desk_services
from tests.gui.shell.test_window import Desk, History, _texts, press, sell, settled, sign_in
from tests.services.counters import CLERK, DATE, MANAGER, PlainHasher, Stand, ended, new_stand, working
from tests.services.counters import press as report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.services.counter import Officer

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the system's viewer."""
    places: list[str] = []

    def note(place: QUrl) -> bool:
        places.append(place.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return places


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = new_stand(tmp_path / "desk")
    yield made
    ended(made)


def counter(
    qtbot: QtBot, stand: Stand, devices: Devices, monkeypatch: pytest.MonkeyPatch, who: Officer = CLERK
) -> tuple[shell.Window, Frame]:
    """The window over a desk at work, with these devices."""
    monkeypatch.setattr(shell, "screens", lambda: [Desk, History])
    stand.desk = desk_services(
        stand.desk.counter, PlainHasher(), report, draw=paper_drawer(lambda: "az"), tray=tray_of(devices)
    )
    working(stand)
    made = shell.Window()
    qtbot.addWidget(made)
    session = Session(stand.desk, lambda tone: None, parent=made)
    printer = paper_printer(devices, lambda: "az", stand.desk.counter.today)
    made.ready(session, printer, ("Gəncə 2", 1), stand.desk.staff.officers(), 300, True)
    made.show()
    made.activateWindow()
    return made, sign_in(qtbot, made, stand, who)


@pytest.fixture(autouse=True)
def runner(dressed: None) -> Iterator[None]:
    made = Runner()
    yield
    made.close()


def open_drawer(qtbot: QtBot, window: shell.Window, frame: Frame) -> PapersDrawer:
    press(window, Qt.Key.Key_F9, CONTROL)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in frame.findChildren(PapersDrawer)))
    settled(qtbot)
    return frame.findChildren(PapersDrawer)[0]


def test_a_receipt_is_found_looked_at_opened_and_copied_by_keys(
    qtbot: QtBot, stand: Stand, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = tmp_path / "papers"
    devices = Devices(pages=FolderPrinter(papers), sound=RecordedSound())
    window, frame = counter(qtbot, stand, devices, monkeypatch)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    name = f"{DATE}_receipt-4201-000001.pdf"
    qtbot.waitUntil(lambda: any(name in words for words in _texts(frame.basket.done)))
    # It is said again in the language that is chosen next.
    Language.current().choose("en")
    assert f"Receipt 4201-000001 saved as {name}" in _texts(frame.basket.done)
    assert "Ctrl F9" in frame.strip.papers.hint_text()
    drawer = open_drawer(qtbot, window, frame)
    newest = drawer.table.current()
    assert newest is not None
    assert (newest.paper, newest.number, newest.state) == ("receipt", "4201-000001", "printed")
    qtbot.waitUntil(lambda: drawer.view.pages.status() is QPdfDocument.Status.Ready)
    assert "4201-000001" in drawer.view.pages.getAllText(0).text()
    # Loaded is not seen yet: a picture taken of it then showed an empty place.
    qtbot.waitUntil(drawer.view.is_drawn)
    image = drawer.view.grab().toImage()
    pixels = {image.pixelColor(x, y).lightness() for x in range(0, 300, 3) for y in range(0, 300, 3)}
    assert (min(pixels) < 60, max(pixels) > 250) == (True, True)
    press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_O, CONTROL)
    qtbot.waitUntil(lambda: len(opened) == 2)
    assert sorted(opened) == sorted([str(papers / name), str(papers)])
    press(window, Qt.Key.Key_P, CONTROL)
    copied = papers / f"{DATE}_receipt-4201-000001-copy-1.pdf"
    qtbot.waitUntil(copied.exists)
    settled(qtbot)
    (again,) = stand.bodies(ops.PaperReprinted)
    assert again == ops.PaperReprinted(receipt="4201-000001", sort="copy", count=1)
    open_drawer(qtbot, window, frame)
    press(window, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil((papers / f"{DATE}_receipt-4201-000001-copy-2.pdf").exists)
    settled(qtbot)
    # Each copy is a line of its own, in words and as a picture, though the books know of two by now.
    drawer = open_drawer(qtbot, window, frame)
    words = [drawer.table.rows.data(drawer.table.rows.index(row, 1)) for row in range(3)]
    receipt = "Receipt 4201-000001"
    assert words == [f"{receipt} (copy 2)", f"{receipt} (copy 1)", receipt]
    press(window, Qt.Key.Key_Down)
    settled(qtbot)
    qtbot.waitUntil(lambda: drawer.view.pages.status() is QPdfDocument.Status.Ready)
    qtbot.waitUntil(lambda: "1" in drawer.view.pages.getAllText(0).text())
    copy = [line for line in drawer.view.pages.getAllText(0).text().splitlines() if "SURƏT" in line]
    assert [line.split()[-1] for line in copy] == ["1"]
    press(window, Qt.Key.Key_Escape)
    assert stat.S_IMODE(papers.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in papers.iterdir()} == {0o600}
    # Looking wrote nothing: as many files as papers were printed.
    assert len(list(papers.iterdir())) == len(stand.desk.papers_made.today(CLERK))


def test_a_report_printed_again_is_marked_and_its_file_is_found(
    qtbot: QtBot, stand: Stand, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed report is stored bytes: printed again they were a second original."""
    papers = tmp_path / "papers"
    devices = Devices(pages=FolderPrinter(papers), sound=RecordedSound())
    window, frame = counter(qtbot, stand, devices, monkeypatch, MANAGER)
    settled(qtbot)
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, report_press(lambda: "az"))
    frame.print_waiting()
    qtbot.waitUntil((papers / f"{DATE}_report.pdf").exists)
    settled(qtbot)
    for number in (1, 2):
        drawer = open_drawer(qtbot, window, frame)
        place = [(one.paper, one.sort) for one in drawer.table.rows.records].index(("report", "original"))
        for _ in range(place):
            press(window, Qt.Key.Key_Down)
        press(window, Qt.Key.Key_P, CONTROL)
        qtbot.waitUntil((papers / f"{DATE}_report-copy-{number}.pdf").exists)
        settled(qtbot)
    drawer = open_drawer(qtbot, window, frame)
    qtbot.waitUntil(lambda: drawer.view.pages.status() is QPdfDocument.Status.Ready)
    newest = drawer.table.current()
    assert newest is not None
    assert (newest.paper, newest.copy) == ("report", 2)
    shown = [drawer.view.pages.getAllText(at).text() for at in range(drawer.view.pages.pageCount())]
    assert all("SURƏT 2" in page for page in shown)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened == [str(papers / f"{DATE}_report-copy-2.pdf")])


def test_a_paper_that_cannot_be_drawn_is_a_sentence_and_a_refused_print_leaves_the_picture(
    qtbot: QtBot, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grey sheet stood beside the sentence, and took the place of a paper that was to be printed again."""
    devices = Devices(pages=FolderPrinter(tmp_path / "papers"), sound=RecordedSound())
    window, frame = counter(qtbot, stand, devices, monkeypatch)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any("receipt-" in words for words in _texts(frame.basket.done)))
    drawer = open_drawer(qtbot, window, frame)
    qtbot.waitUntil(lambda: drawer.view.pages.status() is QPdfDocument.Status.Ready)

    def refuse(*_given: object) -> None:
        raise Refused("G-071")

    monkeypatch.setattr(type(stand.desk.papers_made), "again", refuse)
    press(window, Qt.Key.Key_P, CONTROL)
    settled(qtbot)
    sentence = language().texts.refusal("G-071")
    assert (drawer.why.text(), drawer.view.isVisible()) == (sentence, True)
    assert drawer.view.pages.status() is QPdfDocument.Status.Ready
    monkeypatch.setattr(type(stand.desk.papers_made), "preview", refuse)
    press(window, Qt.Key.Key_Escape)
    drawer = open_drawer(qtbot, window, frame)
    assert (drawer.why.text(), drawer.view.isVisible()) == (sentence, False)


def test_what_did_not_come_out_is_printed_again_as_its_duplicate_and_other_papers_as_counted_copies(
    qtbot: QtBot, stand: Stand, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = RecordedPages()
    window, frame = counter(qtbot, stand, Devices(pages=pages, sound=RecordedSound()), monkeypatch)
    # The float of the morning moved on paper: that is said, with the key of the drawer.
    qtbot.waitUntil(lambda: "pages" in frame.notices.text())
    pages.trouble = "D-006"
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    # The next act ends what was said of the one before.
    assert "pages" not in frame.notices.text()
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: say("frame.paper.failed") in frame.notices.text())
    pages.trouble = None
    drawer = open_drawer(qtbot, window, frame)
    assert not drawer.show_file.isVisible()
    assert not drawer.folder.isVisible()
    assert [one.state for one in drawer.table.rows.records][:1] == ["failed"]
    press(window, Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: pages.printed[-1].title == f"{DATE}_receipt-4201-000001-duplicate-1")
    settled(qtbot)
    for number in (1, 2):
        drawer = open_drawer(qtbot, window, frame)
        place = [one.paper for one in drawer.table.rows.records].index("cash_move")
        for _ in range(place):
            press(window, Qt.Key.Key_Down)
        press(window, Qt.Key.Key_P, CONTROL)
        qtbot.waitUntil(lambda n=number: pages.printed[-1].title.endswith(f"-copy-{n}"))
        settled(qtbot)
    assert opened == []


def test_an_empty_drawer_says_what_comes_and_a_clerk_sees_no_report(
    qtbot: QtBot, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, frame = counter(qtbot, stand, Devices(pages=RecordedPages(), sound=RecordedSound()), monkeypatch)
    settled(qtbot)
    with stand.books.writing() as books:
        books.queue_paper("report", DATE)
    drawer = open_drawer(qtbot, window, frame)
    assert "report" not in [one.paper for one in drawer.table.rows.records]
    press(window, Qt.Key.Key_Escape)
    stand.clock.pass_ms(24 * 3_600_000)
    drawer = open_drawer(qtbot, window, frame)
    assert drawer.table.rows.records == []
    assert say("frame.papers.empty") in [label.text() for label in drawer.findChildren(type(drawer.kept))]
    assert not drawer.again.isEnabled()
