"""Frames of ZVT: vectors of terminals in use, read the same however they are split; hostile bytes refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.devices import zvt_frames as zvt
from azpost_desk.devices.zvt_frames import Apdu, Status, bcd, fields_of, split_off, status_of
from azpost_desk.domain.refusals import Trouble

pytestmark = pytest.mark.fast

# Recorded from terminals (Portalum.Zvt's tests, MIT).
GOOD = bytes.fromhex(
    "040F77270004000000002040 0B000470 0C223953 0D1006 0E2512 170001 1970 22F0F8EEEEEEEEEEEE4771 2928004869"
    "2A313030343631373633202020202020 3B3631313830340000 3CF0F1F447454E2E4E522E3A363131383034 490978 870470"
    "88000470 8A2E 8BF1F74465626974204D61737465726361726400"
)
ABORTED = bytes.fromhex("040F1E276C29280048693CF0F1F941626272756368206475726368204B756E6465")
TLV = bytes.fromhex(
    "040F652700 0C231355 0D1029 0E9999 22F0F8EEEEEEEEEEEE4771 A001 2900000006 870008 0B000000 8A06"
    "8BF1F14D41535445524341524400 062E2F081F1201021F100100601B4307A000000004101044104465626974"
    "204D6173746572636172641F2B0410015008"
)
VECTORS = [
    (zvt.purchase(1000).encoded(), "06 01 07 04 00 00 00 00 10 00"),
    (zvt.purchase(3300, statuses_max=10).encoded(), "06 01 09 04 00 00 00 00 33 00 02 0A"),
    (zvt.purchase(250, "944").encoded(), "06 01 0A 04 00 00 00 00 02 50 49 09 44"),
    (zvt.register("000000", 0x38, "944").encoded(), "06 00 06 00 00 00 38 09 44"),
    (zvt.reversal("123456", 470).encoded(), "06 30 06 12 34 56 87 04 70"),
    (zvt.refund("000000", 250, "944").encoded(), "06 31 0D 00 00 00 04 00 00 00 00 02 50 49 09 44"),
    (zvt.repeat_receipt("000000").encoded(), "06 20 03 00 00 00"),
    (zvt.status_enquiry("000000").encoded(), "05 01 03 00 00 00"),
    (zvt.POSITIVE.encoded(), "80 00 00"),
    (zvt.NOT_ISSUED.encoded(), "84 66 00"),
]


@pytest.mark.parametrize(("sent", "recorded"), VECTORS, ids=[recorded for _, recorded in VECTORS])
def test_what_is_sent_is_what_terminals_in_use_take(sent: bytes, recorded: str) -> None:
    assert sent == bytes.fromhex(recorded)


def apdu(data: bytes) -> Apdu:
    whole = split_off(data)
    assert whole is not None
    assert whole[1] == b""
    return whole[0]


def test_what_terminals_say_is_read() -> None:
    assert apdu(bytes.fromhex("040F022700")) == Apdu(zvt.STATUS, b"\x27\x00")
    assert apdu(bytes.fromhex("060F00")) == Apdu(zvt.COMPLETION)
    assert apdu(bytes.fromhex("061E0164")) == Apdu(zvt.ABORT, b"\x64")
    assert status_of(b"\x27\x00") == Status(result=0)
    assert status_of(apdu(ABORTED).data) == Status(
        result=0x6C, terminal="28004869", text="Abbruch durch Kunde"
    )
    assert status_of(apdu(GOOD).data) == Status(
        result=0,
        amount_qapik=2040,
        currency="978",
        terminal="28004869",
        trace=470,
        receipt=470,
        time="223953",
        date="1006",
        authorisation="611804",
        text="GEN.NR.:611804",
    )
    assert status_of(apdu(TLV).data) == Status(
        result=0, terminal="00000006", trace=0, receipt=8, time="231355", date="1029"
    )


@given(st.lists(st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=600)), max_size=4), st.data())
def test_messages_split_anywhere_come_out_the_same(said: list[Apdu], data: st.DataObject) -> None:
    stream = b"".join(one.encoded() for one in said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    read: list[Apdu] = []
    rest = b""
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        rest += stream[start:end]
        while (whole := split_off(rest)) is not None:
            read.append(whole[0])
            rest = whole[1]
    assert (read, rest) == (said, b"")


@pytest.mark.parametrize("whole", [GOOD, ABORTED, TLV], ids=["good", "aborted", "tlv"])
def test_a_recorded_message_cut_at_any_byte_is_not_there_yet(whole: bytes) -> None:
    for cut in range(len(whole)):
        assert split_off(whole[:cut]) is None


@pytest.mark.parametrize("length", [0, 254, 255, 256, 65535])
def test_both_forms_of_the_length_are_written_and_read(length: int) -> None:
    sent = Apdu(zvt.PRINT_TEXT, bytes(length)).encoded()
    assert len(sent) == length + (3 if length < 255 else 5)
    assert apdu(sent).data == bytes(length)


HOSTILE = {
    "unknown field": "27 00 11 00",
    "cut off": "04 00 00 00",
    "said twice": "04 000000001000 04 000000002000",
    "no figures": "04 00000000100A",
    "length without its figures": "3C F0",
    "length that is none": "8B 01 07 41",
    "longer than the rest": "3C F9F9F9 41",
    "container without length": "06",
    "container longer than the rest": "06 82 FFFF 00",
    "container with an endless length": "06 80 00",
    "container with four bytes of length": "06 84 00000001 00",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused_with_a_code(data: str) -> None:
    with pytest.raises(Trouble, match="D-032"):
        status_of(bytes.fromhex(data))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with suppress(Trouble):
        status_of(data)
    split_off(data)


def test_fields_of_no_interest_are_passed_over_by_their_length() -> None:
    passed = "22F0F2EEEE 23F0F0 24F0F0F1AA 0681020102 92F0F0F101 AA261130 BA0102030405"
    assert status_of(bytes.fromhex(f"{passed} 0B000017")) == Status(trace=17)
    assert fields_of(b"") == {}


@pytest.mark.parametrize(("number", "octets"), [(-1, 2), (10_000, 2)])
def test_a_number_too_long_for_its_field_is_never_written(number: int, octets: int) -> None:
    with pytest.raises(ValueError, match="figures"):
        bcd(number, octets)


def test_no_message_is_longer_than_its_length_can_say() -> None:
    with pytest.raises(ValueError, match="too long"):
        Apdu(zvt.PURCHASE, bytes(65536)).encoded()
