"""Labels scanned back: a scan of the stuck label ends an acceptance, so that it sits on what was sold.

In: the number of a scanned item. Out: a record of its own that goes no further than the centre's custody, and
the list of labels that nobody has scanned. Nothing waits for it: the next customer is served, the day closes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

from azpost_desk.domain import operations as ops
from azpost_desk.domain.mail.labels import weighs_alike
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

    def scan_back(self, number: str, by: Officer, weighed_grams: int = 0) -> Answer | None:
        """A scan of an item's number; None when no label of this desk's day is meant by it.

        `weighed_grams`: what the item in hand weighs, 0 = nothing is weighed. A label that was scanned back
        and lies on something of another weight is a copy on a second item: said hard, and nothing is stored.

        Raises:
            Refused: S-010, C-001 the label waits and the day is closed.
        """
        with self.counter.books.reading() as books:
            answer = _weighs_otherwise(books, number, weighed_grams) or _known(books, number)
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


def accepted_grams(books: Reading, number: str) -> int:
    """What an item accepted and paid at this desk weighed; 0 of any other."""
    found = books.of(LABELS).label(number)
    stored = books.paid_line(found.acceptance) if found else None
    return stored.line.weight_grams if stored and isinstance(stored.line, ops.ItemAccepted) else 0


def _weighs_otherwise(books: Reading, number: str, weighed_grams: int) -> Answer | None:
    """The hard answer to a label on an item of another weight.

    While the label waits for its first scan, what is weighed is the next customer's item: no answer then. One
    of an acceptance that was undone says so whatever it weighs.
    """
    found = books.of(LABELS).label(number)
    if not weighed_grams or found is None or found.state != "back":
        return None
    grams = accepted_grams(books, number)
    if not grams or weighs_alike(grams, weighed_grams):
        return None
    facts: dict[str, object] = {"number": number, "accepted": grams, "weighed": weighed_grams}
    return Answer("stopped", "express.label.weighs_otherwise", facts)


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
