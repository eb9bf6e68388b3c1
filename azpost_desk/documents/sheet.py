"""The A4 page all forms share: head of the office, page numbers, DEMO, tables, boxes and lines to sign on."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from azpost_desk.documents import stamps, typeface

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.papers import CopyState, PaperHead, SignatureLine
    from azpost_desk.texts import Texts

WIDTH: Final = A4[0]
HEIGHT: Final = A4[1]
MARGIN: Final = 15 * mm
ROOM: Final = WIDTH - 2 * MARGIN
# Text never goes below this line; page number and mark of the record stand under it.
BOTTOM: Final = 20 * mm

INK: Final = HexColor("#15202B")
GREY: Final = HexColor("#5B6773")
LINE: Final = HexColor("#C9D1D9")
PALE: Final = HexColor("#F2F5F8")
BLUE: Final = HexColor("#0B57A4")
LIGHT_BLUE: Final = HexColor("#7FB2E5")
RED: Final = HexColor("#A61B1B")
# How far the frame of DEMO reaches below the upper edge of the text.
_DEMO_BELOW: Final = 27.0

SMALL: Final = 7.5
BODY: Final = 9.5
TABLE: Final = 8.0
_TABLE_LEAD: Final = 10.4

Align = Literal["left", "centre", "right"]


def stamp_time(canvas: Canvas, title: str, recorded_at: int) -> None:
    """Name the document and give it the time of its record (UTC milliseconds), never the time of drawing."""
    moment = dt.datetime.fromtimestamp(recorded_at // 1000, dt.UTC)
    canvas.setTitle(title)
    canvas.setAuthor("AzPost Desk")
    canvas.setCreator("AzPost Desk")
    canvas.setDateFormatter(lambda *_: moment.strftime("D:%Y%m%d%H%M%S+00'00'"))


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its title, its share of the width (all shares together make the width), its edge."""

    title: str
    share: float
    align: Align = "left"


class Sheet:
    """A4 paper written from the top down. Lengths in points.

    Attributes:
        canvas: the reportlab canvas, for what only one paper needs.
        y: the pen: where the next thing begins, above the bottom edge.
    """

    def __init__(self, texts: Texts, head: PaperHead, title: str, foot: str = "") -> None:
        typeface.register()
        self._texts = texts
        self._head = head
        self._foot = foot
        self._page = 0
        self._places: list[str] = []
        self._copy = ""
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1, lang=texts.language)
        stamp_time(self.canvas, title, head.recorded_at)
        self.y = HEIGHT - MARGIN
        self._open_page()

    def text(
        self,
        text: str,
        size: float = BODY,
        bold: bool = False,
        colour: Color = INK,
        align: Align = "left",
        x: float = MARGIN,
        room: float = ROOM,
        lead: float = 1.36,
    ) -> None:
        """`text` over as many lines as `room` makes it, from the pen down."""
        at = {"left": x, "centre": x + room / 2, "right": x + room}[align]
        for line in typeface.wrap(text, size, room, bold):
            self.y -= size * lead
            self.put(line, at, self.y + size * 0.3, size, bold, colour, align)

    def put(
        self,
        text: str,
        x: float,
        y: float,
        size: float = BODY,
        bold: bool = False,
        colour: Color = INK,
        align: Align = "left",
    ) -> None:
        """One line with its baseline at `y`; the pen stays."""
        text = typeface.drawn(text)
        self.canvas.setFillColor(colour)
        self.canvas.setFont(typeface.BOLD if bold else typeface.REGULAR, size)
        if align == "left":
            self.canvas.drawString(x, y, text)
        elif align == "right":
            self.canvas.drawRightString(x, y, text)
        else:
            self.canvas.drawCentredString(x, y, text)

    def gap(self, points: float) -> None:
        """Empty paper."""
        self.y -= points

    def rule(self, colour: Color = LINE, thickness: float = 0.6) -> None:
        """A line across the text's width."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(MARGIN, self.y, MARGIN + ROOM, self.y)

    def heading(self, text: str) -> None:
        """A section's heading with its rule; goes to the next page rather than stand alone at the foot."""
        self.need(46)
        self.gap(12)
        self.text(text, 10.5, bold=True, colour=BLUE)
        self.gap(2)
        self.rule()
        self.gap(2)

    def tag(self, text: str, colour: Color, filled: bool = True) -> None:
        """A sentence nobody may overlook, in a band of `colour` across the page."""
        lines = typeface.wrap(text, 10, ROOM - 16, bold=True)
        height = len(lines) * 13.6 + 6
        self.canvas.setStrokeColor(colour)
        self.canvas.setFillColor(colour)
        self.canvas.setLineWidth(1)
        self.canvas.roundRect(MARGIN, self.y - height, ROOM, height, 3, stroke=1, fill=int(filled))
        self.gap(3)
        self.text(text, 10, True, HexColor("#FFFFFF") if filled else colour, "centre", MARGIN + 8, ROOM - 16)
        self.gap(7)

    def copy_state(self, copy: CopyState) -> None:
        """COPY n, or duplicate n of an unprinted one, here and on each page to come; else nothing."""
        if copy.kind != "original":
            self._copy = self._texts.t(f"papers.{copy.kind}", number=copy.number)
            self.tag(self._copy, INK, filled=False)

    def pairs(
        self, rows: Sequence[tuple[str, str]], x: float = MARGIN, room: float = ROOM, label: float = 120
    ) -> None:
        """Label and value side by side, both wrapped; rows without a value are left out."""
        for name, value in rows:
            if not value:
                continue
            top = self.y
            self.text(name, 8, colour=GREY, x=x, room=label - 6, lead=1.5)
            below = self.y
            self.y = top
            self.text(value, BODY, x=x + label, room=room - label, lead=1.36)
            self.y = min(below, self.y) - 1.5

    def signatures(
        self, lines: Sequence[SignatureLine], stamp: bool = False, electronic: bool = False
    ) -> None:
        """Lines to sign on; two beside each other, or one below the other with the date stamp's place.

        With `electronic` each line may bear the stamp of an electronic signature: the document's keywords
        say where (`stamps.place`), and the paper says that without the stamp it is not signed so.
        """
        room = (ROOM - 24) / 2
        across = 1 if stamp else 2
        self.need(60 * -(-len(lines) // across))
        top = self.y
        for first in range(0, len(lines), across):
            self.need(60)
            self.gap(38)
            row = self.y
            for column, line in enumerate(lines[first : first + across]):
                x = MARGIN + column * (room + 24)
                self.y = row
                self.canvas.setStrokeColor(INK)
                self.canvas.setLineWidth(0.6)
                self.canvas.line(x, row, x + room, row)
                if electronic:
                    self._places.append(stamps.place(first + column + 1, self._page, x, row))
                self.gap(1.5)
                self.text(typeface.say(self._texts, line.role), 8, colour=GREY, x=x, room=room)
                self.text(line.name, 8.5, x=x, room=room)
        if electronic:
            self.gap(2)
            self.text(self._texts.t("papers.sign.electronic"), 7, colour=GREY)
        if stamp:
            self._stamp_place(MARGIN + ROOM * 0.8, top - 62)

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[str]], total: Sequence[str] = ()
    ) -> None:
        """Rows under a heading that returns on every page; a long cell wraps, figures stand right.

        `total` is a last row in bold. Without rows the table says that there are none.
        """
        edges = _edges(columns)
        self._table_head(columns, edges)
        empty = True
        for row in rows:
            empty = False
            self._table_row(columns, edges, row, False)
        if empty:
            self.text(self._texts.t("papers.report.none"), TABLE, colour=GREY, x=MARGIN + 3)
            self.gap(2)
        if total:
            self._table_row(columns, edges, total, True)

    def need(self, points: float) -> None:
        """Begin a page unless `points` are left on this one."""
        if self.y - points < BOTTOM:
            self.next_page()

    def next_page(self) -> None:
        """Finish this page and open the next with a short head."""
        self._close_page()
        self._open_page()

    def finish(self) -> bytes:
        """The PDF. The number of pages is filled in here, once it is known."""
        self._close_page()
        self.canvas.beginForm("pages", 0, 0, WIDTH, HEIGHT)
        self.put(str(self._page), 0, 0, SMALL, colour=GREY)
        self.canvas.endForm()
        if self._places:
            self.canvas.setKeywords(" ".join(self._places))
        self.canvas.save()
        return self._buffer.getvalue()

    def _table_head(self, columns: Sequence[Column], edges: Sequence[tuple[float, float]]) -> None:
        titles = [
            typeface.wrap(column.title, TABLE, room, True)
            for column, (_, room) in zip(columns, edges, strict=True)
        ]
        height = max(map(len, titles)) * _TABLE_LEAD + 5
        self.need(height + 16)
        self.canvas.setFillColor(PALE)
        self.canvas.rect(MARGIN, self.y - height, ROOM, height, stroke=0, fill=1)
        self._cells(columns, edges, titles, True)
        self.y -= height

    def _table_row(
        self, columns: Sequence[Column], edges: Sequence[tuple[float, float]], row: Sequence[str], bold: bool
    ) -> None:
        cells = [
            [text] if typeface.width(text, TABLE, bold) <= room else typeface.wrap(text, TABLE, room, bold)
            for text, (_, room) in zip(row, edges, strict=True)
        ]
        height = max(map(len, cells)) * _TABLE_LEAD + 4
        if self.y - height < BOTTOM:
            self.next_page()
            self._table_head(columns, edges)
        self._cells(columns, edges, cells, bold)
        self.y -= height
        self.rule(INK if bold else LINE, 0.9 if bold else 0.4)

    def _cells(
        self,
        columns: Sequence[Column],
        edges: Sequence[tuple[float, float]],
        cells: Sequence[Sequence[str]],
        bold: bool,
    ) -> None:
        """One text object for the whole row: half the bytes and time of a string at a time."""
        pen = self.canvas.beginText()
        pen.setFont(typeface.BOLD if bold else typeface.REGULAR, TABLE)
        pen.setFillColor(INK)
        for column, (left, room), lines in zip(columns, edges, cells, strict=True):
            for number, line in enumerate(lines):
                x = left if column.align == "left" else left + room - typeface.width(line, TABLE, bold)
                pen.setTextOrigin(x, self.y - 10 - number * _TABLE_LEAD)
                pen.textOut(typeface.drawn(line))
        self.canvas.drawText(pen)

    def _stamp_place(self, x: float, y: float) -> None:
        self.canvas.saveState()
        self.canvas.setStrokeColor(GREY)
        self.canvas.setLineWidth(0.6)
        self.canvas.setDash(2, 2)
        self.canvas.circle(x, y, 17 * mm)
        self.canvas.restoreState()
        for number, line in enumerate(typeface.wrap(self._texts.t("papers.stamp"), 7, 24 * mm)):
            self.put(line, x, y + 4 - number * 9, 7, colour=GREY, align="centre")

    def _open_page(self) -> None:
        self._page += 1
        self.y = HEIGHT - MARGIN
        top = self.y
        right = 0.0
        if self._head.demo:
            right = self._demo_tag()
        voen = self._texts.t("papers.voen", voen=self._head.voen) if self._head.voen else ""
        if self._page == 1:
            self.text(self._head.office, 11, bold=True, room=ROOM - right)
            under = " · ".join(filter(None, (self._head.address, voen)))
            self.text(under, 8, colour=GREY, room=ROOM - right)
        else:
            self.text(typeface.clip(self._head.office, 8, ROOM - right), 8, colour=GREY, room=ROOM)
        self.y = min(self.y - 4, top - (_DEMO_BELOW + 6 if self._head.demo else 22))
        self.rule(BLUE, 1.4)
        self.gap(10)
        if self._copy:
            self.tag(self._copy, INK, filled=False)

    def _demo_tag(self) -> float:
        why = self._texts.t("papers.demo.why")
        name = self._texts.t("papers.demo")
        wide = max(typeface.width(why, 6.5), typeface.width(name, 13, True)) + 12
        x = MARGIN + ROOM - wide
        self.canvas.setStrokeColor(RED)
        self.canvas.setLineWidth(1.2)
        self.canvas.roundRect(x, self.y - _DEMO_BELOW, wide, _DEMO_BELOW + 3, 3, stroke=1, fill=0)
        self.put(name, x + wide / 2, self.y - 10, 13, True, RED, "centre")
        self.put(why, x + wide / 2, self.y - 21, 6.5, False, RED, "centre")
        return wide + 12

    def _close_page(self) -> None:
        y = BOTTOM - 8 * mm
        if self._head.demo:
            # Below every line of the page, so that no half of it that is cut off is without.
            self.put(self._texts.t("papers.demo"), WIDTH / 2, y - 5 * mm, 13, True, RED, "centre")
        desk = f"{self._texts.t('papers.desk')} {self._head.desk}"
        moment = self._texts.moment(self._head.recorded_at)
        self.put(" · ".join(filter(None, (self._foot, desk, moment))), MARGIN, y, SMALL, colour=GREY)
        total = 9.0
        self.put(
            self._texts.t("papers.page", page=self._page),
            MARGIN + ROOM - total,
            y,
            SMALL,
            colour=GREY,
            align="right",
        )
        self.canvas.saveState()
        self.canvas.translate(MARGIN + ROOM - total + 2, y)
        self.canvas.doForm("pages")
        self.canvas.restoreState()
        self.canvas.showPage()


def _edges(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Left edge and room of each column's text, three points inside its borders."""
    unit = ROOM / sum(column.share for column in columns)
    edges = []
    left = MARGIN
    for column in columns:
        edges.append((left + 3, column.share * unit - 6))
        left += column.share * unit
    return edges
