"""Code 128 bar codes of numbers, drawn on a page as rectangles that stand on whole printer dots."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# A label printer's dot (203 dpi) in points. Between dots it would make some bars wider than others.
DOT: Final = 72 / 203
# Modules of light on either side, as UPU S10 asks.
QUIET: Final = 10


def modules(text: str) -> tuple[bool, ...]:
    """Dark and light modules of `text` (ASCII) in Code 128, check symbol and stop included, quiet zone not.

    Raises:
        barcode.errors.BarcodeError: a character has no bars in Code 128.
    """
    from barcode.codex import Code128

    return tuple(bit == "1" for bit in Code128(text).build()[0])


def draw(canvas: Canvas, text: str, centre: float, bottom: float, height: float, dots: int) -> float:
    """Draw `text` around `centre`, each module `dots` of a 203-dpi printer wide; gives the width with quiet
    zones. All lengths in points.
    """
    made = modules(text)
    width = (len(made) + 2 * QUIET) * dots * DOT
    start = round((centre - width / 2) / DOT) + QUIET * dots
    for is_dark, run in groupby(made):
        wide = len(list(run)) * dots
        if is_dark:
            canvas.rect(start * DOT, bottom, wide * DOT, height, stroke=0, fill=1)
        start += wide
    return width
