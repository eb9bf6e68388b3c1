"""Irregularities of mail: what may be wrong with an item or a bag, and what a photo of it may be.

In: a word, the bytes of a file or of a kept photo. Out: whether they are what they say. A photo is kept as a
bare JPEG: no place, no camera, no name of whoever took it goes with it.
"""

from __future__ import annotations

from typing import Final, Literal

from azpost_desk.domain.item_numbers import read_item_number
from azpost_desk.domain.mail.bags import read_bag_number

KINDS: Final = ("damaged", "short", "resealed", "wrong_label", "contents", "other")
# Nobody chooses it: it comes with the scan that says that an item in person went to somebody else.
WRONG_PERSON: Final = "wrong_person"
RECORDED: Final = (*KINDS, WRONG_PERSON)
# [design] What a telephone takes is some 5 MB; what is kept shows a torn corner and stays small on the line.
FILE_BYTES_MAX: Final = 30_000_000
PHOTO_BYTES_MAX: Final = 150_000

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
# Segments of a JPEG that draw it: tables, frame, restart interval, JFIF's own head.
_DRAWING: Final = frozenset((0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0))
_SCAN: Final = 0xDA


def number_of(text: str) -> str:
    """The number of an item or of an inland bag as it is kept; "" of what is neither."""
    item = read_item_number(text)
    if item.number is not None and item.valid:
        return item.number
    return read_bag_number(text) or ""


def picture_kind(content: bytes) -> Literal["JPEG", "PNG", ""]:
    """What a file says that it is, by its first bytes; its name says nothing."""
    if content.startswith(_JPEG):
        return "JPEG"
    return "PNG" if content.startswith(_PNG) else ""


def is_photo(content: bytes) -> bool:
    """Whether these are bytes as they are kept: small, and a JPEG in which nothing stands but its picture."""
    if len(content) > PHOTO_BYTES_MAX or picture_kind(content) != "JPEG":
        return False
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == _SCAN:
            return content.endswith(b"\xff\xd9")
        if marker not in _DRAWING:
            return False
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return False
