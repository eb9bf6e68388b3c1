"""Stored papers printed again: takes the stored bytes and which copy it is, gives them marked on every page.

The mark is one more revision behind the stored bytes, which stay as they are: what was signed can still be
proven from the file of its copy, and a paper marked so is never taken for a second original.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from azpost_desk.documents import typeface
from azpost_desk.documents.sheet import INK, MARGIN
from azpost_desk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from pypdf import PdfReader

    from azpost_desk.domain.papers import StoredPaper

# Above the text of our pages, below the edge that printers leave white.
_ABOVE: Final = 12.5 * mm
_HIGH: Final = 17.0
_SIZE: Final = 10.0


def stored_pdf(paper: StoredPaper, texts: Texts) -> bytes:
    """The paper's bytes with COPY n, or duplicate n, on every page, in the language the paper is in.

    `texts` are of the office, for papers of older desks that do not name their language.
    """
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(io.BytesIO(paper.content), incremental=True)
    spoken = _language(PdfReader(io.BytesIO(paper.content)))
    if spoken:
        texts = Texts(spoken)
    words = texts.t(f"papers.{paper.copy.kind}", number=paper.copy.number)
    for page in writer.pages:
        mark = _mark(words, float(page.mediabox.width), float(page.mediabox.height))
        page.merge_page(PdfReader(io.BytesIO(mark)).pages[0])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _language(reader: PdfReader) -> str:
    """The language a document names as its own, "" when it names none of ours."""
    said = str(reader.root_object.get("/Lang", ""))
    return said if said in LANGUAGES else ""


def _mark(words: str, width: float, height: float) -> bytes:
    """A page of this size with nothing but the band, as on a paper that is drawn anew."""
    typeface.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.roundRect(MARGIN, height - _ABOVE, width - 2 * MARGIN, _HIGH, 3, stroke=1, fill=0)
    canvas.setFillColor(INK)
    canvas.setFont(typeface.BOLD, _SIZE)
    canvas.drawCentredString(width / 2, height - _ABOVE + 5, typeface.drawn(words))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
