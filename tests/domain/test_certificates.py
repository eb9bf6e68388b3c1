"""A certificate's text is read back as it was written, and no other text is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain.certificates import (
    ShiftCertificate,
    certificate_code,
    read_certificate,
    words_to_sign,
)
from azpost_desk.domain.crc import crc16
from azpost_desk.domain.scans import read_scan

pytestmark = pytest.mark.fast
SHIFT = ShiftCertificate("2002-1", "1002", 1, 17, "ab" * 32, 3, "2026-11-23", 1, 2, 1_000, 1_005, 7)
KEY = "cd" * 32
u32, i64 = st.integers(0, 2**32 - 1), st.integers(-(2**63), 2**63 - 1)


@given(
    st.builds(
        ShiftCertificate,
        desk=st.from_regex(r"[0-9]{4}-[0-9]{1,2}", fullmatch=True),
        officer=st.from_regex(r"[0-9]{1,8}", fullmatch=True),
        epoch=u32, sequence=u32, hash=st.binary(min_size=32, max_size=32).map(bytes.hex), day=u32,
        date=st.dates().map(str), from_ms=st.integers(0, 2**63), to_ms=st.integers(0, 2**63),
        counted_qapik=i64, expected_qapik=i64, sales=u32,
    ),
    st.binary(min_size=64, max_size=64),
)  # fmt: skip
def test_what_is_written_is_read(shift: ShiftCertificate, signature: bytes) -> None:
    words = words_to_sign(shift, KEY)
    code = certificate_code(words, signature)
    assert code.isascii()
    assert read_scan(code).kind == "certificate"
    read = read_certificate(code)
    assert read is not None
    assert (read.says, read.key, read.words, read.signature) == (shift, KEY, words, signature)


@given(st.data())
def test_a_misread_character_is_no_certificate(data: st.DataObject) -> None:
    code = certificate_code(words_to_sign(SHIFT, KEY), bytes(64))
    at = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789").filter(lambda c: c != code[at]))
    assert read_certificate(code[:at] + other + code[at + 1 :]) is None


@pytest.mark.parametrize("body", ["", "A", "AE", "AEAA", "A" * 400, "77777777"])
def test_a_slip_of_another_form_is_no_certificate(body: str) -> None:
    assert read_certificate(f"AZC{body}{crc16('AZC' + body):04X}") is None


def test_spare_bits_make_no_second_text_of_one_certificate() -> None:
    code = certificate_code(words_to_sign(SHIFT, KEY), bytes(64))
    body = code[3:-4]
    spare = 5 * len(body) % 8
    assert spare
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    other = body[:-1] + letters[letters.index(body[-1]) | 1]
    assert other != body
    assert read_certificate(f"AZC{other}{crc16('AZC' + other):04X}") is None


def test_the_difference_is_counted_less_expected() -> None:
    assert SHIFT.difference_qapik == -5
    assert replace(SHIFT, counted_qapik=1_010).difference_qapik == 5
