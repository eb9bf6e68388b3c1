"""The eyes of the played day: what changes by itself is no answer to a key, what a key changes is."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from azpost_desk.gui.shell.line_panel import LinePill
from azpost_desk.gui.work.runner import Lane
from azpost_desk.gui.work.timers import HandClock, Repeating
from azpost_desk.rehearsal import day as played_day
from azpost_desk.rehearsal.day import Day
from azpost_desk.rehearsal.steps import AtDesk, Outside, keys
from tests.fakes.line import FakeLine
from tests.gui.screens.conftest import runner as runner
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner


@pytest.mark.parametrize(
    ("key", "failure"),
    [("F8", ""), ("F9", "F9 changed nothing")],
    ids=["a field changes", "the line changes"],
)
def test_only_what_a_key_changes_answers_it(
    qtbot: QtBot, runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, failure: str
) -> None:
    monkeypatch.setattr(played_day, "PATIENCE_MS", 100)
    line = FakeLine(FakeClock())
    window, field, pill = QWidget(), QLineEdit(), LinePill(line)
    rows = QVBoxLayout(window)
    rows.addWidget(field)
    rows.addWidget(pill)
    qtbot.addWidget(window)

    def lose_line() -> None:
        before = pill.text()
        line.online = not line.online
        pill.refresh()
        assert pill.text() != before

    QShortcut(QKeySequence("F8"), window, activated=lambda: field.setText("12"))
    QShortcut(QKeySequence("F9"), window, activated=lose_line)
    ended: list[bool] = []
    script = [AtDesk(1), keys(key), Outside("end")]
    outside = {"end": lambda: ended.append(True)}
    day = Day({1: window}, script, HandClock(), lambda _time: None, outside, tmp_path)
    day.begin()
    qtbot.waitUntil(lambda: bool(ended or day.played.failure))
    assert day.played.failure.partition(" ·")[0] == failure


def test_work_that_comes_by_itself_makes_nobody_wait_longer(
    qtbot: QtBot, runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that reads something anew again and again is idle all the same: what is in vain is said."""
    monkeypatch.setattr(played_day, "PATIENCE_MS", 300)
    window = QWidget()
    QVBoxLayout(window).addWidget(QLineEdit())
    qtbot.addWidget(window)
    reading: list[Event] = []

    def read_or_end() -> None:
        if reading:
            reading.pop().set()
        else:
            reading.append(Event())
            runner.submit(Lane.DATABASE, reading[0].wait, lambda _done: None)

    read = Repeating(window, 15, read_or_end)
    read.start()
    script = [AtDesk(1), keys("F9"), Outside("end")]
    day = Day({1: window}, script, HandClock(), lambda _time: None, {}, tmp_path)
    day.begin()
    qtbot.waitUntil(lambda: bool(day.played.failure))
    read.stop()
    if reading:
        reading.pop().set()
    assert day.played.failure.partition(" ·")[0] == "F9 changed nothing"
