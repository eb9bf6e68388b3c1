"""Mail today: what was done with items on a day, and what of them waits for somebody, as lines with counts.

In: the records of the day, the books as they stand. Out: one line for each thing there is any of, with the
screen where it is dealt with; the manager's page shows them, the day's report prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.lines import ChargePaid, ItemAccepted
from azpost_desk.domain.lines.charges import KINDS
from azpost_desk.domain.mail.bags import ROAD_HOURS
from azpost_desk.domain.mail.irregularities import WRONG_PERSON
from azpost_desk.services.keeping import terms_here
from azpost_desk.services.labels import LABELS
from azpost_desk.services.mail_bags_views import BAGS
from azpost_desk.services.rounds_views import ROUNDS, is_overdue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry

_HOUR_MS: Final = 3_600_000
# What waits for somebody beyond its time, or should not have been.
_LATE: Final = frozenset({"rounds_overdue", "due_back", "bags_late", WRONG_PERSON})
_PLACES: Final = {
    "accepted": "express",
    "labels": "express",
    "rounds_out": "rounds",
    "rounds_overdue": "rounds",
    "bags_open": "mail_bags",
    "bags_late": "mail_bags",
    "charge_cod": "history",
    "charge_duty": "history",
}


@dataclass(frozen=True, slots=True)
class MailLine:
    """One thing to say of the day's mail.

    Attributes:
        name: the last word of ``report.mail.…``.
        amount_qapik: what was taken, where it is money.
    """

    name: str
    count: int
    amount_qapik: int = 0

    @property
    def place(self) -> str:
        """The screen where it is dealt with."""
        return _PLACES.get(self.name, "tracking")

    @property
    def is_late(self) -> bool:
        """Whether it waits beyond its time."""
        return self.name in _LATE


def mail_today(books: Reading, entries: Sequence[Entry], today: str, now_ms: int) -> tuple[MailLine, ...]:
    """Every line of which there is something, in the order of an item's way; money taken stands last."""
    lines = (*_done(entries), *_waiting(books, today, now_ms), *_taken(entries))
    return tuple(one for one in lines if one.count or one.amount_qapik)


def _done(entries: Sequence[Entry]) -> Iterator[MailLine]:
    sold = _lines(entries)
    yield MailLine("accepted", sum(way for line, way in sold if isinstance(line, ItemAccepted)))
    gone = {one.body.scan for one in entries if isinstance(one.body, ops.ScanVoided)}
    events = [
        one.body.event
        for one in entries
        if isinstance(one.body, ops.ItemScanned) and one.recorded.operation not in gone
    ]
    yield MailLine("delivered", events.count("EMI"))
    yield MailLine("tried", events.count("EMH"))
    reports = [one.body.kind for one in entries if isinstance(one.body, ops.IrregularityReported)]
    yield MailLine(WRONG_PERSON, reports.count(WRONG_PERSON))


def _waiting(books: Reading, today: str, now_ms: int) -> Iterator[MailLine]:
    rounds = books.of(ROUNDS).rounds(("out",))
    yield MailLine("rounds_out", len(rounds))
    yield MailLine("rounds_overdue", sum(is_overdue(one, books.day().number, now_ms) for one in rounds))
    yield MailLine("labels", len(books.of(LABELS).waiting_labels()))
    stands = [one.stands for one in terms_here(books, today)]
    yield MailLine("ends_soon", stands.count("ends_soon"))
    yield MailLine("due_back", stands.count("due_back"))
    bags = books.of(BAGS)
    yield MailLine("bags_open", len(bags.bags(("open",))))
    on_road = [*bags.bags(("gone",)), *bags.bags_for(books.desk().branch, ("gone",))]
    late = {one.bag for one in on_road if now_ms - one.changed_ms > ROAD_HOURS * _HOUR_MS}
    yield MailLine("bags_late", len(late))


def _taken(entries: Sequence[Entry]) -> Iterator[MailLine]:
    charges = [(line, way) for line, way in _lines(entries) if isinstance(line, ChargePaid)]
    for kind in KINDS:
        of_kind = [(line, way) for line, way in charges if line.kind == kind]
        amount_qapik = sum(way * line.amount_qapik for line, way in of_kind)
        yield MailLine(f"charge_{kind}", sum(way for _, way in of_kind), amount_qapik)


def _lines(entries: Iterable[Entry]) -> list[tuple[ops.Sold, int]]:
    """Every line of the day, 1 for one that was sold and -1 for one that was undone."""
    lines = (line for one in entries if isinstance(one.body, ops.Settlement) for line in one.body.lines)
    return [(one.original, -1) if isinstance(one, ops.LineReversed) else (one, 1) for one in lines]
