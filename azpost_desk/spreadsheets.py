"""A table that people keep in a spreadsheet, as texts: a CSV or XLSX file in, its rows by their headings out.

Every cell becomes the text a person sees in it: a code that the spreadsheet took for a number has no
decimals, a date is ISO. Formulas give the value they had when the file was written. Nothing in a file is run
or fetched, and a file that unpacks to more than it may be is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import one_line
from azpost_desk.files import content_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FILE_BYTES_MAX: Final = 32 * 1024**2
_UNPACKED_BYTES_MAX: Final = 256 * 1024**2
_ROWS_MAX: Final = 100_000
_CELL_CHARS_MAX: Final = 1_000
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET: Final = re.compile(r"xl/worksheets/sheet[0-9]+\.xml")
_REF: Final = re.compile("([A-Z]{1,3})[0-9]{1,7}")
# Formats of SpreadsheetML that are dates without saying so in letters.
_DATES: Final = frozenset({14, 15, 16, 17, 22})
_DATE_LETTERS: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
# What a damaged, encrypted or lying archive brings its readers to.
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError),
    *(KeyError, ValueError, IndexError, OverflowError),
)
_EPOCH: Final = dt.date(1899, 12, 30)
_EPOCH_1904: Final = dt.date(1904, 1, 1)


class Row(NamedTuple):
    """One row: its number as the spreadsheet shows it, and what stands in it by the names of the columns."""

    number: int
    cells: dict[str, str]


def rows_of(path: Path, wanted: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """The rows below the line of headings, without empty ones; headings in any order and case.

    Raises:
        Refused: X-191 it is no CSV or XLSX that can be read, X-192 a heading is missing (`column`), is there
            twice or is none of these. OSError: it cannot be read.
    """
    content = content_of(path, _FILE_BYTES_MAX)
    lines = _xlsx(content, path.name) if content[:4] == b"PK\x03\x04" else _csv(content, path.name)
    first = next(((number, cells) for number, cells in lines if any(cells)), None)
    if first is None:
        raise Refused("X-191", file=path.name)
    names = [cell.casefold() for cell in first[1]]
    while names and not names[-1]:
        names.pop()
    known = (*wanted, *optional)
    wrong = [name for name in wanted if name not in names]
    wrong += [name for name in names if name not in known or names.count(name) > 1]
    if wrong:
        raise Refused("X-192", file=path.name, column=", ".join(dict.fromkeys(wrong)))
    rows = []
    for number, cells in lines:
        told = dict(zip(names, (*cells, *[""] * len(names)), strict=False))
        if any(cells):
            rows.append(Row(number, {name: told.get(name, "") for name in known}))
        if len(rows) > _ROWS_MAX:
            raise Refused("X-191", file=path.name)
    return rows


def _csv(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Excel writes a mark and, where a comma is a decimal sign, semicolons."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused("X-191", file=name) from fault
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [_text(cell, name) for cell in cells]
    except csv.Error as fault:
        raise Refused("X-191", file=name) from fault


def _xlsx(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _UNPACKED_BYTES_MAX:
                raise Refused("X-191", file=name)
            book = _Book(packed)
            rows = [(number, [_text(cell, name) for cell in cells]) for number, cells in book.rows()]
    except (*_UNREADABLE, etree.XMLSyntaxError) as fault:
        raise Refused("X-191", file=name) from fault
    yield from rows


class _Book:
    """The first sheet of a workbook (ECMA-376 part 1, SpreadsheetML)."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._left = _UNPACKED_BYTES_MAX
        names = set(packed.namelist())
        self._strings = self._shared() if "xl/sharedStrings.xml" in names else []
        self._dates = self._date_styles() if "xl/styles.xml" in names else frozenset()
        properties = self._part("xl/workbook.xml").find(f"{_MAIN}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch = _EPOCH_1904 if is_1904 else _EPOCH

    def _part(self, name: str) -> Any:
        from lxml import etree

        with self._packed.open(name) as file:
            content = file.read(self._left + 1)
        # The sizes a file says of itself may be a lie.
        self._left -= len(content)
        if self._left < 0:
            raise ValueError(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.doctype:
            raise ValueError(name)
        return root

    def _shared(self) -> list[str]:
        return [
            "".join(text.text or "" for text in one.iter(f"{_MAIN}t"))
            for one in self._part("xl/sharedStrings.xml").findall(f"{_MAIN}si")
        ]

    def _date_styles(self) -> frozenset[int]:
        styles = self._part("xl/styles.xml")
        own = {
            int(one.get("numFmtId")): one.get("formatCode", "")
            for one in styles.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
        }
        formats = [int(one.get("numFmtId", "0")) for one in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
        return frozenset(
            at for at, form in enumerate(formats) if form in _DATES or _is_date(own.get(form, ""))
        )

    def _first_sheet(self) -> str:
        sheets = filter(_SHEET.fullmatch, self._packed.namelist())
        return min(sheets, key=lambda name: (len(name), name))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number; cells that are not written are empty."""
        for at, row in enumerate(self._part(self._first_sheet()).iter(f"{_MAIN}row"), start=1):
            cells: list[str] = []
            for cell in row.findall(f"{_MAIN}c"):
                place = _column(cell.get("r", "")) if cell.get("r") else len(cells)
                cells += [""] * (place - len(cells))
                cells.append(self._shown(cell))
            yield int(row.get("r", at)), cells

    def _shown(self, cell: Any) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
        if kind == "s":
            return self._strings[int(value)]
        if kind == "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
        if kind == "b":
            return "true" if value == "1" else "false"
        if kind != "n" or not value:
            return str(value)
        if int(cell.get("s", "0")) in self._dates:
            return (self._epoch + dt.timedelta(days=int(float(value)))).isoformat()
        return _number(value)


def _is_date(form: str) -> bool:
    bare = _DATE_LETTERS.sub("", form).lower()
    return "y" in bare or ("d" in bare and "m" in bare)


def _column(ref: str) -> int:
    """``A1`` is 0, ``AA7`` is 26."""
    match = _REF.fullmatch(ref)
    if match is None:
        raise ValueError(ref)
    at = 0
    for letter in match[1]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _number(value: str) -> str:
    """As it is seen: a code of digits that became 1010.0 or 1.01E3 is 1010 again."""
    if is_digits(value):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _text(cell: str, name: str) -> str:
    if len(cell) > _CELL_CHARS_MAX:
        raise Refused("X-191", file=name)
    return one_line(cell).strip()
