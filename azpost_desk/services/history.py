"""What was done at this desk: the day's operations as a list, and one of them with all that stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money
from azpost_desk.domain.products import due_qapik, papers_of
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.lines import about
from azpost_desk.services.lines.base import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Entry, PaidLine, PrintJob

# What the list shows; scans have their own, sign-ins and looks at files are for the inspection.
_SORTS: Final[dict[type[ops.Body], str]] = {
    ops.Settlement: "sale",
    ops.DayOpened: "day_opened",
    ops.DayClosed: "day_closed",
    ops.TillOpened: "till_opened",
    ops.TillClosed: "till_closed",
    ops.SafeSupplied: "safe_supplied",
    ops.CashMoved: "cash_moved",
    ops.RemittanceIssued: "remittance_issued",
    ops.RemittanceAccepted: "remittance_accepted",
    ops.GoodsStocked: "goods_stocked",
    ops.TillHandedOver: "till_handed_over",
    ops.TillCounted: "till_counted",
    ops.CountSetAside: "count_set_aside",
    ops.DifferenceConsented: "difference_consented",
    ops.DifferenceMadeGood: "difference_made_good",
    ops.BagSealed: "bag_sealed",
    ops.BagHandedOver: "bag_handed_over",
    ops.BagReceived: "bag_received",
    ops.BagDiffered: "bag_differed",
    ops.NoteSuspected: "note_suspected",
    ops.PaperReprinted: "reprinted",
    ops.CorrectionAccepted: "correction",
    ops.BasketHandedOver: "basket_handed_over",
    ops.DisputeRaised: "dispute_raised",
    ops.DisputeEscalated: "dispute_escalated",
    ops.DisputeClosed: "dispute_closed",
    ops.ReportSupplemented: "supplemented",
    ops.PaperSigned: "paper_signed",
    ops.LateTaken: "late_taken",
    ops.KeyRotated: "key_rotated",
}
# More records than a desk writes in a day.
_RECORDS_MAX: Final = 20_000


@dataclass(frozen=True, slots=True)
class Done:
    """One operation of the day.

    Attributes:
        sort: word of ``history.screen.sort.…``; `kinds` are the tags of a sale's lines instead.
        about: names, accounts, item numbers: what a customer may ask by.
        into, out: money into and out of the till (of the safe for its supply and bags), None for none.
        officer: the name of who did it.
        state: "", reversed, partly (some lines reversed) or reversal.
    """

    operation: str
    at_ms: int
    sort: str
    receipt: str
    kinds: tuple[str, ...]
    about: str
    into: Money | None
    out: Money | None
    officer: str
    state: str


@dataclass(frozen=True, slots=True)
class DoneLine:
    """One line of a settlement: `amount` is due from the customer, negative when it was paid out."""

    kind: str
    about: str
    amount: Money
    paid: PaidLine


@dataclass(frozen=True, slots=True)
class Detail:
    """An operation opened. `copies` and `duplicates` count what was printed again.

    `figures` are what a count came to, by word of ``dispute.figure.…``.
    """

    done: Done
    lines: tuple[DoneLine, ...]
    tenders: tuple[tuple[str, Money], ...]
    given: Money | None
    change: Money | None
    mark: str
    prints: tuple[PrintJob, ...]
    copies: int = 0
    duplicates: int = 0
    figures: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Reads only; what is undone is undone by `Baskets.reverse`."""

    counter: Counter

    def today(self, language: str = "az") -> list[Done]:
        """The operations of the business day, newest first."""
        with self.counter.books.reading() as books:
            entries = books.entries(books.day().number, _RECORDS_MAX)
            told = _Told(books, language, _reversed_by(entries), _names(books))
            return [told.done(entry) for entry in entries if type(entry.body) in _SORTS]

    def opened(self, operation: str, language: str = "az") -> Detail:
        """One operation by its id or its receipt's number, of any day.

        Raises:
            Refused: B-040 there is none.
        """
        with self.counter.books.reading() as books:
            entry = books.settlement(operation) or books.entry(operation)
            if entry is None or type(entry.body) not in _SORTS:
                raise Refused("B-040", receipt=operation)
            undone = _reversed_by(books.entries(entry.recorded.day, _RECORDS_MAX))
            told = _Told(books, language, undone, _names(books))
            return told.detail(entry)


def _names(books: Reading) -> dict[str, str]:
    return {one.officer: one.name for one in books.officers()}


def done_of(books: Reading, language: str, entries: Sequence[Entry]) -> list[Done | None]:
    """Operations of any days in words; None where a record is nothing the history lists."""
    lines = [
        line.operation
        for entry in entries
        if isinstance(entry.body, ops.Settlement)
        for line in entry.body.lines
    ]
    told = _Told(books, language, books.undone(lines), _names(books))
    return [told.done(entry) if type(entry.body) in _SORTS else None for entry in entries]


def kinds() -> dict[str, str]:
    """Kind of a record → word of ``history.screen.sort.…``, for every kind the history lists but sales."""
    return {
        kind: _SORTS[body]
        for (kind, _version), body in ops.BODIES.items()
        if body in _SORTS and body is not ops.Settlement
    }


def _reversed_by(entries: Iterable[Entry]) -> set[str]:
    """Lines of a day that were undone: a line is reversed on its own day or never."""
    settlements = (entry.body for entry in entries if isinstance(entry.body, ops.Settlement))
    lines = (line for body in settlements for line in body.lines)
    return {line.original.operation for line in lines if isinstance(line, ops.LineReversed)}


@dataclass(frozen=True, slots=True)
class _Told:
    """Records put into words of one language."""

    books: Reading
    language: str
    gone: set[str]
    names: dict[str, str]

    def done(self, entry: Entry) -> Done:
        body, recorded = entry.body, entry.recorded
        lines = body.lines if isinstance(body, ops.Settlement) else ()
        into, out = _money(body)
        abouts = dict.fromkeys(self.about(recorded.operation, line) for line in lines)
        return Done(
            recorded.operation,
            recorded.recorded_ms,
            _SORTS[type(body)],
            body.receipt if isinstance(body, ops.Settlement | ops.PaperReprinted) else "",
            tuple(_kind(line) for line in lines),
            ", ".join(one for one in abouts if one),
            into,
            out,
            self.names.get(recorded.actor, recorded.actor),
            self._state(lines),
        )

    def detail(self, entry: Entry) -> Detail:
        done, body = self.done(entry), entry.body
        if not isinstance(body, ops.Settlement):
            mark, figures = entry.recorded.mark, _figures(body)
            return Detail(done, (), (), None, None, mark, (), figures=figures)
        lines: list[DoneLine] = []
        for line in body.lines:
            paid = self.books.paid_line(line.operation)
            if paid is not None:
                about = self.about(entry.recorded.operation, line)
                lines.append(DoneLine(_kind(line), about, Money(due_qapik(line)), paid))
        papers = {line.operation for line in body.lines if papers_of(line)}
        return Detail(
            done,
            tuple(lines),
            tuple((tender.tender, Money(tender.amount_qapik)) for tender in body.tenders),
            Money(body.cash_given_qapik) if body.cash_given_qapik else None,
            Money(body.change_qapik) if body.change_qapik else None,
            entry.recorded.mark,
            tuple(job for job in self.books.print_jobs() if job.key == body.receipt or job.key in papers),
            self.books.reprints(body.receipt, "copy"),
            self.books.reprints(body.receipt, "duplicate"),
        )

    def about(self, record: str, line: ops.AnyLine) -> str:
        """Whom or what a line is about; "" when that was erased by rule."""
        return about(Place(self.books, record, self.language, self.books.day().date), line)

    def _state(self, lines: tuple[ops.AnyLine, ...]) -> str:
        if any(isinstance(line, ops.LineReversed) for line in lines):
            return "reversal"
        undone = sum(line.operation in self.gone for line in lines)
        return "" if not undone else "reversed" if undone == len(lines) else "partly"


def _figures(body: ops.Body) -> tuple[tuple[str, Money], ...]:
    if not isinstance(body, ops.TillClosed):
        return ()
    return (
        ("till.counted", Money(body.counted_qapik)),
        ("till.expected", Money(body.expected_qapik)),
        ("till.difference", Money(body.difference_qapik)),
    )


def _kind(line: ops.AnyLine) -> str:
    return str(type(line).__struct_config__.tag)


def _money(body: ops.Body) -> tuple[Money | None, Money | None]:
    """(into, out of) the till or, for the safe's own supply and for bags, the safe."""
    match body:
        case ops.Settlement():
            due = sum(due_qapik(line) for line in body.lines)
            return (Money(due), None) if due > 0 else (None, Money(-due)) if due else (None, None)
        case ops.CashMoved(direction="to_safe") | ops.RemittanceIssued() | ops.BagSealed():
            return None, Money(body.amount_qapik)
        case ops.DifferenceMadeGood() | ops.BagReceived() | ops.BagDiffered():
            return Money(body.amount_qapik), None
        case ops.CashMoved() | ops.RemittanceAccepted() | ops.SafeSupplied():
            return Money(body.amount_qapik), None
        case ops.LateTaken():
            cash = Money(abs(body.cash_qapik)) if body.cash_qapik else None
            return (cash, None) if body.cash_qapik > 0 else (None, cash)
        case _:
            return None, None
