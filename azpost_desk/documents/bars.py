"""Code 128 bar codes of numbers, drawn on a page as rectangles that stand on whole printer dots."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azpost_desk.documents.dots import DotPage, Dpi

# Dots of a module, 0.33 mm or more as UPU S10 asks. Between dots some bars would be wider than others.
MODULE_DOTS: Final[dict[Dpi, int]] = {203: 3, 300: 4}
# Modules of light on either side, as UPU S10 asks.
QUIET: Final = 10


def modules(text: str) -> tuple[bool, ...]:
    """Dark and light modules of `text` (ASCII) in Code 128, check symbol and stop included, quiet zone not.

    Raises:
        barcode.errors.BarcodeError: a character has no bars in Code 128.
    """
    from barcode.codex import Code128

    return tuple(bit == "1" for bit in Code128(text).build()[0])


def draw(page: DotPage, text: str, bottom: float, height: float) -> float:
    """Draw `text` in the middle of `page`; gives the width with quiet zones. All lengths in points."""
    made = modules(text)
    dots = MODULE_DOTS[page.dpi]
    whole = len(made) + 2 * QUIET
    start = (page.width_dots - whole * dots) // 2 + QUIET * dots
    for is_dark, run in groupby(made):
        wide = len(list(run)) * dots
        if is_dark:
            page.fill(start * page.dot, bottom, wide * page.dot, height)
        start += wide
    return whole * dots * page.dot
