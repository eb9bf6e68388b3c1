"""The daily report as paper: the same value the screen shows, laid out for the printer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.catalogue import name_in
from azpost_desk.domain.electronic import electronic
from azpost_desk.domain.ids import desk_parts
from azpost_desk.domain.item_numbers import printed_item_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.operations_disputes import figure_of
from azpost_desk.domain.papers import Say
from azpost_desk.domain.products import due_qapik, service_of

if TYPE_CHECKING:
    from azpost_desk.domain.reports import Figures
    from azpost_desk.services.late import Late
    from azpost_desk.services.mail_today import MailLine
    from azpost_desk.services.reports import DayReport, TillRow
    from azpost_desk.services.views import Dispute, Entry
    from azpost_desk.services.views_cash import Count


def report_paper(report: DayReport, language: str = "az") -> papers.DailyReportPaper:
    """`report` as the value that documents draws; `language` is that of names of which there are several."""
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
        number=_number(report),
        stage="closed" if report.stage == "closed" else "interim",
        as_of=report.as_of_ms,
        services=_services(figures),
        tills=tuple(_till(row) for row in report.tills),
        tenders=_tenders(figures),
        control=_control(report.own_a, report.own_b),
        baskets=electronic(figures).baskets,
        without_hours=report.without_hours,
        hours=tuple(
            papers.ReportHour(
                hour.hour, hour.receipts, azn(hour.cash_qapik + hour.electronic_qapik), azn(hour.out_qapik)
            )
            for hour in report.hours
        ),
        cut=tuple(
            papers.ReportCut(desk_parts(cut.desk)[1] or cut.desk, cut.epoch, cut.sequence, cut.mark)
            for cut in report.cut
        ),
        signatures=(papers.SignatureLine(Say("papers.sign.manager"), report.made_by),),
        provisional=_provisional(report),
        pending=tuple(
            papers.ReportPending(
                one.receipt,
                _biller(report, one.biller, language),
                one.amount,
                Say(f"report.state.{one.state}"),
                one.changed_ms,
            )
            for one in report.pending
        ),
        labels=tuple(
            papers.ReportLabel(one.receipt, printed_item_number(one.number), one.accepted_ms)
            for one in report.labels
        ),
        mail=tuple(map(_mail, report.mail)),
        late=tuple(_late(one) for one in report.late),
        supplement=report.supplement,
        disputes=tuple(_dispute(one) for one in report.disputes),
        reversals=tuple(row for entry in report.reversals for row in _reversed(report, entry)),
        counts=tuple(_count(report, one) for one in report.counts),
    )


def _mail(one: MailLine) -> papers.ReportMail:
    title = Say(f"report.mail.{one.name}")
    return papers.ReportMail(title, one.count, azn(one.amount_qapik), one.place, one.is_late)


def _biller(report: DayReport, biller: str, language: str) -> str:
    """A biller by its name; by its number where nobody knows it any more."""
    return name_in(report.billers.get(biller, {}), language) or biller


def _services(figures: Figures) -> tuple[papers.ReportService, ...]:
    return tuple(
        papers.ReportService(
            Say(f"report.service.{name}"),
            row.count,
            azn(row.in_qapik),
            azn(row.out_qapik),
            azn(row.income_qapik),
            azn(row.in_qapik - row.out_qapik + row.income_qapik),
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


def _number(report: DayReport) -> str:
    if report.stage != "closed":
        return ""
    number = f"{report.desk}/{report.day.date}"
    return f"{number}/{report.supplement}" if report.supplement else number


def _late(one: Late) -> papers.ReportLate:
    return papers.ReportLate(
        business_day=dt.date.fromisoformat(one.date),
        desk=one.origin,
        receipt=one.receipt,
        title=Say(f"report.late.{one.what}"),
        amount=one.amount,
        reason=Say(f"report.late.{one.actor_kind}"),
        recorded_at=one.recorded_ms,
        arrived_at=one.arrived_ms,
    )


def _dispute(one: Dispute) -> papers.ReportDispute:
    value = figure_of(one.value, one.unit)
    return papers.ReportDispute(
        number=one.dispute,
        figure=Say(f"dispute.figure.{one.figure}"),
        business_day=dt.date.fromisoformat(one.date),
        value=Say(f"dispute.value.{'count' if isinstance(value, int) else 'qapik'}", (("value", value),)),
        state=Say(f"dispute.state.{one.state}"),
        raised_at=one.raised_ms,
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
            amount=azn(due_qapik(line)),
            approved_by=report.names.get(line.approved_by, line.approved_by),
            reason=line.reason,
        )
        for line in body.lines
        if isinstance(line, ops.LineReversed)
    ]
