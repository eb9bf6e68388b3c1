"""The papers this desk made today: listed, looked at, found as files, printed once more by the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from azpost_desk.domain.days import BusinessDay, calendar_day, day_start_ms
from azpost_desk.domain.staff import PERMISSIONS, Permission
from azpost_desk.services.print_jobs import copy_of, number_of

if TYPE_CHECKING:
    from azpost_desk.domain.papers import Paper
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.papers import Papers
    from azpost_desk.services.ports import Tray
    from azpost_desk.services.signatures import Draw
    from azpost_desk.services.views import PrintJob

# What a manager signs for; the rest is the counter's own work.
_MANAGERS = frozenset({"report"})


@dataclass(frozen=True, slots=True)
class PapersMade:
    """Papers of the day on the wall. What is looked at is drawn anew in memory and lies nowhere."""

    counter: Counter
    papers: Papers
    draw: Draw
    tray: Tray | None

    def today(self, by: Officer) -> list[PrintJob]:
        """Newest first; what never came out is named by the one that replaced it."""
        day = BusinessDay(calendar_day(self.counter.clock.utc_ms()))
        with self.counter.books.reading() as books:
            jobs = books.print_jobs(since_ms=day_start_ms(day))
            return [
                replace(job, number=number_of(books, job), copy=copy_of(books, job).number)
                for job in reversed(jobs)
                if job.state != "replaced" and (job.paper not in _MANAGERS or _sees_reports(by))
            ]

    def preview(self, job: PrintJob) -> bytes:
        """The paper as PDF.

        Raises:
            Trouble: D-020 it cannot be drawn (any more).
        """
        paper = self.papers.of_job(job)
        return paper if isinstance(paper, bytes) else self.draw(paper)

    def file(self, job: PrintJob) -> str:
        """Where it lies as a file, "" where it does not.

        Raises:
            Trouble: D-020 as `preview`.
        """
        if self.tray is None:
            return ""
        paper: Paper | bytes = self.papers.of_job(job)
        return self.tray.find(paper, job.paper)

    def folder(self) -> str:
        """Where papers lie as files, "" where they move."""
        return self.tray.folder() if self.tray is not None else ""

    def again(self, job: PrintJob, by: Officer) -> None:
        """Put it into the queue once more: the duplicate of one that did not come out, else a counted copy.

        Raises:
            Refused: B-040 the receipt is not in the books.
        """
        if job.state in ("failed", "printing"):
            self.papers.retry(job, by)
        elif job.state == "waiting":
            return
        elif job.paper == "receipt":
            self.papers.copy(job.key, by)
        else:
            with self.counter.books.writing() as books:
                books.queue_paper(job.paper, job.key, "copy")


def _sees_reports(by: Officer) -> bool:
    return Permission.SEE_REPORTS in PERMISSIONS[by.role]
