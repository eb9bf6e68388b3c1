"""The instant rail's messages over a real socket: credits, refusals, money sent back, and hostile bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from azpost_desk.central.gateways.abroad import Silent, Told, Turned, Unfit
from azpost_desk.central.gateways.instant import (
    BackStatus,
    Credit,
)
from azpost_desk.central.gateways.iso20022 import Checked, check_message
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.instant_rail import PAYER, PAYER_ACCOUNT, SandboxRail
from tests.central.gateways.rails import (
    BACK,
    NOW,
    OUR_KEY,
    OURS,
    PAYEE,
    RAIL,
    REQUEST,
    rail_to,
    registered,
    sent_back,
    understood,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.gateways.instant import Rail
    from azpost_desk.rehearsal.instant_rail import FaultKind


@pytest.fixture
def sandbox() -> Iterator[SandboxRail]:
    with SandboxRail(RAIL, OURS, OUR_KEY.public(), PAYEE, lambda: NOW) as played:
        yield played


@pytest.fixture
def rail(sandbox: SandboxRail) -> Rail:
    return rail_to(sandbox)


# --- credits ------------------------------------------------------------------------------------------------


def test_mc_3_every_credit_is_a_thing_of_its_own(sandbox: SandboxRail, rail: Rail) -> None:
    registered(rail)
    sandbox.fail_next("doubled")
    sandbox.fail_next("again")
    sandbox.fail_next("other_sum")
    sandbox.fail_next("stranger")
    sandbox.pay(REQUEST.id)
    found = rail.fetch()
    assert isinstance(found, tuple)
    assert len({raw for _, raw in found}) == 1
    assert len(found) == 2
    first = waiting(rail)[0]
    assert isinstance(first, Credit)
    sandbox.pay(REQUEST.id, late=True)
    second, third = waiting(rail)
    for _ in range(2):
        sandbox.pay(REQUEST.id, late=True)
    less, strange = waiting(rail)
    sandbox.pay(REQUEST.id, minor=77, times=2, late=True)
    heard = [first, second, third, less, strange, *waiting(rail)]
    credits = [one for one in heard if isinstance(one, Credit)]
    assert [one.amount.minor for one in credits] == [1_250, 1_250, 1_250, 1_249, 1_250, 77, 77]
    assert len({one.reference for one in credits}) == 7
    assert [one.request == REQUEST.id for one in credits] == [one is not strange for one in credits]
    assert sandbox.account_qapik == sum(one.amount.minor for one in credits)


def a_credit(sandbox: SandboxRail, rail: Rail) -> bytes:
    registered(rail)
    sandbox.pay(REQUEST.id)
    ((_, document),) = sandbox.waiting.items()
    return document


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'Ccy="AZN"', b'Ccy="USD"', "another currency than manat"),
        (PAYEE.iban.encode(), b"AZ82AZPO00000000000000000002", "another account than ours"),
        (b"<AccptncDtTm>2026", b"<AccptncDtTm>12026", "a moment that the calendar has not"),
        (b"+00:00</AccptncDtTm>", b"</AccptncDtTm>", "a moment without its zone"),
        (b"12.50<", b"12.505<", "a sum with too many decimals, or of nothing"),
        (b"<To><FIId><FinInstnId><BICFI>A", b"<To><FIId><FinInstnId><BICFI>B", "another receiver"),
        (b"<ChrgBr>SLEV", b"<ChrgBr>NONE", "M-004"),
        (b"<MsgDefIdr>pacs.008", b"<MsgDefIdr>pacs.009", "M-004"),
    ],
)  # fmt: skip
def test_a_credit_that_is_not_clearly_ours_is_for_a_person(
    sandbox: SandboxRail, rail: Rail, old: bytes, new: bytes, why: str
) -> None:
    document = a_credit(sandbox, rail)
    assert old in document
    unfit = rail.read(document.replace(old, new))
    assert isinstance(unfit, Unfit)
    assert unfit.why.startswith(why)


def test_what_a_credit_may_leave_out(sandbox: SandboxRail, rail: Rail) -> None:
    document = a_credit(sandbox, rail)
    (whole,) = understood(rail, document)
    assert isinstance(whole, Credit)

    def without(*names: str) -> bytes:
        root = etree.fromstring(document)
        for name in names:
            for one in root.iter(f"{{*}}{name}"):
                one.getparent().remove(one)
        return bytes(etree.tostring(root))

    (named,) = understood(rail, without("TxId", "AccptncDtTm"))
    assert isinstance(named, Credit)
    assert (len(named.reference), named.at_ms) == (36, NOW)
    assert rail.read(without("TxId", "UETR")) == Unfit("no reference of the rail")
    assert rail.read(without("DbtrAcct")) == Unfit("no account of the payer")
    assert rail.read(without("CdtrAcct")) == Unfit("another account than ours")
    unnamed = document.replace(f"<EndToEndId>{REQUEST.id}".encode(), b"<EndToEndId>NOTPROVIDED")
    assert understood(rail, unnamed) == (replace(whole, request=""),)
    by_number = document.replace(
        f"<IBAN>{PAYER_ACCOUNT}</IBAN>".encode(), b"<Othr><Id>4169000011112222</Id></Othr>"
    )
    (said,) = understood(rail, by_number)
    assert isinstance(said, Credit)
    assert said.account == "4169000011112222"
    back = rail.give_back(replace(BACK, account=said.account))
    assert check_message(back) == Checked("pain.001.001.09", ())
    assert b"<Othr><Id>4169000011112222</Id></Othr>" in back


# --- money sent back ----------------------------------------------------------------------------------------


def test_money_goes_back_once_under_one_id(sandbox: SandboxRail, rail: Rail) -> None:
    registered(rail)
    sandbox.pay(REQUEST.id)
    document = rail.give_back(BACK)
    assert document == rail.give_back(replace(BACK)), "equal values, equal bytes"
    assert check_message(document) == Checked("pain.001.001.09", ())
    for said in ("AZN", PAYER, PAYER_ACCOUNT, PAYEE.name, PAYEE.iban, BACK.credit, BACK.id, "INST"):
        assert said.encode() in document
    assert sent_back(rail) == [BackStatus(BACK.id, "booked")]
    assert sent_back(rail) == [BackStatus(BACK.id, "booked")]
    assert sandbox.account_qapik == 0
    booked = sandbox.backs[BACK.id]
    assert (booked.amount, booked.account, booked.payer, booked.credit) == (
        azn(1_250),
        PAYER_ACCOUNT,
        PAYER,
        BACK.credit,
    )
    assert sent_back(rail, replace(BACK, amount=azn(1))) == [BackStatus(BACK.id, "pending", "DUPL")]
    assert sandbox.account_qapik == 0


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("reject", "AC04", "refused"),
        ("reject", "DUPL", "pending"),
        ("reject", "AM05", "pending"),
        ("reject", "", "pending"),
        ("duplicate", "", "pending"),
        ("pend", "", "pending"),
    ],
)
def test_m0_6_a_no_to_money_sent_back_is_one_only_if_it_says_why(
    sandbox: SandboxRail, rail: Rail, fault: FaultKind, code: str, said: str
) -> None:
    sandbox.fail_next(fault, code=code)
    (status,) = sent_back(rail)
    reason = "DUPL" if fault == "duplicate" else code
    assert status == BackStatus(BACK.id, said, reason)  # type: ignore[arg-type]
    assert sandbox.account_qapik == (-1_250 if fault == "duplicate" else 0)
    if fault == "pend":
        sandbox.book(BACK.id)
        assert waiting(rail) == [BackStatus(BACK.id, "booked")]
        assert sandbox.account_qapik == -1_250


@pytest.mark.parametrize(
    ("fault", "why", "is_there"),
    [
        ("no_answer", "no_connection", False),
        ("redirect", "http_status", False),
        ("never", "no_connection", True),
        ("garbage", "malformed", True),
        ("forged", "forged", True),
        ("huge", "too_large", True),
    ],
)
def test_m0_3_after_silence_the_same_document_again_is_booked_once(
    sandbox: SandboxRail, rail: Rail, fault: FaultKind, why: str, is_there: bool
) -> None:
    sandbox.fail_next(fault)
    silent = rail.hand(rail.give_back(BACK))
    assert isinstance(silent, Silent)
    assert silent.why == why
    assert sandbox.account_qapik == (-1_250 if is_there else 0)
    assert sent_back(rail) == [BackStatus(BACK.id, "booked")]
    assert sandbox.account_qapik == -1_250


def test_a_word_comes_late_and_a_door_turns_us_away(sandbox: SandboxRail, rail: Rail) -> None:
    sandbox.fail_next("late")
    assert rail.hand(rail.give_back(BACK)) == Told()
    assert waiting(rail) == [BackStatus(BACK.id, "booked")]
    sandbox.fail_next("turn", code="403")
    assert rail.hand(rail.give_back(BACK)) == Turned(403)
    sandbox.fail_next("turn", code="500")
    assert rail.hand(rail.give_back(BACK)) == Silent("http_status", "500")
    assert rail.hand(b"no message") == Silent("http_status", "400")
    assert sandbox.received == [rail.give_back(BACK)]


def a_status(sandbox: SandboxRail, about: str, levels: dict[str, str]) -> bytes:
    """A pain.002 with a status at each of these levels: group, payment, transaction."""
    parts = {
        "group": [("OrgnlMsgId", BACK.id), ("OrgnlMsgNmId", about), ("GrpSts", levels.get("group", ""))],
        "payment": [("OrgnlPmtInfId", BACK.id), ("PmtInfSts", levels.get("payment", ""))],
        "transaction": [("OrgnlEndToEndId", BACK.id), ("TxSts", levels.get("transaction", ""))],
    }
    payment = [*parts["payment"], ("TxInfAndSts", parts["transaction"] if "transaction" in levels else [])]
    report = [
        ("GrpHdr", [("MsgId", "S1"), ("CreDtTm", "2026-11-30T00:00:00Z")]),
        ("OrgnlGrpInfAndSts", parts["group"]),
        ("OrgnlPmtInfAndSts", payment if len(levels) > 1 or "group" not in levels else []),
    ]
    body = [("CstmrPmtStsRpt", report)]
    return sandbox.written("pain.002.001.10", "S1", "2026-11-30T00:00:00Z", body)  # type: ignore[arg-type]


def test_what_a_status_is_about_its_original_says(sandbox: SandboxRail, rail: Rail) -> None:
    back, request = "pain.001.001.09", "pain.013.001.07"
    booked = (BackStatus(BACK.id, "booked"),)
    for levels in (
        {"transaction": "ACSC"},
        {"payment": "ACCC"},
        {"group": "ACSC"},
        {"group": "RJCT", "payment": "PDNG", "transaction": "ACSC"},
    ):
        assert understood(rail, a_status(sandbox, back, levels)) == booked
    assert understood(rail, a_status(sandbox, back, {"transaction": "ACSP"})) == (
        BackStatus(BACK.id, "pending"),
    )
    assert understood(rail, a_status(sandbox, request, {"transaction": "ACSC"})) == (), "no credit, no money"
    assert rail.read(a_status(sandbox, "pacs.008.001.08", {"transaction": "RJCT"})) == Unfit(
        "a status of neither a request nor money sent back"
    )
    assert rail.read(a_status(sandbox, back, {"transaction": ""})) == Unfit("no status")


# --- hostile bytes ------------------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_read_never_raises_for_what_is_in_the_bytes(
    sandbox: SandboxRail, rail: Rail, data: st.DataObject
) -> None:
    if not sandbox.waiting:
        a_credit(sandbox, rail)
        sandbox.fail_next("late")
        rail.hand(rail.give_back(BACK))
    root = etree.fromstring(data.draw(st.sampled_from(list(sandbox.waiting.values()))))
    elements = list(root.iter("{*}*"))
    text = st.sampled_from(["", " ", "0", "-1.00", "1E9", "NaN", "24:00:00", "ə" * 36, "AZN", "9" * 40])
    for _ in range(data.draw(st.integers(1, 3))):
        one = data.draw(st.sampled_from(elements))
        act = data.draw(st.sampled_from(["text", "remove", "double", "rename", "attribute"]))
        parent = one.getparent()
        if act == "text":
            one.text = data.draw(text)
        elif act == "attribute":
            one.set("Ccy", data.draw(text))
        elif act == "rename":
            one.tag = data.draw(st.sampled_from(["a", "{urn:x}Document", str(elements[-1].tag)]))
        elif parent is not None:
            parent.remove(one) if act == "remove" else parent.append(one)
    said = rail.read(etree.tostring(root))
    assert isinstance(said, tuple | Unfit)
    raw = data.draw(st.binary(max_size=40))
    assert isinstance(rail.read(raw), Unfit)
