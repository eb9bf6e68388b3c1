"""The look before the day: clock, disk, printer, scanner, tariffs, what waits; red lines need the manager.

The lines are facts with a state, never an obstacle of their own: a red one asks for the manager's reason, and
what was seen is recorded in the transaction that opens the day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Settings, Tariffs
from azpost_desk.domain.money import azn
from azpost_desk.domain.operations_recovery import PreflightLine
from azpost_desk.domain.people import Words
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.services.counter import Counter, Officer, attach
from azpost_desk.services.keeping import terms_here
from azpost_desk.services.labels import LABELS
from azpost_desk.services.rounds_views import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.services.opening_day import DayOpening
    from azpost_desk.services.ports import Reading, Surroundings
    from azpost_desk.services.views import Recorded
    from azpost_desk.services.views_recovery import DocumentDate

State = Literal["good", "warn", "bad"]

# [design] Bounds of the look; no law fixes them.
CLOCK_OFF_WARN_MS: Final = 30_000
CLOCK_OFF_BAD_MS: Final = 120_000
FREE_BYTES_WARN: Final = 1_000_000_000
FREE_BYTES_BAD: Final = 200_000_000
BACKUP_WARN_MS: Final = 24 * 3_600_000
BACKUP_BAD_MS: Final = 72 * 3_600_000
UNSENT_BAD_MS: Final = 24 * 3_600_000
SCAN_HEARD_MS: Final = 12 * 3_600_000
# Without these nothing can be sold, or nobody knows at what price.
NEEDED: Final = ("branch", "staff", "licences", "tariffs", "settings")


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the look.

    Attributes:
        name: clock, disk, backup, folded, printer, scanner, tariffs, lists, unsent, remittances, difference,
            key, parked, rounds, storage, labels.
        word: what was found; the sentence is ``preflight.<name>.<word>`` with `facts`.
    """

    name: str
    state: State
    word: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preflight:
    """The look, and the day that is opened after it."""

    counter: Counter
    days: DayOpening
    around: Surroundings | None

    def look(self, scanned_ms: int = 0) -> list[Check]:
        """Every line now; `scanned_ms` is when a scan was last heard. Slow: it asks the printer."""
        # Asked outside of the look into the books: a printer that hangs must not keep a customer waiting.
        outside = list(self._outside(scanned_ms))
        with self.counter.books.reading() as books:
            date = self.counter.today()
            return [*outside, *lists_checks(books, date), *self._waiting(books, date)]

    def open_day(self, by: Officer, date: str, words: str = "", scanned_ms: int = 0) -> Recorded:
        """Look, and open the day `date`; what was seen stands before it in the same transaction.

        Raises:
            Refused: S-010, G-095 red lines (`count`) and no reason, and as `DayOpening.open`.
        """
        by.may(Permission.OPEN_DAY)
        lines = self.look(scanned_ms)
        red = tuple(one.name for one in lines if one.state == "bad")
        if red and not is_said(words):
            raise Refused("G-095", field="words", count=len(red))
        operation = self.counter.new_id()
        said = attach(operation, "words", Words(words=words.strip())) if red else None
        with self.counter.books.writing() as books:
            seen = ops.DayPreflight(
                date=date,
                lines=tuple(PreflightLine(name=one.name, state=one.state) for one in lines),
                consented=red,
                words=said.commitment() if said else "",
            )
            attached = (said,) if said else ()
            self.days.require_new(books, date)
            books.append(seen, actor=by.officer, operation=operation, attachments=attached)
            return self.days.begin(books, by, date)

    def _outside(self, scanned_ms: int) -> Iterator[Check]:
        now_ms, line = self.counter.line.trusted_ms(), self.counter.line.state()
        yield clock_check(line.clock_off_ms if line.online else None)
        if self.around is not None:
            yield from _machine(self.around, now_ms)
        # Both by the PC's clock, which the window goes by.
        heard = bool(scanned_ms) and self.counter.clock.utc_ms() - scanned_ms < SCAN_HEARD_MS
        yield Check("scanner", "good" if heard else "warn", "heard" if heard else "silent")
        yield unsent_check(line.waiting, now_ms - line.oldest_ms)

    def _waiting(self, books: Reading, date: str) -> Iterator[Check]:
        awaited = books.remittances(("announced",))
        yield _some("remittances", len(awaited))
        yield _some("parked", len(books.parked()))
        yield _some("rounds", len(books.of(ROUNDS).rounds(("out",))))
        yield _some("storage", sum(one.stands == "due_back" for one in terms_here(books, date)))
        yield _some("labels", len(books.of(LABELS).waiting_labels()))
        yield _difference(books)


def _machine(around: Surroundings, now_ms: int) -> Iterator[Check]:
    yield disk_check(around.free_bytes())
    backup_ms = around.backup_ms()
    yield backup_check(None if backup_ms is None else now_ms - backup_ms)
    if tables := around.refolded():
        yield Check("folded", "bad", "other", {"count": len(tables), "tables": ", ".join(tables)})
    yield printer_check(around.printer())
    yield key_check(around.key_protection())


def clock_check(off_ms: int | None) -> Check:
    """How far this machine's clock is off the centre's; None: nobody told the centre's."""
    if off_ms is None:
        return Check("clock", "warn", "unknown")
    off = abs(off_ms)
    return Check("clock", _above(off, CLOCK_OFF_WARN_MS, CLOCK_OFF_BAD_MS), "off", {"seconds": off // 1000})


def disk_check(free_bytes: int) -> Check:
    """Whether there is room for days of work."""
    state: State = (
        "bad" if free_bytes < FREE_BYTES_BAD else "warn" if free_bytes < FREE_BYTES_WARN else "good"
    )
    return Check("disk", state, "free", {"megabytes": free_bytes // 1_000_000})


def backup_check(age_ms: int | None) -> Check:
    """How old the newest proven backup is; None: there is none."""
    if age_ms is None:
        return Check("backup", "warn", "none")
    hours: dict[str, object] = {"hours": max(age_ms, 0) // 3_600_000}
    return Check("backup", _above(age_ms, BACKUP_WARN_MS, BACKUP_BAD_MS), "age", hours)


def printer_check(trouble: str) -> Check:
    """What a device said; `trouble` is its D-code, "" when it is ready."""
    return Check(
        "printer", "bad" if trouble else "good", "trouble" if trouble else "ready", {"code": trouble}
    )


def key_check(protection: str) -> Check:
    """Where the keys lie."""
    is_file = protection == "file"
    return Check("key", "warn" if is_file else "good", "file" if is_file else "keyring")


def unsent_check(waiting: int, oldest_age_ms: int) -> Check:
    """How many records the centre has not acknowledged, and how old the oldest is."""
    if not waiting:
        return Check("unsent", "good", "none")
    return Check("unsent", _above(oldest_age_ms, 0, UNSENT_BAD_MS), "some", {"count": waiting})


def lists_checks(books: Reading, date: str) -> Iterator[Check]:
    """Whether tariffs are approved, and every list without which nothing can be sold is here on `date`."""
    known: dict[str, DocumentDate] = {one.name: one for one in books.document_dates(date)}
    missing = [name for name in NEEDED if name not in known]
    if "tariffs" in known:
        approved = books.document(Tariffs, date).approved
        facts: dict[str, object] = {"date": known["tariffs"].valid_from}
        yield Check("tariffs", "good" if approved else "warn", "approved" if approved else "demo", facts)
    if missing:
        yield Check("lists", "bad", "missing", {"count": len(missing)})
    else:
        newest = max(one.valid_from for one in known.values())
        yield Check("lists", "good", "there", {"count": len(known), "date": newest})


def _difference(books: Reading) -> Check:
    """What the last closed day's counts came to."""
    day = next((one for one in books.days(2) if one.state == "closed"), None)
    if day is None:
        return Check("difference", "good", "none")
    closes = [one.body for one in books.entries(day.number, 1_000_000)]
    sum_qapik = sum(body.difference_qapik for body in closes if isinstance(body, ops.TillClosed))
    if not sum_qapik:
        return Check("difference", "good", "none")
    try:
        limit = books.document(Settings, day.date).difference_qapik_manager
    except Trouble:
        limit = 0
    state: State = "bad" if abs(sum_qapik) > limit else "warn"
    return Check("difference", state, "some", {"amount": azn(sum_qapik), "date": day.date})


def _some(name: str, count: int) -> Check:
    return Check(name, "warn" if count else "good", "some" if count else "none", {"count": count})


def _above(value: int, warn: int, bad: int) -> State:
    return "bad" if value >= bad else "warn" if value >= warn else "good"
