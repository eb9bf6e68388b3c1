"""How long items wait at this office: which end their days, which go back, and until when one may be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from azpost_desk.domain.days import BusinessDay
from azpost_desk.domain.mail.keeping import ClosedDays, Kept, MailStorage, kept
from azpost_desk.services.counter import if_sent
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from azpost_desk.domain.mail.history import Life
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading

Stands = Literal["waiting", "extended", "ends_soon", "due_back", "stopped"]
"""How an item's days stand: as they are, or longer on request; nearly over; over; over, but a stop order
forbids that it goes back.
"""


class KeepingReads(Protocol):
    """What the books know of items that wait somewhere."""

    def waiting_at(self, office: str) -> list[tuple[str, Life]]:
        """Items that this office has and may hand over, by number."""


KEEPING: Final = Reads[KeepingReads]("keeping")


@dataclass(frozen=True, slots=True)
class Term:
    """The days of an item at this office; `days_left` after today, below 0 when they are over."""

    number: str
    kept: Kept
    days_left: int
    stands: Stands


@dataclass(frozen=True, slots=True)
class Keeping:
    """Items at this office whose days are counted."""

    counter: Counter

    def terms(self) -> list[Term]:
        """Every item that waits here, the one that goes back first at the top."""
        with self.counter.books.reading() as books:
            return terms_here(books, self.counter.today())


def terms_here(books: Reading, today: str) -> list[Term]:
    """Every item that waits at this office and has a last day, soonest first."""
    rules, closed = if_sent(books, MailStorage, today), if_sent(books, ClosedDays, today)
    if not rules.rules:
        return []
    found = [
        _term(books, number, days, rules, today)
        for number, life in books.of(KEEPING).waiting_at(books.desk().branch)
        if (days := kept(life, number, rules, closed)) is not None
    ]
    return sorted(found, key=lambda one: (one.kept.last_day, one.number))


def term_of(books: Reading, number: str, today: str) -> Term | None:
    """The days of one item wherever it waits; None where none are counted."""
    rules, closed = if_sent(books, MailStorage, today), if_sent(books, ClosedDays, today)
    days = kept(books.item_lives(number)[-1], number, rules, closed)
    return _term(books, number, days, rules, today) if days else None


def why_not_until(books: Reading, number: str, until: str) -> tuple[str, dict[str, object]] | None:
    """Why an item is not kept until this ISO day: the reason, facts for its sentence; None: it may be."""
    today = books.day().date
    closed = if_sent(books, ClosedDays, today)
    if not closed.is_open(books.desk().branch, BusinessDay(until)):
        return "until_closed", {"day": until}
    term = term_of(books, number, today)
    if term is None or until <= term.kept.last_day:
        return None
    if term.days_left < 0:
        # A request to keep it longer is made before its days are over.
        return "until_late", {"day": term.kept.last_day}
    if until > term.kept.longest_day:
        return "until_beyond", {"day": term.kept.longest_day}
    return None


def _term(books: Reading, number: str, days: Kept, rules: MailStorage, today: str) -> Term:
    left = days.days_left(BusinessDay(today))
    stands: Stands = "extended" if days.is_extended else "waiting"
    if left < 0:
        # Whatever is ordered, it is ordered of an item that stays where it is.
        stands = "stopped" if books.item_orders(number) else "due_back"
    elif left <= rules.warn_days:
        stands = "ends_soon"
    return Term(number, days, left, stands)
