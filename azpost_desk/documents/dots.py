"""A page of whole printer dots: the same lines, letters and bars as a PDF, or as the dots that are burnt.

Lengths are points from the lower left corner, as in a PDF. A page is as large as the paper at most, so that
whoever renders it at its own resolution stretches nothing, and an edge that lies on a dot stays there.
"""

from __future__ import annotations

import io
import math
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from azpost_desk import places
from azpost_desk.documents import typeface
from azpost_desk.documents.sheet import stamp_time

if TYPE_CHECKING:
    from azpost_desk.documents.sheet import Align

# What label printers have; one of 200 dots counts as 203.
Dpi = Literal[203, 300]
_MM_PER_INCH: Final = 25.4
_POINTS_PER_INCH: Final = 72
# A PDF keeps fewer figures than a float: rounded up, a page would be one dot larger to whoever counts them.
_SHORTER: Final = 0.002
# Of a dot: some who render a PDF blacken every dot that a rectangle touches, be it by a rounding error.
_INSIDE: Final = 0.02


class DotPage(ABC):
    """One page to draw on, black on white.

    Attributes:
        dpi: of the printer it is for.
        width_dots, height_dots: of the page.
        dot: side of a dot in points.
        width, height: in points.
    """

    def __init__(self, width_mm: float, height_mm: float, dpi: Dpi) -> None:
        typeface.register()
        self.dpi = dpi
        self.width_dots = math.floor(width_mm / _MM_PER_INCH * dpi)
        self.height_dots = math.floor(height_mm / _MM_PER_INCH * dpi)
        self.dot = _POINTS_PER_INCH / dpi
        self.width, self.height = self.width_dots * self.dot, self.height_dots * self.dot

    def line(self, x: float, y: float, width: float, thick: float) -> None:
        """A level line, `thick` around `y`."""
        self.fill(x, y - thick / 2, width, thick)

    def frame(self, x: float, y: float, width: float, height: float, thick: float) -> None:
        """The outline of a rectangle, `thick` around its edges."""
        for level in (y, y + height):
            self.line(x - thick / 2, level, width + thick, thick)
        for upright in (x, x + width):
            self.fill(upright - thick / 2, y, thick, height)

    @abstractmethod
    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """A black rectangle."""

    @abstractmethod
    def put(
        self, text: str, x: float, y: float, size: float, bold: bool, align: Align, white: bool = False
    ) -> None:
        """`text` with its baseline at `y`; what our font lacks is a sign that somebody sees."""


class PdfPage(DotPage):
    """The page as a PDF; same drawing, same bytes."""

    def __init__(self, width_mm: float, height_mm: float, dpi: Dpi, title: str, recorded_at: int) -> None:
        super().__init__(width_mm, height_mm, dpi)
        self._buffer = io.BytesIO()
        size = (self.width - _SHORTER, self.height - _SHORTER)
        self._canvas = Canvas(self._buffer, pagesize=size, invariant=1, pageCompression=1)
        stamp_time(self._canvas, title, recorded_at)

    def frame(self, x: float, y: float, width: float, height: float, thick: float) -> None:
        """See `DotPage.frame`."""
        self._canvas.setLineWidth(thick)
        self._canvas.rect(x, y, width, height)

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """See `DotPage.fill`."""
        self._canvas.setFillGray(0)
        inside = _INSIDE * self.dot
        self._canvas.rect(x + inside, y, width - 2 * inside, height, stroke=0, fill=1)

    def put(
        self, text: str, x: float, y: float, size: float, bold: bool, align: Align, white: bool = False
    ) -> None:
        """See `DotPage.put`."""
        self._canvas.setFillGray(1 if white else 0)
        self._canvas.setFont(typeface.BOLD if bold else typeface.REGULAR, size)
        self._canvas.drawString(_left(text, x, size, bold, align), y, typeface.drawn(text))

    def pdf(self) -> bytes:
        """The document; nothing can be drawn any more."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()


class RasterPage(DotPage):
    """The page as the dots that a label printer burns."""

    def __init__(self, width_mm: float, height_mm: float, dpi: Dpi) -> None:
        super().__init__(width_mm, height_mm, dpi)
        self.image = Image.new("1", (self.width_dots, self.height_dots), 1)
        """One bit a dot, 0 = black as people expect of a picture."""
        self._draw = ImageDraw.Draw(self.image)
        self._draw.fontmode = "1"

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        """See `DotPage.fill`; what is thinner than a dot is a dot."""
        left, right = self._across(x), self._across(x + width)
        top, bottom = self._down(y + height), self._down(y)
        self._draw.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=0)

    def put(
        self, text: str, x: float, y: float, size: float, bold: bool, align: Align, white: bool = False
    ) -> None:
        """See `DotPage.put`; each letter stands where the PDF has it: rounded one by one a line grows."""
        text, x = typeface.drawn(text), _left(text, x, size, bold, align)
        font = _font(size / self.dot, bold)
        for at, letter in enumerate(text):
            place = (self._across(x + typeface.width(text[:at], size, bold)), self._down(y))
            self._draw.text(place, letter, fill=int(white), font=font, anchor="ls")

    def _across(self, x: float) -> int:
        return round(x / self.dot)

    def _down(self, y: float) -> int:
        return self.height_dots - round(y / self.dot)


def _left(text: str, x: float, size: float, bold: bool, align: Align) -> float:
    """Where the first letter of a line begins."""
    return x - typeface.width(text, size, bold) * {"left": 0.0, "centre": 0.5, "right": 1.0}[align]


@lru_cache(maxsize=64)
def _font(size_dots: float, bold: bool) -> ImageFont.FreeTypeFont:
    path = str(places.fonts() / typeface.FILES[typeface.BOLD if bold else typeface.REGULAR])
    # Basic layout: the same glyphs with or without the optional shaping library.
    return ImageFont.truetype(path, size_dots, layout_engine=ImageFont.Layout.BASIC)
