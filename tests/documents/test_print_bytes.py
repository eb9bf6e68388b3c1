"""What leaves for a printer: the label's bars as a reader sees them, the receipt's dots as they are burnt."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from azpost_desk.devices.virtual_printer import EscPosDecoder
from azpost_desk.documents import escpos, express, receipts
from azpost_desk.documents.cash import cash_move_raster
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples


def label_at_203_dpi(item: str, language: str = "az") -> Image.Image:
    pdf = express.label_pdf(replace(samples.LABEL, item=item), Texts(language))
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.render(scale=203 / 72, grayscale=True).to_pil()


@pytest.mark.parametrize("item", ["EE123456785AZ", "RB167995284IT", "EM000000005AZ"])
def test_a_label_at_203_dpi_is_read_back(item: str) -> None:
    found = zxingcpp.read_barcodes(label_at_203_dpi(item))
    assert [(code.text, code.format) for code in found] == [(item, zxingcpp.BarcodeFormat.Code128)]


def test_modules_are_three_dots_with_ten_modules_of_quiet_on_both_sides() -> None:
    image = label_at_203_dpi("EE123456785AZ").convert("1", dither=Image.Dither.NONE)
    # A row through the middle of the bars: 24 mm of head, then half of 18 mm.
    y = round((24 + 9) * 203 / 25.4)
    row = [image.getpixel((x, y)) == 0 for x in range(image.width)]
    inner = row[round(3 * 203 / 25.4) : image.width - round(3 * 203 / 25.4)]
    runs: list[tuple[bool, int]] = []
    for black in inner:
        if runs and runs[-1][0] == black:
            runs[-1] = (black, runs[-1][1] + 1)
        else:
            runs.append((black, 1))
    quiet_left, quiet_right, bars = runs[0], runs[-1], runs[1:-1]
    assert min(quiet_left[1], quiet_right[1]) >= 30
    assert not quiet_left[0]
    assert not quiet_right[0]
    # EE123456785AZ: 156 modules, as published with zint and bwipp. The renderer rounds the page up to
    # whole dots, which stretches it by a tenth of a percent: one dot in all.
    assert sum(length for _, length in bars) == pytest.approx(156 * 3, abs=1)
    assert all(min(length % 3, -length % 3) <= 1 for _, length in bars)
    assert sum(round(length / 3) for _, length in bars) == 156


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
