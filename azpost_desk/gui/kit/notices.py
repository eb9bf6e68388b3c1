"""The strip of one sentence at the top of the work, and below it what the act had for a consequence.

In: sentences with their state, code and act. Out: one notice, ended by the next act or the end of its cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import IconLabel, Label
from azpost_desk.gui.kit.theme import dress
from azpost_desk.gui.kit.words import Say, phrase, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.labels import State

_ICONS: Final = {"good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert", "neutral": "info"}


class NoticeStrip(QFrame):
    """One sentence at the top of the work, its code and perhaps one act; never a box in the way.

    With `follows_acts` it lives until its cause is gone (`end`) or the next act begins, whichever is first;
    one that offers an act to a key (a scan that waits) lives until it is answered or another takes its place.

    Signals:
        dismissed(): a person sent it away (Esc while it has the focus, or its cross).
    """

    dismissed = Signal()

    def __init__(self, *, follows_acts: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._icon = IconLabel("info", "neutral")
        self._sentence = Label("", "body", wrap=True)
        self._more = Label("", "hint", wrap=True)
        self._code = Label("", "hint")
        self._act = Button("", role="quiet")
        self._act.clicked.connect(self._on_act)
        self._callback: Callable[[], object] | None = None
        self._words: Say = ""
        self._state: State = "neutral"
        # What `add` said, which stands alone or below until the next act.
        self._added: Say = ""
        self._close = Button(phrase("kit.notice.close"), role="quiet")
        self._close.clicked.connect(self._on_close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(12)
        row.addWidget(self._icon)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._sentence)
        said.addWidget(self._more)
        row.addLayout(said, 1)
        row.addWidget(self._code)
        row.addWidget(self._act)
        row.addWidget(self._close)
        self.hide()
        if follows_acts:
            acts().began.connect(self._on_act_begun)
            acts().resumed.connect(self._on_resumed)

    def show_notice(
        self,
        words: Say,
        state: State = "neutral",
        code: str = "",
        act: Say = "",
        callback: Callable[[], object] | None = None,
        key: str = "",
    ) -> None:
        """Show a sentence; `code` is what the clerk reads out to support, `act` does `callback`."""
        self._words, self._state = words, state
        token = {"good": "good", "warn": "warn", "bad": "bad", "neutral": "on_accent_soft"}[state]
        dress(self, state=state)
        self._icon.show_icon(_ICONS[state], token)
        self._sentence.say(words)
        self._show_added()
        self._code.say(plain(code))
        self._callback = callback
        self._act.say(act, plain(key))
        self._act.setVisible(callback is not None)
        self.setAccessibleName(self._sentence.text())
        self.show()

    def add(self, words: Say) -> None:
        """Say what an act had for a consequence: below what is said of the act, alone where nothing is.

        Neither takes the place of the other, whichever comes first; only its own sentence before does.
        """
        alone = self.isHidden() or self._words == self._added
        self._added = "" if alone else words
        self.show_notice(words, "good") if alone else self._show_added()
        self._added = words

    def _show_added(self) -> None:
        self._more.say(self._added)
        self._more.setVisible(bool(self._added))

    def text(self) -> str:
        """The sentences shown; nothing when hidden."""
        if self.isHidden():
            return ""
        more = "" if self._more.isHidden() else self._more.text()
        return "\n".join(filter(None, (self._sentence.text(), more)))

    def clear(self) -> None:
        """Take the notice away."""
        self._callback = None
        self._added = ""
        self.hide()

    def says(self, key: str) -> bool:
        """Whether the sentence shown is the one of this catalogue key."""
        said = self._words if isinstance(self._words, str) else self._words.key
        return not self.isHidden() and said == key

    def end(self, key: str) -> None:
        """The cause of the sentence with this key is gone, and the sentence with it."""
        if self.says(key):
            added = self._added
            self.clear()
            if added:
                self.add(added)

    def press_act(self) -> None:
        """Do what the notice offers; nothing when it offers nothing."""
        if not self.isHidden():
            self._on_act()

    def _on_act_begun(self, pressed: QWidget | None) -> None:
        own = pressed is not None and self.isAncestorOf(pressed)
        if not own and self._callback is None:
            self.clear()

    def _on_resumed(self) -> None:
        if self._callback is None and self._state in ("good", "neutral"):
            self.clear()

    def _on_act(self) -> None:
        callback = self._callback
        self.clear()
        if callback is not None:
            callback()

    def _on_close(self) -> None:
        self.clear()
        self.dismissed.emit()
