"""The list of what this desk may still pay without the line, and the keys that fill and empty it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.cards import Card
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.theme import GAP
from azpost_desk.gui.kit.words import counted_phrase, phrase, plain, refusal
from azpost_desk.gui.screens.transfers.actions import AHEAD_KEY, GIVE_BACK_KEY
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.services.ahead import ReservedAhead

_SHOWN_MAX = 8


class AheadCard(Card):
    """Transfers reserved ahead: amount, receiver, where it is carried, until when; never the code."""

    def __init__(self, session: Session) -> None:
        key = "transfers.screen.ahead."
        super().__init__(f"{key}title")
        self._session = session
        self.take = Button(f"{key}take", AHEAD_KEY)
        self.back = Button(f"{key}back", GIVE_BACK_KEY, role="quiet")
        self._rows = [Label("", "body", wrap=True) for _ in range(_SHOWN_MAX)]
        self._more = Label("", "muted")
        for row in self._rows:
            self.row(row)
        self.row(self._more)
        acts = QWidget()
        line = QHBoxLayout(acts)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        for button in (self.take, self.back):
            line.addWidget(button)
        line.addStretch()
        self.row(acts)
        self.take.clicked.connect(self._on_take)
        self.back.clicked.connect(self._on_back)
        self.show_list([])

    def show_list(self, reserved: list[ReservedAhead]) -> None:
        """What may still be paid, the oldest reservation first."""
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(reserved))
            if at < len(reserved):
                one = reserved[at]
                who = f"{one.receiver} · {one.address}" if one.address else one.receiver
                row.say(
                    phrase(
                        "transfers.screen.ahead.line",
                        amount=one.amount,
                        name=plain(who),
                        until_ms=one.until_ms,
                    )
                )
        rest = len(reserved) - _SHOWN_MAX
        self._more.setVisible(rest > 0)
        if rest > 0:
            self._more.say(counted_phrase("transfers.screen.ahead.more", rest))
        self.back.setVisible(bool(reserved))
        words = counted_phrase("transfers.screen.ahead.count", len(reserved)) if reserved else ""
        self.pill.show_state(words, "good")

    def _on_take(self) -> None:
        ahead, by = self._session.services.ahead, self._session.by

        def taken(count: int) -> None:
            words = counted_phrase("transfers.screen.ahead.taken", count)
            none = "transfers.screen.ahead.none"
            self._session.notice(words if count else none, "good" if count else "neutral")

        Operation(self.take, lambda: ahead.take(by)).changes("transfers").succeeded(taken).refused(
            lambda no: self._session.notice(refusal(no), "bad", no.code)
        ).trouble(lambda no: self._session.notice("transfers.screen.ahead.no_line", "warn", no.code)).start(
            Lane.NETWORK
        )

    def _on_back(self) -> None:
        ahead, by = self._session.services.ahead, self._session.by
        Operation(self.back, lambda: ahead.release(by)).changes("transfers").succeeded(
            lambda count: self._session.notice(
                counted_phrase("transfers.screen.ahead.given_back", count), "good"
            )
        ).start()
