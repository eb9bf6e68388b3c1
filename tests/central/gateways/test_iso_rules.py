"""The market's rules beyond the schema: each is broken by one change alone, minimal examples break none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.gateways import iso_messages as iso
from azpost_desk.central.gateways.iso20022 import check_message
from azpost_desk.central.gateways.iso_rules import DECIMALS, RULE_SETS, RULES_2026, broken_rules
from azpost_desk.domain.abroad.travel_rule import missing
from azpost_desk.domain.money import CURRENCIES, azn
from azpost_desk.domain.refusals import Refused
from tests.central.gateways import orders
from tests.central.gateways.orders import PARTIES, an_order

if TYPE_CHECKING:
    from azpost_desk.domain.people import AbroadParties

pytestmark = pytest.mark.fast

SAMPLES = Path(__file__).parents[2] / "data" / "iso20022"
MINIMAL = sorted(SAMPLES.glob("y2025_*.min.xml"))
PACS_008 = (SAMPLES / "y2025_pacs.008.min.xml").read_bytes()
PACS_002 = (SAMPLES / "y2025_pacs.002.min.xml").read_bytes()
PAIN_001 = (SAMPLES / "y2025_pain.001.min.xml").read_bytes()
CAMT_054 = (SAMPLES / "y2025_camt.054.min.xml").read_bytes()
NAME = b"<Dbtr>\n          <Nm>EXAMPLE PARTY NV</Nm>"
AGENT = b"<DbtrAgt>\n          <FinInstnId/>"
TOWN, COUNTRY = b"<TwnNm>Ust Kamenogorsk</TwnNm>", b"<Ctry>KZ</Ctry>"


def with_address(*parts: bytes) -> bytes:
    """The smallest pacs.008 whose payer has this address."""
    assert PACS_008.count(NAME) == 1
    return PACS_008.replace(NAME, NAME + b"<PstlAdr>" + b"".join(parts) + b"</PstlAdr>")


def line(text: str) -> bytes:
    return f"<AdrLine>{text}</AdrLine>".encode()


def changed(before: bytes, after: bytes, content: bytes = PACS_008) -> bytes:
    assert before in content
    return content.replace(before, after, 1)


@pytest.mark.parametrize("sample", MINIMAL, ids=lambda path: path.stem)
def test_a_minimal_valid_example_breaks_none(sample: Path) -> None:
    assert check_message(sample.read_bytes()).valid
    assert broken_rules(sample.read_bytes()) == ()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (with_address(COUNTRY, line("Abay 5")), "address.town"),
        (with_address(TOWN, line("Abay 5")), "address.country"),
        (with_address(TOWN, COUNTRY, *map(line, ("a", "b", "c"))), "address.lines"),
        (with_address(TOWN, COUNTRY, line("x" * 71)), "address.line_length"),
        (with_address(TOWN, COUNTRY, line("Abay 5, UST KAMENOGORSK")), "address.repeated"),
        (with_address(TOWN, COUNTRY, line("Abay 5, KZ")), "address.repeated"),
        (changed(b"EXAMPLE PARTY NV", "Əliyev".encode()), "characters"),
        (changed(b"EXAMPLE PARTY NV", "Иванов".encode()), "characters"),
        (changed(b"<UETR>00000000-0000-4000-9a9f-b231a317421a</UETR>", b""), "uetr"),
        (
            changed(b"<OrgnlUETR>00000000-0000-4000-9a9f-b1fbbdfd7d68</OrgnlUETR>", b"", PACS_002),
            "uetr",
        ),
        (changed(b'Ccy="EUR"', b'Ccy="XYZ"'), "currency"),
        (changed(b"1000.00", b"1000.000"), "amount.decimals"),
        (changed(b'"EUR">1000.00', b'"JPY">1000.0'), "amount.decimals"),
        (with_address(TOWN, b"<Ctry>ZZ</Ctry>"), "country"),
        (changed(NAME, NAME + b"<CtryOfRes>ZZ</CtryOfRes>"), "country"),
        (changed(b"<NbOfTxs>1", b"<NbOfTxs>2"), "transactions"),
        (changed(b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>1</NbOfTxs><CtrlSum>1000.01</CtrlSum>"), "control_sum"),
        (changed(b"<NbOfTxs>1", b"<NbOfTxs>2", PAIN_001), "transactions"),
        (changed(b"EXAMPLE PARTY NV", b" "), "name"),
        (changed(b"EXAMPLE PARTY NV", b"--"), "name"),
        (changed(NAME, b"<Dbtr>"), "name"),
    ],
)
def test_one_change_breaks_one_rule(content: bytes, rule: str) -> None:
    assert broken_rules(content) == (rule,)


def test_every_rule_has_its_negative_test() -> None:
    marks = test_one_change_breaks_one_rule.pytestmark  # type: ignore[attr-defined]
    tried = {case[1] for mark in marks if mark.name == "parametrize" for case in mark.args[1]}
    assert tried == {name for name, _, _ in RULE_SETS[RULES_2026]}


@pytest.mark.parametrize(
    "content",
    [
        with_address(TOWN, COUNTRY, line("Abay 5"), line("flat 7")),
        with_address(b"<StrtNm>Abay</StrtNm>", TOWN, COUNTRY),
        with_address(b"<TwnNm>Tartu</TwnNm><Ctry>DE</Ctry>", line("Rue DE la Paix, Tartumaa 5")),
        changed(b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>1</NbOfTxs><CtrlSum>1000</CtrlSum>"),
        changed(b'"EUR">1000.00', b'"KWD">1000.000'),
        changed(b'"EUR">1000.00', b'"JPY">1000'),
        changed(AGENT, AGENT.replace(b"<FinInstnId/>", b"<FinInstnId><BICFI>TBCBGE22</BICFI></FinInstnId>")),
        b"no message",
        b"<a/>",
    ],
)
def test_what_keeps_the_rules_breaks_none(content: bytes) -> None:
    assert broken_rules(content) == ()


def test_addresses_in_account_statements_are_not_asked_for_their_parts() -> None:
    unstructured = b"<PstlAdr>" + line("a") + line("b") + line("c") + b"</PstlAdr>"
    named = b"<RltdPties><Dbtr><Pty><Nm>A</Nm>" + unstructured + b"</Pty></Dbtr></RltdPties>"
    entry = b"<BkTxCd/><NtryDtls><TxDtls>" + named + b"</TxDtls></NtryDtls>"
    content = changed(b"<BkTxCd/>", entry, CAMT_054)
    assert check_message(content).valid
    assert broken_rules(content) == ()


def test_our_currencies_have_the_decimals_of_the_standard() -> None:
    assert {code: one.minor_digits for code, one in CURRENCIES.items()}.items() <= DECIMALS.items()


def test_what_we_write_keeps_the_rules_or_does_not_leave() -> None:
    order = an_order()
    for content in (
        iso.written_order(order),
        iso.written_question(order, 1),
        iso.written_recall(order, "CUST"),
        orders.status(("OrgnlUETR", "00000000-0000-4000-9a9f-b1fbbdfd7d68"), ("TxSts", "ACSC")),
    ):
        assert broken_rules(content) == ()
    for parties, rule in (
        (replace(PARTIES, sender_latin="Əliyev"), "characters"),
        (replace(PARTIES, sender_town_latin=""), "address.town"),
        (replace(PARTIES, receiver=replace(PARTIES.receiver, country="ZZ")), "country"),
        (replace(PARTIES, receiver=replace(PARTIES.receiver, latin="--")), "name"),
    ):
        with pytest.raises(Refused) as no:
            iso.written_order(an_order(parties=parties))
        assert (no.value.code, no.value.facts) == ("M-010", {"rule": rule})


@pytest.mark.parametrize(
    ("field", "parties"),
    [
        ("sender.latin", replace(PARTIES, sender_latin=" ")),
        ("receiver.latin", replace(PARTIES, receiver=replace(PARTIES.receiver, latin=""))),
        ("sender.street", replace(PARTIES, sender_street_latin="")),
        ("sender.town", replace(PARTIES, sender_town_latin="")),
        ("sender.born", replace(PARTIES, sender_born="")),
        ("sender.born", replace(PARTIES, sender_born="29.02.1980")),
        ("receiver.country", replace(PARTIES, receiver=replace(PARTIES.receiver, country=""))),
        ("receiver.town", replace(PARTIES, receiver=replace(PARTIES.receiver, town=""))),
    ],
)
def test_the_travel_rule_asks_for_more_above_its_threshold(field: str, parties: AbroadParties) -> None:
    assert missing(PARTIES, azn(10**8)) == ()
    assert missing(parties, azn(170_001)) == (field,)
    always = field in ("sender.latin", "receiver.latin")
    assert missing(parties, azn(170_000)) == ((field,) if always else ())
    with pytest.raises(Refused) as no:
        iso.written_order(an_order(parties=parties, paid=azn(170_001)))
    assert no.value.facts["rule"] == f"R.16 2025-06: {field}"
