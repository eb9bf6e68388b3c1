"""The branch's daily report on A4: figures, a chart by hour, and every table the manager signs for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.graphics import renderPDF
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing

from azpost_desk.documents import typeface
from azpost_desk.documents.electronic import baskets_words
from azpost_desk.documents.sheet import BLUE, BODY, GREY, INK, LINE, MARGIN, PALE, RED, ROOM, Column, Sheet
from azpost_desk.documents.typeface import say
from azpost_desk.domain.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.papers import DailyReportPaper, ReportHour, Words
    from azpost_desk.texts import Texts

_CHART_HEIGHT = 104.0
# A short table is not torn over two pages.
_KEPT_TOGETHER = 14


def report_pdf(paper: DailyReportPaper, texts: Texts) -> bytes:
    """The daily report as PDF; same value, same bytes. The list of operations, if any, comes last."""
    return _Report(paper, texts).draw()


class _Report:
    def __init__(self, paper: DailyReportPaper, texts: Texts) -> None:
        self._paper = paper
        self._texts = texts
        day = texts.date(paper.head.business_day)
        title = f"{texts.t('papers.report.title')} · {day}"
        self._title = title
        self._sheet = Sheet(texts, paper.head, title, f"{paper.branch} · {day}")

    def draw(self) -> bytes:
        self._head()
        self._figures()
        self._hours()
        self._services()
        self._tenders()
        self._tills()
        self._control()
        self._pending()
        self._labels()
        self._mail()
        self._late()
        self._reversals()
        self._disputes()
        self._counts()
        self._cut()
        self._sheet.signatures(self._paper.signatures, electronic=True)
        if self._paper.operations:
            self._operations()
        return self._sheet.finish()

    def _t(self, name: str, **values: object) -> str:
        return self._texts.t(f"papers.report.{name}", **values)

    def _amount(self, money: Money | None) -> str:
        return self._t("not_counted") if money is None else self._texts.amount(money)

    def _head(self) -> None:
        paper, sheet = self._paper, self._sheet
        top = sheet.y
        if paper.number:
            number = self._texts.t("papers.number", number=paper.number)
            sheet.put(number, MARGIN + ROOM, top - 16, 12, True, align="right")
        sheet.text(self._title, 16, bold=True, room=ROOM * 0.75)
        parts = [paper.branch, self._t("as_of", as_of_ms=paper.as_of)]
        if paper.stage == "closed":
            parts.append(self._t("closed"))
        sheet.text(" · ".join(parts), BODY, colour=GREY)
        sheet.text(self._t("currency"), 8, colour=GREY)
        sheet.gap(6)
        if paper.supplement:
            sheet.tag(self._t("supplement", number=paper.supplement), BLUE, filled=False)
        if paper.stage == "interim":
            sheet.tag(self._t("interim"), INK, filled=False)
        if paper.provisional:
            sheet.tag(self._t("provisional"), RED)
            for reason in paper.provisional:
                sheet.text(say(self._texts, reason), BODY, colour=RED)
            sheet.gap(6)

    def _figures(self) -> None:
        """Four figures one looks for first."""
        paper, texts, sheet = self._paper, self._texts, self._sheet
        differences = [till.difference for till in paper.tills if till.difference is not None]
        difference = total(differences)
        counted = len(differences) == len(paper.tills)
        share = paper.electronic_ppm
        cards = (
            (self._t("operations_total"), texts.number(sum(row.count for row in paper.services)), INK),
            (self._t("cash_in_tills"), texts.money(total([till.expected for till in paper.tills])), INK),
            (self._t("electronic"), "–" if share is None else texts.percent(share), INK),
            (
                self._t("difference"),
                texts.money(difference) if counted else self._t("not_counted"),
                RED if difference else INK,
            ),
        )
        room = (ROOM - 3 * 8) / 4
        for column, (name, value, colour) in enumerate(cards):
            x = MARGIN + column * (room + 8)
            sheet.canvas.setFillColor(PALE)
            sheet.canvas.roundRect(x, sheet.y - 44, room, 44, 5, stroke=0, fill=1)
            sheet.put(typeface.clip(name, 7.5, room - 14), x + 8, sheet.y - 14, 7.5, colour=GREY)
            size = 13 if typeface.width(value, 13, True) <= room - 14 else 10
            sheet.put(typeface.clip(value, size, room - 14, True), x + 8, sheet.y - 34, size, True, colour)
        sheet.gap(48)

    def _hours(self) -> None:
        if not self._paper.hours:
            return
        self._sheet.need(_CHART_HEIGHT + 50)
        desks = ", ".join(map(str, self._paper.without_hours))
        self._sheet.heading(self._t("hours_without", desks=desks) if desks else self._t("hours"))
        self._sheet.gap(_CHART_HEIGHT)
        renderPDF.draw(_chart(self._paper.hours), self._sheet.canvas, MARGIN, self._sheet.y)

    def _services(self) -> None:
        rows = self._paper.services
        names = ("in", "out", "fees", "net")
        columns = [Column(self._t("service"), 2.5), Column(self._t("count"), 0.7, "right")]
        columns += [Column(self._t(name), 1.15, "right") for name in names]
        cells = [
            (
                self._say(row.title),
                self._texts.number(row.count),
                *self._row(row.money_in, row.money_out, row.fees, row.net),
            )
            for row in rows
        ]
        sums = self._sums([[row.money_in, row.money_out, row.fees, row.net] for row in rows], len(names))
        last = (self._texts.t("papers.total"), self._texts.number(sum(row.count for row in rows)), *sums)
        self._table("by_service", columns, cells, last)

    def _tenders(self) -> None:
        paper, rows = self._paper, self._paper.tenders
        columns = [Column(self._t("tender"), 2.5), Column(self._t("count"), 0.7, "right")]
        columns += [Column(self._t(name), 1.5, "right") for name in ("in", "out")]
        cells = [
            (
                self._texts.t(f"papers.tender.{row.kind}"),
                self._texts.number(row.count),
                *self._row(row.money_in, row.money_out),
            )
            for row in rows
        ]
        sums = self._sums([[row.money_in, row.money_out] for row in rows], 2)
        last = (self._texts.t("papers.total"), self._texts.number(sum(row.count for row in rows)), *sums)
        self._table("tenders", columns, cells, last)
        if rows and paper.baskets is not None:
            self._sheet.text(baskets_words(paper.baskets, self._texts), BODY, colour=GREY)

    def _tills(self) -> None:
        names = ("opening", "in", "out", "expected", "counted", "difference")
        columns = [Column(self._t("till"), 1.5)]
        columns += [Column(self._t(name), 1.15, "right") for name in names]
        cells = [
            (
                self._say(row.till),
                *self._row(
                    row.opening, row.money_in, row.money_out, row.expected, row.counted, row.difference
                ),
            )
            for row in self._paper.tills
        ]
        self._table("tills", columns, cells)

    def _control(self) -> None:
        columns = [Column(self._t("figure"), 2.2)]
        columns += [Column(self._t(name), 1.2, "right") for name in ("routine_a", "routine_b", "verdict")]
        cells = [
            (
                self._say(row.title),
                *self._row(row.routine_a, row.routine_b),
                self._t("equal" if row.equal else "unequal"),
            )
            for row in self._paper.control
        ]
        self._table("control", columns, cells)

    def _pending(self) -> None:
        columns = [
            Column(self._t("receipt"), 1),
            Column(self._t("operation"), 2.2),
            Column(self._t("state"), 1.8),
            Column(self._t("since"), 1.2),
            Column(self._texts.t("papers.amount"), 1, "right"),
        ]
        cells = [
            (
                row.receipt,
                self._say(row.title),
                self._say(row.state),
                self._texts.moment(row.since),
                *self._row(row.amount),
            )
            for row in self._paper.pending
        ]
        self._table("pending", columns, cells)

    def _labels(self) -> None:
        if not self._paper.labels:
            return
        columns = [
            Column(self._t("receipt"), 1),
            Column(self._t("item"), 2),
            Column(self._t("since"), 1.2),
        ]
        cells = [(row.receipt, row.number, self._texts.moment(row.since)) for row in self._paper.labels]
        self._table("labels", columns, cells)

    def _mail(self) -> None:
        if not self._paper.mail:
            return
        columns = [
            Column(self._t("mail_what"), 3),
            Column(self._t("mail_count"), 1, "right"),
            Column(self._texts.t("papers.amount"), 1, "right"),
        ]
        cells = [
            (
                self._say(row.title),
                self._texts.number(row.count),
                *(self._row(row.amount) if row.amount else ("",)),
            )
            for row in self._paper.mail
        ]
        self._table("mail", columns, cells)

    def _late(self) -> None:
        columns = [
            Column(self._t("day"), 0.9),
            Column(self._texts.t("papers.desk"), 0.8),
            Column(self._t("receipt"), 1),
            Column(self._t("operation"), 2),
            Column(self._t("reason"), 1.5),
            Column(self._t("recorded_at"), 1.2),
            Column(self._t("arrived_at"), 1.2),
            Column(self._texts.t("papers.amount"), 0.9, "right"),
        ]
        cells = [
            (
                self._texts.date(row.business_day),
                row.desk,
                row.receipt,
                self._say(row.title),
                self._say(row.reason),
                *(self._texts.moment(at) if at else "" for at in (row.recorded_at, row.arrived_at)),
                *self._row(row.amount),
            )
            for row in self._paper.late
        ]
        self._table("late", columns, cells)

    def _counts(self) -> None:
        if not self._paper.counts:
            return
        columns = [
            Column(self._t("count_sort"), 1.6),
            Column(self._t("count_at"), 0.8),
            Column(self._t("count_holder"), 1.6),
            Column(self._t("count_by"), 1.6),
        ]
        names = ("counted", "expected", "difference", "made_good")
        columns += [Column(self._t(name), 1.1, "right") for name in names]
        cells = [
            (
                self._say(row.sort),
                self._texts.time(row.at),
                row.holder,
                row.counted_by,
                *self._row(row.counted, row.expected, row.difference, row.made_good),
            )
            for row in self._paper.counts
        ]
        self._table("counts", columns, cells)

    def _reversals(self) -> None:
        columns = [
            Column(self._t("receipt"), 1),
            Column(self._t("reversal_of"), 1),
            Column(self._t("operation"), 1.8),
            Column(self._t("reason"), 1.6),
            Column(self._t("approved_by"), 1.2),
            Column(self._texts.t("papers.amount"), 1, "right"),
        ]
        cells = [
            (
                row.receipt,
                row.reversal_of,
                self._say(row.title),
                self._say(row.reason),
                row.approved_by,
                *self._row(row.amount),
            )
            for row in self._paper.reversals
        ]
        self._table("reversals", columns, cells)

    def _disputes(self) -> None:
        """Only where there are any: an empty table of quarrels would be read as an invitation."""
        columns = [
            Column(self._t("dispute"), 1.3),
            Column(self._t("day"), 0.9),
            Column(self._t("figure"), 2),
            Column(self._t("value"), 1.1, "right"),
            Column(self._t("since"), 1.2),
            Column(self._t("state"), 1.5),
        ]
        cells = [
            (
                row.number,
                self._texts.date(row.business_day),
                self._say(row.figure),
                self._say(row.value),
                self._texts.moment(row.raised_at),
                self._say(row.state),
            )
            for row in self._paper.disputes
        ]
        if cells:
            self._table("disputes", columns, cells)

    def _cut(self) -> None:
        columns = [
            Column(self._texts.t("papers.desk"), 1),
            Column(self._t("epoch"), 1, "right"),
            Column(self._t("sequence"), 1, "right"),
            Column(self._texts.t("papers.record_mark"), 1.4, "right"),
        ]
        cells = [(row.desk, str(row.epoch), str(row.sequence), row.hash_mark) for row in self._paper.cut]
        self._table("cut", columns, cells)

    def _operations(self) -> None:
        self._sheet.next_page()
        columns = [
            Column(self._t("time"), 0.8),
            Column(self._texts.t("papers.desk"), 0.6),
            Column(self._t("receipt"), 1),
            Column(self._t("operation"), 2.3),
            Column(self._t("in"), 1, "right"),
            Column(self._t("out"), 1, "right"),
            Column(self._t("fees"), 0.9, "right"),
            Column(self._texts.t("papers.clerk"), 1.2),
        ]
        # A generator: ten thousand rows are written as they come and never held twice.
        cells = (
            (
                self._texts.seconds_time(row.recorded_at),
                row.desk,
                row.receipt,
                self._say(row.title),
                *self._row(row.money_in, row.money_out, row.fee),
                row.clerk,
            )
            for row in self._paper.operations
        )
        self._table("operations", columns, cells)

    def _table(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], last: Sequence[str] = ()
    ) -> None:
        if isinstance(rows, list) and len(rows) <= _KEPT_TOGETHER:
            self._sheet.need(60 + 15 * (len(rows) + 1))
        self._sheet.heading(self._t(name))
        self._sheet.table(columns, rows, last)

    def _say(self, words: Words) -> str:
        return say(self._texts, words)

    def _row(self, *amounts: Money | None) -> tuple[str, ...]:
        return tuple(self._amount(amount) for amount in amounts)

    def _sums(self, rows: list[list[Money]], width: int) -> tuple[str, ...]:
        return tuple(self._texts.amount(total([row[column] for row in rows])) for column in range(width))


def _chart(hours: Sequence[ReportHour]) -> Drawing:
    """Operations by hour as bars, the count on each."""
    drawing = Drawing(ROOM, _CHART_HEIGHT)
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 4, 18, ROOM - 8, _CHART_HEIGHT - 34
    chart.data = [tuple(hour.count for hour in hours)]
    chart.bars[0].fillColor = BLUE
    chart.bars[0].strokeColor = None
    chart.groupSpacing = 6
    chart.barLabelFormat = "%d"
    chart.barLabels.nudge = 6
    chart.barLabels.fontName = typeface.BOLD
    chart.barLabels.fontSize = 7.5
    chart.valueAxis.valueMin = 0
    chart.valueAxis.valueMax = max(1, *(hour.count for hour in hours))
    chart.valueAxis.visible = False
    chart.categoryAxis.categoryNames = [f"{hour.hour:02}" for hour in hours]
    chart.categoryAxis.labels.fontName = typeface.REGULAR
    chart.categoryAxis.labels.fontSize = 7.5
    chart.categoryAxis.strokeColor = LINE
    chart.categoryAxis.visibleTicks = False
    drawing.add(chart)
    return drawing
