"""H-02: Cancel in the roll-over dialog zeroed a difference in a local cache; branch and centre then differed.

Every panel of the program is opened in the real frame, filled with whatever it takes, and left in each way
there is. The money tables are the same bytes before and after.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit

import azpost_desk.gui
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.screens.history.records import RecordsSheet
from azpost_desk.storage import engine, tables
from tests.gui.conftest import dressed as dressed
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.hands import Hands
from tests.incidents.doors import DOORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

# Leaving a question about a scan is a refused scan, which the journal keeps: that is no money.
NO_MONEY: Final = {"journal", "signatures", "news", "line", "checked", "print_jobs", "documents"}
# Nobody opens these: they hold what several panels have in common.
BASES: Final[set[type[Sheet]]] = {RecordsSheet}


def money(stand: Stand) -> dict[str, list[str]]:
    """Every row of every table that could hold a figure."""
    with stand.books.writing() as books:
        raw = engine.raw(books.connection)
        return {
            name: sorted(map(repr, raw.execute(f"SELECT * FROM {name}")))
            for name in tables.TABLES.tables
            if name not in NO_MONEY
        }


def open_sheets() -> list[Sheet]:
    """The panels on the screen, the topmost last."""
    shown = [
        one
        for window in QApplication.topLevelWidgets()
        for one in window.findChildren(Sheet)
        if one.isVisible()
    ]
    return sorted(shown, key=lambda one: sum(isinstance(up, Sheet) for up in _parents(one)))


def _parents(widget: object) -> list[object]:
    found = []
    while (widget := widget.parent()) is not None:  # type: ignore[attr-defined]
        found.append(widget)
    return found


def fill(sheet: Sheet) -> None:
    """Write into whatever can be written into; commit nothing."""
    for line in sheet.findChildren(QLineEdit):
        if line.isVisible() and line.isEnabled() and not line.isReadOnly():
            line.setText("1")
            line.textEdited.emit("1")


def leave(hands: Hands, way: str) -> None:
    for _ in range(12):
        left = open_sheets()
        if not left:
            return
        if way == "escape":
            hands.press(Qt.Key.Key_Escape)
        elif way == "button":
            left[-1]._esc.click()
            hands.settle()
        else:
            hands.frame.close()
            hands.settle()
    raise AssertionError(f"{open_sheets()} cannot be left")


@pytest.mark.parametrize("name", DOORS)
def test_cancel_esc_and_close_leave_every_money_table_as_it_was(
    qtbot: QtBot, runner: Runner, stand: Stand, name: str
) -> None:
    door = DOORS[name]
    for happen in door.before:
        happen(stand)
    session = Session(stand.desk, lambda _tone: None)
    session.officer = door.officer
    hands = Hands(qtbot, runner, session, stand, door.screen)
    before = money(stand)
    for way in ("escape", "button", "window"):
        door.open_it(hands, stand)
        hands.settle()
        qtbot.waitUntil(lambda: open_sheets() != [])
        assert [type(one) for one in open_sheets()] == list(door.panels)
        if door.heading:
            assert open_sheets()[-1]._heading.words == door.heading
        if door.records:
            before = money(stand)
        fill(open_sheets()[-1])
        hands.settle()
        leave(hands, way)
        hands.settle()
        # A key of a test is no turn of the loop: what asked to be deleted would stay.
        QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
        assert money(stand) == before, way
    runner.close()


def test_every_panel_of_the_program_has_its_door_here() -> None:
    """A new panel without one fails; so does one of those made on the spot without a class."""
    for module in pkgutil.walk_packages(azpost_desk.gui.__path__, "azpost_desk.gui."):
        importlib.import_module(module.name)
    every: set[type[Sheet]] = set()
    waiting = [Sheet]
    while waiting:
        kind = waiting.pop()
        more = [one for one in kind.__subclasses__() if one.__module__.startswith("azpost_desk.")]
        waiting += more
        every.update(one for one in more if not one.__name__.startswith("_"))
    assert every - BASES == {panel for door in DOORS.values() for panel in door.panels} - {Sheet}
    on_the_spot = [door.heading for door in DOORS.values() if Sheet in door.panels]
    assert sorted(on_the_spot) == sorted(_headings_on_the_spot())


def _headings_on_the_spot() -> list[str]:
    """What stands above each panel that is made without a class of its own."""
    found = []
    for folder in azpost_desk.gui.__path__:
        for file in Path(folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sheet":
                    heading = node.args[1]
                    found.append(heading.value if isinstance(heading, ast.Constant) else ast.unparse(heading))
    return [str(one) for one in found]
