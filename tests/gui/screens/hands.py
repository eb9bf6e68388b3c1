"""A clerk's hands at the real frame: every key and scan counted, every answer waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from azpost_desk.domain.catalogue import Licences
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.protocol import news as tidings
from tests.gui.conftest import type_text
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.protocol.messages import News
    from tests.services.counters import Stand


def without_licences(position: int) -> News:
    """The centre takes every licence of the branch away."""
    content = msgspec.Raw(msgspec.json.encode(Licences()))
    told = tidings.Reference(name="licences", version=2, valid_from="2026-01-01", content=content)
    return piece(position, "reference", told)


class Hands:
    """Keys and scans at a frame that shows `kind`; `keys` and `scans` count them."""

    def __init__(
        self, qtbot: QtBot, runner: Runner, session: Session, stand: Stand, kind: type[Screen]
    ) -> None:
        self._qtbot, self._runner = qtbot, runner
        self.notices: list[object] = []
        session.noticed.connect(lambda words, _state, _code: self.notices.append(words))
        # Whatever nobody asked to handle fails the test that caused it.
        runner.noticed.connect(self.notices.append)
        self.frame = Frame(session, [kind], stand.line, lambda _paper, _sort: None, plain("Sumqayıt 2"), True)
        self.frame.resize(1366, 768)
        Theme.current().clothe(self.frame)
        qtbot.addWidget(self.frame)
        self.frame.show()
        self.frame.activateWindow()
        qtbot.waitUntil(self.frame.isActiveWindow)
        self.frame.show_screen(kind.name)
        self.keys = self.scans = 0
        self.settle()

    def settle(self) -> None:
        """Wait until every answer is there."""
        self._qtbot.waitUntil(lambda: self._runner.under_way == 0)

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def type(self, text: str) -> None:
        """Each letter is a key; ``\\n`` is Enter. Answers are waited for after the last."""
        for char in text:
            type_text(self.focus, char)
            self.keys += 1
        self.settle()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key of the frame."""
        QTest.keyClick(self.focus, key, modifiers)
        self.keys += 1
        self.settle()

    def scan(self, code: str, doubled: bool = False) -> None:
        """A scan from anywhere."""
        self.frame.heard(read_scan(code), code, doubled)
        self.scans += 1
        self.settle()
