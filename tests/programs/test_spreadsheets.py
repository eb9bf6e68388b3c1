"""Tables of spreadsheets: what a person sees in a cell is what is read, and a hostile file is refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk import spreadsheets
from azpost_desk.domain.refusals import Refused
from azpost_desk.spreadsheets import rows_of

if TYPE_CHECKING:
    from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORKBOOK = f'<workbook xmlns="{_MAIN}"><workbookPr/><sheets/></workbook>'
# Style 1 is a date by its number, style 2 by its letters, style 3 a number with a word that has a d in it.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="171" formatCode="0&quot; days&quot;"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'
)


def workbook(rows: str, **more: str) -> bytes:
    """As spreadsheet programs write one: parts of ECMA-376 in an archive."""
    parts = {
        "xl/workbook.xml": _WORKBOOK,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def read(tmp_path: Path, content: bytes, *columns: str) -> list[tuple[int, list[str]]]:
    file = tmp_path / "table"
    file.write_bytes(content)
    return [(row.number, list(row.cells.values())) for row in rows_of(file, columns)]


def code_of(tmp_path: Path, content: bytes, *columns: str) -> str:
    with pytest.raises(Refused) as no:
        read(tmp_path, content, *columns)
    return no.value.code


@pytest.mark.parametrize(
    "content",
    [
        "code;name\n1010;Bakı 10\n\n2002;Gəncə, 2\n".encode("utf-8-sig"),
        'Name,CODE\r\nBakı 10,1010\r\n\r\n"Gəncə, 2",2002\r\n'.encode(),
        "code\tname\n1010\tBakı 10\n\n2002\tGəncə, 2".encode(),
    ],
)
def test_csv_is_read_by_its_headings_whatever_parts_its_columns(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content, "code", "name") == [(2, ["1010", "Bakı 10"]), (4, ["2002", "Gəncə, 2"])]


def test_a_cell_of_a_workbook_is_the_text_that_a_person_sees(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{_MAIN}"><si><t>code</t></si><si><r><t>Bak</t></r><r><t>ı</t></r></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c>' + "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for at, name in (("B", "name"), ("C", "days"), ("D", "since"))
    )
    rows += "</row>"
    rows += (
        '<row r="3"><c r="A3"><v>1010</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" s="3"><v>12</v></c>'
        '<c r="D3" s="1"><v>46357</v></c></row>'
        '<row r="4"><c r="A4"><v>2.002E3</v></c><c r="D4" s="2"><v>46357.75</v></c></row>'
        '<row r="5"><c r="A5"><v>1010.5</v></c><c r="B5" t="b"><v>1</v></c>'
        '<c r="D5" t="str"><v>x</v></c></row>'
    )
    content = workbook(rows, **{"xl/sharedStrings.xml": strings})
    assert read(tmp_path, content, "code", "name", "days", "since") == [
        (3, ["1010", "Bakı", "12", "2026-12-01"]),
        (4, ["2002", "", "", "2026-12-01"]),
        (5, ["1010.5", "true", "", "x"]),
    ]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("code,nom", "X-192"),
        ("code", "X-192"),
        ("code,name,code", "X-192"),
        ("code,name,x", "X-192"),
        ("", "X-191"),
    ],
)
def test_a_heading_that_lacks_is_there_twice_or_unknown_is_named(
    tmp_path: Path, head: str, code: str
) -> None:
    assert code_of(tmp_path, f"{head}\n1,2,3\n".encode() if head else b"\n\n", "code", "name") == code


def test_hostile_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_UNPACKED_BYTES_MAX", 1024 * 1024)
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="' + _MAIN + '"><sheetData/></worksheet>'
    bomb = workbook("<row/>" + " " * (2 * 1024 * 1024))
    good = workbook('<row r="1"><c t="inlineStr"><is><t>code</t></is></c></row>')
    for content in (
        workbook("", **{"xl/worksheets/sheet1.xml": entity}),
        bomb,
        good[: len(good) // 2],
        b"PK\x03\x04" + bytes(100),
        workbook('<row r="1"><c t="s"><v>7</v></c></row>'),
        workbook('<row r="1"><c r="AAAA1"><v>7</v></c></row>'),
        workbook('<row r="1"><c s="1"><v>1e300</v></c></row>'),
        b"\xff\xfe\x00code",
        b'code\n"unended',
        b"code\n" + b"x" * 2_000,
    ):
        assert code_of(tmp_path, content, "code") == "X-191"


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_code(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    for start in (b"", b"PK\x03\x04", b"code\n"):
        file.write_bytes(start + content)
        with suppress(Refused):
            rows_of(file, ("code",))
