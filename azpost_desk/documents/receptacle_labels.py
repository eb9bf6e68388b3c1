"""The label of a receptacle of a despatch abroad, printed along its 150 mm: S9 as bars, to where, weight.

An S9 in bars of S10's width is longer than a label is wide, so the label is read with its long side across:
the PDF's page lies so, the dots of the label printer are turned by a quarter.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PIL import Image
from reportlab.lib.units import mm

from azpost_desk.documents import bars, zpl
from azpost_desk.documents.dots import PdfPage, RasterPage
from azpost_desk.documents.label_sheet import EDGE, HEIGHT_MM, USUAL_DPI, WIDTH_MM, LabelSheet
from azpost_desk.domain.item_numbers import read_receptacle

if TYPE_CHECKING:
    from azpost_desk.documents.dots import DotPage, Dpi
    from azpost_desk.domain.item_numbers import Receptacle
    from azpost_desk.domain.papers_mail import ReceptacleLabelPaper
    from azpost_desk.texts import Texts

# Read from a step away, on cloth that is not flat.
_BAR_HEIGHT: Final = 22 * mm
_MARK: Final = 11 * mm
# Where an S9 is parted for whoever reads it aloud.
_GROUPS: Final = (6, 12, 13, 15, 16, 20, 23, 24, 25)


def receptacle_label_pdf(paper: ReceptacleLabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The label as a one-page PDF of 150 x 100 mm for a printer of `dpi`; same value, same bytes.

    Raises:
        ValueError: what it is to show in bars is no S9.
    """
    page = PdfPage(HEIGHT_MM, WIDTH_MM, dpi, paper.s9, paper.head.recorded_at)
    _ReceptacleLabel(paper, texts, page).draw()
    return page.pdf()


def receptacle_label_zpl(paper: ReceptacleLabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The same label as the bytes that a ZPL printer of `dpi` takes, a label 100 mm wide.

    Raises:
        ValueError: what it is to show in bars is no S9.
    """
    page = RasterPage(HEIGHT_MM, WIDTH_MM, dpi)
    _ReceptacleLabel(paper, texts, page).draw()
    return zpl.label(page.image.transpose(Image.Transpose.ROTATE_90))


class _ReceptacleLabel(LabelSheet):
    _wide = HEIGHT_MM * mm

    def __init__(self, paper: ReceptacleLabelPaper, texts: Texts, page: DotPage) -> None:
        super().__init__(texts, page)
        self._paper = paper
        self._room = self._wide - 2 * EDGE
        found = read_receptacle(paper.s9)
        if found is None:
            raise ValueError("no S9")
        self._s9: Receptacle = found

    def draw(self) -> None:
        height = self._page.height
        self._page.frame(2 * mm, 2 * mm, self._wide - 4 * mm, height - 4 * mm, 1)
        self._title(height - 2 * mm)
        self._barcode(height - 20 * mm)
        self._places(height - 53 * mm)
        self._figures(height - 70 * mm)

    def _title(self, top: float) -> None:
        paper, texts, room = self._paper, self._texts, self._room
        if paper.head.demo:
            room -= self._demo(top)
        if self._s9.registered:
            room -= _MARK + 3 * mm
            self._page.fill(EDGE + room, top - 13.5 * mm, _MARK, _MARK)
            self._put("R", EDGE + room + _MARK / 2, top - 11 * mm, 24, True, "centre", white=True)
            room -= 3 * mm
        self._box([(texts.t("papers.receptacle.title"), 17, True)], EDGE, top - 8 * mm, room, 0)
        if paper.copy.kind != "original":
            copy = texts.t(f"papers.{paper.copy.kind}", number=paper.copy.number)
            self._box([(copy, 8, True)], EDGE, top - 13.5 * mm, room, 0)
        self._rule(top - 16 * mm)

    def _barcode(self, top: float) -> None:
        s9, middle = self._paper.s9, self._page.width / 2
        bars.draw(self._page, s9, top - _BAR_HEIGHT, _BAR_HEIGHT)
        cuts = (0, *_GROUPS, len(s9))
        grouped = " ".join(s9[first:last] for first, last in pairwise(cuts))
        self._put(grouped, middle, top - _BAR_HEIGHT - 6 * mm, 15, True, "centre")
        self._rule(top - _BAR_HEIGHT - 10 * mm)

    def _places(self, top: float) -> None:
        paper, texts, half = self._paper, self._texts, EDGE + self._room * 0.46
        self._put(texts.t("papers.bag_label.from"), EDGE, top - 3 * mm, 8)
        self._put(self._s9.despatch.origin, EDGE, top - 9.5 * mm, 15, True)
        self._box([(paper.head.office, 9, False)], EDGE, top - 14.5 * mm, self._room * 0.44, 0)
        self._put(texts.t("papers.bag_label.to"), half, top - 3 * mm, 8)
        # Whoever loads reads this one line.
        self._put(self._s9.despatch.destination, half, top - 10.5 * mm, 22, True)
        if paper.to_office:
            self._box([(paper.to_office, 9, False)], half, top - 14.5 * mm, self._room * 0.54, 0)

    def _figures(self, top: float) -> None:
        paper, texts, s9 = self._paper, self._texts, self._s9
        mark = "*" if paper.weight_typed else ""
        weight = "papers.label.weight_typed" if paper.weight_typed else "papers.label.weight"
        last = f" {texts.t('papers.receptacle.last')}" if s9.last else ""
        self._cells(
            top,
            ("papers.receptacle.kind", f"{s9.despatch.category} {s9.despatch.subclass}", 0.0, 0.16),
            ("papers.receptacle.despatch", f"{s9.despatch.number} / {paper.year}", 0.16, 0.22),
            ("papers.receptacle.number", f"{s9.number}{last}", 0.38, 0.26),
            (weight, f"{texts.weight(paper.grams)}{mark}", 0.64, 0.22),
            ("papers.bag_label.items", texts.number(paper.items), 0.86, 0.14),
        )
        self._cells(
            top - 14 * mm,
            ("papers.bag_label.closed", texts.moment(paper.head.recorded_at), 0.0, 0.22),
            ("papers.bag_label.version", texts.number(paper.version), 0.22, 0.12),
            ("papers.bag_label.seal", paper.seal, 0.34, 0.30),
            ("papers.receptacle.transport", paper.transport or "–", 0.64, 0.22),
            ("papers.receptacle.unloading", paper.unloading or "–", 0.86, 0.14),
            size=11,
        )

    def _cells(self, top: float, *cells: tuple[str, str, float, float], size: float = 14) -> None:
        self._rule(top)
        for key, value, start, share in cells:
            x, room = EDGE + self._room * start, self._room * share - 5
            self._box([(self._texts.t(key), 8, False)], x, top - 4 * mm, room, 0)
            self._box([(value, size, True)], x, top - 10.5 * mm, room, 0)
