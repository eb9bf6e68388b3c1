"""Disputes: any figure of any day, with its evidence; they block nothing and admit nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.days import BusinessDay, days_after
from azpost_desk.domain.lengths import characters_max
from azpost_desk.domain.operations_disputes import ENQUIRY_SENT, OUTCOMES, Evidence
from azpost_desk.domain.people import Words
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import PERMISSIONS, Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import Counter, Officer, attach
from azpost_desk.services.reports import day_figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Case, Day, Dispute, Entry, Recorded

WORDS_CHARACTERS_MAX: Final = characters_max("words")
OPEN: Final = ("open", "answered", "escalated")

# Figures of a day's report of this desk: word of ``dispute.figure.…`` → (value, unit).
REPORT_FIGURES: Final[dict[str, Callable[[reports.Figures], int]]] = {
    "report.opening": lambda one: one.till_opening_qapik,
    "report.closing": lambda one: one.till_closing_qapik,
    "report.till_in": lambda one: one.till.in_qapik,
    "report.till_out": lambda one: one.till.out_qapik,
    "report.customers_in": lambda one: sum(row.in_qapik for row in one.services.values()),
    "report.customers_out": lambda one: sum(row.out_qapik for row in one.services.values()),
    "report.income": lambda one: sum(row.income_qapik for row in one.services.values()),
    "report.vat": lambda one: one.vat_qapik,
    "report.surplus": lambda one: one.surplus_qapik,
    "report.shortage": lambda one: one.shortage_qapik,
    "report.refunds": lambda one: one.refunds_owed_qapik,
    "report.operations": lambda one: one.operations,
    "report.receipts": lambda one: one.receipts,
}
_COUNTS: Final = frozenset({"report.operations", "report.receipts"})
# Figures of a count, by the operation of the close.
TILL_FIGURES: Final[dict[str, Callable[[ops.TillClosed], int]]] = {
    "till.difference": lambda one: one.difference_qapik,
    "till.counted": lambda one: one.counted_qapik,
    "till.expected": lambda one: one.expected_qapik,
}
# What an officer's account says; `about` is the officer.
ACCOUNT_FIGURES: Final = {"account.surplus": chart.SURPLUS, "account.shortage": chart.SHORTAGE}
AMOUNT: Final = "operation.amount"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that somebody points at: `about` is an operation, an ISO date or an officer."""

    figure: str
    about: str


@dataclass(frozen=True, slots=True)
class Named:
    """A figure as the books say it, and the records it comes from. `unit` is qapik, count or a currency."""

    figure: Figure
    date: str
    value: int
    unit: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """A dispute that is on the disk."""

    number: str
    due: str
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Row:
    """A dispute with its age in days; `overdue` when the centre's time has run out.

    `record` is the operation its figure stands on, "" where it stands on none.
    """

    dispute: Dispute
    officer: str
    age_days: int
    overdue: bool
    record: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything that waits for an answer at this desk, newest first, and what is settled."""

    disputes: tuple[Row, ...]
    cases: tuple[tuple[Case, int], ...]


@dataclass(frozen=True, slots=True)
class Disputes:
    """Raise, take further, end; the centre answers by news."""

    counter: Counter

    def named(self, figure: Figure) -> Named:
        """A figure as the books say it now.

        Raises:
            Refused: D-101 no such figure there.
        """
        with self.counter.books.reading() as books:
            return _named(books, figure)

    def report_figures(self, date: str) -> list[Named]:
        """Every figure of a day's report of this desk that can be disputed.

        Raises:
            Refused: D-101 there was no such day.
        """
        with self.counter.books.reading() as books:
            day = books.day_of(date)
            if day is None:
                raise Refused("D-101")
            figures, _entries = _figures(books, day)
        return [
            Named(Figure(name, date), date, value(figures), "count" if name in _COUNTS else "qapik", ())
            for name, value in REPORT_FIGURES.items()
        ]

    def raise_dispute(self, by: Officer, figure: Figure, words: str) -> Raised:
        """Dispute a figure. Its value, the evidence and the clock come from the books, not from the screen.

        It needs no permission, no open day and no open till.

        Raises:
            Refused: D-101 no such figure, D-102 without words, D-103 with too many.
        """
        said = said_words(words)
        with self.counter.books.writing() as books:
            raised = self.raise_named(books, by, _named(books, figure), said, self._due(books))
        self.counter.line.wake()
        return raised

    def raise_named(self, books: Writing, by: Officer, named: Named, said: str, due: str) -> Raised:
        """Write down a dispute, or an enquiry, with its number, until `due` (ISO date)."""
        operation = self.counter.new_id()
        attached = attach(operation, "words", Words(words=said))
        number = books.next_dispute()
        recorded = books.append(
            ops.DisputeRaised(
                dispute=number,
                figure=named.figure.figure,
                about=named.figure.about,
                date=named.date,
                value=named.value,
                unit=named.unit,
                words=attached.commitment(),
                due=due,
                evidence=self._evidence(books, named),
            ),
            actor=by.officer,
            operation=operation,
            attachments=[attached],
        )
        return Raised(number, due, recorded)

    def escalate(self, by: Officer, number: str, reason: str, words: str) -> Recorded:
        """Take a dispute further: no answer in time (`silence`), or one that is not accepted (`answer`).

        Raises:
            Refused: D-104 no such dispute, D-105 ended, D-102, D-103, D-106 neither the one who raised it
                nor a supervisor.
        """
        said = said_words(words)
        with self.counter.books.writing() as books:
            dispute = _open(books, number)
            if dispute.officer != by.officer and Permission.APPROVE not in PERMISSIONS[by.role]:
                raise Refused("D-106")
            operation = self.counter.new_id()
            attached = attach(operation, "words", Words(words=said))
            body = ops.DisputeEscalated(
                dispute=number, reason=reason, words=attached.commitment(), due=self._due(books)
            )
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=[attached])
        self.counter.line.wake()
        return recorded

    def close(self, by: Officer, number: str, outcome: str, words: str) -> Recorded:
        """End a dispute. Only who raised it can: nobody takes another's dispute away.

        Raises:
            Refused: D-104, D-105, D-102, D-103, D-106 somebody else raised it, D-107 no such outcome.
        """
        said = said_words(words)
        if outcome not in OUTCOMES:
            raise Refused("D-107", field="outcome")
        with self.counter.books.writing() as books:
            dispute = _open(books, number)
            if dispute.officer != by.officer:
                raise Refused("D-106")
            operation = self.counter.new_id()
            attached = attach(operation, "words", Words(words=said))
            body = ops.DisputeClosed(dispute=number, outcome=outcome, words=attached.commitment())
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=[attached])
        self.counter.line.wake()
        return recorded

    def listed(self) -> Listed:
        """All disputes and cases of this desk, with their age."""
        today = self.counter.today()
        now_ms = self.counter.line.trusted_ms()
        with self.counter.books.reading() as books:
            names = {one.officer: one.name for one in books.officers()}
            rows = tuple(
                Row(
                    one,
                    names.get(one.officer, one.officer),
                    _age_days(one.raised_ms, now_ms),
                    one.state in ("open", "escalated") and one.due < today,
                    _record_of(books, one),
                )
                for one in books.disputes()
            )
            cases = tuple((one, _age_days(one.raised_ms, now_ms)) for one in books.cases())
        return Listed(rows, cases)

    def words(self, dispute: Dispute) -> str:
        """What the officer said, "" when it was erased by rule."""
        with self.counter.books.reading() as books:
            content = books.attachment(dispute.operation, f"{dispute.operation}:words")
        return msgspec.json.decode(content, type=Words).words if content else ""

    def _due(self, books: Reading) -> str:
        today = self.counter.today()
        day = books.day()
        days = books.document(Settings, day.date or today).dispute_days
        return days_after(BusinessDay(today), days)

    def _evidence(self, books: Reading, named: Named) -> Evidence:
        epoch, sequence, head = books.head()
        line = self.counter.line.state()
        day = books.day_of(named.date)
        hashes = [record.hash for record, _ in books.records(day.number)] if day else []
        report = books.closed_report(named.date)
        return Evidence(
            epoch=epoch,
            sequence=sequence,
            head=head,
            records=named.records,
            day_records=len(hashes),
            day_digest=hashlib.sha256(b"".join(hashes)).hexdigest() if hashes else "",
            report=hashlib.sha256(report).hexdigest() if report else "",
            software=books.software(),
            online=line.online,
            line_since_ms=line.since_ms,
            waiting=line.waiting,
            clock_off_ms=line.clock_off_ms,
        )


def _age_days(since_ms: int, now_ms: int) -> int:
    return max(now_ms - since_ms, 0) // 86_400_000


def _record_of(books: Reading, one: Dispute) -> str:
    if one.figure.startswith(("report.", "account.")):
        return ""
    line = books.paid_line(one.about) if one.figure == ENQUIRY_SENT else None
    return line.recorded.operation if line is not None else one.about


def said_words(words: str) -> str:
    """The words as they are kept. Refused D-102 none, D-103 too many."""
    said = words.strip()
    if not is_said(said):
        raise Refused("D-102", field="words")
    if len(said) > WORDS_CHARACTERS_MAX:
        raise Refused("D-103", field="words", limit=WORDS_CHARACTERS_MAX)
    return said


def _open(books: Reading, number: str) -> Dispute:
    dispute = books.dispute(number)
    if dispute is None:
        raise Refused("D-104", dispute=number)
    if dispute.state not in OPEN:
        raise Refused("D-105", dispute=number)
    return dispute


# --- figures ------------------------------------------------------------------------------------------


def _named(books: Reading, figure: Figure) -> Named:
    if figure.figure in REPORT_FIGURES:
        return _of_report(books, figure)
    if figure.figure in ACCOUNT_FIGURES:
        value = books.balance(ACCOUNT_FIGURES[figure.figure], figure.about).minor
        return Named(figure, books.day().date, value, "qapik", ())
    entry = books.entry(figure.about)
    if entry is None:
        raise Refused("D-101")
    date = date_of(books, entry)
    hashes = (hash_of(books, entry),)
    if figure.figure in TILL_FIGURES and isinstance(entry.body, ops.TillClosed):
        return Named(figure, date, TILL_FIGURES[figure.figure](entry.body), "qapik", hashes)
    if figure.figure == AMOUNT and (amount := amount_of(entry.body)) is not None:
        return Named(figure, date, amount, "qapik", hashes)
    raise Refused("D-101")


def amount_of(body: ops.Body) -> int | None:
    """The sum an operation is about, qəpik; None where it has none."""
    if isinstance(body, ops.Settlement):
        return sum(due_qapik(line) for line in body.lines)
    if isinstance(body, ops.TillClosed):
        return body.difference_qapik
    amount = getattr(body, "amount_qapik", None)
    return amount if isinstance(amount, int) else None


def _of_report(books: Reading, figure: Figure) -> Named:
    day = books.day_of(figure.about)
    if day is None:
        raise Refused("D-101")
    figures, entries = _figures(books, day)
    value = REPORT_FIGURES[figure.figure](figures)
    ends = [entry for entry in entries if isinstance(entry.body, ops.DayOpened | ops.DayClosed)]
    unit = "count" if figure.figure in _COUNTS else "qapik"
    return Named(figure, day.date, value, unit, tuple(hash_of(books, entry) for entry in ends))


def _figures(books: Reading, day: Day) -> tuple[reports.Figures, list[Entry]]:
    """As the close wrote them down, else as of now."""
    first, _second, entries = day_figures(books, day.number)
    closes = [entry.body for entry in entries if isinstance(entry.body, ops.DayClosed)]
    if closes and closes[-1].figures:
        return reports.decode(closes[-1].figures), entries
    return first, entries


def date_of(books: Reading, entry: Entry) -> str:
    """The date of a record's business day; of one written between two days, the day before."""
    number = entry.recorded.day
    return next((day.date for day in books.days(limit=100_000) if day.number <= number), "")


def hash_of(books: Reading, entry: Entry) -> str:
    """The hash of a record in hex. Refused D-101 it is not here."""
    place = entry.recorded.epoch, entry.recorded.sequence
    for record, _ in books.records(entry.recorded.day):
        header = record.header()
        if (header.epoch, header.sequence) == place:
            return record.hash.hex()
    raise Refused("D-101")
