"""What the report screen shows of a day: the same paper value that is printed, with totals and standing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import (
    DailyReportPaper,
    ReportCount,
    ReportLabel,
    ReportLate,
    ReportPending,
    ReportReversal,
    Say,
    Words,
)
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.report_papers import report_paper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.domain.hours import Hour
    from azpost_desk.domain.signatures import Standing as Signed
    from azpost_desk.services.counter import Officer
    from azpost_desk.services.desk import DeskServices
    from azpost_desk.services.reports import DayReport, TillRow

Standing = Literal["closed", "open", "silent"]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line of the table; the last one is the total."""

    title: Words
    count: int
    money_in: Money
    money_out: Money
    fees: Money
    net: Money
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class DeskRow:
    """How a desk of the branch stands.

    Attributes:
        holder: name of who holds the till, "" when nobody does or nobody told us.
        difference: of its counts; None while nobody has counted.
        heard_ms: when the centre last told of it, 0 for never and for this very desk.
    """

    number: int
    holder: str
    standing: Standing
    difference: Money | None
    heard_ms: int
    own: bool


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something the day leaves open or undone: pending, a label, late, a reversal, a count that differed."""

    kind: Literal["pending", "label", "late", "reversal", "count"]
    receipt: str
    title: Words
    amount: Money
    words: Words


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the screen shows, as of one moment.

    Attributes:
        date: the business day, ISO.
        open_tills: how many tills have not been counted.
        difference: of all counted tills together.
        blocked: why the day cannot be closed now; None when it can.
        disagree: figures in which the two routines differ, "" when they agree.
    """

    paper: DailyReportPaper
    date: str
    closed: bool
    operations: int
    cash: Money
    electronic_ppm: int | None
    open_tills: int
    difference: Money
    services: tuple[ServiceRow, ...]
    desks: tuple[DeskRow, ...]
    matters: tuple[OpenMatter, ...]
    hours: tuple[Hour, ...]
    blocked: Refused | None
    disagree: str


# Papers that have a name of their own in the list of what can be signed.
_SIGNABLE: Final = frozenset({"report", "till_close"})


def paper_word(paper: str) -> str:
    """The key of what a paper that can be signed is called."""
    return f"reports.signing.paper.{paper if paper in _SIGNABLE else 'other'}"


def past(desk: DeskServices, by: Officer, date: str) -> tuple[bytes, Signed]:
    """A closed day's report as it is kept, and how its signature stands.

    A signed one that was changed is not shown: what is shown is the report as it was closed.

    Raises:
        Refused: S-010, R-003. Trouble: R-010 the stored report itself was changed.
    """
    content = desk.reports.stored(by, date)
    standing = desk.signatures.state("report", date).standing
    if standing in ("signed", "unknown_issuer"):
        content = desk.signatures.content(by, "report", date)
    return content, standing


def look(desk: DeskServices, by: Officer, language: str = "az") -> Picture:
    """The day as of now.

    Raises:
        Refused: S-010, R-001 there has never been a day.
    """
    report = desk.reports.interim(by)
    return picture(report, {one.officer: one.name for one in desk.staff.officers()}, language)


def picture(report: DayReport, names: Mapping[str, str], language: str = "az") -> Picture:
    """A report as the screen shows it; `names` by officer id."""
    paper = report_paper(report, language)
    desks = _desks(report, names)
    own_open = any(row.desk == report.desk and row.state == "open" for row in report.tills)
    return Picture(
        paper=paper,
        date=report.day.date,
        closed=report.stage == "closed",
        operations=report.branch.operations,
        cash=azn(report.branch.till_closing_qapik),
        electronic_ppm=paper.electronic_ppm,
        open_tills=sum(desk.difference is None for desk in desks),
        difference=azn(sum(desk.difference.minor for desk in desks if desk.difference is not None)),
        services=_services(paper),
        desks=desks,
        matters=_matters(paper),
        hours=report.hours,
        blocked=_obstacle(report, own_open),
        disagree=", ".join(report.differences),
    )


def _obstacle(report: DayReport, own_till_open: bool) -> Refused | None:
    if report.day.state != "open":
        return Refused("C-001")
    if own_till_open:
        return Refused("C-031")
    return Refused("R-002", figures=", ".join(report.differences)) if report.differences else None


def _services(paper: DailyReportPaper) -> tuple[ServiceRow, ...]:
    rows = [
        ServiceRow(row.title, row.count, row.money_in, row.money_out, row.fees, row.net)
        for row in paper.services
    ]
    if not rows:
        return ()
    total = ServiceRow(
        Say("reports.screen.total"),
        sum(row.count for row in rows),
        azn(sum(row.money_in.minor for row in rows)),
        azn(sum(row.money_out.minor for row in rows)),
        azn(sum(row.fees.minor for row in rows)),
        azn(sum(row.net.minor for row in rows)),
        is_total=True,
    )
    return (*rows, total)


def _desks(report: DayReport, names: Mapping[str, str]) -> tuple[DeskRow, ...]:
    silent = dict(report.missing)
    rows = [_desk(report, row, silent.pop(row.number, 0), names) for row in report.tills]
    rows += [DeskRow(number, "", "silent", None, heard, False) for number, heard in silent.items()]
    return tuple(sorted(rows, key=lambda row: row.number))


def _desk(report: DayReport, row: TillRow, heard_ms: int, names: Mapping[str, str]) -> DeskRow:
    own = row.desk == report.desk
    closed = report.day.state != "open" if own else row.state == "closed"
    return DeskRow(
        number=row.number,
        holder=names.get(row.holder, ""),
        standing="closed" if closed else "open",
        difference=None if row.difference_qapik is None else azn(row.difference_qapik),
        heard_ms=heard_ms,
        own=own,
    )


def _matters(paper: DailyReportPaper) -> tuple[OpenMatter, ...]:
    def pending(one: ReportPending) -> OpenMatter:
        return OpenMatter("pending", one.receipt, one.title, one.amount, one.state)

    def label(one: ReportLabel) -> OpenMatter:
        words = Say("reports.screen.matter.not_scanned")
        return OpenMatter("label", one.receipt, one.number, azn(0), words)

    def late(one: ReportLate) -> OpenMatter:
        words = one.reason
        if one.arrived_at:
            facts = (
                ("desk", one.desk),
                ("recorded_ms", one.recorded_at),
                ("arrived_ms", one.arrived_at),
            )
            words = Say("late.where_when", facts)
        return OpenMatter("late", one.receipt, one.title, one.amount, words)

    def reversal(one: ReportReversal) -> OpenMatter:
        words = Say("reports.screen.matter.undoes", (("receipt", one.reversal_of),))
        return OpenMatter("reversal", one.receipt, one.title, one.amount, words)

    def count(one: ReportCount) -> OpenMatter:
        words = Say("reports.screen.matter.counted", (("holder", one.holder), ("officer", one.counted_by)))
        amount = one.counted if one.difference is None else one.difference
        return OpenMatter("count", "", one.sort, amount, words)

    return (
        *map(pending, paper.pending),
        *map(label, paper.labels),
        *map(late, paper.late),
        *map(reversal, paper.reversals),
        # An even close says nothing; a surprise count and one that was set aside always do.
        *(count(one) for one in paper.counts if one.difference is None or one.difference or one.surprise),
    )
