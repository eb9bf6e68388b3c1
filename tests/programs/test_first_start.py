"""A desk's first start: what is wrong with the address or the code, and what has not come yet."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment, reference
from azpost_desk.domain.catalogue import Branch, Licence, Officer, Settings, Tariffs
from azpost_desk.gui.shell.window import Window
from azpost_desk.gui.work.runner import Runner
from azpost_desk.programs import desk as program
from azpost_desk.texts import Texts
from tests.gui.conftest import type_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def centre(postgres: str) -> Iterator[Centre]:
    """A centre with a branch and one desk, and nothing else."""
    made = Centre(postgres, connections_max=6)
    made.start()
    with made.database.transaction() as conn:
        branch = Branch(code="2002", name="Gəncə 2", address="", postcode="AZ2002")
        branches.create_branch(conn, branch, made.clock.utc_ms())
        branches.add_desk(conn, "2002", 1)
    yield made
    made.stop()


@pytest.fixture
def running(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[Window, program._Running]]:
    """The program's window over an empty folder, as it stands when it has painted."""
    runner = Runner()
    window = Window()
    qtbot.addWidget(window)
    behind = program._Running(tmp_path / "desk", "", window)
    window.show()
    window.activateWindow()
    behind.load()
    qtbot.waitUntil(lambda: window.currentWidget() is not window.sign_in)
    yield window, behind
    window.close()
    runner.close()
    behind.close()


@contextmanager
def another_program() -> Iterator[int]:
    """Something that speaks http at a port and is no centre."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def words_of(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def sentence(key: str, **facts: object) -> str:
    return Texts("az").t(key, **facts)


def offer(qtbot: QtBot, window: Window, url: str, code: str) -> None:
    """Type address and code over what stands there, and wait for the answer."""
    page = window.currentWidget()
    for target, text in ((page._url, url), (page._code, code)):  # type: ignore[attr-defined]
        target.setFocus()
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        type_text(window.focusWidget(), text)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    if Runner.current().under_way == 0:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: Runner.current().under_way == 0, timeout=20_000)


def test_address_port_scheme_and_code_are_told_apart_beside_their_fields(
    qtbot: QtBot, centre: Centre, running: tuple[Window, program._Running]
) -> None:
    window, _ = running
    port = centre.url.rsplit(":", 1)[1]

    def refused_with(says: str, url: str, code: str) -> None:
        offer(qtbot, window, url, code)
        assert says in words_of(window.currentWidget())

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = str(unused.getsockname()[1])
        here = {"host": "127.0.0.1"}
        says = sentence("refusal.L-024", port=closed, **here)
        refused_with(says, f"http://127.0.0.1:{closed}", "AAAA")
    says = sentence("refusal.L-026", port=port, **here)
    refused_with(says, f"https://127.0.0.1:{port}", "AAAA")
    says = sentence("refusal.L-021", address="http://merkez.example.az")
    refused_with(says, "http://merkez.example.az", "AAAA")
    says = sentence("refusal.L-023", address="https://merkez.invalid")
    refused_with(says, "https://merkez.invalid", "AAAA")
    with another_program() as strange:
        says = sentence("refusal.L-028", port=str(strange), **here)
        refused_with(says, f"http://127.0.0.1:{strange}", "AAAA")
    refused_with(sentence("refusal.L-014"), centre.url, "AAAA-BBBB-CCCC-DDDD")
    # What was wrong with the address is gone with it.
    assert says not in words_of(window.currentWidget())


def test_the_page_says_what_has_not_come_until_it_comes(
    qtbot: QtBot, centre: Centre, running: tuple[Window, program._Running]
) -> None:
    window, behind = running

    def says(key: str) -> None:
        qtbot.waitUntil(lambda: sentence(key) in words_of(window.sign_in), timeout=20_000)

    def hear() -> None:
        centre.settle()
        assert behind._counter is not None
        behind._counter.line.wake()

    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", centre.clock.utc_ms())
    offer(qtbot, window, centre.url, code)
    qtbot.waitUntil(lambda: window.currentWidget() is window.sign_in)
    qtbot.waitUntil(lambda: behind._counter is not None)
    hear()
    says("frame.sign_in.missing.settings")
    now_ms = centre.clock.utc_ms()
    with centre.database.transaction() as conn:
        reference.publish(conn, Settings(), now_ms)
    hear()
    says("frame.sign_in.missing.tariffs")
    with centre.database.transaction() as conn:
        reference.publish(conn, Tariffs(version="1", approved=True), now_ms)
    hear()
    says("frame.sign_in.missing.staff")
    officer = Officer(officer="1", name="Rauf Hüseynli", role="manager", pin_hash="-")
    licence = Licence(service="transfers", number="1", valid_from="2020-01-01", valid_to="2100-01-01")
    with centre.database.transaction() as conn:
        branches.set_licence(conn, "2002", licence, now_ms)
        branches.add_staff(conn, "2002", officer, now_ms)
    hear()
    says("frame.sign_in.no_codes")
    assert sentence("frame.sign_in.missing.staff") not in words_of(window.sign_in)
    with centre.database.transaction() as conn:
        branches.give_codes(conn, "2002-1", 5, now_ms)
    hear()
    qtbot.waitUntil(lambda: sentence("frame.sign_in.no_codes") not in words_of(window.sign_in))
    # Where the keys lie is named in the look (Ctrl I): no clerk reads it each morning.
    assert behind._counter is not None
    assert behind._counter.books.protection() == "file"
    looked = {one.name: one.state for one in behind._counter.services.preflight.look()}
    assert looked["key"] == "warn"
    assert window.sign_in._warning.isHidden()
