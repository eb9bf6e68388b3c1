"""A played day ends whatever goes wrong in it, and says what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.rehearsal.day import Day
from azpost_desk.rehearsal.steps import Chapter, Instruction, Outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


def ended(
    qtbot: QtBot, folder: Path, script: list[Instruction], outside: dict[str, Callable[[], object]]
) -> str:
    """Play this script; why it failed."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    day = Day({1: window}, script, HandClock(), lambda _time: None, outside, folder)
    day.begin()
    qtbot.waitUntil(lambda: not day._script, timeout=20_000)
    return day.played.failure


def broken() -> None:
    raise OSError("no such place")


def test_whatever_a_step_raises_ends_the_day_with_a_sentence(
    qtbot: QtBot, runner: Runner, tmp_path: Path
) -> None:
    script: list[Instruction] = [Chapter("one"), Outside("broken"), Chapter("never")]
    with qtbot.captureExceptions() as raised:
        assert ended(qtbot, tmp_path, script, {"broken": broken}) == "OSError: no such place"
        assert ended(qtbot, tmp_path, [Outside("unheard of")], {}) == "KeyError: 'unheard of'"
    assert [kind.__name__ for kind, _, _ in raised] == ["OSError", "KeyError"]


def test_a_day_of_nothing_wrong_ends_without_one(qtbot: QtBot, runner: Runner, tmp_path: Path) -> None:
    assert ended(qtbot, tmp_path, [Chapter("one")], {}) == ""
