"""What leaves for a printer: the label's bars as a reader sees them, the receipt's dots as they are burnt."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from azpost_desk.devices.virtual_printer import EscPosDecoder
from azpost_desk.documents import bars, escpos, express, receipts
from azpost_desk.documents.cash import cash_move_raster
from azpost_desk.documents.dots import RasterPage
from azpost_desk.domain.lengths import characters_max
from azpost_desk.domain.papers import AddressBlock, CopyState
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.documents.dots import Dpi
    from azpost_desk.documents.sheet import Align


# Dots of a module, each 0.33 mm or more: UPU S10.
MODULE_DOTS: dict[Dpi, int] = {203: 3, 300: 4}
ITEMS = ["EE123456785AZ", "RB167995284IT", "EM000000005AZ"]


def labels_at(dpi: Dpi, item: str) -> dict[str, Image.Image]:
    """The label as its PDF is rendered and as it is burnt; both are the same dots."""
    paper, texts = replace(samples.LABEL, item=item), Texts("az")
    page = pypdfium2.PdfDocument(express.label_pdf(paper, texts, dpi))[0]
    return {
        "pdf": page.render(scale=dpi / 72, grayscale=True).to_pil(),
        "dots": express.label_image(paper, texts, dpi).convert("L"),
    }


def runs_in(row: list[bool]) -> list[tuple[bool, int]]:
    return [(dark, len(list(run))) for dark, run in groupby(row)]


@pytest.mark.parametrize("dpi", MODULE_DOTS)
@pytest.mark.parametrize("item", ITEMS)
def test_a_label_is_read_back_and_its_bars_are_whole_dots(item: str, dpi: Dpi) -> None:
    for way, image in labels_at(dpi, item).items():
        found = zxingcpp.read_barcodes(image)
        assert [(code.text, code.format) for code in found] == [(item, zxingcpp.BarcodeFormat.Code128)], way
        assert image.size == (math.floor(100 / 25.4 * dpi), math.floor(150 / 25.4 * dpi))
        # A row through the middle of the bars (24 mm of head, then half of 18 mm), inside the frame.
        edge, y = round(3 * dpi / 25.4), round((24 + 9) * dpi / 25.4)
        grey = [image.getpixel((x, y)) for x in range(edge, image.width - edge)]
        # No dot is half dark: every edge lies between two of them.
        assert all(value < 8 or value > 247 for value in grey), way
        runs = runs_in([value < 128 for value in grey])
        (left, *bars, right), dots = runs, MODULE_DOTS[dpi]
        assert not left[0]
        assert not right[0]
        assert min(left[1], right[1]) >= 10 * dots
        # 156 modules, as published with zint and bwipp for EE123456785AZ.
        if item == ITEMS[0]:
            assert sum(length for _, length in bars) == 156 * dots
        assert {length % dots for _, length in bars} == {0}
        assert 0.33 <= dots * 25.4 / dpi < 0.4


def test_a_number_with_its_quiet_zones_is_66_mm_at_203_dpi() -> None:
    page = RasterPage(100, 150, 203)
    assert bars.draw(page, ITEMS[0], 10, 10) / 72 * 25.4 == pytest.approx(66.07, abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_burnt_label_is_the_label_of_the_pdf(language: str) -> None:
    """Letter for letter in its place: what lies in one and is empty in the other is an edge, not a word."""
    texts = Texts(language)
    page = pypdfium2.PdfDocument(express.label_pdf(samples.LABEL, texts))[0]
    drawn = page.render(scale=203 / 72, grayscale=True).to_pil().point(lambda value: 255 * (value > 128))
    burnt = express.label_image(samples.LABEL, texts).convert("L")
    for one, other in ((drawn, burnt), (burnt, drawn)):
        # Two dots around all ink: the two draw letters with different care for the grid.
        far = ImageChops.lighter(one, ImageChops.invert(other.filter(ImageFilter.MinFilter(5))))
        assert far.getextrema() == (255, 255)


def test_the_number_under_the_bars_is_grouped_as_upu_prints_it() -> None:
    pdf = express.label_pdf(samples.LABEL, Texts("az"))
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "EE 123 456 785 AZ" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_raster_is_whole_commands_and_one_cut(language: str) -> None:
    printer = EscPosDecoder()
    printer.feed(receipts.receipt_raster(samples.RECEIPT, Texts(language)))
    assert len(printer.papers) == 1
    assert printer.strange == b""
    assert printer.kicks == 0
    assert printer.papers[0].width_dots == escpos.WIDTH_DOTS
    # 40 to 400 mm of paper with something on it, mostly white.
    assert 320 < printer.papers[0].height_dots < 3200
    black = sum(byte.bit_count() for byte in printer.papers[0].rows)
    assert 0.01 < black / (len(printer.papers[0].rows) * 8) < 0.3


def test_the_picture_survives_the_printers_language() -> None:
    rows = bytes(range(72)) * 300
    printer = EscPosDecoder()
    for start in range(0, len(rows) + 200, 97):
        printer.feed(escpos.picture(rows)[start : start + 97])
    printer.feed(escpos.picture(rows)[len(range(0, len(rows) + 200, 97)) * 97 :])
    assert [paper.rows for paper in printer.papers] == [rows]


def test_the_drawer_opens_by_a_pulse_of_its_own() -> None:
    printer = EscPosDecoder()
    printer.feed(escpos.DRAWER_KICK)
    assert (printer.kicks, printer.papers, printer.strange) == (1, [], b"")


def test_the_cash_slip_is_raster_too() -> None:
    printer = EscPosDecoder()
    printer.feed(cash_move_raster(samples.CASH_MOVE, Texts("az")))
    assert len(printer.papers) == 1


def test_an_incomplete_row_is_refused() -> None:
    with pytest.raises(ValueError, match="incomplete"):
        escpos.picture(b"\x00" * 73)


class Layers(RasterPage):
    """The burnt page, and what each act of drawing crosses on it; white letters lie in a black band."""

    made: ClassVar[list[Layers]] = []

    def __init__(self, width_mm: float, height_mm: float, dpi: Dpi) -> None:
        super().__init__(width_mm, height_mm, dpi)
        self.crossed: list[str] = []
        self.made.append(self)

    def fill(self, x: float, y: float, width: float, height: float) -> None:
        self._alone(lambda: super(Layers, self).fill(x, y, width, height), "rule")

    def frame(self, x: float, y: float, width: float, height: float, thick: float) -> None:
        for level in (y, y + height):
            RasterPage.fill(self, x, level - thick / 2, width, thick)
        for upright in (x, x + width):
            RasterPage.fill(self, upright - thick / 2, y, thick, height)

    def put(
        self, text: str, x: float, y: float, size: float, bold: bool, align: Align, white: bool = False
    ) -> None:
        def draw() -> None:
            super(Layers, self).put(text, x, y, size, bold, align, white)

        if white:
            draw()
        else:
            self._alone(draw, text)

    def _alone(self, draw: Callable[[], None], what: str) -> None:
        before = self.image.copy()
        self.image.paste(1, (0, 0, *self.image.size))
        draw()
        after = self.image.copy()
        both = ImageChops.logical_or(before, after)
        # A rule may meet the frame it ends at, and nothing else may meet anything.
        edge = round(3 * self.dpi / 25.4)
        inner = both.crop((edge, edge, both.width - edge, both.height - edge))
        if not (both if what != "rule" else inner).getextrema()[0]:
            self.crossed.append(what)
        self.image.paste(ImageChops.logical_and(before, after))


@pytest.mark.parametrize("dpi", MODULE_DOTS)
@pytest.mark.parametrize(
    ("letters", "language"),
    [("Şükufə Ağgül-Qız ĞÜ", "az"), ("Щербакова-Жданова Ы", "ru"), ("Ψωμιάδης-Ωμέγα Qgj", "en"), ("W", "az")],
)
def test_the_longest_texts_overprint_nothing(
    letters: str, language: str, dpi: Dpi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the counter lets anybody type, in every box at once; and the bars are still read."""

    def long(field: str) -> str:
        most = characters_max(field)
        return (f"{letters} " * most)[:most]

    block = AddressBlock(
        long("name"), long("address"), "AZ1000", long("settlement"), long("country"), "+994 50 123 45 67"
    )
    paper = replace(
        samples.LABEL,
        sender=block,
        addressee=block,
        service=long("service"),
        extras=(long("extra"),),
        head=replace(samples.LABEL.head, office=long("office")),
        copy=CopyState("copy", 12),
        weight_grams=31_500,
    )
    Layers.made.clear()
    monkeypatch.setattr(express, "RasterPage", Layers)
    image = express.label_image(paper, Texts(language), dpi)
    [layers] = Layers.made
    assert layers.crossed == []
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [paper.item]
