"""The training course at one desk: lessons set one after the other, each held against the desk's own books.

In: the books of a desk on play data, and a line that can be cut. Out: the task that is set, what a check
found; nothing is written into the books.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from azpost_desk.rehearsal.lessons import Lesson, Seen, course
from azpost_desk.services.lessons import Task, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.domain.money import Money
    from azpost_desk.services.ports import Books

_RECORDS_MAX = 1_000


class Course:
    """Implements services.lessons.Lessons; `cut` takes the line down (True) and up again."""

    def __init__(
        self, books: Books, cut: Callable[[bool], None], lessons: Sequence[Lesson] | None = None
    ) -> None:
        self._books, self._cut = books, cut
        self._lessons = tuple(lessons if lessons is not None else course())
        self._at = self._right = 0
        self._is_first_try = True
        # The window asks from several threads: a check that passes sets the next task once.
        self._turn = threading.Lock()
        self._since = self._head()
        self._begin()

    def task(self) -> Task | None:
        """See `Lessons`."""
        with self._turn:
            if self._at == len(self._lessons):
                return None
            lesson = self._lessons[self._at]
            facts = {**lesson.facts, "amount": self._balance()} if lesson.tells_balance else lesson.facts
            return Task(self._at + 1, len(self._lessons), lesson.name, facts)

    def check(self) -> Verdict:
        """See `Lessons`; after the last task nothing is missed any more."""
        with self._turn:
            if self._at == len(self._lessons):
                return Verdict(())
            misses = tuple(self._lessons[self._at].misses(self._seen()))
            if misses:
                self._is_first_try = False
                return Verdict(misses)
            self._right += self._is_first_try
            self._is_first_try = True
            if self._lessons[self._at].line_is_down:
                self._cut(False)
            self._at += 1
            self._since = self._head()
            self._begin()
            return Verdict(())

    def score(self) -> tuple[int, int]:
        """See `Lessons`."""
        with self._turn:
            return self._right, self._at

    def _begin(self) -> None:
        if self._at < len(self._lessons) and self._lessons[self._at].line_is_down:
            self._cut(True)

    def _head(self) -> tuple[int, int]:
        with self._books.reading() as books:
            return books.head()[:2]

    def _balance(self) -> Money:
        with self._books.reading() as books:
            return books.till().balance

    def _seen(self) -> Seen:
        with self._books.reading() as books:
            entries = books.entries(books.day().number, _RECORDS_MAX)
            new = [one for one in entries if (one.recorded.epoch, one.recorded.sequence) > self._since]
            new.sort(key=lambda one: (one.recorded.epoch, one.recorded.sequence), reverse=True)
        return Seen([one.body for one in new], self._beside)

    def _beside(self, slot: str) -> bytes | None:
        with self._books.reading() as books:
            return books.attachment("", slot)
