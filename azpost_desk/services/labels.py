"""Labels scanned back: a scan of the stuck label ends an acceptance, so that it sits on what was sold.

In: the number of a scanned item. Out: a record of its own that goes no further than the centre's custody, and
the list of labels that nobody has scanned. Nothing waits for it: the next customer is served, the day closes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

from azpost_desk.domain import operations as ops
from azpost_desk.domain.staff import Permission
from azpost_desk.services.counter import open_day
from azpost_desk.services.print_jobs import copies_made
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading

PAPER: Final = "label"


@dataclass(frozen=True, slots=True)
class Label:
    """The label of an item accepted here; states of `domain.mail.labels.LABEL`.

    `acceptance` is the operation of its line, `day` the business day; `changed_ms`: since when it is so, UTC.
    """

    number: str
    acceptance: str
    receipt: str
    day: int
    state: str
    accepted_ms: int
    changed_ms: int


class LabelReads(Protocol):
    """What the books know of labels."""

    def label(self, number: str) -> Label | None:
        """The label of an item accepted here; None of any other item."""

    def waiting_labels(self) -> list[Label]:
        """Those that nobody has scanned, the oldest first."""


LABELS: Final = Reads[LabelReads]("labels")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scan of an own label is answered: the tone, the sentence (``express.label.…``) and its facts."""

    verdict: Literal["saved", "already", "stopped"]
    key: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of the items accepted at this counter."""

    counter: Counter

    def waiting(self) -> tuple[Label, ...]:
        """Those nobody has scanned, the oldest first, of whatever day."""
        with self.counter.books.reading() as books:
            return tuple(books.of(LABELS).waiting_labels())

    def today(self) -> tuple[Label, ...]:
        """Those of the business day in hand; older ones stand in the look before the day."""
        with self.counter.books.reading() as books:
            day = books.day()
            waiting = books.of(LABELS).waiting_labels() if day.state == "open" else []
            return tuple(one for one in waiting if one.day == day.number)

    def scan_back(self, number: str, by: Officer) -> Answer | None:
        """A scan of an item's number; None when no label of this desk's day is meant by it.

        Raises:
            Refused: S-010, C-001 the label waits and the day is closed.
        """
        with self.counter.books.reading() as books:
            answer = _known(books, number)
            found = books.of(LABELS).label(number)
        if answer is not None or found is None or found.state != "waiting":
            return answer
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = books.of(LABELS).label(number)
            if found is None or found.state != "waiting":
                # Scanned elsewhere in the same moment.
                return _known(books, number)
            body = ops.LabelScanned(number=number, acceptance=found.acceptance)
            books.append(body, actor=by.officer, operation=self.counter.new_id(), source="scan")
            left = len(books.of(LABELS).waiting_labels())
            copies = copies_made(books, PAPER, found.acceptance)
        facts: dict[str, object] = {"number": number, "count": left, "copies": copies}
        return Answer("saved", "express.label.back_copies" if copies else "express.label.back", facts)


def _known(books: Reading, number: str) -> Answer | None:
    """What is said of a label that waits no more, on the day of its sale: later its item is looked up."""
    found = books.of(LABELS).label(number)
    if found is None or found.state == "waiting" or found.day != books.day().number:
        return None
    facts: dict[str, object] = {"number": number, "at_ms": found.changed_ms, "receipt": found.receipt}
    if found.state == "undone":
        return Answer("stopped", "express.label.undone", facts)
    copies = copies_made(books, PAPER, found.acceptance)
    key = "express.label.already_copies" if copies else "express.label.already"
    return Answer("already", key, facts | {"copies": copies})
