"""Paper leaves the desk: what is owed is printed one after the other, and where each went is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject

from azpost_desk.gui.kit.words import Say, phrase
from azpost_desk.gui.work.runner import Lane, Operation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from azpost_desk.domain.papers import Paper
    from azpost_desk.gui.kit.notices import NoticeStrip
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.shell.basket_panel import BasketPanel
    from azpost_desk.services.papers import Printer
    from azpost_desk.services.print_jobs import Came
    from azpost_desk.services.views import PrintJob

# So many are said one by one; the drawer of papers has them all.
_SAID_MAX: Final = 3


class Place(Protocol):
    """The frame, as far as paper is concerned."""

    @property
    def strip(self) -> QWidget: ...
    @property
    def notices(self) -> NoticeStrip: ...
    @property
    def basket(self) -> BasketPanel: ...
    def open_queue(self) -> None: ...


class Printing(QObject):
    """Prints off the main thread; a failure waits in the queue."""

    def __init__(self, frame: Place, session: Session, printer: Printer) -> None:
        super().__init__(frame.strip)
        self._frame, self._printer = frame, printer
        self._papers = session.services.papers
        self._busy = False
        self._came: list[PrintJob] = []

    def print_waiting(self) -> None:
        """Print what is owed, one after the other."""
        if self._busy:
            return
        self._busy = True
        papers, printer = self._papers, self._printer
        Operation(self._frame.strip, lambda: papers.print_next(printer)).succeeded(self._on_printed).ended(
            self._on_ended
        ).start(Lane.NETWORK)

    def print_once(self, paper: Paper) -> None:
        """Paper that no record owes (an interim report): a failure is said and that is all."""
        printer = self._printer

        def came(one: Came | None) -> None:
            way, place = (one.way, one.place) if one is not None else ("printed", "")
            self._say([came_words("report", "", way, place)])

        Operation(self._frame.strip, lambda: printer(paper, "report")).succeeded(came).start(Lane.NETWORK)

    def _on_ended(self) -> None:
        self._busy = False

    def _on_printed(self, job: PrintJob | None) -> None:
        if job is None:
            self._check()
            return
        if job.way and job.state != "failed":
            self._came.append(job)
        self._busy = False
        self.print_waiting()

    def _check(self) -> None:
        came, self._came = self._came, []

        def told(jobs: list[PrintJob]) -> None:
            if any(job.state != "waiting" for job in jobs):
                self._frame.notices.show_notice(
                    "frame.paper.failed",
                    "warn",
                    act="frame.paper.queue",
                    callback=self._frame.open_queue,
                    key="Ctrl Q",
                )
                return
            self._frame.notices.end("frame.paper.failed")
            if came:
                self._say([came_words(job.paper, job.number, job.way, job.place) for job in came])

        Operation(self._frame.strip, self._papers.waiting).succeeded(told).start()

    def _say(self, words: list[Say]) -> None:
        """Beside what was paid, where that stands; else in the notice strip, behind what is said there."""
        said, left = words[0], len(words) - _SAID_MAX
        for one in words[1:_SAID_MAX]:
            said = phrase("frame.papers.both", papers=said, paper=one)
        if left > 0:
            said = phrase("frame.papers.and_more", papers=said, count=left)
        basket = self._frame.basket
        if basket.done.isVisible():
            basket.done.show_paper(said)
        else:
            self._frame.notices.add(said)


def paper_words(paper: str, number: str) -> Say:
    """A paper by its sort and number."""
    words: Say = phrase(f"history.screen.paper.{paper}")
    return phrase("frame.queue.numbered", paper=words, number=number) if number else words


def came_words(paper: str, number: str, way: str, place: str) -> Say:
    """What became of a paper, and where."""
    key = f"frame.papers.{way}" if place else f"frame.papers.{way}.somewhere"
    return phrase(key, paper=paper_words(paper, number), place=place)
