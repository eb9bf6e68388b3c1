"""The label of a bag as it is read: its bars on paper and on the label printer, every fact, marked again."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from azpost_desk.documents import bag_labels, press
from azpost_desk.domain.mail.bags import bag_number, read_bag_number
from azpost_desk.domain.papers import CopyState
from azpost_desk.texts import Texts
from tests.documents import samples

pytestmark = pytest.mark.fast

PAPER = replace(samples.BAG_LABEL, number=bag_number(202_205, 1, 17))


def text_of(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text().replace("\u00a0", " ")


def test_a_scanner_reads_the_number_of_the_bag_from_its_label() -> None:
    [page] = pypdfium2.PdfDocument(bag_labels.bag_label_pdf(PAPER, Texts("az")))
    [bars] = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert read_bag_number(bars.text) == PAPER.number
    # The same paper as the dots of a label printer.
    assert press.label(PAPER, Texts("az"), 203) == bag_labels.bag_label_zpl(PAPER, Texts("az"), 203)


def test_a_label_says_from_where_to_where_and_what_is_in_it() -> None:
    text = text_of(bag_labels.bag_label_pdf(PAPER, Texts("en")))
    for said in (PAPER.head.office, PAPER.to_code, "12.450", "487", PAPER.seal, PAPER.head.clerk, "typed"):
        assert said in text, said
    assert "COPY 1" in text_of(
        bag_labels.bag_label_pdf(replace(PAPER, copy=CopyState("copy", 1)), Texts("en"))
    )
