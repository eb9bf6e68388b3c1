"""Payment codes: the measured sample, every rule broken once, any fields there and back, any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.azqr import REASONS, Billing, is_whole, look, read_azqr, write_azqr
from azpost_desk.domain.crc import crc16
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import read_scan

if TYPE_CHECKING:
    from azpost_desk.domain.azqr import Fields

pytestmark = pytest.mark.fast

DATA = Path(__file__).parents[1] / "data" / "money" / "azqr_sample.json"
SAMPLE: str = json.loads(DATA.read_text("utf-8"))["samples"][0]["payload"]
UUID = "8779c7cfceb149b89546c4f3faea3721"
FIELDS: Fields = {
    "39": "MPV002", "40": UUID, "00": "01", "01": "12",
    "26": {"00": "01", "03": "NBA0W4C2HPZC", "06": "20261130090000", "07": "20261130235959"},
    "38": {"00": "123456", "02": "10045678", "04": "77"},
    "52": "4900", "53": "944", "54": "35.7", "58": "AZ", "59": "Portofino Gənclik", "60": "BAKI",
    "61": "AZ1014", "62": {"03": "6304ABCD"},
}  # fmt: skip


def sealed(row: str) -> str:
    """A row of fields with its CRC behind it, whatever else is wrong with it."""
    return f"{row}6304{crc16(row + '6304'):04X}"


def test_the_measured_sample_is_read_field_by_field_and_written_again() -> None:
    assert f"{crc16(SAMPLE[:-4]):04X}" == "1CC9"
    code = read_azqr(SAMPLE)
    assert (code.is_dynamic, code.is_merchant, code.payee, code.city) == (
        True,
        True,
        "CAFE CITY BAKU",
        "BAKU",
    )
    assert (code.amount_qapik, code.reference, code.expires_ms) == (123, "NBA0W4C2HPZC", None)
    assert code.billing is None
    assert code.fields["27"] == {
        "00": "04", "01": "AZ49IBAZ40050019449333061204", "02": "IBAZAZ20", "03": "11205228",
    }  # fmt: skip
    assert write_azqr(code.fields) == SAMPLE


def test_a_length_counts_characters_and_the_crc_is_the_one_at_the_end() -> None:
    payload = write_azqr(FIELDS)
    assert "5917Portofino Gənclik" in payload
    code = read_azqr(payload)
    assert code.billing == Billing("123456", "10045678", "77")
    assert (code.payee, code.amount_qapik, code.reference) == ("Portofino Gənclik", 3_570, "10045678")
    # 30 November 2026, 23:59:59 in Baku: until that very second.
    assert code.expires_ms == 1_796_068_799_000
    assert not code.is_over(1_796_068_799_000)
    assert code.is_over(1_796_068_799_001)
    assert read_scan(payload).value == payload


@pytest.mark.parametrize(
    ("payload", "reason", "tag"),
    [
        ("", "form", ""),
        ("Əliyev", "form", ""),
        ("39٠6MPV002", "form", ""),
        (SAMPLE[:-1], "length", "63"),
        (SAMPLE[:-1] + "8", "crc", "63"),
        (SAMPLE[:-8], "crc", "63"),
        (SAMPLE.replace("501.23", "501.24"), "crc", "63"),
        (SAMPLE + "6701A", "crc", "63"),
        (sealed(SAMPLE[:-8] + "6404ABCD"), "form", "64"),
        (sealed(SAMPLE[:-8] + "5802AZ"), "doubled", "58"),
        (sealed(SAMPLE[:-8] + "38060001A00"), "form", "38"),
        (sealed(SAMPLE[:-8] + "38100001A0001B"), "doubled", "38.00"),
        (sealed("000201" + SAMPLE[:-8].replace("000201", "", 1)), "version", "39"),
        (sealed(SAMPLE[:-8].replace("MPV002", "XPV002")), "version", "39"),
        (sealed(SAMPLE[:-8].replace("5802AZ", "")), "missing", "58"),
        (sealed(SAMPLE[:-8].replace("26280002010312NBA0W4C2HPZC", "2612000201")), "missing", "26.03"),
        (sealed(SAMPLE[:-8].replace("37140710V1E0230675", "")), "missing", "37.07"),
        (sealed(SAMPLE[:-8].replace("5802AZ", "5802TR")), "value", "58"),
        (sealed(SAMPLE[:-8].replace("IBAZAZ20", "ibazaz20")), "value", "27.02"),
        (sealed(SAMPLE[:-8].replace("AZ49IBAZ", "AZ4XIBAZ")), "value", "27.01"),
        (sealed(SAMPLE[:-8].replace("01.23", "01,23")), "amount", "54"),
        (sealed(SAMPLE[:-8].replace("01.23", "00.00")), "amount", "54"),
        (sealed(SAMPLE[:-8].replace("5303944", "5303840")), "currency", "53"),
        (sealed(SAMPLE[:-8].replace("37140710V1E0230675", "37310710V1E02306751007ABCDEFG1102RT")),
         "excluded", "37.11"),
        (sealed(SAMPLE[:-8] + "56041.00"), "excluded", "56"),
        (sealed(SAMPLE[:-8] + "550202"), "missing", "56"),
        (write_azqr(FIELDS).replace("1130235959", "1131235959"), "crc", "63"),
        (sealed(write_azqr(FIELDS)[:-8].replace("1130235959", "1131235959")), "value", "26.07"),
    ],
)  # fmt: skip
def test_every_rule_has_its_code(payload: str, reason: str, tag: str) -> None:
    looked = look(payload)
    assert (looked.reason, looked.tag) == (reason, tag)
    with pytest.raises(Refused, match=REASONS[reason]):
        read_azqr(payload)
    # What the walk could read is told even where the code is bad.
    assert (looked.fields is None) == (reason in ("form", "length", "doubled"))
    whole = reason not in ("form", "length", "doubled", "crc", "version")
    assert is_whole(payload) is whole
    assert (read_scan(payload).kind == "azqr") is whole


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"59": "x" * 26}, "Q-007"), ({"60": "x" * 100}, "Q-007"), ({"62": "x"}, "Q-007"),
        ({"59": {"00": "x"}}, "Q-007"), ({"5": "x"}, "Q-007"), ({"59": ""}, "Q-007"),
        ({"28": "1" * 15}, "Q-007"),
        ({"54": "1." + "0" * 12}, "Q-008"), ({"40": "x" * 32}, "Q-007"), ({"59": "a\nb"}, "Q-007"),
    ],
)  # fmt: skip
def test_nothing_is_written_that_would_not_be_read(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        write_azqr({**FIELDS, **changes})


PRINTED = st.characters(exclude_categories=("Cc", "Cs"))


def text(most: int) -> st.SearchStrategy[str]:
    return st.text(PRINTED, min_size=1, max_size=most)


def digits(number: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=number, max_size=number)


TIMES = st.datetimes().map(lambda one: f"{one.year:04}{one:%m%d%H%M%S}")
ALL = st.fixed_dictionaries(
    {
        "39": st.just("MPV002"), "40": st.uuids().map(lambda one: one.hex), "00": st.just("01"),
        "01": st.sampled_from(["11", "12"]), "52": digits(4), "53": st.just("944"), "58": st.just("AZ"),
        "59": text(25), "60": text(15),
        "26": st.fixed_dictionaries({"03": text(32)}, optional={"00": digits(2), "06": TIMES, "07": TIMES}),
    },
    optional={
        "27": st.fixed_dictionaries(
            {"00": st.sampled_from(["01", "05", "07"]), "01": text(35)}, optional={"03": text(40)}
        ),
        "28": digits(16),
        "38": st.fixed_dictionaries({"00": text(6)}, optional={"02": text(30), "04": text(30)}),
        "54": st.integers(1, 10**12 - 1).map(lambda one: f"{one // 100}.{one % 100:02}"),
        "61": digits(4), "62": st.fixed_dictionaries({"03": text(25)}, optional={"10": digits(10)}),
        "80": text(99),
    },
)  # fmt: skip


def test_a_code_shows_no_name_that_reads_otherwise_than_it_is_written() -> None:
    inner = {"00": "123456", "02": "100\u200b45678", "04": "7\ufeff7"}
    code = read_azqr(
        write_azqr({**FIELDS, "59": "\u202eyaP\u2066 \u2028B", "60": "\u00a0\u200b", "38": inner})
    )
    assert (code.payee, code.city, code.reference) == ("yaP B", "", "10045678")
    assert code.billing == Billing("123456", "10045678", "77")
    # The fields are the code's own, letter by letter.
    assert code.fields["60"] == "\u00a0\u200b"


@given(ALL)
def test_what_is_written_is_read(fields: Fields) -> None:
    payload = write_azqr(fields)
    code = read_azqr(payload)
    assert code.fields == {**fields, "63": payload[-4:]}
    assert write_azqr(code.fields) == payload
    assert code.amount_qapik == (int(str(fields["54"]).replace(".", "")) if "54" in fields else None)


@given(
    st.one_of(
        st.text(st.characters()),
        st.builds(
            lambda at, cut, more: sealed(SAMPLE[:at] + more + SAMPLE[at + cut : -8]),
            st.integers(0, len(SAMPLE)), st.integers(0, 40), st.text(st.characters(), max_size=20),
        ),
    )
)  # fmt: skip
def test_any_text_is_answered(payload: str) -> None:
    looked = look(payload)
    assert looked.reason is None or looked.reason in REASONS
    if looked.reason is None:
        assert look(write_azqr(read_azqr(payload).fields)).reason is None
    else:
        with pytest.raises(Refused, match=REASONS[looked.reason]):
            read_azqr(payload)
    read_scan(payload)
