"""The address label of an express item: 100 x 150 mm, Code 128 wide enough for every scanner."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from azpost_desk.documents import bars, typeface
from azpost_desk.documents.sheet import Align, stamp_time
from azpost_desk.documents.typeface import grouped_item, say

if TYPE_CHECKING:
    from azpost_desk.domain.papers import AddressBlock, LabelPaper
    from azpost_desk.texts import Texts

WIDTH: Final = 100 * mm
HEIGHT: Final = 150 * mm
# Three dots of a 203-dpi printer (0.375 mm), above the 0.33 mm that UPU S10 asks for.
_MODULE_DOTS: Final = 3
# S10 asks for 12.5 mm.
_BAR_HEIGHT: Final = 18 * mm
_EDGE: Final = 4 * mm
_ROOM: Final = WIDTH - 2 * _EDGE
# From baseline to baseline, in sizes of the letters.
_LEAD: Final = 1.34


def label_pdf(paper: LabelPaper, texts: Texts) -> bytes:
    """The label as a one-page PDF of 100 x 150 mm; same value, same bytes."""
    return _Label(paper, texts).draw()


class _Label:
    def __init__(self, paper: LabelPaper, texts: Texts) -> None:
        typeface.register()
        self._paper = paper
        self._texts = texts
        self._buffer = io.BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
        stamp_time(self._canvas, paper.item, paper.head.recorded_at)

    def draw(self) -> bytes:
        canvas = self._canvas
        canvas.setLineWidth(1)
        canvas.rect(2 * mm, 2 * mm, WIDTH - 4 * mm, HEIGHT - 4 * mm)
        self._service(HEIGHT - 2 * mm)
        self._barcode(HEIGHT - 24 * mm)
        # Sender upper left, addressee lower right, as the post asks of an envelope.
        self._sender(HEIGHT - 58 * mm)
        self._addressee(HEIGHT - 84 * mm)
        self._foot(24 * mm)
        canvas.showPage()
        canvas.save()
        return self._buffer.getvalue()

    def _service(self, top: float) -> None:
        paper = self._paper
        room = _ROOM
        if paper.head.demo:
            demo = self._texts.t("papers.demo")
            wide = typeface.width(demo, 15, True) + 10
            self._canvas.setFillGray(0)
            self._canvas.rect(WIDTH - _EDGE - wide, top - 12 * mm, wide, 8.5 * mm, fill=1)
            self._put(demo, WIDTH - _EDGE - wide / 2, top - 9.7 * mm, 15, True, "centre", white=True)
            room -= wide + 6
        service = say(self._texts, paper.service)
        self._box([(service, 17, True)], _EDGE, top - 7.5 * mm, room, 3.5 * mm, single=top - 10 * mm)
        extras = " · ".join(say(self._texts, extra) for extra in paper.extras)
        if paper.copy.kind != "original":
            copy = self._texts.t(f"papers.{paper.copy.kind}", number=paper.copy.number)
            extras = " · ".join(filter(None, (copy, extras)))
        self._box([(extras, 8, True)], _EDGE, top - 15.5 * mm, _ROOM, 3.4 * mm)
        self._rule(top - 20 * mm)

    def _barcode(self, top: float) -> None:
        canvas, item = self._canvas, self._paper.item
        canvas.setFillGray(0)
        bars.draw(canvas, item, WIDTH / 2, top - _BAR_HEIGHT, _BAR_HEIGHT, _MODULE_DOTS)
        self._put(grouped_item(self._paper.item), WIDTH / 2, top - _BAR_HEIGHT - 6.5 * mm, 16, True, "centre")
        self._rule(top - _BAR_HEIGHT - 10 * mm)

    def _sender(self, top: float) -> None:
        self._put(self._texts.t("papers.sender"), _EDGE, top, 7.5)
        self._address(self._paper.sender, _EDGE, top - 4 * mm, _ROOM * 0.72, 8.5, 9, 17 * mm)

    def _addressee(self, top: float) -> None:
        left = _EDGE + _ROOM * 0.16
        room = _ROOM * 0.84
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

    def _foot(self, top: float) -> None:
        paper, texts = self._paper, self._texts
        self._rule(top)
        cells = (
            ("papers.label.weight", texts.weight(paper.weight_grams), 0.0, 0.26),
            ("papers.label.date", texts.date(paper.head.business_day), 0.26, 0.28),
            ("papers.label.office", paper.head.office, 0.54, 0.46),
        )
        for key, value, start, share in cells:
            x, room = _EDGE + _ROOM * start, _ROOM * share - 5
            self._box([(texts.t(key), 7.5, False)], x, top - 5 * mm, room, 0)
            size = 12.0 if key == "papers.label.weight" else 9.5
            self._box([(value, size, True)], x, top - 10 * mm, room, 9 * mm)

    def _rule(self, y: float) -> None:
        self._canvas.setLineWidth(0.7)
        self._canvas.line(2 * mm, y, WIDTH - 2 * mm, y)

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
        text = typeface.drawn(text)
        self._canvas.setFillGray(1 if white else 0)
        self._canvas.setFont(typeface.BOLD if bold else typeface.REGULAR, size)
        if align == "centre":
            self._canvas.drawCentredString(x, y, text)
        else:
            self._canvas.drawString(x, y, text)
