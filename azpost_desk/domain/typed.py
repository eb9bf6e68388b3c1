"""What a person typed or pasted, as it is kept: takes any text, gives one line without what writes nothing.

A paste brings what no key does: NUL and other controls, halves of characters (a string of the window can
hold a lone surrogate, no file can), marks that turn the reading direction, digits of another script. The
fields of the window clean it where it comes in; the services refuse what reaches them uncleaned.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.names import seen
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAKS: Final = re.compile("(?:\r\n|[\t-\r\x1c-\x1f\x85\u2028\u2029])")
# Controls but for the ends of lines, halves of characters, and what turns the direction of reading.
_UNWRITABLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)


def one_line(text: str) -> str:
    """`text` composed, in one line, without what writes nothing, its digits those of ASCII."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_plain_digit, seen(_BREAKS.sub(" ", text))))


def is_said(text: str) -> bool:
    """Whether anything of it is read: blanks and what writes nothing name nobody and prove nothing."""
    return bool(one_line(text).strip())


def require_writable(value: object, path: str = "") -> None:
    """Refuse with G-016 a text that holds what cannot be written down, however deep it lies in `value`.

    `path` names the field of `value` itself, or what stands before the names of its fields.
    """
    for name, text in _texts(value, path):
        if not (text.isascii() and text.isprintable()) and _UNWRITABLE.search(text):
            raise Refused("G-016", field=name)


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _texts(getattr(value, field), f"{path}.{field}" if path else field)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one, path)


def _plain_digit(char: str) -> str:
    return char if char.isascii() or unicodedata.category(char) != "Nd" else str(unicodedata.decimal(char))
