"""The certificate's QR is read back from what the printer burns, and from the PDF at its resolution."""

from __future__ import annotations

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from azpost_desk.devices.virtual_printer import EscPosDecoder
from azpost_desk.documents import press
from azpost_desk.documents.certificates import certificate_pdf, certificate_raster
from azpost_desk.domain.certificates import ShiftCertificate, certificate_code, words_to_sign
from azpost_desk.domain.papers import CertificatePaper, CopyState
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples

KEY = SigningKey(b"k" * 32)
SHIFT = ShiftCertificate(
    desk="2002-1",
    officer="1002",
    epoch=2,
    sequence=1_284,
    hash="9f" * 32,
    day=412,
    date="2026-11-23",
    from_ms=samples.AT - 8 * 3_600_000,
    to_ms=samples.AT,
    counted_qapik=1_234_565,
    expected_qapik=1_234_570,
    sales=183,
)
WORDS = words_to_sign(SHIFT, KEY.public())
PAPER = CertificatePaper(
    samples.HEAD, "2/1284", SHIFT, SHIFT.hash[:10], certificate_code(WORDS, KEY.sign(WORDS))
)


def burnt(language: str) -> Image.Image:
    printer = EscPosDecoder()
    printer.feed(certificate_raster(PAPER, Texts(language)))
    [paper] = printer.papers
    dots = bytes(byte ^ 0xFF for byte in paper.rows)
    return Image.frombytes("1", (paper.width_dots, paper.height_dots), dots).convert("L")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_is_read_from_the_printers_dots(language: str) -> None:
    found = zxingcpp.read_barcodes(burnt(language), zxingcpp.BarcodeFormat.QRCode)
    assert [one.text for one in found] == [PAPER.code]


def test_the_code_is_read_from_the_pdf_at_203_dpi() -> None:
    page = pypdfium2.PdfDocument(certificate_pdf(PAPER, Texts("az")))[0]
    image = page.render(scale=203 / 72, grayscale=True).to_pil()
    assert [one.text for one in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)] == [PAPER.code]


def test_the_longest_certificate_still_fits_the_strip() -> None:
    longest = replace(SHIFT, desk="2002-12345678", officer="1" * 12, sales=2**32 - 1)
    words = words_to_sign(longest, KEY.public())
    paper = replace(PAPER, code=certificate_code(words, KEY.sign(words)))
    page = pypdfium2.PdfDocument(certificate_pdf(paper, Texts("az")))[0]
    image = page.render(scale=203 / 72, grayscale=True).to_pil()
    assert [one.text for one in zxingcpp.read_barcodes(image, zxingcpp.BarcodeFormat.QRCode)] == [paper.code]


def test_the_figures_stand_in_words_beside_the_code() -> None:
    text = pypdfium2.PdfDocument(press.pdf(PAPER, Texts("en")))[0].get_textpage().get_text_bounded()
    assert "Shortage" in text
    assert "12,345.65" in text
    assert "0.05" in text
    assert "183" in text
    assert SHIFT.hash[:10] in text


def test_same_value_same_bytes_and_a_duplicate_says_so() -> None:
    texts = Texts("az")
    assert certificate_pdf(PAPER, texts) == certificate_pdf(PAPER, texts)
    assert press.raster(PAPER, texts) == certificate_raster(PAPER, texts)
    again = replace(PAPER, copy=CopyState("duplicate", 1))
    assert certificate_raster(again, texts) != certificate_raster(PAPER, texts)
