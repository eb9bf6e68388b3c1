"""Reads the sentence catalogues: ``resources/i18n/<language>/*.po``, all files of a language merged.

A small reader instead of a library: the counter starts with Qt alone, and a compiled form would be one more
thing that can be stale. What is read is the part of the PO format that our catalogues use: comments,
``msgid``, ``msgid_plural``, ``msgstr`` and ``msgstr[n]`` with continued lines. Everything else is refused.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from azpost_desk import places

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES: Final = ("az", "ru", "en")

# A sentence, or its plural forms in the order of the language's rule.
Entry = str | tuple[str, ...]

_ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPED: Final = re.compile(r"\\(.)")
_LINE: Final = re.compile(r'(?:(msgid|msgid_plural|msgstr|msgstr\[([0-9])\])\s+)?"((?:[^"\\]|\\.)*)"\s*$')


class CatalogueError(ValueError):
    """A catalogue cannot be read as it stands; the text names file, line and what is wrong."""


@cache
def catalogue(language: str) -> dict[str, Entry]:
    """All sentences of `language` by key, read once.

    Raises:
        CatalogueError: a file is malformed, or two entries have the same key.
    """
    return read_folder(places.resources() / "i18n" / language)


def read_folder(folder: Path) -> dict[str, Entry]:
    """Merge every ``*.po`` of `folder`; see `catalogue`."""
    merged: dict[str, Entry] = {}
    for path in sorted(folder.glob("*.po")):
        for key, entry in read_catalogue(path).items():
            if key in merged:
                raise CatalogueError(f"{path.name}: {key} stands in another file too")
            merged[key] = entry
    return merged


def read_catalogue(path: Path) -> dict[str, Entry]:
    """The sentences of one file; the header entry is left out. See `catalogue` for what is raised."""
    reader = _Reader(path.name)
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        reader.take(number, line)
    return reader.finish()


class _Reader:
    """One pass over the lines of a file; `_parts` collects the entry that is being read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0
        self._entries: dict[str, Entry] = {}
        self._parts: dict[str, str] = {}
        self._last = ""

    def take(self, number: int, line: str) -> None:
        self._number = number
        if not line or line[0] == "#":
            if line.startswith("#,") and "fuzzy" in line:
                raise self._wrong("an unfinished (fuzzy) entry")
            return
        match = _LINE.match(line)
        if match is None:
            raise self._wrong(f"cannot read {line!r}")
        word, _, text = match.groups()
        if "\\" in text:
            text = _ESCAPED.sub(self._unescape, text)
        if word is None:
            if not self._last:
                raise self._wrong("text that belongs to no entry")
            self._parts[self._last] += text
            return
        if word == "msgid":
            self._close()
        elif word in self._parts or "msgid" not in self._parts:
            raise self._wrong(f"{word} out of place")
        self._parts[word] = text
        self._last = word

    def finish(self) -> dict[str, Entry]:
        self._close()
        return self._entries

    def _close(self) -> None:
        parts, self._parts = self._parts, {}
        if not parts:
            return
        key = parts.pop("msgid")
        plural = parts.pop("msgid_plural", None)
        wanted = ["msgstr"] if plural is None else [f"msgstr[{form}]" for form in range(len(parts))]
        if not parts or list(parts) != wanted:
            raise self._wrong(f"{key or 'the header'} has no translation, or its forms out of order")
        if not key:
            return
        if not all(parts.values()):
            raise self._wrong(f"{key} is empty")
        if key in self._entries:
            raise self._wrong(f"{key} stands here twice")
        self._entries[key] = parts["msgstr"] if plural is None else tuple(parts.values())

    def _unescape(self, match: re.Match[str]) -> str:
        try:
            return _ESCAPES[match[1]]
        except KeyError:
            raise self._wrong(f"unknown escape {match[0]}") from None

    def _wrong(self, what: str) -> CatalogueError:
        return CatalogueError(f"{self._name}:{self._number}: {what}")
