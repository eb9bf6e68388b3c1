"""The 80-mm roll: one layout of lines, drawn as a PDF of its length or as raster for the printer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from azpost_desk import places
from azpost_desk.documents import escpos, typeface
from azpost_desk.documents.sheet import stamp_time

if TYPE_CHECKING:
    from collections.abc import Sequence

PAPER_MM: Final = 80.0
PRINTABLE_MM: Final = 72.0
_MARGIN_MM: Final = (PAPER_MM - PRINTABLE_MM) / 2
_POINTS: Final = PRINTABLE_MM * mm
# Dots of the printer in one point.
_DOTS: Final = escpos.DOTS_PER_MM * 25.4 / 72

SMALL: Final = 7.5
BODY: Final = 8.5
LARGE: Final = 11.0
HUGE: Final = 14.0

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class _Text:
    """Points from the left edge of the printable strip and from the top; `y` is the baseline."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    align: Align
    white: bool = False


@dataclass(frozen=True, slots=True)
class _Box:
    """A filled rectangle, or its outline; a rule is a box of no height."""

    x: float
    y: float
    width: float
    height: float
    filled: bool


class Roll:
    """Lines set from the top down; nothing is wider than the printable strip, nothing is cut off."""

    def __init__(self) -> None:
        self._texts: list[_Text] = []
        self._boxes: list[_Box] = []
        self._y = 4.0

    def text(
        self, text: str, size: float = BODY, bold: bool = False, align: Align = "left", indent: float = 0
    ) -> None:
        """`text` over as many lines as it needs, `indent` points from the left."""
        x = {"left": indent, "centre": _POINTS / 2, "right": _POINTS}[align]
        for line in typeface.wrap(text, size, _POINTS - indent, bold):
            self._line(x, line, size, bold, align)

    def pair(self, left: str, right: str, size: float = BODY, bold: bool = False, indent: float = 0) -> None:
        """`left` wrapped beside `right`; the figure stands on the first line at the right edge."""
        room = _POINTS - indent - typeface.width(right, size, bold) - 6
        # A right side as long as a name leaves no room for its label: then it goes below, still to the right.
        beside = room >= typeface.width(left, size, bold) or room >= _POINTS * 0.4
        for number, line in enumerate(typeface.wrap(left, size, room if beside else _POINTS - indent, bold)):
            self._line(indent, line, size, bold, "left")
            if number == 0 and beside:
                shown = typeface.drawn(right)
                self._texts.append(_Text(_POINTS, self._baseline(size), shown, size, bold, "right"))
        if not beside:
            self.text(right, size, bold, "right")

    def rule(self) -> None:
        """A thin line across."""
        self._y += 2.5
        self._boxes.append(_Box(0, self._y, _POINTS, 0.6, True))
        self._y += 2.5

    def gap(self, points: float = 4) -> None:
        """Empty paper."""
        self._y += points

    def band(self, text: str, size: float = LARGE, filled: bool = True) -> None:
        """`text` centred in a black band, or in a frame: what nobody may overlook."""
        lines = typeface.wrap(text, size, _POINTS - 12, bold=True)
        top = self._y
        self._y += 1.5
        for line in lines:
            self._line(_POINTS / 2, line, size, True, "centre", white=filled)
        self._y += 2.5
        self._boxes.append(_Box(0, top, _POINTS, self._y - top, filled))
        self._y += 2

    def squares(self, rows: Sequence[Sequence[bool]], quiet: int, dots_max: int = 6) -> None:
        """A code of dark squares, centred, `quiet` squares of empty paper around it.

        A square is a whole number of the printer's dots and lies on them: a reader looks for edges.
        """
        dots = min(dots_max, escpos.WIDTH_DOTS // (len(rows) + 2 * quiet))
        left = (escpos.WIDTH_DOTS - len(rows) * dots) // 2
        top = round(self._y * _DOTS) + quiet * dots
        for at, row in enumerate(rows):
            column = 0
            while column < len(row):
                length = next((n for n, dark in enumerate(row[column:]) if not dark), len(row) - column)
                if length:
                    x, y = left + column * dots, top + at * dots
                    self._boxes.append(_Box(x / _DOTS, y / _DOTS, length * dots / _DOTS, dots / _DOTS, True))
                column += max(length, 1)
        self._y = (top + (len(rows) + quiet) * dots) / _DOTS

    def pdf(self, title: str, recorded_at: int) -> bytes:
        """One page, 80 mm wide and as long as the receipt."""
        typeface.register()
        height = self._y + 3 * mm
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=(PAPER_MM * mm, height), invariant=1, pageCompression=1)
        stamp_time(canvas, title, recorded_at)
        canvas.translate(_MARGIN_MM * mm, 0)
        for box in self._boxes:
            canvas.setLineWidth(0.8)
            canvas.rect(
                box.x,
                height - box.y - box.height,
                box.width,
                box.height,
                fill=box.filled,
                stroke=not box.filled,
            )
        for text in self._texts:
            canvas.setFillGray(1 if text.white else 0)
            canvas.setFont(typeface.BOLD if text.bold else typeface.REGULAR, text.size)
            draw = {
                "left": canvas.drawString,
                "centre": canvas.drawCentredString,
                "right": canvas.drawRightString,
            }
            draw[text.align](text.x, height - text.y, text.text)
        canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    def image(self) -> Image.Image:
        """The printed strip, one bit a dot at 203 dpi, 0 = black as people expect of a picture."""
        image = Image.new("1", (escpos.WIDTH_DOTS, round(self._y * _DOTS) + 8), 1)
        draw = ImageDraw.Draw(image)
        draw.fontmode = "1"
        for box in self._boxes:
            left, top = round(box.x * _DOTS), round(box.y * _DOTS)
            right = min(round((box.x + box.width) * _DOTS), escpos.WIDTH_DOTS) - 1
            bottom = max(top + 1, round((box.y + box.height) * _DOTS) - 1)
            draw.rectangle((left, top, right, bottom), fill=0 if box.filled else None, outline=0, width=2)
        for text in self._texts:
            anchor = {"left": "ls", "centre": "ms", "right": "rs"}[text.align]
            place = (round(text.x * _DOTS), round(text.y * _DOTS))
            draw.text(place, text.text, fill=int(text.white), font=_font(text.size, text.bold), anchor=anchor)
        return image

    def raster(self) -> bytes:
        """ESC/POS bytes of the same layout, with the cut."""
        # The printer burns where a bit is set; a picture is white where it is set.
        return escpos.picture(bytes(byte ^ 0xFF for byte in self.image().tobytes()))

    def _line(self, x: float, text: str, size: float, bold: bool, align: Align, white: bool = False) -> None:
        self._y += size * 1.36
        self._texts.append(_Text(x, self._baseline(size), typeface.drawn(text), size, bold, align, white))

    def _baseline(self, size: float) -> float:
        return self._y - size * 0.3


def _font(size: float, bold: bool) -> ImageFont.FreeTypeFont:
    file = typeface.FILES[typeface.BOLD if bold else typeface.REGULAR]
    path = str(places.fonts() / file)
    # Basic layout: the same glyphs with or without the optional shaping library.
    return ImageFont.truetype(path, size * _DOTS, layout_engine=ImageFont.Layout.BASIC)
