"""The business day of this desk: proposed, required and opened by the manager who signs in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.services.counter import Counter, Officer, open_day

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Day, Recorded


@dataclass(frozen=True, slots=True)
class DayOpening:
    """Opening the day; closing it makes the report and belongs to services.reports."""

    counter: Counter

    def current(self) -> Day:
        """The day as the books know it."""
        with self.counter.books.reading() as books:
            return books.day()

    def is_left_open(self, day: Day) -> bool:
        """Whether `day` is still open though by trusted time its date is over."""
        return day.state == "open" and day.date < self.counter.today()

    def proposed(self) -> str:
        """The date to propose when opening: today, never one already used."""
        return self.counter.today()

    def open(self, by: Officer, date: str) -> Recorded:
        """Open the business day `date` (ISO).

        Raises:
            Refused: S-010, C-002 already open, C-003 the date is not after the last day's,
                C-004 the date is not today's by trusted time (with what the clock says).
        """
        by.may(Permission.OPEN_DAY)
        with self.counter.books.writing() as books:
            self.require_new(books, date)
            return self.begin(books, by, date)

    def require_new(self, books: Reading, date: str) -> None:
        """Refuse, as `open` does, a date that cannot be opened now."""
        today = self.counter.today()
        day = books.day()
        if day.state == "open":
            raise Refused("C-002", date=day.date)
        if day.date and date <= day.date:
            raise Refused("C-003", field="date", last=day.date)
        if date != today:
            raise Refused("C-004", field="date", today=today)

    def begin(self, books: Writing, by: Officer, date: str) -> Recorded:
        """The record that opens the day; `require_new` has said that it may."""
        return books.append(ops.DayOpened(date=date), actor=by.officer, operation=self.counter.new_id())

    def require_open(self) -> Day:
        """The open day, or Refused C-001."""
        with self.counter.books.reading() as books:
            return open_day(books)
