"""The visible stamp of an electronic signature: who, when, which certificate, in our own letters."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from azpost_desk.documents import typeface

if TYPE_CHECKING:
    from azpost_desk.domain.signatures import Stamp
    from azpost_desk.texts import Texts

# Points: as wide as a line to sign on, as high as the room above it.
WIDTH: Final = 243.0
HEIGHT: Final = 36.0

_SIZE: Final = 6.6
_LEAD: Final = 8.2
_BLUE: Final = HexColor("#0B57A4")
_INK: Final = HexColor("#15202B")
_PLACE: Final = re.compile(r"\bsign-([0-9]+)@([0-9]+):([0-9]+),([0-9]+)\b")

Box = tuple[int, int, int, int]
"""Left, lower, right, upper; points from the page's lower left corner."""


def place(number: int, page: int, x: float, y: float) -> str:
    """A word of a document's keywords: on `page` (from 1) signature `number` has its lower left corner here.

    Keywords are the one thing in a PDF that readers show, signers keep and nobody has to understand.
    """
    return f"sign-{number}@{page}:{round(x)},{round(y)}"


def place_in(keywords: str, number: int) -> tuple[int, Box] | None:
    """(page from 1, box) for signature `number`, read from a document's keywords; None when there is none."""
    for found in _PLACE.finditer(keywords):
        which, page, x, y = map(int, found.groups())
        if which == number:
            return page, (x, y, x + round(WIDTH), y + round(HEIGHT))
    return None


def stamp_pdf(stamp: Stamp, texts: Texts) -> bytes:
    """The stamp as a PDF page of its own size; same value, same bytes."""
    typeface.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setStrokeColor(_BLUE)
    canvas.setFillColor(HexColor("#FFFFFF"))
    canvas.setLineWidth(0.8)
    canvas.roundRect(0.5, 0.5, WIDTH - 1, HEIGHT - 1, 3, stroke=1, fill=1)
    lines = (
        (texts.t("papers.stamp_of_signature"), True, _BLUE),
        (stamp.name, True, _INK),
        (texts.t("papers.stamp_of_signature.time", time=texts.moment(stamp.at_ms)), False, _INK),
        (texts.t("papers.stamp_of_signature.serial", serial=stamp.serial), False, _INK),
    )
    for number, (line, bold, colour) in enumerate(lines):
        canvas.setFillColor(colour)
        canvas.setFont(typeface.BOLD if bold else typeface.REGULAR, _SIZE)
        room = typeface.clip(line, _SIZE, WIDTH - 10, bold)
        canvas.drawString(5, HEIGHT - 8.4 - number * _LEAD, room)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
