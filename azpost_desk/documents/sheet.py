"""The A4 page all forms share: head of the office, title, page numbers, DEMO, boxes, figures and lines to sign on."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Final, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from azpost_desk.documents import typeface
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
_WATERMARK: Final = HexColor("#F1E3E3")

SMALL: Final = 7.5
BODY: Final = 9.0

Align = Literal["left", "centre", "right"]


def stamp_time(canvas: Canvas, title: str, recorded_at: int) -> None:
    """Name the document and give it the time of its record (UTC milliseconds), never the time of drawing."""
    moment = dt.datetime.fromtimestamp(recorded_at // 1000, dt.UTC)
    canvas.setTitle(title)
    canvas.setAuthor("AzPost Desk")
    canvas.setCreator("AzPost Desk")
    canvas.setDateFormatter(lambda *_: moment.strftime("D:%Y%m%d%H%M%S+00'00'"))


class Sheet:
    """A4 paper written from the top down. Lengths in points; `y` is where the next thing begins, from the bottom.

    Attributes:
        canvas: the reportlab canvas, for what only one paper needs.
        y: the pen's height above the bottom edge.
    """

    def __init__(self, texts: Texts, head: PaperHead, title: str, foot: str = "") -> None:
        typeface.register()
        self._texts = texts
        self._head = head
        self._foot = foot
        self._page = 0
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1)
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
        """COPY n, or duplicate n of an unprinted one; nothing on the original."""
        if copy.kind != "original":
            self.tag(self._texts.t(f"papers.{copy.kind}", number=copy.number), INK, filled=False)

    def pairs(self, rows: Sequence[tuple[str, str]], x: float = MARGIN, room: float = ROOM, label: float = 120) -> None:
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

    def signatures(self, lines: Sequence[SignatureLine], stamp: bool = False) -> None:
        """Lines to sign on, two beside each other, and where the calendar stamp goes."""
        self.need(70)
        room = (ROOM - 24) / 2
        names = [(self._say(line), line.name) for line in lines]
        if stamp:
            names.append((self._texts.t("papers.stamp"), ""))
        for first in range(0, len(names), 2):
            self.need(58)
            self.gap(38)
            for column, (role, name) in enumerate(names[first : first + 2]):
                x = MARGIN + column * (room + 24)
                self.canvas.setStrokeColor(INK)
                self.canvas.setLineWidth(0.6)
                self.canvas.line(x, self.y, x + room, self.y)
                self.put(typeface.clip(role, 8, room * 0.6), x, self.y - 10, 8, colour=GREY)
                self.put(typeface.clip(name, 8, room * 0.4 - 6), x + room, self.y - 10, 8, align="right")
            self.gap(16)

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
        self.canvas.save()
        return self._buffer.getvalue()

    def _say(self, line: SignatureLine) -> str:
        return typeface.say(self._texts, line.role)

    def _open_page(self) -> None:
        self._page += 1
        self.y = HEIGHT - MARGIN
        if self._head.demo:
            self._watermark()
        top = self.y
        right = 0.0
        if self._head.demo:
            right = self._demo_tag()
        voen = self._texts.t("papers.voen", voen=self._head.voen)
        if self._page == 1:
            self.text(self._head.office, 11, bold=True, room=ROOM - right)
            self.text(f"{self._head.address} · {voen}", 8, colour=GREY, room=ROOM - right)
        else:
            self.text(typeface.clip(self._head.office, 8, ROOM - right), 8, colour=GREY, room=ROOM)
        self.y = min(self.y - 4, top - 22)
        self.rule(BLUE, 1.4)
        self.gap(10)

    def _demo_tag(self) -> float:
        why = self._texts.t("papers.demo.why")
        name = self._texts.t("papers.demo")
        wide = max(typeface.width(why, 6.5), typeface.width(name, 13, True)) + 12
        x = MARGIN + ROOM - wide
        self.canvas.setStrokeColor(RED)
        self.canvas.setLineWidth(1.2)
        self.canvas.roundRect(x, self.y - 27, wide, 30, 3, stroke=1, fill=0)
        self.put(name, x + wide / 2, self.y - 10, 13, True, RED, "centre")
        self.put(why, x + wide / 2, self.y - 21, 6.5, False, RED, "centre")
        return wide + 12

    def _watermark(self) -> None:
        """Very pale and drawn first: everything written later stays readable."""
        self.canvas.saveState()
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(52)
        self.put(self._texts.t("papers.demo"), 0, -60, 190, True, _WATERMARK, "centre")
        self.canvas.restoreState()

    def _close_page(self) -> None:
        y = BOTTOM - 8 * mm
        desk = f"{self._texts.t('papers.desk')} {self._head.desk}"
        moment = self._texts.moment(self._head.recorded_at)
        self.put(" · ".join(filter(None, (self._foot, desk, moment))), MARGIN, y, SMALL, colour=GREY)
        total = 14.0
        self.put(self._texts.t("papers.page", page=self._page), MARGIN + ROOM - total, y, SMALL, colour=GREY, align="right")
        self.canvas.saveState()
        self.canvas.translate(MARGIN + ROOM - total + 2, y)
        self.canvas.doForm("pages")
        self.canvas.restoreState()
        self.canvas.showPage()
