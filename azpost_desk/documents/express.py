"""The address label of an express item: 100 x 150 mm, Code 128 wide enough for every scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm

from azpost_desk.documents import bars, zpl
from azpost_desk.documents.dots import PdfPage, RasterPage
from azpost_desk.documents.label_sheet import EDGE, HEIGHT_MM, ROOM, USUAL_DPI, WIDTH, WIDTH_MM, LabelSheet
from azpost_desk.documents.typeface import grouped_item, say

if TYPE_CHECKING:
    from PIL import Image

    from azpost_desk.documents.dots import DotPage, Dpi
    from azpost_desk.domain.papers import AddressBlock, LabelPaper
    from azpost_desk.texts import Texts

# S10 asks for 12.5 mm.
_BAR_HEIGHT: Final = 18 * mm


def label_pdf(paper: LabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The label as a one-page PDF of 100 x 150 mm for a printer of `dpi`; same value, same bytes."""
    page = PdfPage(WIDTH_MM, HEIGHT_MM, dpi, paper.item, paper.head.recorded_at)
    _Label(paper, texts, page).draw()
    return page.pdf()


def label_image(paper: LabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> Image.Image:
    """The same label as the dots of a printer of `dpi`, 0 = black as people expect of a picture."""
    page = RasterPage(WIDTH_MM, HEIGHT_MM, dpi)
    _Label(paper, texts, page).draw()
    return page.image


def label_zpl(paper: LabelPaper, texts: Texts, dpi: Dpi = USUAL_DPI) -> bytes:
    """The same label as the bytes that a ZPL printer of `dpi` takes."""
    return zpl.label(label_image(paper, texts, dpi))


class _Label(LabelSheet):
    def __init__(self, paper: LabelPaper, texts: Texts, page: DotPage) -> None:
        super().__init__(texts, page)
        self._paper = paper

    def draw(self) -> None:
        height = self._page.height
        self._page.frame(2 * mm, 2 * mm, WIDTH - 4 * mm, height - 4 * mm, 1)
        self._service(height - 2 * mm)
        self._barcode(height - 24 * mm)
        # Sender upper left, addressee lower right, as the post asks of an envelope.
        self._sender(height - 58 * mm)
        self._addressee(height - 84 * mm)
        self._foot(24 * mm)

    def _service(self, top: float) -> None:
        paper = self._paper
        room = ROOM
        if paper.head.demo:
            room -= self._demo(top)
        service = say(self._texts, paper.service)
        self._box([(service, 17, True)], EDGE, top - 7.5 * mm, room, 3.5 * mm, single=top - 10 * mm)
        extras = " · ".join(say(self._texts, extra) for extra in paper.extras)
        if paper.copy.kind != "original":
            copy = self._texts.t(f"papers.{paper.copy.kind}", number=paper.copy.number)
            extras = " · ".join(filter(None, (copy, extras)))
        self._box([(extras, 8, True)], EDGE, top - 15.5 * mm, ROOM, 3.4 * mm)
        self._rule(top - 20 * mm)

    def _barcode(self, top: float) -> None:
        item, middle = self._paper.item, self._page.width / 2
        bars.draw(self._page, item, top - _BAR_HEIGHT, _BAR_HEIGHT)
        self._put(grouped_item(item), middle, top - _BAR_HEIGHT - 6.5 * mm, 16, True, "centre")
        self._rule(top - _BAR_HEIGHT - 10 * mm)

    def _sender(self, top: float) -> None:
        self._put(self._texts.t("papers.sender"), EDGE, top, 7.5)
        self._address(self._paper.sender, EDGE, top - 4 * mm, ROOM * 0.72, 8.5, 9, 17 * mm)

    def _addressee(self, top: float) -> None:
        left = EDGE + ROOM * 0.16
        room = ROOM * 0.84
        self._rule(top + 3.5 * mm)
        self._put(self._texts.t("papers.addressee"), left, top - 1.5 * mm, 8)
        self._address(self._paper.addressee, left, top - 8 * mm, room, 12.5, 14, 31 * mm)

    def _address(
        self,
        block: AddressBlock,
        x: float,
        y: float,
        room: float,
        size: float,
        name_size: float,
        height: float,
    ) -> None:
        """Name; street, house, flat; postcode; settlement; and never over the next section."""
        phone = self._texts.t("papers.label.phone", phone=block.phone) if block.phone else ""
        place = ", ".join(filter(None, (block.postcode, block.settlement)))
        parts = [(block.name, name_size, True), (block.street, size, False), (place, size, True)]
        parts += [(block.country, size, True), (phone, size, False)]
        # Too many lines shrink together instead of losing the last, which is the place.
        self._box([part for part in parts if part[0]], x, y, room, height)

    def _foot(self, top: float) -> None:
        paper, texts = self._paper, self._texts
        self._rule(top)
        key, mark = ("papers.label.weight_typed", "*") if paper.weight_typed else ("papers.label.weight", "")
        cells = (
            (key, f"{texts.weight(paper.weight_grams)}{mark}", 0.0, 0.26),
            ("papers.label.date", texts.date(paper.head.business_day), 0.26, 0.28),
            ("papers.label.office", paper.head.office, 0.54, 0.46),
        )
        for key, value, start, share in cells:
            x, room = EDGE + ROOM * start, ROOM * share - 5
            self._box([(texts.t(key), 7.5, False)], x, top - 5 * mm, room, 0)
            size = 12.0 if not start else 9.5
            self._box([(value, size, True)], x, top - 10 * mm, room, 9 * mm)
