"""The strip of a training: its task in the language on the screen, what a check missed, the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.shell.lesson_strip import LessonStrip
from azpost_desk.services.lessons import Miss, Task, Verdict
from tests.gui.screens.hands import Hands

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier


class TwoLessons:
    """Implements services.lessons.Lessons: the first check misses two things, every other one nothing."""

    def __init__(self) -> None:
        self.at = 1
        self.answers = [Verdict((Miss("goods"), Miss("given", {"is": azn(300), "wanted": azn(500)})))]

    def task(self) -> Task | None:
        tasks = {1: Task(1, 2, "goods", {"given": azn(500)}), 2: Task(2, 2, "undo", {})}
        return tasks.get(self.at)

    def check(self) -> Verdict:
        if self.answers:
            return self.answers.pop()
        self.at += 1
        return Verdict(())

    def score(self) -> tuple[int, int]:
        return 1, 2


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    session.lessons = TwoLessons()
    return Hands(qtbot, runner, session, stand, ExpressScreen)


def test_a_task_is_checked_by_a_key_until_it_is_right_and_the_score_is_said_at_the_end(hands: Hands) -> None:
    strip = hands.frame.lesson
    assert isinstance(strip, LessonStrip)
    hands.settle()
    focus = hands.focus
    assert "5,00" in strip.text()
    hands.press(Qt.Key.Key_F8, CTRL)
    hands.settle()
    assert "3,00" in strip.found()
    assert "5,00" in strip.found()
    language().choose("ru")
    assert "Записано, что клиент дал" in strip.found()
    assert "Клиент берёт" in strip.text()
    language().choose("az")
    hands.press(Qt.Key.Key_F8, CTRL)
    hands.settle()
    assert "3579" in strip.text()
    hands.press(Qt.Key.Key_F8, CTRL)
    hands.settle()
    assert strip.check.isHidden()
    assert "2" in strip.text()
    # The work keeps the keys all the time.
    assert hands.focus is focus


def test_real_work_shows_no_lesson(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> None:
    assert Hands(qtbot, runner, session, stand, ExpressScreen).frame.lesson is None
