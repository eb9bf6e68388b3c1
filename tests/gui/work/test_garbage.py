"""Cycles are collected on the main thread, whatever the other threads do."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from azpost_desk.gui.work.garbage import GarbageOnMainThread

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Knot:
    """A cycle that notes on which thread it was untied."""

    untied_on: list[str]

    def __init__(self, untied_on: list[str]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: untied_on.append(threading.current_thread().name))


def test_a_busy_thread_never_collects_what_belongs_to_the_window(qtbot: QtBot) -> None:
    # The program begins as the interpreter does; tests of the window do without (tests/conftest.py).
    gc.enable()
    owner = QObject()
    garbage = GarbageOnMainThread(owner)
    untied: list[str] = []
    try:
        assert not gc.isenabled()

        def work() -> None:
            for _ in range(3_000):
                Knot(untied)

        worker = threading.Thread(target=work, name="line")
        worker.start()
        worker.join()
        assert untied == []
        qtbot.waitUntil(lambda: len(untied) == 3_000)
        assert set(untied) == {threading.main_thread().name}
    finally:
        garbage.stop()
    assert gc.isenabled()


def test_no_collector_wakes_up_while_a_test_hands_out_events(qtbot: QtBot) -> None:
    """One that did took a shown window apart under `processEvents`, and the process died."""
    assert not gc.isenabled()
    untied: list[str] = []
    for _ in range(3_000):
        Knot(untied)
    assert untied == []
