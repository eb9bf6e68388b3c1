"""The daily report: a cut of the journal, computed twice, printed only when both routines agree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import hours, reports, reports_bodies, reports_ledger
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers, Branch, Tariffs
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Permission
from azpost_desk.services.ahead import give_back
from azpost_desk.services.counter import Counter, Officer, open_day
from azpost_desk.services.labels import LABELS
from azpost_desk.services.late import late_records, late_results
from azpost_desk.services.mail_today import mail_today
from azpost_desk.services.slips import close_slip

if TYPE_CHECKING:
    from azpost_desk.domain.hours import Hour
    from azpost_desk.domain.reports import Figures
    from azpost_desk.services.labels import Label
    from azpost_desk.services.late import Late
    from azpost_desk.services.mail_today import MailLine
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.views import Day, Dispute, Entry, OtherDesk, Payment, Recorded
    from azpost_desk.services.views_cash import Count

Press = Callable[["DayReport"], bytes]
"""Draws a report as PDF bytes; handed in by the program, so that services know no paper."""


@dataclass(frozen=True, slots=True)
class TillRow:
    """One till: counted and difference are None while it is open."""

    desk: str
    number: int
    holder: str
    figures: Figures | None
    counted_qapik: int | None
    difference_qapik: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a chain stood: (desk, epoch, sequence, ten characters of the hash)."""

    desk: str
    epoch: int
    sequence: int
    mark: str


@dataclass(frozen=True, slots=True)
class DayReport:
    """Everything the report says; what screens show and paper prints, the same value.

    Attributes:
        own_a, own_b: this desk's figures by the two routines.
        differences: names of figures in which they differ; empty or there is no report.
        branch: figures of all desks heard of, added up.
        missing: desk numbers of which no close has come, with when they were last heard (0 never).
        stage: interim or closed.
        late: what belongs to another day or came after it was recorded: origin, own time, arrival.
        disputes: raised over a figure of this day, and all that still wait for an end.
        supplement: 0 for the report itself, n for its n-th supplement.
        counts: every count of this till on this day, in order; also those that ended nothing.
        names: of the officers, by id.
        hours: of the branch, without the desks `without_hours`; own_hours are this desk's.
        labels: stuck on items and never scanned back, of any day.
        mail: what was done with items, and what of them waits for somebody.
        billers: names of those with something pending, by number and language.
    """

    day: Day
    branch_name: str
    branch_address: str
    desk: str
    desk_number: int
    stage: str
    as_of_ms: int
    own_a: Figures
    own_b: Figures
    differences: tuple[str, ...]
    branch: Figures
    tills: tuple[TillRow, ...]
    hours: tuple[Hour, ...]
    own_hours: tuple[Hour, ...]
    pending: tuple[Payment, ...]
    late: tuple[Late, ...]
    reversals: tuple[Entry, ...]
    counts: tuple[Count, ...]
    missing: tuple[tuple[int, int], ...]
    cut: tuple[Cut, ...]
    made_by: str
    names: dict[str, str]
    demo: bool
    disputes: tuple[Dispute, ...] = ()
    supplement: int = 0
    billers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    without_hours: tuple[int, ...] = ()
    mail: tuple[MailLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Reports:
    """Interim at any time; closed once, then stored bytes."""

    counter: Counter

    def interim(self, by: Officer) -> DayReport:
        """The report of the open day (or the last closed one) as of now.

        Raises:
            Refused: S-010, R-001 there has never been a day.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            day = books.day()
            if not day.date:
                raise Refused("R-001")
            return self._report(books, day, by.name, "interim" if day.state == "open" else "closed")

    def close_day(self, by: Officer, press: Press) -> Recorded:
        """Close the day of this desk: the report is drawn, stored and named by its hash in the record.

        Raises:
            Refused: S-010, C-001, C-031 the till is still open, C-030 a basket is open, B-063 parked baskets,
                R-002 the two routines disagree (which figures).
        """
        by.may(Permission.CLOSE_DAY)
        with self.counter.books.writing() as books:
            day = open_day(books)
            if books.till().state in ("open", "counting"):
                raise Refused("C-031")
            basket = books.basket()
            if basket is not None and basket.lines:
                raise Refused("C-030")
            if parked := books.parked():
                raise Refused("B-063", count=len(parked))
            # What was reserved ahead of its receiver is not held over night (PROTOCOL.md 5).
            give_back(self.counter, books, by, "day_closed")
            report = self._report(books, day, by.name, "closed")
            if report.differences:
                raise Refused("R-002", figures=", ".join(report.differences))
            content = press(report)
            body = ops.DayClosed(
                date=day.date,
                report=hashlib.sha256(content).hexdigest(),
                figures=reports.encode(report.own_a),
                operations=report.own_a.operations,
                cash_qapik=report.own_a.till_closing_qapik,
                hours=hours.encode(report.own_hours),
            )
            recorded = books.append(body, actor=by.officer, operation=self.counter.new_id())
            close_slip(books, self.counter.line, recorded, body, report.own_a)
            books.store_report(day.date, content, tuple(number for number, _ in report.missing))
            books.queue_paper("report", day.date)
        self.counter.line.wake()
        return recorded

    def stored(self, by: Officer, date: str) -> bytes:
        """The bytes of a closed day's report, the same for ever.

        Raises:
            Refused: S-010, R-003 no closed report of that day.
            Trouble: R-010 the stored bytes are not the ones the closing record names.
        """
        by.may(Permission.SEE_REPORTS)
        with self.counter.books.reading() as books:
            content = books.closed_report(date)
            if content is None:
                raise Refused("R-003", field="date", date=date)
            day = books.day_of(date)
            entries = books.entries(day.number, limit=1_000_000) if day else []
            closed = [e.body for e in entries if isinstance(e.body, ops.DayClosed)]
        if not closed or closed[-1].report != hashlib.sha256(content).hexdigest():
            raise Trouble("R-010", date=date)
        return content

    def printable(self, by: Officer) -> DayReport:
        """The interim report for paper.

        Raises:
            Refused: R-002 when the routines disagree.
        """
        report = self.interim(by)
        if report.differences:
            raise Refused("R-002", figures=", ".join(report.differences))
        return report

    def of_day(self, books: Reading, day: Day, made_by: str) -> DayReport:
        """The report of a closed day with all that its records say now; never instead of the stored one."""
        return self._report(books, day, made_by, "closed")

    def _report(self, books: Reading, day: Day, made_by: str, stage: str) -> DayReport:
        own_a, own_b, entries = day_figures(books, day.number)
        branch = books.document(Branch, day.date)
        desk = books.desk()
        others = books.other_desks(day.date)
        # A desk's word on another day is no word on this one: last week's sums are never pulled in (H-03).
        spoken = [other for other in others if other.date == day.date]
        closed = {other.number: (other, told) for other in spoken if (told := _closed_figures(other))}
        own_hours = _own_hours(entries)
        known = {number: _hours_of(*one) for number, one in closed.items()}
        missing = _missing(branch, desk.number, day.date, others)
        epoch, sequence, head = books.head()
        state = books.till().state if day.number == books.day().number else "closed"
        pending = tuple(books.payments(("accepted", "sent", "unknown", "refused")))
        own_till = _own_till(entries, desk.desk, desk.number, own_a, books, state)
        return DayReport(
            day=day,
            branch_name=branch.name,
            branch_address=branch.address,
            desk=desk.desk,
            desk_number=desk.number,
            stage=stage,
            as_of_ms=self.counter.clock.utc_ms(),
            own_a=own_a,
            own_b=own_b,
            differences=tuple(reports.differences(own_a, own_b)),
            branch=reports.together([own_a, *(figures for _, figures in closed.values())]),
            tills=(own_till, *(_other_till(other) for other in spoken)),
            hours=hours.together([own_hours, *(one for one in known.values() if one is not None)]),
            own_hours=own_hours,
            without_hours=_without(known, missing),
            pending=pending,
            late=(*late_results(books, day, entries), *late_records(books, day)),
            reversals=tuple(entry for entry in entries if _is_reversal(entry)),
            counts=tuple(books.counts(day=day.number))[::-1],
            missing=missing,
            cut=(
                Cut(desk.desk, epoch, sequence, head[:10]),
                *(Cut(other.desk, other.epoch, other.sequence, other.hash[:10]) for other in others),
            ),
            made_by=made_by,
            names={one.officer: one.name for one in books.officers()},
            demo=not _approved(books, day.date),
            disputes=_disputes(books, day.date),
            labels=tuple(books.of(LABELS).waiting_labels()),
            mail=mail_today(books, entries, self.counter.today(), self.counter.line.trusted_ms()),
            billers=_biller_names(books, {one.biller for one in pending}, day.date),
        )


def day_figures(books: Reading, number: int) -> tuple[Figures, Figures, list[Entry]]:
    """A day's figures by both routines, and the entries they were derived from."""
    entries = sorted(
        books.entries(number, limit=1_000_000), key=lambda e: (e.recorded.epoch, e.recorded.sequence)
    )
    kind_of_day = books.posted(number)
    desk = books.desk().desk
    opening = books.till_before(number)
    receipts = sum(entry.recorded.kind == "settlement" for entry in entries)
    by_ledger = reports_ledger.figures(desk, kind_of_day, opening.minor, receipts)
    by_bodies = reports_bodies.figures((entry.body for entry in entries), opening.minor)
    return by_ledger, by_bodies, entries


def _biller_names(books: Reading, billers: set[str], date: str) -> dict[str, Mapping[str, str]]:
    """What each of these is called in each language; nothing when it is no longer served."""
    catalogue = books.document(Billers, date) if billers else Billers()
    found = {biller: catalogue.find(biller) for biller in billers}
    return {biller: known.names if known else {} for biller, known in found.items()}


def _disputes(books: Reading, date: str) -> tuple[Dispute, ...]:
    return tuple(one for one in reversed(books.disputes()) if one.date == date or one.state != "closed")


def _approved(books: Reading, date: str) -> bool:
    return books.document(Tariffs, date).approved


def _is_reversal(entry: Entry) -> bool:
    return isinstance(entry.body, ops.Settlement) and any(
        isinstance(line, ops.LineReversed) for line in entry.body.lines
    )


def _own_till(
    entries: list[Entry], desk: str, number: int, figures: Figures, books: Reading, state: str
) -> TillRow:
    closes = [entry.body for entry in entries if isinstance(entry.body, ops.TillClosed)]
    # A hand-over is a count too: its difference was posted into the till like that of a close.
    ended = [one.body for one in entries if isinstance(one.body, ops.TillClosed | ops.TillHandedOver)]
    last = closes[-1] if closes and state != "open" else None
    return TillRow(
        desk=desk,
        number=number,
        holder=books.till().holder if state == "open" else "",
        figures=figures,
        counted_qapik=last.counted_qapik if last else None,
        difference_qapik=sum(one.difference_qapik for one in ended) if last else None,
        state=state,
    )


def _closed_figures(other: OtherDesk) -> Figures | None:
    """What another desk closed with; None while it is open, or when this program cannot read it.

    Another desk's words never keep this one from closing.
    """
    try:
        return reports.decode(other.figures) if other.state == "closed" and other.figures else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _other_till(other: OtherDesk) -> TillRow:
    figures = _closed_figures(other)
    return TillRow(
        desk=other.desk,
        number=other.number,
        holder="",
        figures=figures,
        counted_qapik=figures.till_closing_qapik if figures else None,
        difference_qapik=figures.surplus_qapik - figures.shortage_qapik if figures else None,
        state=other.state,
    )


def _missing(branch: Branch, own: int, date: str, others: list[OtherDesk]) -> tuple[tuple[int, int], ...]:
    """Desks of the branch whose close has not come, and when they were last heard of."""
    heard = {other.number: other for other in others}
    result = []
    for number in branch.desks:
        other = heard.get(number)
        silent = other is None or other.date != date or _closed_figures(other) is None
        if number != own and silent:
            result.append((number, other.received_ms if other else 0))
    return tuple(result)


def _without(
    known: Mapping[int, tuple[Hour, ...] | None], missing: tuple[tuple[int, int], ...]
) -> tuple[int, ...]:
    """Numbers of the desks whose hours the chart lacks: not closed, or closed without telling them."""
    return tuple(sorted({number for number, _ in missing} | {n for n, one in known.items() if one is None}))


def _own_hours(entries: list[Entry]) -> tuple[Hour, ...]:
    return hours.by_hour((entry.recorded.recorded_ms, entry.body) for entry in entries)


def _hours_of(other: OtherDesk, figures: Figures) -> tuple[Hour, ...] | None:
    """The hours another desk closed with; None where its program told none, or only its slip is known."""
    return hours.decode(other.hours, figures.receipts)
