"""A count that differed, explained: the likely causes with the records to open. Only after it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.explaining import Close, Noted, Shift, Trace, explain, shifts
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.history import done_of

if TYPE_CHECKING:
    from azpost_desk.domain.explaining import Candidate, Cause
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.history import Done
    from azpost_desk.services.ports import Reading

_RECORDS_MAX: Final = 1_000_000
# Facts that count pieces or seconds; every other one is an amount.
_COUNTS: Final = frozenset({"number", "meant_number", "seconds"})
_CANDIDATES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Likely:
    """One way the difference can have come about.

    Attributes:
        reason: the sentence is ``explain.reason.<reason>`` with `facts`.
        share_ppm: of its cause among all that fits, in parts per million.
        opens: the operation to open, "" where no record is to blame; `done` is that operation in words.
    """

    reason: str
    facts: dict[str, Money | int]
    share_ppm: int
    opens: str
    done: Done | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A recorded count with what explains it, the likeliest first; nothing when it did not differ."""

    operation: str
    closed: Close
    likely: tuple[Likely, ...]


@dataclass(frozen=True, slots=True)
class Explaining:
    """Reads only: it accuses nobody, and no figure changes by it."""

    counter: Counter

    def of_close(self, operation: str, language: str = "az") -> Explained:
        """The close or hand-over with this operation id, of any day.

        Raises:
            Refused: B-040 it is neither.
        """
        with self.counter.books.reading() as books:
            entry = books.entry(operation)
            if entry is None or not isinstance(entry.body, Close):
                raise Refused("B-040", receipt=operation)
            shift = _shift(books, operation, entry.body, entry.recorded.day)
            causes = explain(shift)
            likely = [
                _likely(books, language, cause, one)
                for cause in causes
                for one in cause.candidates[:_CANDIDATES_SHOWN]
            ]
        return Explained(operation, entry.body, tuple(likely))


def _shift(books: Reading, operation: str, closed: Close, day: int) -> Shift:
    entries = sorted(
        books.entries(day, _RECORDS_MAX), key=lambda one: (one.recorded.epoch, one.recorded.sequence)
    )
    notes = [Noted(one.recorded.operation, one.recorded.recorded_ms, one.body) for one in entries]
    records = next(records for _, close, records in shifts(notes) if close == operation)
    at_ms = next(note.at_ms for note in notes if note.operation == operation)
    return Shift(
        desk=books.desk().desk,
        difference_qapik=closed.difference_qapik,
        pieces={int(piece): number for piece, number in closed.pieces.items()},
        records=records,
        traces=_traces(books, records, at_ms),
    )


def _traces(books: Reading, records: tuple[Noted, ...], at_ms: int) -> tuple[Trace, ...]:
    """What moved no cash in the books by the count: cash announced and not accepted or written out to another
    desk, baskets set aside, cards that did not say yes.
    """
    issued = {note.body.remittance for note in records if isinstance(note.body, ops.RemittanceIssued)}
    found = []
    for one in books.remittances():
        waited = (one.state == "announced" and one.at_ms <= at_ms) or (
            one.state == "accepted" and one.at_ms > at_ms
        )
        if waited:
            found.append(Trace("unaccepted", one.remittance, one.at_ms, one.amount.minor))
        elif one.state == "issued" and one.remittance in issued:
            # Written out, and perhaps still lying here.
            found.append(Trace("issued", one.remittance, one.at_ms, one.amount.minor))
    for parked in books.parked():
        if parked.parked_ms <= at_ms:
            due = to_pay([planned.line for planned in parked.basket.lines])
            found.append(Trace("parked", parked.basket.basket, parked.parked_ms, due.minor))
    began_ms = records[0].at_ms if records else at_ms
    for step in books.card_steps(("declined", "unknown")):
        if began_ms <= step.asked_ms <= at_ms:
            found.append(Trace("card", step.step, step.asked_ms, step.amount.minor))
    return tuple(found)


def _likely(books: Reading, language: str, cause: Cause, one: Candidate) -> Likely:
    facts: dict[str, Money | int] = {
        name: value if name in _COUNTS else azn(value) for name, value in one.facts
    }
    opens = next((operation for operation in one.operations if books.entry(operation)), "")
    entry = books.entry(opens) if opens else None
    [done] = done_of(books, language, [entry]) if entry else [None]
    return Likely(one.reason, facts, cause.share_ppm, opens, done)
