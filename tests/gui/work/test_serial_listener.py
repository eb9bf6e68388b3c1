"""Codes of a serial scanner reach the window in order, on its own thread, and become scans like any other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.scanner import ScannerFilter
from azpost_desk.gui.work.serial_listener import SerialListener

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

CODES = ("EE000000014AZ", "", "EE000000014AZ", "RR123456785TR")


def test_what_it_says_becomes_scans_in_order(qtbot: QtBot) -> None:
    def listen(heard: Callable[[str], object], stopped: Callable[[float], bool]) -> None:
        for code in CODES:
            heard(code)
        stopped(60)

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    scanner = ScannerFilter(app, read_scan)
    scans: list[tuple[str, bool]] = []
    broken: list[str] = []
    threads: set[threading.Thread] = set()

    def scanned(_scan: object, raw: str, doubled: bool) -> None:
        scans.append((raw, doubled))
        threads.add(threading.current_thread())

    scanner.bus.scanned.connect(scanned)
    scanner.bus.broken.connect(lambda: broken.append("broken"))
    listener = SerialListener(listen)
    listener.heard.connect(scanner.hear)
    listener.start()
    qtbot.waitUntil(lambda: len(scans) == 3)
    listener.stop()
    scanner.remove()
    # The same code again at once is the same sweep over the label.
    assert scans == [(CODES[0], False), (CODES[2], True), (CODES[3], False)]
    assert (broken, threads) == (["broken"], {threading.main_thread()})
