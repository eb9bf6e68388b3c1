"""A shared library's own word for which other libraries it needs, read from its ELF header."""

from __future__ import annotations

import struct

_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NEEDED, _DT_STRTAB = 1, 5


def is_library(content: bytes) -> bool:
    """Whether these bytes are an ELF file for 64 bits, lower byte first."""
    return content[:6] == b"\x7fELF\x02\x01"


def needed(content: bytes) -> set[str]:
    """The names under DT_NEEDED; empty for what needs nothing."""
    offset, size, count = _headers(content)
    loads, dynamic = [], None
    for number in range(count):
        kind, _flags, at, address, _physical, length = struct.unpack_from(
            "<IIQQQQ", content, offset + number * size
        )
        if kind == _PT_LOAD:
            loads.append((address, at, length))
        elif kind == _PT_DYNAMIC:
            dynamic = (at, length)
    if dynamic is None:
        return set()
    tags = list(struct.iter_unpack("<qQ", content[dynamic[0] : dynamic[0] + dynamic[1] // 16 * 16]))
    table = next((value for tag, value in tags if tag == _DT_STRTAB), None)
    if table is None:
        return set()
    strings = next(at + table - start for start, at, length in loads if start <= table < start + length)
    return {_word(content, strings + value) for tag, value in tags if tag == _DT_NEEDED}


def _headers(content: bytes) -> tuple[int, int, int]:
    """Where the program headers begin, how large one is, how many there are."""
    (offset,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    return offset, size, count


def _word(content: bytes, at: int) -> str:
    return content[at : content.index(b"\0", at)].decode("ascii")
