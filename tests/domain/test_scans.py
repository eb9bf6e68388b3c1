"""Any scan under any layout: vectors derived from real layouts, and every layout undone by chance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from azpost_desk.domain.crc import crc16
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.scans import (
    KINDS,
    LAYOUTS,
    SLIPS,
    BillCode,
    Scan,
    bill_code,
    read_bill_code,
    read_scan,
    receipt_code,
    slip_code,
    why_unread,
)
from azpost_desk.domain.transfer_codes import receipt_number, shown_transfer_code, transfer_code

pytestmark = pytest.mark.fast

DATA = Path(__file__).parents[1] / "data"
KEYBOARDS = json.loads((DATA / "postal" / "keyboard_layouts.json").read_text("utf-8"))
RECEPTACLES = json.loads((DATA / "postal" / "s8_s9_vectors.json").read_text("utf-8"))
AZQR = json.loads((DATA / "money" / "azqr_sample.json").read_text("utf-8"))["samples"][0]["payload"]
RECEPTACLE = RECEPTACLES["s9"][0]["id"]
CODE = transfer_code("123456789")
SLIP = slip_code("AZM", "WQ7YZ2JXKV0OI")


def received(scanned: str, layout: str) -> str:
    """What a PC gets when the scanner types `scanned` on US keys."""
    return scanned.translate(str.maketrans(KEYBOARDS[f"us_to_{layout}_received"]))


@pytest.mark.parametrize("row", KEYBOARDS["vectors"], ids=lambda row: row["scanned"])
@pytest.mark.parametrize("layout", ["az", "ru"])
def test_published_layouts_are_undone(row: dict[str, str], layout: str) -> None:
    raw = row[f"received_{layout}"]
    assert raw == received(row["scanned"], layout)
    assert read_scan(raw) == Scan("item", row["scanned"], layout if raw != row["scanned"] else None)


# A colon or semicolon stands in none of our codes: their keys are read as the letter I.
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_key_of_a_layout_is_undone(layout: str) -> None:
    for key, char in KEYBOARDS[f"us_to_{layout}_received"].items():
        if (layout, key) in {("az", ":"), ("az", ";")}:
            continue
        assert LAYOUTS[layout][ord(char)] == key
    for char, key in KEYBOARDS[f"repair_{layout}"].items():
        assert char.translate(LAYOUTS[layout]) == key


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        ("EE876543216CA", "item", "EE876543216CA"),
        (" ee 876 543 216 ca\r\n", "item", "EE876543216CA"),
        ("\x02]C0EE876543216CA\x03", "item", "EE876543216CA"),
        (RECEPTACLE, "receptacle", RECEPTACLE),
        (RECEPTACLES["s8"][0]["input"], "despatch", RECEPTACLES["s8"][0]["normalised"]),
        (CODE, "transfer", CODE),
        (shown_transfer_code(CODE), "transfer", CODE),
        (f"azt{CODE}", "transfer", CODE),
        ("0042-000123", "receipt", "0042-000123"),
        (receipt_code("0042-000123"), "receipt", "0042-000123"),
        (receipt_code("123456-000123"), "receipt", "123456-000123"),
        (bill_code("0017", "10045678"), "bill", bill_code("0017", "10045678")),
        (slip_code("AZC", "ABC234"), "certificate", slip_code("AZC", "ABC234")),
        (SLIP, "remittance", SLIP),
        (AZQR, "azqr", AZQR),
        (f"]Q1{AZQR}\n", "azqr", AZQR),
        (AZQR.swapcase(), "azqr", AZQR),
    ],
)
def test_kinds(raw: str, kind: str, value: str) -> None:
    assert read_scan(raw) == Scan(kind, value)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " \r\n",
        "]C0",
        "EE876543215CA",
        "RB123456785XX",
        RECEPTACLES["invalid"][0],
        CODE[:-1] + str((int(CODE[-1]) + 1) % 10),
        receipt_code("0042-000123")[:-1] + "X",
        SLIP[:-1] + ("0" if SLIP[-1] != "0" else "1"),
        AZQR[:-1] + "0",
        AZQR.replace("501.23", "901.23"),
        "Əliyev Vüqar",
        "ğC0",
        "КИ167995285ШЕ",
    ],
)
def test_what_fails_its_check_is_unknown(raw: str) -> None:
    assert read_scan(raw) == Scan("unknown")


CODES = st.one_of(
    st.builds(
        item_number, st.sampled_from(["EE", "RW", "VI", "CZ"]), st.integers(0, 99_999_999), st.just("IT")
    ),
    st.builds(transfer_code, st.text("0123456789", min_size=9, max_size=9)),
    st.builds(
        lambda desk, n: receipt_code(receipt_number(desk, n)),
        st.integers(1, 999_999),
        st.integers(1, 999_999),
    ),
    st.builds(
        bill_code,
        st.text("0123456789", min_size=4, max_size=4),
        st.text("0123456789", min_size=4, max_size=16),
    ),
    st.builds(
        slip_code, st.sampled_from(sorted(SLIPS)), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=1)
    ),
    st.just(RECEPTACLE),
    st.just(RECEPTACLE[:20]),
)


@given(CODES, st.sampled_from(["us", *LAYOUTS]), st.booleans(), st.sampled_from(["", "]C0"]))
def test_a_scan_reads_the_same_under_every_layout(code: str, layout: str, caps: bool, prefix: str) -> None:
    expected = read_scan(code)
    assert expected.kind != "unknown"
    typed = (prefix + code).swapcase() if caps else prefix + code
    raw = typed if layout == "us" else received(typed, layout)
    assume(raw != typed or layout == "us")
    assert read_scan(raw) == Scan(expected.kind, expected.value, None if layout == "us" else layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_payment_qr_reads_the_same_under_every_layout(layout: str) -> None:
    assert read_scan(received(AZQR, layout)) == Scan("azqr", AZQR, layout)


@given(st.text())
def test_anything_can_be_scanned(raw: str) -> None:
    scan = read_scan(raw)
    assert scan.kind in KINDS
    assert (scan.value is None) == (scan.kind == "unknown")


@given(st.text(min_size=1), st.text(KEYBOARDS["us_to_ru_received"]["q"] + "üÜİ", min_size=1))
def test_names_never_turn_into_numbers(start: str, end: str) -> None:
    assume(not any(char.isdecimal() for char in start))
    assert read_scan(start + end).kind == "unknown"


def test_bill_codes_hold_biller_and_account() -> None:
    assert read_bill_code(bill_code("0017", "10045678")) == BillCode("0017", "10045678")
    assert read_bill_code("AZB00171004567") is None
    for biller, account in (
        ("17", "10045678"),
        ("0017", "123"),
        ("0017", "1" * 17),
        ("0017", "12X4"),
        ("٠٠١٧", "1234"),
    ):
        with pytest.raises(ValueError, match="biller"):
            bill_code(biller, account)


def test_slips_hold_capitals_and_digits() -> None:
    for prefix, body in (("AZX", "ABC"), ("AZC", ""), ("AZC", "abc"), ("AZC", "Ə")):
        with pytest.raises(ValueError, match="slip"):
            slip_code(prefix, body)


def test_the_crc_is_ccitt_false() -> None:
    # The check value of the catalogue of parametrised CRC algorithms.
    assert crc16("123456789") == 0x29B1
    assert read_scan(AZQR) == Scan("azqr", AZQR)
    assert read_scan(AZQR[4:]) == Scan("unknown")
    # Half a character, which a paste may hold, is unknown like any other text and ends nothing.
    assert read_scan("3906MPV002\ud8006304ABCD") == Scan("unknown")


ITEM = "EE876543216CA"


@pytest.mark.parametrize(
    "scanned",
    [
        "EE-876543216-CA",
        "EE 87654321 6 CA",
        "EE-87654321-6-CA",
        f"*{ITEM}*",
        f"]A0*{ITEM}*",
        f"]C0{ITEM}",
        f"https://track.example/item/{ITEM}",
        f"HTTPS://TRACK.EXAMPLE/?id={ITEM}&lang=az",
        f"www.track.example/{ITEM.lower()}",
        f"https://track.example/{ITEM}?again={ITEM}",
    ],
)
@pytest.mark.parametrize("layout", [None, "az", "ru"])
@pytest.mark.parametrize("caps", [False, True])
def test_an_item_is_found_in_what_scanners_and_labels_put_around_it(
    scanned: str, layout: str | None, caps: bool
) -> None:
    """Caps Lock swaps the letters a layout gives, its own letters where the US keys have brackets too."""
    raw = received(scanned, layout) if layout else scanned
    assert read_scan(raw.swapcase() if caps else raw).value == ITEM


def test_an_aim_identifier_in_the_other_case_is_taken_off() -> None:
    assert read_scan("Ğc0ee876543216ca") == Scan("item", ITEM, "az")
    assert read_scan("Ъс0уу876543216сф") == Scan("item", ITEM, "ru")


@pytest.mark.parametrize(
    "scanned",
    [
        "EE-876543215-CA",
        "*EE876543216CA",
        "https://track.example/EE876543215CA",
        "https://track.example/XEE876543216CA",
        f"https://track.example/{ITEM}/EE473124829AZ",
        "https://track.example/",
        f"see {ITEM}",
    ],
)
def test_what_is_no_item_or_two_is_none(scanned: str) -> None:
    assert read_scan(scanned) == Scan("unknown")


ADDRESS = "https://track.example/"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("EE876543215CA", "check_digit"),
        ("EE-87654321-5-CA", "check_digit"),
        ("]C0EE876543215CA", "check_digit"),
        (received("EE876543215CA", "ru"), "check_digit"),
        (ADDRESS + "EE876543215CA", "check_digit"),
        (SLIP[:-1] + ("0" if SLIP[-1] != "0" else "1"), "check_digit"),
        (AZQR[:-1] + ("0" if AZQR[-1] != "0" else "1"), "check_digit"),
        ("AZR00420001230", "check_digit"),
        (ADDRESS + "EE876543216CA/RB167995284IT", "two_numbers"),
        (ADDRESS + "EE876543216CA/EE876543215CA/RB167995284IT", "two_numbers"),
        (ADDRESS + "about", "form"),
        ("Əliyev", "form"),
        ("EE87654321", "form"),
        ("\ud800", "form"),
        ("", "form"),
    ],
)
def test_what_is_not_read_says_why(raw: str, why: str) -> None:
    assert read_scan(raw).kind == "unknown"
    assert why_unread(raw) == why
