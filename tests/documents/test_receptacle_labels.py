"""The label of a receptacle abroad: its S9 is read from paper and from the label printer, in whole dots."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from zebrafy import ZebrafyZPL

from azpost_desk.documents import bars, press
from azpost_desk.documents.receptacle_labels import receptacle_label_pdf, receptacle_label_zpl
from azpost_desk.domain.mail.despatches import ReceptacleId, Series, despatch_id, label_code
from azpost_desk.domain.papers import CopyState
from azpost_desk.texts import LANGUAGES, Texts
from tests.documents import samples

if TYPE_CHECKING:
    from azpost_desk.documents.dots import Dpi

pytestmark = pytest.mark.fast
PAPER = samples.RECEPTACLE_LABEL
VECTOR = "BEBRUABOLPBBAEN60073003000227"
OURS = label_code(
    ReceptacleId(despatch_id(Series("AZBAKA", "DEFRAA", "A", "EN", 2026), 7), 12),
    is_last=True,
    has_registered=True,
    grams=12_450,
)


def text_of(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text().replace("\u00a0", " ")


@pytest.mark.parametrize("dpi", bars.MODULE_DOTS)
@pytest.mark.parametrize("s9", [OURS, VECTOR])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_s9_is_read_back_from_paper_and_printer_and_its_bars_are_whole_dots(
    s9: str, dpi: Dpi, language: str
) -> None:
    paper, texts = replace(PAPER, s9=s9), Texts(language)
    page = pypdfium2.PdfDocument(receptacle_label_pdf(paper, texts, dpi))[0]
    drawn = page.render(scale=dpi / 72, grayscale=True).to_pil()
    [whole] = ZebrafyZPL(receptacle_label_zpl(paper, texts, dpi).decode("ascii")).to_images()
    # The roll is 100 mm wide; what is read across lies along its 150 mm.
    size = (math.floor(100 / 25.4 * dpi), math.floor(150 / 25.4 * dpi))
    assert (math.ceil(size[0] / 8) * 8, size[1]) == whole.size
    burnt = whole.crop((0, 0, *size)).convert("L")
    assert drawn.size == burnt.size[::-1]
    upright = burnt.transpose(Image.Transpose.ROTATE_270)
    for image in (drawn, burnt, upright):
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [s9]
    # A row through the middle of the bars, inside the frame.
    edge, y = round(3 * dpi / 25.4), round((20 + 11) * dpi / 25.4)
    row = [upright.getpixel((x, y)) < 128 for x in range(edge, upright.width - edge)]
    (left, *inside, right), dots = (
        [(dark, len(list(run))) for dark, run in groupby(row)],
        bars.MODULE_DOTS[dpi],
    )
    assert min(left[1], right[1]) >= bars.QUIET * dots
    assert {length % dots for _, length in inside} == {0}
    assert sum(length for _, length in inside) == len(bars.modules(s9)) * dots
    assert dots * 25.4 / dpi >= 0.33


def test_bars_of_an_s9_fit_no_label_across() -> None:
    """Why it is printed along: with its quiet zones it is longer than 100 mm (mail.md 6)."""
    assert (len(bars.modules(VECTOR)) + 2 * bars.QUIET) * bars.MODULE_DOTS[203] / 203 * 25.4 > 100


def test_a_label_says_what_its_bars_say_and_what_they_cannot() -> None:
    text = text_of(receptacle_label_pdf(PAPER, Texts("en")))
    for said in (
        "AZBAKA", "DEFRAA", "Frankfurt", "A EN", "0073 / 2026", "012 (last)", "12.450", "typed", "487",
        PAPER.seal, "J2 8253", "FRA", PAPER.head.office,
    ):  # fmt: skip
        assert said in text, said
    assert "R" in text.split()
    plain = replace(PAPER, s9=VECTOR, transport="", copy=CopyState("copy", 1))
    other = text_of(receptacle_label_pdf(plain, Texts("en")))
    assert "R" not in other.split()
    assert "(last)" not in other
    assert "COPY 1" in other


def test_the_label_printer_gets_the_same_paper_and_nothing_is_drawn_of_what_is_no_s9() -> None:
    assert press.label(PAPER, Texts("az"), 300) == receptacle_label_zpl(PAPER, Texts("az"), 300)
    with pytest.raises(ValueError, match="no S9"):
        receptacle_label_pdf(replace(PAPER, s9="AZG202205100017"), Texts("az"))
