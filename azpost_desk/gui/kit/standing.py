"""A notice that stands: one sentence that no act, no key and no other notice takes away, only the end of its
cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout

from azpost_desk.gui.kit.labels import IconLabel, Label
from azpost_desk.gui.kit.theme import dress
from azpost_desk.gui.kit.words import follow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.words import Say


class StandingNotice(QFrame):
    """Shown while there is something to say; it has no cross and takes no focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        dress(self, state="warn")
        self._sentence = Label("", "body", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(IconLabel("triangle-alert", "warn"))
        row.addWidget(self._sentence, 1)
        follow(self, self._name)
        self.hide()

    def stand(self, words: Say) -> None:
        """Say this from now on; "" when its cause is gone."""
        self._sentence.say(words)
        self._name()
        self.setVisible(bool(words))

    def text(self) -> str:
        """The sentence shown; nothing when hidden."""
        return "" if self.isHidden() else self._sentence.text()

    def _name(self) -> None:
        self.setAccessibleName(self._sentence.text())
