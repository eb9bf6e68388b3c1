"""The lamp of the books: everybody at the counter sees whether they are sound, and what to do when not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.gui.kit.buttons import Button, PillButton
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.words import language, phrase, plain
from azpost_desk.gui.work.runner import Lane, Operation
from azpost_desk.gui.work.timers import Repeating, after

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.kit.words import Say
    from azpost_desk.services.views import BooksCheck, Day

# The whole is checked at sign-in, at the close of the day and every hour (PROTOCOL.md 11).
_EVERY_MS: Final = 3_600_000
# Whoever signed in wants to work first.
_FIRST_MS: Final = 3_000
_SHOWN_MAX: Final = 8


class BooksLamp(PillButton):
    """Checks the whole books in the background and shows what came of it.

    Attributes:
        found: the newest result, None before the first.
    """

    def __init__(self, session: Session) -> None:
        super().__init__("frame.books.unchecked", "neutral")
        self.setObjectName("books_lamp")
        self._session = session
        self.found: BooksCheck | None = None
        self._closed_day = 0
        self._checking = False
        self._hourly = Repeating(self, _EVERY_MS, self.check)

    def watch(self) -> None:
        """Check when the first screen stands, and again every hour."""
        self._hourly.start()
        after(self, _FIRST_MS, self.check)

    def check(self) -> None:
        """Check the whole books, off the lanes that screens wait for."""
        if self._checking:
            return
        self._checking = True
        check = self._session.services.standing.check_books
        Operation(self, check).succeeded(self._on_checked).ended(self._on_ended).start(Lane.NETWORK)

    def day_changed(self) -> None:
        """A day that was closed just now is checked as a whole."""
        days = self._session.services.days

        def answered(day: Day) -> None:
            if day.state == "closed" and self._closed_day != day.number:
                self._closed_day = day.number
                self.check()

        Operation(self, days.current).succeeded(answered).start()

    def _on_ended(self) -> None:
        self._checking = False

    def _on_checked(self, found: BooksCheck) -> None:
        self.found = found
        words, state = lamp_words(found)
        self.show_state(words, state)


def lamp_words(found: BooksCheck) -> tuple[Say, str]:
    """(words, colour state) of the lamp."""
    if found.stopped:
        return "frame.books.stopped", "bad"
    if not found.is_sound:
        return "frame.books.broken", "bad"
    return phrase("frame.books.sound", time=language().texts.time(found.as_of_ms)), "good"


class BooksSheet(Sheet):
    """What was found, record by record, and what to do."""

    def __init__(self, over: QWidget, lamp: BooksLamp) -> None:
        super().__init__(over, "frame.books.title", side="right", width_px=420, leave="kit.words.close")
        self._lamp = lamp
        self._rows: list[QWidget] = []
        self.again = Button("frame.books.again", "Ctrl+R")
        self.again.clicked.connect(self._on_again)
        self.body.addStretch()
        self.body.addWidget(self.again)

    def show_found(self) -> None:
        """Show the newest result and open."""
        for row in self._rows:
            row.deleteLater()
        self._rows = _rows(self._lamp.found)
        for at, row in enumerate(self._rows):
            self.body.insertWidget(at, row)
        self.open()

    def _on_again(self) -> None:
        self._lamp.check()
        self.close_sheet()


def _rows(found: BooksCheck | None) -> list[QWidget]:
    if found is None:
        return [Label("frame.books.unchecked", "body", wrap=True)]
    head = Label("", "body", wrap=True)
    if found.is_sound:
        time = language().texts.moment(found.as_of_ms)
        head.say(phrase("frame.books.all_well", time=time), "good")
        return [head]
    said = f"refusal.G-060.{found.stopped}" if found.stopped else "frame.books.what_to_do"
    head.say(said, "bad")
    rows: list[QWidget] = [head]
    for page in found.damaged[:_SHOWN_MAX]:
        rows.append(Label(plain(page), "hint", wrap=True))
    for one in found.broken[:_SHOWN_MAX]:
        words = phrase("frame.books.fault", invariant=one.invariant, sequence=one.sequence)
        rows.append(Label(words, "strong", wrap=True))
        rows.append(Label(plain(one.why), "hint", wrap=True))
    return rows
