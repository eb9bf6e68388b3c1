"""The customs form as it is read: every copy numbered, its bars read back, CN 22 with fewer fields."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from msgspec import structs
from pypdf import PdfReader

from azpost_desk.documents.customs import customs_pdf
from azpost_desk.texts import Texts
from tests.documents import samples

pytestmark = pytest.mark.fast


def pages(pdf: bytes) -> list[str]:
    return [one.extract_text().replace("\u00a0", " ") for one in PdfReader(io.BytesIO(pdf)).pages]


def test_every_copy_of_cn_23_bears_its_number_and_bars_that_a_scanner_reads() -> None:
    pdf = customs_pdf(samples.CUSTOMS, Texts("ru"))
    for number, text in enumerate(pages(pdf), start=1):
        assert f"Copy {number}/4 / Nüsxə {number}/4" in text
        for said in (
            "From / Göndərən",
            "AZ-2026/117",
            "1.600 kg",
            "84.50 AZN",
            "2.450 kg",
            "090230",
            "TÜRKIYE",
        ):
            assert said in text
    assert number == 4
    for page in pypdfium2.PdfDocument(pdf):
        [bars] = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
        assert bars.text == "EE876543216AZ"


def test_cn_22_has_neither_parties_nor_postage() -> None:
    [text] = pages(customs_pdf(replace(samples.CUSTOMS, form="CN22", copies=1), Texts("az")))
    assert "Customs declaration CN 22" in text
    for said in ("From /", "To /", "Postage", "Certificate", "Copy"):
        assert said not in text
    for said in ("gift / hədiyyə", "84.50 AZN", "2.450 kg", "090230", "EE 876 543 216 AZ"):
        assert said in text


def test_a_declaration_of_twenty_lines_keeps_its_total_and_its_place_to_sign() -> None:
    declared = samples.CUSTOMS.declared
    lines = tuple(structs.replace(declared.lines[0], number=number) for number in range(1, 21))
    many = replace(
        samples.CUSTOMS,
        declared=structs.replace(declared, lines=lines),
        origins=("AZERBAIJAN",) * 20,
        copies=1,
    )
    text = "\n".join(pages(customs_pdf(many, Texts("az"))))
    assert text.count("of the harvest") == 20
    assert text.count("Total / Cəmi") == text.count("Göndərənin imzası") == 1


def test_an_amended_form_says_its_version_and_day_on_every_copy_and_the_sales_own_says_none() -> None:
    assert not any("Version" in text for text in pages(customs_pdf(samples.CUSTOMS, Texts("az"))))
    # An hour before midnight in Baku; then after it, while UTC has the day before.
    amended = replace(samples.CUSTOMS, version=3, amended_ms=samples.AT + 9 * 3_600_000)
    texts = pages(customs_pdf(amended, Texts("az")))
    assert len(texts) == samples.CUSTOMS.copies
    for text in texts:
        said = " ".join(text.split())
        assert "Version 3 of 23.11.2026 / Variant 3, 23.11.2026" in said
    later = replace(amended, amended_ms=amended.amended_ms + 3_600_000 * 4)
    assert "Version 3 of 24.11.2026" in " ".join(pages(customs_pdf(later, Texts("az")))[0].split())


def test_a_form_says_the_insured_sum_in_manat_and_sdr_and_what_the_sender_asked_for_on_every_copy() -> None:
    assert not any("SDR" in text for text in pages(customs_pdf(samples.CUSTOMS, Texts("az"))))
    declared = structs.replace(samples.CUSTOMS.declared, insured_qapik=50_000)
    insured = replace(
        samples.CUSTOMS, declared=declared, insured_sdr_hundredths=22_108, in_person=True, advice=True
    )
    for form, copies in (("CN23", 4), ("CN22", 1)):
        texts = pages(customs_pdf(replace(insured, form=form, copies=copies), Texts("az")))
        assert len(texts) == copies
        for text in texts:
            assert "V 500.00 AZN = 221.08 SDR" in text
            assert "Insured value" in text
            assert "Advice of delivery (A.R.)" in text
            assert "In person" in text
