"""Slips on paper: the code is read back at the printer's 203 dpi, from the roll and from the PDF."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from azpost_desk.devices.virtual_printer import EscPosDecoder
from azpost_desk.documents import qr, slips
from azpost_desk.documents.press import pdf, raster
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import CopyState, CountedPieces, Say, SignatureLine
from azpost_desk.domain.papers_slips import SlipPaper
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples
from tests.services.paper import close, remittance, signed

EVERY_NOTE = tuple(
    (value, 37) for value in (1, 3, 5, 10, 20, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
)
CODES = {
    "remittance": signed(remittance()),
    "every note": signed(remittance(pieces=EVERY_NOTE)),
    "close": signed(
        close(
            services={
                name: (99, 10**8, 10**8, 10**7) for name in ("express", "goods", "payments", "transfers")
            }
        )
    ),
}
PAPER = SlipPaper(
    head=samples.CASH_MOVE.head,
    number="a1b2c3d4e5",
    title=Say("papers.slip.remittance"),
    source=Say("papers.slip.desk", (("number", 2),)),
    target=Say("papers.slip.desk", (("number", 1),)),
    amount_title=Say("papers.cash_move.moved"),
    amount=azn(2_500),
    counts=(CountedPieces(azn(1_000), 2), CountedPieces(azn(500), 1)),
    code=CODES["remittance"],
    hint=Say("papers.slip.remittance_hint"),
    signatures=(SignatureLine(Say("papers.sign.handed_over"), "Həsənov R."),),
    record_mark="a1b2c3d4e5",
    copy=CopyState(),
)


def read(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_roll_at_203_dpi_is_read_back(name: str, language: str) -> None:
    printer = EscPosDecoder()
    printer.feed(raster(replace(PAPER, code=CODES[name]), Texts(language)))
    (paper,) = printer.papers
    image = Image.frombytes(
        "1", (paper.width_dots, paper.height_dots), bytes(byte ^ 0xFF for byte in paper.rows)
    )
    assert read(image.convert("L")) == [CODES[name]]


@pytest.mark.parametrize("name", CODES)
def test_the_page_at_203_dpi_is_read_back(name: str) -> None:
    page = pypdfium2.PdfDocument(pdf(replace(PAPER, code=CODES[name]), Texts("az")))[0]
    assert read(page.render(scale=203 / 72, grayscale=True).to_pil()) == [CODES[name]]


@pytest.mark.parametrize("name", CODES)
def test_a_square_is_at_least_four_whole_dots_with_quiet_around(name: str) -> None:
    """Half a millimetre: what a hand scanner at 203 dpi resolves."""
    side = len(qr.matrix(CODES[name])) + 2 * qr.QUIET
    assert 576 // side >= 4


def test_capitals_and_digits_are_packed_densely() -> None:
    """The same text with one small letter needs bytes and a larger code."""
    code = CODES["close"]
    assert len(qr.matrix(code)) <= 81


def test_the_same_slip_is_the_same_bytes_and_reads_for_people_too() -> None:
    texts = Texts("az")
    assert slips.slip_pdf(PAPER, texts) == slips.slip_pdf(PAPER, texts)
    text = pypdfium2.PdfDocument(slips.slip_pdf(PAPER, texts))[0].get_textpage().get_text_bounded()
    for words in ("Pul təhvili", "İş yeri 2", "İş yeri 1", "25,00", "Həsənov R.", "iyirmi beş manat"):
        assert words in text
