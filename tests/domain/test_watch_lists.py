"""Watch lists are read whole or not at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.watch_lists import read_national, read_ofac, read_un
from azpost_desk.places import watch_lists

SDN = (
    b'7,"ASLANOV, Vali","individual","CYBER2",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 01 Jan 1990; POB Sumgait, Azerbaijan; Gender Male."\r\n'
)
ALT = b'7,37907,"aka","ASLANOV, Walid",-0- \r\n'
ADD = b'7,25,-0- ,"Baku","Azerbaijan",-0- \r\n'
NATIONAL = (
    "id,kind,name,aliases,born,birthplace,basis\n"
    "1,person,Əliyev Vüqar,Алиев Вугар|Vuqar A.,1960/1965,Şəki,Q-1\n"
)
UN = b"""<?xml version="1.0"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>VALI</FIRST_NAME>
<SECOND_NAME>ASLANOV</SECOND_NAME><REFERENCE_NUMBER>QDi.999</REFERENCE_NUMBER><UN_LIST_TYPE>X</UN_LIST_TYPE>
<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Abu Vali</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR>
<TO_YEAR>1962</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS><ENTITIES/></CONSOLIDATED_LIST>"""


def test_the_published_lists_are_read_to_the_last_entry() -> None:
    ofac = watch_lists() / "ofac_2019-01-15"
    entries = read_ofac(*((ofac / f"{name}.csv").read_bytes() for name in ("sdn", "alt", "add")))
    assert len(entries) == 7379
    assert sum(len(entry.names) - 1 for entry in entries) == 9682
    [aslanov] = [entry for entry in entries if entry.id == "23951"]
    assert aslanov.names == (
        ("ASLANOV, Dzheykhun Nasimi Ogly", "name"), ("ASLANOV, Jayhoon", "aka"), ("ASLANOV, Jay", "aka"),
    )  # fmt: skip
    assert (aslanov.born, aslanov.places, aslanov.basis) == (("1990-01-01",), ("Azerbaijan",), "CYBER2")
    un = read_un((watch_lists() / "un_2026-02-27.xml").read_bytes())
    assert [sum(entry.kind == kind for entry in un) for kind in ("person", "entity")] == [730, 273]


def test_a_row_of_each_is_understood() -> None:
    [one] = read_ofac(SDN, ALT, ADD)
    assert (one.id, one.kind, one.born, one.places) == (
        "7",
        "person",
        ("1990-01-01",),
        ("Sumgait, Azerbaijan",),
    )
    [one] = read_un(UN)
    assert one.names == (("VALI ASLANOV", "name"), ("Abu Vali", "weak"))
    assert one.born == ("1960/1962",)
    [one] = read_national(NATIONAL.encode())
    assert one.names == (("Əliyev Vüqar", "name"), ("Алиев Вугар", "aka"), ("Vuqar A.", "aka"))
    assert (one.born, one.places) == (("1960/1965",), ("Şəki",))


def test_a_list_that_excel_saved_is_read_with_its_semicolons_and_mark() -> None:
    assert read_national(b"\xef\xbb\xbf" + NATIONAL.replace(",", ";").encode()) == read_national(
        NATIONAL.encode()
    )
    saved = [text.replace(b",", b";").replace(b"; ", b", ") for text in (SDN, ALT, ADD)]
    assert [one.id for one in read_ofac(*(b"\xef\xbb\xbf" + text for text in saved))] == ["7"]


def test_a_row_that_goes_another_way_is_named() -> None:
    mixed = NATIONAL.replace(",", ";") + "2,person,Başqa,,1970,Bakı,Q-2\n"
    with pytest.raises(Refused, match="W-002") as refused:
        read_national(mixed.encode())
    assert refused.value.facts["line"] == 3


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\r\n", b"\r\n", b""])
def test_the_files_may_end_as_they_are_published(end: bytes) -> None:
    assert len(read_ofac(SDN + end, ALT + end, ADD + end)) == 1


@pytest.mark.parametrize(
    ("sdn", "alt", "add", "code"),
    [
        (b"", b"", b"", "W-004"),
        (SDN + b"8,x\r\n", ALT, ADD, "W-002"),
        (SDN.replace(b"individual", b"animal"), ALT, ADD, "W-002"),
        (SDN.replace(b"7,", b"seven,"), b"", b"", "W-002"),
        (SDN + SDN, ALT, ADD, "W-006"),
        (SDN, ALT + b'9,1,"aka","NOBODY",-0- \r\n', ADD, "W-003"),
        (SDN, ALT, ADD.replace(b"7,", b"9,"), "W-003"),
        (SDN, b"\xff\xfe", ADD, "W-001"),
        (SDN + b"\x00", ALT, ADD, "W-001"),
        (b'7,"' + b"A" * 300_000 + b'"', ALT, ADD, "W-002"),
    ],
)
def test_half_a_list_is_no_list(sdn: bytes, alt: bytes, add: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_ofac(sdn, alt, add)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "W-005"),
        (b"<LIST/>", "W-005"),
        (b"<CONSOLIDATED_LIST>", "W-005"),
        (b"<CONSOLIDATED_LIST/>", "W-004"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>', "W-005"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><CONSOLIDATED_LIST/>', "W-005"),
        (UN.replace(b"QDi.999", b""), "W-002"),
        (b"<a>" * 200_000, "W-005"),
        (b'<?xml version="1.0" encoding="x-no-such"?><CONSOLIDATED_LIST/>', "W-005"),
    ],
)
def test_what_is_not_the_uns_list_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_un(content)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (("id,kind", "nr,kind"), "W-002"),
        (("person", "somebody"), "W-002"),
        (("Əliyev Vüqar", ""), "W-002"),
        (("1960/1965", "sixties"), "W-002"),
        (("Q-1", "Q-1,more"), "W-002"),
        (("1,person,Əliyev Vüqar,Алиев Вугар|Vuqar A.,1960/1965,Şəki,Q-1\n", ""), "W-004"),
    ],
)
def test_the_national_list_is_held_to_its_columns(changed: tuple[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_national(NATIONAL.replace(*changed).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([SDN, ALT, ADD, UN, NATIONAL.encode()]), st.integers(0, 400), st.binary(max_size=5))
def test_whatever_is_damaged_it_is_read_or_refused(content: bytes, at: int, put: bytes) -> None:
    damaged = content[:at] + put + content[at + len(put) :]
    for read in (read_un, read_national, lambda one: read_ofac(one, ALT), lambda one: read_ofac(SDN, one)):
        with suppress(Refused):
            assert read(damaged)
