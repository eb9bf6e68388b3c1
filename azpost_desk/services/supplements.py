"""Numbered supplements to a closed day: late records make them, and they are stored bytes like the report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission
from azpost_desk.services.late import Late, late_since_close
from azpost_desk.services.views import Supplement

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.reports import Press, Reports
    from azpost_desk.services.views import Day, Recorded


@dataclass(frozen=True, slots=True)
class Supplements:
    """What came after the close of a day, and the supplements made of it. The report itself never changes."""

    counter: Counter
    reports: Reports

    def waiting(self, by: Officer, date: str) -> tuple[Late, ...]:
        """Late matters of a closed day that stand in no supplement yet.

        Raises:
            Refused: S-010, R-003 no closed report of that day.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            return _waiting(books, _closed_day(books, date))

    def made(self, by: Officer, date: str) -> tuple[int, ...]:
        """Numbers of the day's supplements."""
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            return tuple(one.number for one in books.supplements(date))

    def issue(self, by: Officer, date: str, press: Press) -> Recorded:
        """Make a closed day's next supplement: its figures, with all that is late in its own section.

        Raises:
            Refused: S-010, R-003, R-020 nothing late, R-002 the two routines disagree.
        """
        by.may(Permission.CLOSE_DAY)
        with self.counter.books.writing() as books:
            day = _closed_day(books, date)
            waiting = _waiting(books, day)
            if not waiting:
                raise Refused("R-020", field="date", date=date)
            number = len(books.supplements(date)) + 1
            report = self.reports.of_day(books, day, by.name)
            if report.differences:
                raise Refused("R-002", figures=", ".join(report.differences))
            pending = tuple(books.payments(("accepted", "sent", "unknown", "refused"), day=day.number))
            content = press(replace(report, supplement=number, late=waiting, pending=pending))
            body = ops.ReportSupplemented(
                date=date,
                number=number,
                report=hashlib.sha256(content).hexdigest(),
                matters=tuple(one.key for one in waiting),
            )
            operation = self.counter.new_id()
            recorded = books.append(body, actor=by.officer, operation=operation)
            books.store_supplement(Supplement(date, number, operation, content))
        self.counter.line.wake()
        return recorded

    def stored(self, by: Officer, date: str, number: int) -> bytes:
        """The bytes of a supplement, the same for ever.

        Raises:
            Refused: S-010, R-021 no such supplement.
            Trouble: R-010 the stored bytes are not the ones its record names.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            found = next((one for one in books.supplements(date) if one.number == number), None)
            if found is None:
                raise Refused("R-021", field="date", date=date, number=number)
            entry = books.entry(found.operation)
        named = entry.body.report if entry and isinstance(entry.body, ops.ReportSupplemented) else ""
        if named != hashlib.sha256(found.content).hexdigest():
            raise Trouble("R-010", date=date)
        return found.content


def _closed_day(books: Reading, date: str) -> Day:
    day = books.day_of(date)
    if day is None or day.state != "closed":
        raise Refused("R-003", field="date", date=date)
    return day


def _waiting(books: Reading, day: Day) -> tuple[Late, ...]:
    taken: set[str] = set()
    for one in books.supplements(day.date):
        entry = books.entry(one.operation)
        if entry and isinstance(entry.body, ops.ReportSupplemented):
            taken.update(entry.body.matters)
    return tuple(one for one in late_since_close(books, day) if one.key not in taken)
