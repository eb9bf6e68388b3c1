"""Watch lists as they are published, read into entries: OFAC's SDN files, the UN's XML, a national CSV.

Every file is read whole or refused with a code and the line: half a list would let somebody through. What is
read is what screening needs: who, under which names, born when and where.

OFAC (sdn, alt and add CSV without a header; ``-0-`` is nothing; a last line may hold Ctrl-Z) gives an id
that ties the three together. UN: ``CONSOLIDATED_LIST`` with individuals and entities; an alias of quality
"Low" is a weak one. National: UTF-8 CSV with the header ``id,kind,name,aliases,born,birthplace,basis``;
several aliases, dates or places are divided by ``|``, a date is ISO, a year, or ``1960/1965``.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree
from xml.parsers import expat

import msgspec

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

OFAC, UN, NATIONAL = "ofac", "un", "national"
SOURCES: Final = (OFAC, UN, NATIONAL)
# [design] Twice the largest list that is published today.
BYTES_MAX: Final = 64_000_000
_FIELD_MAX: Final = 200_000
_NOTHING: Final = "-0-"
_CTRL_Z: Final = "\x1a"
_KINDS: Final = {"individual": "person", _NOTHING: "entity", "vessel": "vessel", "aircraft": "aircraft"}
_NATIONAL_HEADER: Final = ("id", "kind", "name", "aliases", "born", "birthplace", "basis")
_DATE: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2})?(?:/[0-9]{4})?")
_DOB: Final = re.compile(
    r"\bDOB (?:circa )?(?:([0-9]{1,2}) ([A-Z][a-z]{2}) |([A-Z][a-z]{2}) )?([0-9]{4})"
    r"(?: to (?:[\w ]+? )?([0-9]{4}))?"
)
_POB: Final = re.compile(r"\bPOB ([^;]+?)(?:;|\.?$)")
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class Listed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a list.

    Attributes:
        source: ofac, un or national.
        id: as published (``23951``, ``QDi.001``).
        kind: person, entity, vessel or aircraft.
        names: (name, sort): ``name``, ``aka`` or ``weak``; the main name first.
        born: ISO dates, years, or ``first/last`` year.
        places: of birth.
        basis: programme or resolution.
    """

    source: str
    id: str
    kind: str
    names: tuple[tuple[str, str], ...]
    born: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    basis: str = ""


def read_ofac(sdn: bytes, alt: bytes, add: bytes = b"") -> list[Listed]:
    """The entries of OFAC's files; `add` holds addresses, of which only their form is looked at.

    Raises:
        Refused: W-001 too large or not text (`file`), W-002 a row has another shape (`file`, `line`), W-003
            an alias or address of nobody (`file`, `line`), W-004 no entry at all.
    """
    aliases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    alias_lines: dict[str, int] = {}
    for line, row in _rows(alt, "alt", 5):
        aliases[row[0]].append((row[3], "aka"))
        alias_lines.setdefault(row[0], line)
    entries = []
    for line, row in _rows(sdn, "sdn", 12):
        kind = _KINDS.get(row[2])
        if kind is None or not row[1] or not is_digits(row[0]):
            raise Refused("W-002", file="sdn", line=line)
        alias_lines.pop(row[0], None)
        entries.append(_ofac_entry(row, kind, aliases.get(row[0], [])))
    known = {entry.id for entry in entries}
    if alias_lines:
        raise Refused("W-003", file="alt", line=min(alias_lines.values()))
    for line, row in _rows(add, "add", 6):
        if row[0] not in known:
            raise Refused("W-003", file="add", line=line)
    return _whole(entries, "sdn")


def _ofac_entry(row: list[str], kind: str, aliases: list[tuple[str, str]]) -> Listed:
    remarks = "" if row[11] == _NOTHING else row[11]
    return Listed(
        source=OFAC,
        id=row[0],
        kind=kind,
        names=((row[1], "name"), *aliases),
        born=tuple(_ofac_born(remarks)),
        places=tuple(place.strip() for place in _POB.findall(remarks)),
        basis=row[3],
    )


def _ofac_born(remarks: str) -> Iterator[str]:
    for day, month, _, year, last in _DOB.findall(remarks):
        if last:
            yield f"{year}/{last}"
        elif day and month in _MONTHS:
            yield f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}"
        else:
            yield year


def read_un(content: bytes) -> list[Listed]:
    """The entries of the UN Security Council's consolidated list.

    Raises:
        Refused: W-001 too large, W-005 no such XML, or with a document type (`file`), W-002, W-004.
    """
    root = _xml(content)
    entries = []
    for element in root.iter("INDIVIDUAL"):
        entries.append(_un_entry(element, "person", "INDIVIDUAL"))
    for element in root.iter("ENTITY"):
        entries.append(_un_entry(element, "entity", "ENTITY"))
    return _whole(entries, UN)


def _un_entry(element: ElementTree.Element, kind: str, prefix: str) -> Listed:
    parts = [_text(element, f"{place}_NAME") for place in ("FIRST", "SECOND", "THIRD", "FOURTH")]
    name = " ".join(filter(None, parts))
    number = _text(element, "REFERENCE_NUMBER")
    if not name or not number:
        raise Refused("W-002", file=UN, line=_text(element, "DATAID") or "?")
    names = [(name, "name")]
    if original := _text(element, "NAME_ORIGINAL_SCRIPT"):
        names.append((original, "aka"))
    for alias in element.iter(f"{prefix}_ALIAS"):
        if said := _text(alias, "ALIAS_NAME"):
            names.append((said, "weak" if _text(alias, "QUALITY") == "Low" else "aka"))
    return Listed(
        source=UN,
        id=number,
        kind=kind,
        names=tuple(dict.fromkeys(names)),
        born=tuple(filter(None, map(_un_born, element.iter("INDIVIDUAL_DATE_OF_BIRTH")))),
        places=tuple(filter(None, map(_un_place, element.iter("INDIVIDUAL_PLACE_OF_BIRTH")))),
        basis=_text(element, "UN_LIST_TYPE"),
    )


def _un_born(element: ElementTree.Element) -> str:
    if _text(element, "TYPE_OF_DATE") == "BETWEEN":
        first, last = _text(element, "FROM_YEAR"), _text(element, "TO_YEAR")
        return f"{first}/{last}" if first and last else first or last
    date = _text(element, "DATE")[:10] or _text(element, "YEAR")
    return date if _DATE.fullmatch(date) else date[:4] if is_digits(date[:4]) else ""


def _un_place(element: ElementTree.Element) -> str:
    return ", ".join(filter(None, (_text(element, tag) for tag in ("CITY", "STATE_PROVINCE", "COUNTRY"))))


def _text(element: ElementTree.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _xml(content: bytes) -> ElementTree.Element:
    if len(content) > BYTES_MAX:
        raise Refused("W-001", file=UN)
    guard = expat.ParserCreate()

    def refuse(*_: object) -> None:
        # No list declares a document type; what does is an attack by entities.
        raise Refused("W-005", file=UN)

    guard.StartDoctypeDeclHandler = refuse
    try:
        guard.Parse(content, True)
        root = ElementTree.fromstring(content)
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as fault:
        raise Refused("W-005", file=UN) from fault
    if root.tag != "CONSOLIDATED_LIST":
        raise Refused("W-005", file=UN)
    return root


def read_national(content: bytes) -> list[Listed]:
    """The entries of the national list.

    Raises:
        Refused: W-001, W-002 a row has another shape, an unknown kind, no name or a date that is none, W-004.
    """
    rows = _rows(content, NATIONAL, len(_NATIONAL_HEADER))
    if tuple(next(rows, (0, []))[1]) != _NATIONAL_HEADER:
        raise Refused("W-002", file=NATIONAL, line=1)
    entries = []
    for line, (number, kind, name, aliases, born, places, basis) in rows:
        dates = _divided(born)
        known = kind in _KINDS.values() and all(map(_DATE.fullmatch, dates))
        if not (number and name and known):
            raise Refused("W-002", file=NATIONAL, line=line)
        entries.append(
            Listed(
                source=NATIONAL,
                id=number,
                kind=kind,
                names=((name, "name"), *((alias, "aka") for alias in _divided(aliases))),
                born=tuple(dates),
                places=tuple(_divided(places)),
                basis=basis,
            )
        )
    return _whole(entries, NATIONAL)


def _divided(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _rows(content: bytes, file: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Line and trimmed values of each row; every row has `columns` of them."""
    if len(content) > BYTES_MAX:
        raise Refused("W-001", file=file)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused("W-001", file=file) from fault
    if "\x00" in text:
        raise Refused("W-001", file=file)
    csv.field_size_limit(_FIELD_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_divider(text, columns))
    try:
        for row in reader:
            values = [value.strip() for value in row]
            if values in ([], [_CTRL_Z], [""]):
                continue
            if len(values) != columns:
                raise Refused("W-002", file=file, line=reader.line_num)
            yield reader.line_num, values
    except csv.Error as fault:
        raise Refused("W-002", file=file, line=reader.line_num) from fault


def _divider(text: str, columns: int) -> str:
    """``;`` where the first row is whole with it alone, as Excel saves in our countries; else the comma.

    A list is read one way from its first row to its last: a row that goes another way is named.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    with contextlib.suppress(csv.Error):
        if len(next(csv.reader([first], delimiter=";"), [])) == columns:
            return "," if len(next(csv.reader([first]), [])) == columns else ";"
    return ","


def _whole(entries: list[Listed], file: str) -> list[Listed]:
    if not entries:
        raise Refused("W-004", file=file)
    if len({entry.id for entry in entries}) != len(entries):
        raise Refused("W-006", file=file)
    return entries
