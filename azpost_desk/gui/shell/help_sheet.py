"""F1: the keys that work here and now, and what this branch may sell by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.gui.kit.cards import Sheet, pair
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import follow, phrase, plain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.gui.kit.screens import Action
    from azpost_desk.services.licences import Permitted


class HelpSheet(Sheet):
    """The keys of the frame and of the screen in hand; the branch's services with their licences."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, "frame.help.title", side="right", width_px=420, leave="kit.words.close")
        self._rows: list[QWidget] = []
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        follow(self._area, lambda: self._area.setAccessibleName(say("frame.help.title")))
        self.body.addWidget(self._area, 1)

    def refresh(
        self, here: Sequence[Action], everywhere: Sequence[Action], licences: Sequence[Permitted]
    ) -> None:
        """List the acts with their keys, and what this branch may sell by law."""
        self._rows = []
        for words, actions in (("frame.help.here", here), ("frame.help.everywhere", everywhere)):
            if actions:
                self._rows.append(Label(words, "section"))
                self._rows += [pair(one.words, plain(one.key.replace("+", " "))) for one in actions]
        self._rows.append(Label("frame.help.licences", "section"))
        for one in licences:
            self._rows += _licence_rows(one)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for row in self._rows:
            column.addWidget(row)
        column.addStretch()
        self._area.setWidget(inner)


def _licence_rows(one: Permitted) -> list[QWidget]:
    """A service and why it may, or may not, be sold."""
    name = f"frame.service.{one.service}"
    if one.why:
        reason = Label(phrase(f"refusal.{one.why}", service=one.service), "hint", wrap=True)
        return [pair(name, "frame.licence.no", "bad"), reason]
    if not one.licence:
        return [pair(name, "frame.licence.free", "good")]
    return [pair(name, phrase("frame.licence.until", licence=one.licence, date=one.valid_to), "good")]
