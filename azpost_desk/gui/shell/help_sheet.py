"""F1: the keys that work here and now, from the same register that makes them work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.screens import Action


class HelpSheet(Sheet):
    """The keys of the frame and of the screen in hand."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "frame.help.title", side="right", width_px=420)
        self._rows: list[QWidget] = []

    def refresh(self, here: Sequence[Action], everywhere: Sequence[Action]) -> None:
        """List the acts with their keys."""
        for row in self._rows:
            row.deleteLater()
        self._rows = []
        for words, actions in (("frame.help.here", here), ("frame.help.everywhere", everywhere)):
            if actions:
                self._rows.append(Label(words, "section"))
                self._rows += [pair(one.words, plain(one.key.replace("+", " "))) for one in actions]
        for row in self._rows:
            self.body.addWidget(row)
        self.body.addStretch()
