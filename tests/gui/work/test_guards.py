"""No key and no exception of a widget ends the program: it becomes an incident with its number."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.cards import Candidate, NameList
from azpost_desk.gui.kit.fields import ChoiceField, choice
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.pay_panel import PayPanel
from azpost_desk.gui.work.guards import Incidents, guarded
from azpost_desk.gui.work.runner import Notice, Runner
from tests.gui.conftest import send_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QKeyEvent
    from pytestqt.qtbot import QtBot

# A raised two, a circled one, threes of Arabic, of Devanagari and of full width: digits to `str`, not to us.
FOREIGN = ("²", "①", "\u0663", "\u0969", "\uff13", "½", "Ⅶ")

PROGRAM = """
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from azpost_desk.gui.work.guards import Incidents, guarded
from azpost_desk.gui.work.runner import Runner

class Bad(QWidget):
    {guard}
    def keyPressEvent(self, event: QKeyEvent) -> None:
        int(event.text())

app, runner, incidents = QApplication([]), Runner(), Incidents()
runner.noticed.connect(lambda notice: print(notice.kind))
bad = Bad()
key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "x")
QApplication.sendEvent(bad, key)
print("still here")
runner.close()
"""


@pytest.fixture
def notices(qtbot: QtBot) -> Iterator[list[Notice]]:
    """What is told of the faults of a test; they are not pytest-qt's."""
    runner, told = Runner(), list[Notice]()
    runner.noticed.connect(told.append)
    incidents = Incidents()
    yield told
    incidents.stop()
    runner.close()


def test_a_guarded_override_under_sent_events_does_not_end_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(guard="@guarded")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.split("\n")[:2]) == (0, ["incident", "still here"]), done.stderr


def test_a_fault_in_an_override_or_a_slot_is_told_with_its_number(
    qtbot: QtBot, notices: list[Notice], caplog: pytest.LogCaptureFixture
) -> None:
    class Bad(QPushButton):
        @guarded
        def keyPressEvent(self, event: QKeyEvent) -> None:
            raise ValueError(event.text())

        @guarded
        def sizeHint(self) -> QSize:
            raise LookupError("size")

    bad = Bad()
    qtbot.addWidget(bad)
    bad.clicked.connect(lambda: [][0])
    send_key(bad, 0, "x")
    send_key(bad, 0, "x")
    bad.click()
    assert not bad.sizeHint().isValid()
    assert not bad.sizeHint().isValid()
    assert [one.kind for one in notices] == ["incident"] * 4, (
        "a size is asked for at every repaint: told once"
    )
    assert all(one.code in caplog.text for one in notices)
    assert "LookupError" in caplog.text


def test_telling_a_fault_that_fails_itself_does_not_go_round(notices: list[Notice]) -> None:
    Runner.current().noticed.connect(lambda _notice: [][0])
    sys.excepthook(ValueError, ValueError("once"), None)
    assert len(notices) == 1


@pytest.mark.parametrize("text", FOREIGN)
def test_a_digit_of_another_script_picks_and_pays_nothing(
    qtbot: QtBot, notices: list[Notice], text: str
) -> None:
    done: list[object] = []
    names, cash = NameList("kit.count.sum"), PayPanel()
    box = ChoiceField("kit.count.sum", [choice(str(at), f"{at}") for at in range(5)], name="box")
    names.offer([Candidate(plain(str(at)), plain(""), at) for at in range(5)])
    names.picked.connect(done.append)
    cash.offer(azn(1_234))
    cash.given.connect(done.append)
    box.edited.connect(lambda: done.append("chosen"))
    for widget in (names, cash, box):
        qtbot.addWidget(widget)
    for widget in (names, cash, box.editor):
        send_key(widget, 0, text)
    assert (done, notices) == ([], [])
