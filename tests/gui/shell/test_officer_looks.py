"""The language and the theme an officer chose come back at the next sign-in, and after a restart too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Language, language, say
from azpost_desk.gui.shell import window as shell
from azpost_desk.gui.work.runner import Runner
from azpost_desk.programs.desk import looks_of
from azpost_desk.services.looks import FILE, Look, Looks
from tests.gui.shell.test_window import Desk, History, Printer, digits, pin_of, press
from tests.services.counters import CLERK, OTHER_CLERK, Stand, ended, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.shell.window import Window
    from azpost_desk.services.counter import Officer

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


@pytest.fixture
def start(
    qtbot: QtBot, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Window]]:
    """Starts the program's window anew on the same folder."""
    monkeypatch.setattr(shell, "screens", lambda: [Desk, History])
    runner = Runner()

    def begin() -> Window:
        made = shell.Window(looks_of(tmp_path))
        qtbot.addWidget(made)
        session = Session(stand.desk, lambda tone: None, parent=made)
        made.ready(session, Printer(), ("Gəncə 2", 1), stand.desk.staff.officers(), 300, True)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    yield begin
    runner.close()


def sign_in(qtbot: QtBot, window: Window, stand: Stand, who: Officer) -> None:
    digits(window, str([one.officer for one in stand.desk.staff.officers()].index(who.officer) + 1))
    digits(window, pin_of(stand, who.officer))
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.frame is not None and window.currentWidget() is window.frame)
    qtbot.waitUntil(lambda: Runner.current().under_way == 0)


def sign_out(qtbot: QtBot, window: Window) -> None:
    press(window, Qt.Key.Key_Q, CTRL_SHIFT)
    qtbot.waitUntil(lambda: window.currentWidget() is window.sign_in)


def test_what_an_officer_chose_comes_back_and_is_nobody_elses(
    qtbot: QtBot, stand: Stand, start: Callable[[], Window], tmp_path: Path
) -> None:
    window = start()
    sign_in(qtbot, window, stand, CLERK)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_L, CTRL)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_T, CTRL)
    session = window._session
    assert session is not None
    assert (language().code, Theme.current().name, session.by.language) == ("ru", "dark", "ru")
    sign_out(qtbot, window)
    assert window.sign_in._title.text() == Language("ru").say("frame.sign_in.title")

    sign_in(qtbot, window, stand, OTHER_CLERK)
    assert (language().code, session.by.language) == ("az", "az")
    sign_out(qtbot, window)
    window.close()
    Language.current().choose("en")

    window = start()
    assert looks_of(tmp_path).last == Look("en", "dark")
    sign_in(qtbot, window, stand, CLERK)
    assert (language().code, Theme.current().name) == ("ru", "dark")
    assert say("frame.basket.title") == "Корзина клиента"


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"{", b'{"last":{"language":"xx"}}', b'{"officers":[]}', b'{"x":' + 100_000 * b"[" + b"}"],
    ids=range(5),
)
def test_a_damaged_file_of_looks_begins_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    looks = looks_of(tmp_path)
    assert looks.last == Look()
    looks.choose("11", Look("en", "contrast"))
    assert looks_of(tmp_path).of("11") == Look("en", "contrast")
    assert not list(tmp_path.glob("*.part"))


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    def full(_content: bytes) -> None:
        raise OSError(28, "No space left on device")

    looks = Looks(None, full)
    looks.choose("11", Look("en"))
    assert looks.of("11") == Look("en")
