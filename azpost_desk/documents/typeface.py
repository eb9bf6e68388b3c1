"""Our letters on paper: Noto Sans in two weights, how wide a text is, where a line breaks.

The bundled font is embedded in every PDF because no printer font and no single-byte code page has ə and ₼.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from azpost_desk import places
from azpost_desk.domain.names import seen
from azpost_desk.domain.papers import Say, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.texts import Texts

REGULAR: Final = "NotoSans"
BOLD: Final = "NotoSans-Bold"
# Down to this part of its size a text shrinks before one of its words is broken; below the other, no more.
_BROKEN_BELOW: Final = 0.55
_LEAST: Final = 0.2
UNKNOWN: Final = "\ufffd"
FILES: Final = {REGULAR: "NotoSans-Regular.ttf", BOLD: "NotoSans-Bold.ttf"}


@cache
def register() -> None:
    """Make both weights known to reportlab; a second call does nothing."""
    for name, file in FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(places.fonts() / file)))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


@cache
def _drawable() -> frozenset[str]:
    """What both weights have a letter for."""
    register()
    known = [set(pdfmetrics.getFont(name).face.charToGlyph) for name in FILES]
    return frozenset(map(chr, set.intersection(*known)))


@lru_cache(maxsize=20_000)
def drawn(text: str) -> str:
    """`text` as it comes onto paper: what our font has no letter for is a sign that somebody sees.

    Else a name in such letters would be an empty place above a signature.
    """
    if text.isascii() and text.isprintable():
        return text
    known = _drawable()
    shown = (char if char in known else " " if char.isspace() else UNKNOWN for char in seen(text))
    return "".join(shown)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, bold: bool = False) -> float:
    """Width of `text` in points at `size` points."""
    register()
    return float(pdfmetrics.stringWidth(drawn(text), BOLD if bold else REGULAR, size))


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """Lines of `text`, none wider than `room` points; a word longer than a line is broken."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size, bold) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if lines[-1] and width(lines[-1] + char, size, bold) > room:
                lines.append("")
            lines[-1] += char
    return lines


def fit(
    parts: Sequence[tuple[str, float, bool]], room: float, height: float, lead: float
) -> list[tuple[str, float, bool]]:
    """`parts` (text, size, bold) as lines in a box, from the first baseline down: smaller where they must be.

    `height` is from the first baseline to the last. A word is broken only where it would be unreadable whole.
    """
    scale = 1.0
    while True:
        lines = [
            (line, size * scale, bold)
            for text, size, bold in parts
            for line in wrap(text, size * scale, room, bold)
        ]
        whole = scale < _BROKEN_BELOW or all(
            width(word, size * scale, bold) <= room for text, size, bold in parts for word in text.split(" ")
        )
        if (whole and sum(size for _, size, _ in lines[:-1]) * lead <= height) or scale < _LEAST:
            return lines
        scale *= 0.96


def clip(text: str, size: float, room: float, bold: bool = False) -> str:
    """`text` cut to `room` points with an ellipsis, where a table has one line and no more."""
    text = drawn(text)
    if width(text, size, bold) <= room:
        return text
    while text and width(text + "…", size, bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def say(texts: Texts, words: Words) -> str:
    """`words` in the language of `texts`; a plain string stays as it is."""
    return texts.t(words.key, **dict(words.facts)) if isinstance(words, Say) else words


def grouped_code(code: str) -> str:
    """A transfer's ten digits as people read them, 3-3-4."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"


def grouped_item(item: str) -> str:
    """An S10 number as UPU prints it, 2-3-3-3-2."""
    return " ".join((item[:2], item[2:5], item[5:8], item[8:11], item[11:]))
