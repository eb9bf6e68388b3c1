"""The label of an inland bag, 100 x 150 mm: its number as bars, from where to where, weight, items, seal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from azpost_desk.documents import bars, zpl
from azpost_desk.documents.dots import PdfPage, RasterPage
from azpost_desk.documents.label_sheet import EDGE, HEIGHT_MM, ROOM, USUAL_DPI, WIDTH, WIDTH_MM, LabelSheet

if TYPE_CHECKING:
    from azpost_desk.documents.dots import DotPage, Dpi
    from azpost_desk.domain.papers_mail import BagLabelPaper
    from azpost_desk.texts import Texts

# Read from a step away, on cloth that is not flat.
_BAR_HEIGHT: Final = 26 * mm


def bag_label_pdf(paper: BagLabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The label as a one-page PDF of 100 x 150 mm for a printer of `dpi`; same value, same bytes."""
    page = PdfPage(WIDTH_MM, HEIGHT_MM, dpi, paper.number, paper.head.recorded_at)
    _BagLabel(paper, texts, page).draw()
    return page.pdf()


def bag_label_zpl(paper: BagLabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The same label as the bytes that a ZPL printer of `dpi` takes."""
    page = RasterPage(WIDTH_MM, HEIGHT_MM, dpi)
    _BagLabel(paper, texts, page).draw()
    return zpl.label(page.image)


class _BagLabel(LabelSheet):
    def __init__(self, paper: BagLabelPaper, texts: Texts, page: DotPage) -> None:
        super().__init__(texts, page)
        self._paper = paper

    def draw(self) -> None:
        height = self._page.height
        self._page.frame(2 * mm, 2 * mm, WIDTH - 4 * mm, height - 4 * mm, 1)
        self._title(height - 2 * mm)
        self._barcode(height - 25 * mm)
        self._places(height - 68 * mm)
        self._figures(46 * mm)
        self._foot(22 * mm)

    def _title(self, top: float) -> None:
        paper, texts, room = self._paper, self._texts, ROOM
        if paper.head.demo:
            room -= self._demo(top)
        self._box([(texts.t("papers.bag_label.title"), 17, True)], EDGE, top - 10 * mm, room, 3.5 * mm)
        if paper.copy.kind != "original":
            copy = texts.t(f"papers.{paper.copy.kind}", number=paper.copy.number)
            self._box([(copy, 8, True)], EDGE, top - 16.5 * mm, ROOM, 0)
        self._rule(top - 19 * mm)

    def _barcode(self, top: float) -> None:
        number, middle = self._paper.number, self._page.width / 2
        bars.draw(self._page, number, top - _BAR_HEIGHT, _BAR_HEIGHT)
        # As the item's number on its label: in groups that are read aloud.
        grouped = " ".join((number[:3], number[3:7], number[7:11], number[11:]))
        self._put(grouped, middle, top - _BAR_HEIGHT - 7.5 * mm, 18, True, "centre")
        self._rule(top - _BAR_HEIGHT - 11 * mm)

    def _places(self, top: float) -> None:
        paper, texts = self._paper, self._texts
        self._put(texts.t("papers.bag_label.from"), EDGE, top, 8)
        self._box([(paper.head.office, 12, False)], EDGE, top - 6 * mm, ROOM, 4 * mm)
        self._put(texts.t("papers.bag_label.to"), EDGE, top - 15 * mm, 8)
        # Whoever sorts bags reads this one line.
        self._box([(paper.to_office, 22, True)], EDGE, top - 24 * mm, ROOM, 7 * mm)
        self._put(paper.to_code, WIDTH - EDGE, top - 15 * mm, 12, True, "right")

    def _figures(self, top: float) -> None:
        paper, texts = self._paper, self._texts
        self._rule(top)
        mark = "*" if paper.weight_typed else ""
        weight = "papers.label.weight_typed" if paper.weight_typed else "papers.label.weight"
        self._cells(
            top,
            (weight, f"{texts.weight(paper.grams)}{mark}", 0.0, 0.34),
            ("papers.bag_label.items", texts.number(paper.items), 0.34, 0.20),
            ("papers.bag_label.seal", paper.seal, 0.54, 0.46),
        )

    def _foot(self, top: float) -> None:
        paper, texts = self._paper, self._texts
        self._rule(top)
        self._cells(
            top,
            ("papers.bag_label.closed", texts.moment(paper.head.recorded_at), 0.0, 0.34),
            ("papers.bag_label.version", texts.number(paper.version), 0.34, 0.20),
            ("papers.bag_label.clerk", paper.head.clerk, 0.54, 0.46),
            size=10,
        )

    def _cells(self, top: float, *cells: tuple[str, str, float, float], size: float = 16) -> None:
        for key, value, start, share in cells:
            x, room = EDGE + ROOM * start, ROOM * share - 5
            self._box([(self._texts.t(key), 8, False)], x, top - 5 * mm, room, 0)
            self._box([(value, size, True)], x, top - 12.5 * mm, room, 6 * mm)
