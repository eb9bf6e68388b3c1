"""What every label on the roll of labels shares: its size, text fitted into boxes, lines across."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from azpost_desk.documents import typeface

if TYPE_CHECKING:
    from azpost_desk.documents.dots import DotPage, Dpi
    from azpost_desk.documents.sheet import Align
    from azpost_desk.texts import Texts

WIDTH_MM: Final = 100.0
HEIGHT_MM: Final = 150.0
WIDTH: Final = WIDTH_MM * mm
# What holds where nobody says what the printer has.
USUAL_DPI: Final[Dpi] = 203
EDGE: Final = 4 * mm
ROOM: Final = WIDTH - 2 * EDGE
# From baseline to baseline, in sizes of the letters: Ğ stands clear below ş also at seven dots.
_LEAD: Final = 1.4


class LabelSheet:
    """One label being drawn."""

    _wide = WIDTH
    """From edge to edge of the label as it is read."""

    def __init__(self, texts: Texts, page: DotPage) -> None:
        self._texts = texts
        self._page = page

    def _demo(self, top: float) -> float:
        """The mark of a paper that is a sample, at the right edge; the width that it takes."""
        demo = self._texts.t("papers.demo")
        wide = typeface.width(demo, 15, True) + 10
        self._page.fill(self._wide - EDGE - wide, top - 12 * mm, wide, 8.5 * mm)
        self._put(demo, self._wide - EDGE - wide / 2, top - 9.7 * mm, 15, True, "centre", white=True)
        return wide + 6

    def _box(
        self,
        parts: list[tuple[str, float, bool]],
        x: float,
        y: float,
        room: float,
        height: float,
        single: float | None = None,
    ) -> None:
        """Text in its box, first baseline at `y`, last at most `height` lower; one line alone at `single`."""
        lines = typeface.fit(parts, room, height, _LEAD)
        if len(lines) == 1 and single is not None:
            y = single
        for text, points, bold in lines:
            self._put(text, x, y, points, bold)
            y -= points * _LEAD

    def _rule(self, y: float) -> None:
        self._page.line(2 * mm, y, self._wide - 4 * mm, 0.7)

    def _put(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        bold: bool = False,
        align: Align = "left",
        white: bool = False,
    ) -> None:
        self._page.put(text, x, y, size, bold, align, white)
