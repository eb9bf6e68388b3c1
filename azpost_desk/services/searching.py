"""The journal of all years: operations found by what stands on them, the till at any minute, statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, day_start_ms
from azpost_desk.domain.digits import has_digit
from azpost_desk.domain.explaining import Noted
from azpost_desk.domain.money import Money, azn, parse_amount
from azpost_desk.domain.names import fold
from azpost_desk.domain.postings import postings
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.till_as_of import NEVER, TillAsOf, is_anchor
from azpost_desk.domain.till_as_of import fold as fold_till
from azpost_desk.services.history import Done, done_of
from azpost_desk.services.views import SearchTerm

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry

FOUND_MAX: Final = 200
_NO_END: Final = 1 << 40
# What a word of the index begins with when it is no name and no number.
_SIGNS: Final = tuple("=~@!")
_DAY_RECORDS_MAX: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty fields do not narrow it.

    Attributes:
        text: words, numbers and amounts as typed; every one of them must be on the operation.
        kind: tag of a line (``transfer.sent``) or kind of a record (``till.closed``).
        officer: who did it, or who approved it.
        first, last: business days, ISO, both included.
    """

    text: str = ""
    kind: str = ""
    officer: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class FoundDone:
    """An operation of any year with its business day (ISO)."""

    date: str
    done: Done


@dataclass(frozen=True, slots=True)
class Then:
    """The till at a moment, in words for a screen. `holder` is a name, "" while nobody held it."""

    at_ms: int
    till: TillAsOf
    holder: str
    last: Done | None


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of an officer's surplus or shortage account; `balance` is what stands after it."""

    date: str
    operation: str
    at_ms: int
    sort: str
    counted: Money | None
    expected: Money | None
    surplus: Money
    shortage: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """An officer's differences of all years, oldest first. `balance`: surplus positive, shortage negative."""

    officer: str
    name: str
    rows: tuple[Moved, ...]
    balance: Money


@dataclass(frozen=True, slots=True)
class Records:
    """Reads only."""

    counter: Counter

    def find(self, search: Search, language: str = "az") -> list[FoundDone]:
        """Operations of all years, newest first, at most `FOUND_MAX`.

        Raises:
            Refused: B-041 nothing that narrows the search.
        """
        words = _wanted(search)
        if not (words or search.first or search.last):
            raise Refused("B-041", field="text")
        with self.counter.books.reading() as books:
            first, last = _numbers(books, search)
            found = books.found(words, first, last, FOUND_MAX)
            dates = {day.number: day.date for day in books.days(limit=100_000)}
            told = done_of(books, language, found)
        return [
            FoundDone(dates.get(entry.recorded.day, ""), done)
            for entry, done in zip(found, told, strict=True)
            if done is not None
        ]

    def till_at(self, at_ms: int, language: str = "az") -> Then:
        """The till of this desk as it stood at a moment (UTC ms), from the journal's records alone."""
        with self.counter.books.reading() as books:
            till = _till_at(books, at_ms)
            names = {one.officer: one.name for one in books.officers()}
            entry = books.entry(till.last) if till.last else None
            [last] = done_of(books, language, [entry]) if entry else [None]
        return Then(at_ms, till, names.get(till.holder, till.holder), last)

    def statement(self, by: Officer, officer: str) -> Statement:
        """Surplus and shortage of an officer, each close and whatever else moved the two accounts.

        Raises:
            Refused: S-010 another's account, without the right to see reports.
        """
        if by.officer != officer:
            by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            names = {one.officer: one.name for one in books.officers()}
            dates = {day.number: day.date for day in books.days(limit=100_000)}
            desk = books.desk().desk
            entries = books.found([SearchTerm(whole=(f"!{officer}",))], 0, _NO_END, _DAY_RECORDS_MAX)
        rows: list[Moved] = []
        balance = 0
        for entry in reversed(entries):
            surplus, shortage = _account_moves(desk, officer, entry)
            balance += surplus - shortage
            close = entry.body if isinstance(entry.body, ops.TillClosed) else None
            rows.append(
                Moved(
                    date=dates.get(entry.recorded.day, ""),
                    operation=entry.recorded.operation,
                    at_ms=entry.recorded.recorded_ms,
                    sort=entry.recorded.kind,
                    counted=azn(close.counted_qapik) if close else None,
                    expected=azn(close.expected_qapik) if close else None,
                    surplus=azn(surplus),
                    shortage=azn(shortage),
                    balance=azn(balance),
                )
            )
        return Statement(officer, names.get(officer, officer), tuple(rows), azn(balance))

    def officers(self) -> list[tuple[str, str]]:
        """(id, name) of who works here now, and of whoever an account speaks of."""
        with self.counter.books.reading() as books:
            return sorted(((one.officer, one.name) for one in books.officers()), key=lambda one: one[1])


def moment(date: str, minutes: int) -> int:
    """UTC ms at so many minutes after midnight of a date in Azerbaijan, to the end of that minute."""
    return day_start_ms(BusinessDay(date)) + minutes * 60_000 + 59_999


# --- searching ------------------------------------------------------------------------------------------


def _wanted(search: Search) -> list[SearchTerm]:
    words = [word for typed in search.text.split() for word in _words(typed)]
    if search.kind:
        words.append(SearchTerm(whole=(f"~{search.kind}",)))
    if search.officer:
        words.append(SearchTerm(whole=(f"@{search.officer}",)))
    return words


def _words(typed: str) -> list[SearchTerm]:
    """A typed word as a name begun, a number begun, or an amount; a name with a dash is two."""
    number = "" if typed[:1] in _SIGNS else typed.upper()
    try:
        amount = abs(parse_amount(typed, "AZN").minor)
    except Refused:
        amount = 0
    parts = fold(typed).split()
    if amount or len(parts) < 2:
        # 123,45 is an amount or stands on a paper like this; it is no 123 and no 45.
        begins = {number, *(parts if len(parts) == 1 else ())} - {""}
        whole = (f"={amount}",) if amount else ()
        return [SearchTerm(whole, tuple(sorted(begins)))] if whole or begins else []
    if number and has_digit(number):
        return [SearchTerm(begins=(number,))]
    return [SearchTerm(begins=(part,)) for part in parts]


def _numbers(books: Reading, search: Search) -> tuple[int, int]:
    """The numbers of the first and the last business day wanted."""
    if not (search.first or search.last):
        return 0, _NO_END
    wanted = [
        day.number
        for day in books.days(limit=100_000)
        if (not search.first or day.date >= search.first) and (not search.last or day.date <= search.last)
    ]
    return (min(wanted), max(wanted)) if wanted else (_NO_END, 0)


# --- the till then ----------------------------------------------------------------------------------------


def _till_at(books: Reading, at_ms: int) -> TillAsOf:
    """Back from the moment to the last record that says the balance by itself, and forward from there."""
    desk = books.desk().desk
    after: list[Noted] = []
    # What is recorded after a close stands under the number of the day that comes next.
    for day in range(books.day_begun_by(at_ms) + 1, 0, -1):
        for entry in books.entries(day, _DAY_RECORDS_MAX):
            if entry.recorded.recorded_ms > at_ms:
                continue
            after.append(Noted(entry.recorded.operation, entry.recorded.recorded_ms, entry.body))
            if is_anchor(entry.body):
                return fold_till(desk, reversed(after), NEVER)
    return fold_till(desk, reversed(after), NEVER)


# --- statements -------------------------------------------------------------------------------------------


def _account_moves(desk: str, officer: str, entry: Entry) -> tuple[int, int]:
    """(surplus, shortage) that a record put on the officer's accounts, qəpik."""
    kind, version = ops.kind_of(entry.body)
    surplus = shortage = 0
    for one in postings(desk, entry.recorded.operation, kind, version, entry.body):
        if one.sub == officer and one.account == chart.SURPLUS:
            surplus -= one.amount.minor
        elif one.sub == officer and one.account == chart.SHORTAGE:
            shortage += one.amount.minor
    return surplus, shortage
