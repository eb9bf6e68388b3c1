"""One bag at work: its number and the last answer large, its items, and beside them what is done with it.

Scans wait in the order they came, each is on the disk before the next is looked at.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import Say, phrase, refusal
from azpost_desk.gui.screens.mail_bags import actions
from azpost_desk.gui.screens.mail_bags import form as decide
from azpost_desk.gui.screens.mail_bags.table import item_columns
from azpost_desk.gui.screens.mail_bags.wrong import WrongWithBag
from azpost_desk.gui.work.runner import Operation

if TYPE_CHECKING:
    from azpost_desk.domain.refusals import Refused, Trouble
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.tracking import Scanned

SIDE_PX = 330


class BagPage(QWidget):
    """What both kinds of bag share.

    Signals:
        left(): back to the list.
    """

    left = Signal()

    def __init__(self, session: Session, empty: Say) -> None:
        super().__init__()
        self.session = session
        self.key = ""
        self.waiting: deque[str] = deque()
        self._saving = False
        self.title = Label("", "big", wrap=True)
        self.facts = Label("", "muted", wrap=True)
        self.answer = Label("", "strong", wrap=True)
        self.items: Table[decide.ItemOfBag] = Table(
            item_columns(), name="mail_bags.screen.items", empty=empty
        )
        self.side = Card()
        self.side.setFixedWidth(SIDE_PX)
        self.void_it = Button("mail_bags.screen.void", actions.VOID_KEY, bind=False)
        self.void_it.clicked.connect(self.void_last)
        self.side.grid.addWidget(self.void_it, 1, 0)
        top = Card()
        self.wrong = WrongWithBag(session, self)
        top.row(self.title, self.wrong.button, stretches=(1, 0))
        for one in (self.facts, self.answer, self.wrong.reports):
            top.grid.addWidget(one, top.grid.rowCount(), 0)
        row = QHBoxLayout()
        row.setSpacing(GAP_WIDE)
        row.addWidget(self.items, 1)
        row.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_WIDE)
        column.addWidget(top)
        column.addLayout(row, 1)

    def take(self, number: str) -> None:
        """An item was scanned."""
        self.waiting.append(number)
        self.next()

    def next(self) -> None:
        """Save the first scan that waits."""
        if self._saving or not self.waiting or not self.key:
            return
        self._saving = True
        number = self.waiting[0]

        def ended() -> None:
            self._saving = False
            if self.waiting:
                self.waiting.popleft()
            self.read()
            self.next()

        Operation(self, lambda: self.scanned(number)).succeeded(self._on_saved).refused(
            self.on_refused
        ).trouble(self.on_refused).ended(ended).start()

    def scanned(self, number: str) -> Scanned:
        """Save it; off the main thread."""
        raise NotImplementedError

    def read(self) -> None:
        """Show the bag as it stands."""
        raise NotImplementedError

    def void_last(self) -> None:
        """Take the officer's own last scan back."""
        tracking, by = self.session.services.tracking, self.session.by
        Operation(self, lambda: tracking.void_last(by)).succeeded(
            lambda _recorded: self.say("mail_bags.screen.taken_back", "warn")
        ).refused(self.on_refused).ended(self.read).start()

    def say(self, words: Say, tone: Tone = "") -> None:
        """The answer of the last act."""
        self.answer.say(words, tone)

    def on_refused(self, error: Refused | Trouble) -> None:
        """Said where the answers stand, and heard."""
        self.session.tone("refused")
        self.say(refusal(error), "bad")

    def _on_saved(self, answer: Scanned) -> None:
        self.session.tone(self.tone_of(answer))
        self.say(phrase(answer.key, **answer.facts), "good" if answer.verdict == "saved" else "bad")
        self.heard(answer)

    def tone_of(self, answer: Scanned) -> decide.Tone:
        """What is heard of an answer."""
        return decide.TONES.get(answer.verdict, "refused")

    def heard(self, answer: Scanned) -> None:
        """What more is said of an answer."""
