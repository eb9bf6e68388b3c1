"""Screening at the desk, without the line: by the copy of the watch lists that stands in its own books."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import Settings, WatchState
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.domain.screening import Hit, Index
    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class Screening:
    """What the desk's lists say of one person.

    Attributes:
        lists: the versions that stand here whole and when each was imported; `WatchState.is_too_old` judges
            them. A list that has not come whole yet is not among them.
        hits: who may be meant, best first.
    """

    lists: WatchState
    hits: tuple[Hit, ...]


def announced(books: Reading) -> WatchState:
    """The lists the centre screens by, as it last told; none until it has told of any."""
    try:
        return books.document(WatchState, books.day().date)
    except Trouble:
        return WatchState()


class Screener:
    """Keeps the index between customers; made anew when another version has come. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[tuple[tuple[str, int, int, int], ...], Index] | None = None

    def screened(self, books: Reading, person: Person) -> Screening:
        """The person's name against the desk's copy. While a version is on its way the one before counts."""
        # Here and not above: a counter that is on line never needs it, and it would be paid at every start.
        from azpost_desk.domain.screening import Asked, Index

        ways = books.watch_ways()
        with self._lock:
            if self._made is None or self._made[0] != ways:
                self._made = (ways, Index(books.watch_entries()))
            index = self._made[1]
        return Screening(books.watch_copy(), tuple(index.ask(Asked(person.name))))

    def is_clear(self, books: Reading, person: Person, now_ms: int) -> bool:
        """Whether the desk by itself can say that a person is on none of the lists the centre screens by.

        Not when one of them has not come whole, or is too old, or when somebody may be meant.
        """
        told = announced(books)
        found = self.screened(books, person)
        here = {one.source for one in found.lists.lists}
        if any(one.source not in here for one in told.lists):
            return False
        settings = books.document(Settings, books.day().date)
        return not found.hits and not found.lists.is_too_old(now_ms, settings)
