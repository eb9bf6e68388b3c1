"""The daily report as paper: the same value the screen shows, laid out for the printer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import Say
from azpost_desk.services.baskets import service_of

if TYPE_CHECKING:
    from azpost_desk.domain.reports import Figures
    from azpost_desk.services.reports import DayReport, TillRow
    from azpost_desk.services.views import Entry
    from azpost_desk.services.views_cash import Count


def report_paper(report: DayReport) -> papers.DailyReportPaper:
    """`report` as the value that documents draws."""
    figures = report.branch
    return papers.DailyReportPaper(
        head=papers.PaperHead(
            office=report.branch_name,
            address=report.branch_address,
            voen="",
            desk=str(report.desk_number),
            business_day=dt.date.fromisoformat(report.day.date),
            recorded_at=report.as_of_ms,
            clerk=report.made_by,
            demo=report.demo,
        ),
        branch=report.branch_name,
        number=f"{report.desk}/{report.day.date}" if report.stage == "closed" else "",
        stage="closed" if report.stage == "closed" else "interim",
        as_of=report.as_of_ms,
        services=_services(figures),
        tills=tuple(_till(row) for row in report.tills),
        tenders=_tenders(figures),
        control=_control(report.own_a, report.own_b),
        hours=tuple(
            papers.ReportHour(
                hour.hour, hour.receipts, azn(hour.cash_qapik + hour.electronic_qapik), azn(hour.out_qapik)
            )
            for hour in report.hours
        ),
        cut=tuple(papers.ReportCut(cut.desk, cut.epoch, cut.sequence, cut.mark) for cut in report.cut),
        signatures=(papers.SignatureLine(Say("papers.sign.manager"), report.made_by),),
        provisional=_provisional(report),
        pending=tuple(
            papers.ReportPending(
                one.receipt, one.biller, one.amount, Say(f"report.state.{one.state}"), one.changed_ms
            )
            for one in report.pending
        ),
        late=tuple(_late(report, entry) for entry in report.late),
        reversals=tuple(row for entry in report.reversals for row in _reversed(report, entry)),
        counts=tuple(_count(report, one) for one in report.counts),
    )


def _services(figures: Figures) -> tuple[papers.ReportService, ...]:
    """Only cash is taken yet, so a service's cash is all that came in less what went out, fees included."""
    return tuple(
        papers.ReportService(
            Say(f"report.service.{name}"),
            row.count,
            azn(row.in_qapik),
            azn(row.out_qapik),
            azn(row.income_qapik),
            azn(row.in_qapik - row.out_qapik + row.income_qapik),
            azn(0),
        )
        for name, row in figures.services.items()
    )


def _till(row: TillRow) -> papers.ReportTill:
    figures = row.figures
    difference = row.difference_qapik
    # The difference itself is posted into the till at the close: the expected balance is before it.
    posted = difference or 0
    return papers.ReportTill(
        till=Say("papers.till.name", (("desk", row.number),)),
        opening=azn(figures.till_opening_qapik if figures else 0),
        money_in=azn(figures.till.in_qapik - max(posted, 0) if figures else 0),
        money_out=azn(figures.till.out_qapik - max(-posted, 0) if figures else 0),
        expected=azn(figures.till_closing_qapik - posted if figures else 0),
        counted=None if row.counted_qapik is None else azn(row.counted_qapik),
        difference=None if difference is None else azn(difference),
    )


def _tenders(figures: Figures) -> tuple[papers.ReportTender, ...]:
    return tuple(
        papers.ReportTender(kind, flow.count, azn(flow.in_qapik), azn(flow.out_qapik))
        for kind in papers.TENDER_KINDS
        if (flow := figures.tenders.get(kind)) is not None
    )


def _control(first: Figures, second: Figures) -> tuple[papers.ControlTotal, ...]:
    def sums(figures: Figures) -> dict[str, int]:
        rows = figures.services.values()
        return {
            "customers_in": sum(row.in_qapik for row in rows),
            "customers_out": sum(row.out_qapik for row in rows),
            "income": sum(row.income_qapik for row in rows),
            "vat": figures.vat_qapik,
            "till_in": figures.till.in_qapik,
            "till_out": figures.till.out_qapik,
            "closing": figures.till_closing_qapik,
        }

    one, other = sums(first), sums(second)
    return tuple(
        papers.ControlTotal(Say(f"report.control.{name}"), azn(one[name]), azn(other[name])) for name in one
    )


def _provisional(report: DayReport) -> tuple[papers.Words, ...]:
    return tuple(
        Say("report.missing.since", (("desk", number), ("since_ms", heard)))
        if heard
        else Say("report.missing.never", (("desk", number),))
        for number, heard in report.missing
    )


def _late(report: DayReport, entry: Entry) -> papers.ReportLate:
    body = entry.body
    assert isinstance(body, ops.PaymentResolved)
    return papers.ReportLate(
        business_day=dt.date.fromisoformat(report.day.date),
        desk=str(report.desk_number),
        receipt=entry.recorded.mark,
        title=Say(f"report.late.{body.outcome}"),
        amount=azn(body.amount_qapik + body.fee_qapik),
        reason=Say(f"report.late.{entry.actor_kind}"),
    )


def _count(report: DayReport, count: Count) -> papers.ReportCount:
    aside = count.sort == "set_aside"
    return papers.ReportCount(
        Say(f"report.count.{count.sort}"),
        count.at_ms,
        report.names.get(count.holder, count.holder),
        report.names.get(count.officer, count.officer),
        count.counted,
        None if aside else count.expected,
        None if aside else count.difference,
        count.made_good,
        count.sort == "surprise",
    )


def _reversed(report: DayReport, entry: Entry) -> list[papers.ReportReversal]:
    body = entry.body
    if not isinstance(body, ops.Settlement):
        return []
    return [
        papers.ReportReversal(
            receipt=body.receipt,
            reversal_of=line.original_receipt,
            title=Say(f"report.service.{service_of(line.original)}"),
            amount=azn(ops.due_qapik(line)),
            approved_by=report.names.get(line.approved_by, line.approved_by),
            reason=line.reason,
        )
        for line in body.lines
        if isinstance(line, ops.LineReversed)
    ]
