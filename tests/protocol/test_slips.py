"""The code of a slip: what is read is what was signed, and nothing else is a slip."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.domain import reports
from azpost_desk.domain.reports import Figures, Flow, ServiceFigures
from azpost_desk.domain.scans import LAYOUTS, read_scan, slip_code
from azpost_desk.protocol import slips
from azpost_desk.protocol.keys import SigningKey

pytestmark = pytest.mark.fast
KEY = SigningKey(b"d" * 32)
amounts = st.integers(0, 2**40)
rows = st.tuples(st.integers(0, 10_000), amounts, amounts)
remittances = st.builds(
    slips.RemittanceSlip,
    format=st.just("AZM1"),
    branch=st.just("2002"),
    from_desk=st.sampled_from(["2002-1", "2002-12"]),
    epoch=st.integers(1, 99),
    sequence=st.integers(1, 10**9),
    mark=st.binary(min_size=5, max_size=5),
    to_desk=st.just("2002-2"),
    remittance=st.binary(min_size=16, max_size=16),
    pieces=st.dictionaries(st.sampled_from([1, 50, 100, 500, 20_000]), st.integers(1, 5000), min_size=1).map(
        lambda sheet: tuple(sorted(sheet.items()))
    ),
    amount_qapik=amounts,
    at_ms=st.integers(1_700_000_000_000, 2_900_000_000_000),
)
flows = rows.map(lambda row: Flow(count=row[0], in_qapik=row[1], out_qapik=row[2]))
figures = st.builds(
    Figures,
    services=st.dictionaries(
        st.sampled_from(["transfers", "payments", "express", "goods"]),
        st.builds(ServiceFigures, count=amounts, in_qapik=amounts, out_qapik=amounts, income_qapik=amounts),
    ),
    tenders=st.dictionaries(st.sampled_from(["cash", "card", "qr"]), flows),
    till=flows,
    safe=flows,
    **{name: amounts for name in Figures.__struct_fields__[4:-1]},
)


def remittance(**changed: object) -> slips.RemittanceSlip:
    slip = slips.RemittanceSlip(
        "AZM1", "2002", "2002-1", 1, 345, b"12345", "2002-2", bytes(range(16)), ((100, 5), (1000, 2)), 2500, 7
    )
    return msgspec.structs.replace(slip, **changed)


def code_of(slip: slips.Slip, key: SigningKey = KEY) -> str:
    return slips.write_code(slip, key.sign(slips.words_of(slip)))


@given(remittances)
def test_a_remittance_is_read_as_it_was_signed(slip: slips.RemittanceSlip) -> None:
    read = slips.read_code(code_of(slip))
    assert read.slip == slip
    assert read.is_by(KEY.public())
    assert not read.is_by(SigningKey(b"e" * 32).public())


@given(figures)
def test_a_close_brings_its_figures_whole(day: Figures) -> None:
    slip = slips.CloseSlip(
        "AZD1", "2002", "2002-2", 2, 1, 9, bytes(32), "2002-1", "2026-11-23", *slips.close_figures(day), 7
    )
    read = slips.read_code(code_of(slip)).slip
    assert isinstance(read, slips.CloseSlip)
    assert reports.encode(read.figures()) == reports.encode(day)


@given(remittances, st.data())
def test_no_changed_character_passes(slip: slips.RemittanceSlip, data: st.DataObject) -> None:
    code = code_of(slip)
    at = data.draw(st.integers(0, len(code) - 1))
    letter = data.draw(
        st.sampled_from([one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if one != code[at]])
    )
    with pytest.raises(slips.NoSlip):
        slips.read_code(code[:at] + letter + code[at + 1 :])


def test_a_changed_amount_under_a_right_checksum_is_signed_by_nobody() -> None:
    signature = KEY.sign(slips.words_of(remittance()))
    forged = slips.read_code(slips.write_code(remittance(amount_qapik=250_000), signature))
    assert not forged.is_by(KEY.public())


@pytest.mark.parametrize(
    "words",
    [
        # The epoch in nine bytes instead of one: the same value, other bytes.
        slips.words_of(remittance()).replace(b"\xa62002-1\x01", b"\xa62002-1\xcf\0\0\0\0\0\0\0\x01"),
        slips.words_of(remittance(pieces=((1000, 2), (100, 5)))),
        slips.words_of(remittance(mark=b"1234")),
        slips.words_of(remittance(remittance=b"short")),
        msgspec.msgpack.encode(["AZM1", "2002"]),
        b"\x9b" * 60,
        b"",
    ],
)
def test_what_would_be_written_otherwise_is_no_slip(words: bytes) -> None:
    packed = base64.b32encode(words + KEY.sign(words)).decode().rstrip("=")
    with pytest.raises(slips.NoSlip):
        slips.read_code(slip_code("AZM", packed))


@pytest.mark.parametrize(
    "code", ["", "AZM", "AZMFFFF", "AZC" + "A" * 40 + "0000", "ə" * 200, "AZM" + "1" * 300]
)
def test_nothing_else_is_a_slip(code: str) -> None:
    with pytest.raises(slips.NoSlip):
        slips.read_code(code)


def test_a_signature_over_a_record_or_a_request_proves_no_slip() -> None:
    """Record hashes have 32 bytes, requests begin with POST: words of a slip are neither."""
    assert len(slips.words_of(remittance(pieces=()))) > 32
    assert not slips.words_of(remittance()).startswith(b"P")


@pytest.mark.parametrize("layout", [None, "az", "ru"])
def test_every_layout_lets_a_slip_through(layout: str | None) -> None:
    code = code_of(remittance())
    typed = code
    if layout:
        received = {key: char for char, key in LAYOUTS[layout].items()}
        typed = "".join(chr(received[key]) if key in received else key for key in code)
    scan = read_scan(typed)
    assert (scan.kind, scan.value) == ("remittance", code)


@pytest.mark.parametrize(
    ("slip", "characters"),
    [
        # Thirteen denominations of five digits each, and a day of five services and three tenders.
        (remittance(pieces=tuple((value, 1000) for value in range(1, 14)), amount_qapik=10**9), 330),
        (
            slips.CloseSlip(
                "AZD1", "2002", "2002-12", 12, 3, 10**6, bytes(32), "2002-1", "2026-11-23",
                {name: (999, 10**9, 10**9, 10**8) for name in ("transfers", "payments", "express", "goods")},
                {name: (999, 10**9, 10**9) for name in ("cash", "card", "qr")},
                (999, 10**9, 10**9), (999, 10**9, 10**9), (10**9,) * 8, 2**42,
            ),
            660,
        ),
    ],
)  # fmt: skip
def test_a_slip_fits_a_code_that_a_hand_scanner_reads(slip: slips.Slip, characters: int) -> None:
    assert len(code_of(slip)) <= characters


def test_words_that_are_no_letters_are_no_slip() -> None:
    words = slips.words_of(remittance())
    assert words.count(b"2002-1") == 1
    for strange in (b"2002-\xff", b"\xed\xa0\x80002", b"\xc3(02-1"):
        packed = base64.b32encode(words.replace(b"2002-1", strange) + bytes(64)).decode().rstrip("=")
        with pytest.raises(slips.NoSlip):
            slips.read_code(slip_code("AZM", packed))
