"""Messages over the border: one order gives one text, valid by its schema; answers are read as they are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace as changed

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.abroad import RecallAnswer, Returned, Status, Unfit, uetr_of
from azpost_desk.central.gateways.iso20022 import Checked, check_message
from azpost_desk.domain.abroad.receivers import require_sent
from azpost_desk.domain.money import CURRENCIES, Money, azn
from azpost_desk.domain.refusals import Refused
from tests.central.gateways import orders
from tests.central.gateways.orders import OURS, PARTIES, THEIRS, an_order

if TYPE_CHECKING:
    from azpost_desk.central.gateways.abroad import Order

pytestmark = pytest.mark.fast

ORDER = an_order()
UETR = uetr_of(ORDER.transfer)
ORIGINAL = ("OrgnlUETR", UETR)
_SENT = st.text(
    "ABCXYZabcxyz0189/-?:().,'+ ", min_size=1, max_size=35
).filter(lambda text: any(letter.isalnum() for letter in text))  # fmt: skip


def told(content: bytes, path: str) -> list[str]:
    """The texts at a path, whatever the namespaces."""
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    return [element.text or "" for element in etree.fromstring(content).iterfind(f".//{steps}")]


def test_a_message_says_what_the_order_says() -> None:
    content = iso.written_order(ORDER)
    assert check_message(content) == Checked("pacs.008.001.08", ())
    expected = {
        "AppHdr/Fr/FIId/FinInstnId/BICFI": OURS,
        "AppHdr/To/FIId/FinInstnId/BICFI": THEIRS,
        "GrpHdr/CreDtTm": "2026-11-30T00:53:20.123+00:00",
        "PmtId/UETR": UETR,
        "IntrBkSttlmAmt": "500.00",
        "IntrBkSttlmDt": "2026-11-30",
        "InstdAmt": "316.06",
        "XchgRate": "0.6321168",
        "ChrgBr": "DEBT",
        "Dbtr/Nm": "Aliyev Vugar",
        "Dbtr/PstlAdr/StrtNm": "Nizami 5",
        "Dbtr/PstlAdr/TwnNm": "Baku",
        "Dbtr/PstlAdr/Ctry": "AZ",
        "Dbtr/Id/PrvtId/Othr/Id": "1980-02-29",
        "Cdtr/Nm": "Beridze Nino",
        "Cdtr/PstlAdr/TwnNm": "Tbilisi",
        "Cdtr/PstlAdr/Ctry": "GE",
        "Cdtr/Id/PrvtId/Othr/Id": "+995555123456",
        "Purp/Cd": "FAMI",
    }
    assert {path: told(content, path) for path in expected} == {
        path: [said] for path, said in expected.items()
    }
    assert b'Ccy="GEL"' in content
    assert "Əliyev".encode() not in content
    assert told(content, "AppHdr/BizMsgIdr") == told(content, "GrpHdr/MsgId") == [iso.message_id(ORDER)]


def test_m0_2_names_follow_from_stored_ids_and_a_repeat_is_the_same_document() -> None:
    content = iso.written_order(ORDER)
    assert iso.written_order(an_order()) == content
    repeat = iso.written_order(replace(ORDER, is_repeat=True))
    assert repeat.replace(b"<PssblDplct>true</PssblDplct>", b"") == content
    again = iso.written_order(replace(ORDER, ordinal=2))
    for path, is_same in (("PmtId/UETR", True), ("PmtId/EndToEndId", True), ("PmtId/InstrId", False)):
        assert (told(again, path) == told(content, path)) is is_same
    assert iso.written_question(ORDER, 1) != iso.written_question(ORDER, 2)
    for later in (iso.written_question(ORDER, 3), iso.written_recall(ORDER, "CUST")):
        assert check_message(later).valid
        assert told(later, "OrgnlUETR") == [UETR]
        assert told(later, "OrgnlMsgId") == [iso.message_id(ORDER)]


def test_a_partner_without_a_bic_is_named_by_its_member_number() -> None:
    content = iso.written_order(replace(ORDER, partner_bic=""), "GE-4711")
    assert told(content, "AppHdr/To/FIId/FinInstnId/ClrSysMmbId/MmbId") == ["GE-4711"]
    assert told(content, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["GE-4711"]
    assert b"<BICFI/>" not in content


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (replace(ORDER, charges="OURS"), "ChrgBr"),
        (replace(ORDER, partner_bic="TBCB"), "BICFI"),
        (replace(ORDER, settles_on="30.11.2026"), "IntrBkSttlmDt"),
        (replace(ORDER, rate="one"), "rate"),
        (replace(ORDER, parties=changed(PARTIES, sender_latin="A" * 141)), "Nm"),
        (replace(ORDER, parties=changed(PARTIES, sender_latin="A\x00")), "Nm"),
        (replace(ORDER, partner_bic=""), "CdtrAgt"),
    ],
)
def test_what_breaks_the_schema_does_not_leave(order: Order, rule: str) -> None:
    with pytest.raises(Refused) as no:
        iso.written_order(order)
    assert no.value.code == "M-010"
    assert rule in str(no.value.facts["rule"])


@settings(max_examples=40, deadline=None)
@given(
    names=st.tuples(_SENT, _SENT, _SENT, _SENT),
    currency=st.sampled_from(sorted(CURRENCIES)),
    minor=st.integers(1, 10**13),
    rate=st.decimals("0.0000000001", "9999999999", places=10).map(lambda rate: f"{rate:.10f}"),
)
def test_every_order_that_the_counter_lets_through_is_valid(
    names: tuple[str, ...], currency: str, minor: int, rate: str
) -> None:
    parties = require_sent(
        changed(PARTIES, sender_latin=names[0], sender_town_latin=names[1], sender_street_latin=names[2])
    )
    receiver = changed(PARTIES.receiver, latin=" ".join(names[3].split()))
    order = an_order(
        parties=changed(parties, receiver=receiver),
        arrives=Money(minor, currency),
        paid=azn(minor),
        rate=rate,
    )
    content = iso.written_order(order)
    assert iso.written_order(replace(order)) == content
    assert told(content, "IntrBkSttlmAmt") == [f"{Money(minor, currency).decimal():f}"]
    assert told(content, "Dbtr/Nm") == [parties.sender_latin]


def read(content: bytes) -> object:
    """As the centre reads what its partner wrote."""
    return iso.read_said(content, THEIRS, OURS)


def test_statuses_are_read() -> None:
    accepted = (ORIGINAL, ("TxSts", "ACSP"), ("AcctSvcrRef", "TB-1"))
    assert read(orders.status(*accepted)) == (Status(UETR, "ACSP", "", "", "TB-1"),)
    pick_up: iso.Part = ("SplmtryData", [("Envlp", [(f"{{{iso.PICK_UP}}}Nb", "123 456")])])
    assert read(orders.status(*accepted, pick_up)) == (Status(UETR, "ACSP", "", "123 456", "TB-1"),)
    because: iso.Part = ("StsRsnInf", [("Rsn", [("Cd", "AC01")])])
    assert read(orders.status(ORIGINAL, ("TxSts", "RJCT"), because)) == (Status(UETR, "RJCT", "AC01"),)
    absent: iso.Part = ("StsRsnInf", [("Rsn", [("Cd", iso.NOT_KNOWN)])])
    assert read(orders.status(ORIGINAL, absent)) == (Status(UETR, "", iso.NOT_KNOWN),)


def test_returns_and_answers_to_recalls_are_read() -> None:
    because: iso.Part = ("RtrRsnInf", [("Rsn", [("Cd", "AC04")])])
    back = orders.returned(("RtrId", "R1"), ORIGINAL, ("RtrdIntrBkSttlmAmt", "GEL 499.50"), because)
    assert read(back) == (Returned(UETR, Money(49_950, "GEL"), "AC04", "R1"),)
    nameless = orders.returned(ORIGINAL, ("RtrdIntrBkSttlmAmt", "GEL 500"))
    assert read(nameless) == (Returned(UETR, Money(50_000, "GEL"), "", "A1"),)
    for end, agreed in (("CNCL", True), ("RJCR", False), ("PDCR", None)):
        assert read(orders.recall_answer(end, ORIGINAL)) == (RecallAnswer(UETR, agreed),)
    no: iso.Part = ("CxlStsRsnInf", [("Rsn", [("Cd", "LEGL")])])
    assert read(orders.recall_answer("RJCR", ORIGINAL, no)) == (RecallAnswer(UETR, False, "LEGL"),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"garbage", "M-001"),
        (iso.written_order(ORDER), "M-003 pacs.008.001.08"),
        (orders.status(ORIGINAL, ("TxSts", "ACSPX")), "M-004"),
        (orders.status(ORIGINAL), "no status"),
        (orders.status(("TxSts", "ACSP")), "no UETR"),
        (orders.answer(iso.STATUS, [("FIToFIPmtStsRpt", [orders.heading()])]), "no transaction"),
        (orders.returned(ORIGINAL, ("RtrdIntrBkSttlmAmt", "GEL 1.001")), "decimals"),
        (orders.returned(ORIGINAL, ("RtrdIntrBkSttlmAmt", "GEL 0.00")), "nothing"),
        (orders.returned(ORIGINAL, ("RtrdIntrBkSttlmAmt", "XAU 1.00")), "currency"),
        (orders.returned(ORIGINAL, ("RtrdIntrBkSttlmAmt", "GEL 9999999999999999")), "reckoning"),
        (orders.recall_answer("INFO", ORIGINAL), "an end"),
        (b"<Document" + orders.status(ORIGINAL, ("TxSts", "ACSP")).split(b"<Document")[1][:-11], "no header"),
    ],
)
def test_what_says_nothing_clear_is_kept_for_a_person(content: bytes, why: str) -> None:
    found = read(content)
    assert isinstance(found, Unfit)
    assert why in found.why


def test_m0_5_a_message_is_its_partners_and_ours() -> None:
    content = orders.status(ORIGINAL, ("TxSts", "ACSP"))
    assert iso.read_said(content, "TBCBGE2A", OURS) == Unfit("another sender")
    assert iso.read_said(content, THEIRS, "BANKAZ22") == Unfit("another receiver")
    assert isinstance(iso.read_said(content, THEIRS + "XXX", OURS + "XXX"), tuple)
    assert isinstance(iso.read_said(content, THEIRS + "001", OURS), Unfit)
    assert isinstance(iso.read_said(content, "", OURS), Unfit)
