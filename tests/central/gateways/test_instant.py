"""The instant rail's connector over a real socket: what the sandbox rail does, as words of the port."""

from __future__ import annotations

import urllib.request
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from azpost_desk.central.gateways.abroad import Silent, Turned, Unfit
from azpost_desk.central.gateways.instant import (
    Credit,
    Declined,
    Refused,
    Stands,
    rail_id,
)
from azpost_desk.central.gateways.iso_instant import InstantRail, payment_code
from azpost_desk.central.gateways.iso_wire import ANSWER, JSON, Channel, digest_of, signed_words
from azpost_desk.central.gateways.iso_wire import REQUEST as REQUEST_LINE
from azpost_desk.domain import refusals
from azpost_desk.domain.azqr import look, read_azqr
from azpost_desk.domain.money import Money, azn
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.instant_rail import PAYER, PAYER_ACCOUNT, NotPayableError, SandboxRail
from tests.central.gateways.rails import (
    BACK,
    NOW,
    OUR_KEY,
    OURS,
    PAYEE,
    RAIL,
    REQUEST,
    Hands,
    rail_to,
    registered,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.gateways.instant import Rail
    from azpost_desk.rehearsal.instant_rail import FaultKind
    from azpost_desk.rehearsal.signed_sandbox import Answer


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def sandbox(hands: Hands) -> Iterator[SandboxRail]:
    with SandboxRail(RAIL, OURS, OUR_KEY.public(), PAYEE, lambda: hands.now_ms) as played:
        yield played


@pytest.fixture
def rail(sandbox: SandboxRail) -> Rail:
    return rail_to(sandbox)


# --- requests -----------------------------------------------------------------------------------------------


def test_a_request_is_paid_by_its_code_and_the_money_comes(sandbox: SandboxRail, rail: Rail) -> None:
    assert rail.standing(REQUEST.id) == Stands("unknown")
    code = registered(rail)
    assert registered(rail) == code, "the same values, the same answer"
    assert rail.standing(REQUEST.id) == Stands("open")
    (reference,) = sandbox.pay(code)
    assert rail.standing(REQUEST.id) == Stands("paid")
    assert rail.close(REQUEST.id) == Stands("paid"), "somebody was quicker"
    assert registered(rail) == code
    assert waiting(rail) == [Credit(reference, REQUEST.id, azn(1_250), PAYER_ACCOUNT, PAYER, NOW)]
    assert sandbox.account_qapik == 1_250
    with pytest.raises(NotPayableError, match="paid"):
        sandbox.pay(code)


def test_the_code_says_whom_what_and_until_when(rail: Rail) -> None:
    code = registered(rail)
    assert look(code).reason is None
    read = read_azqr(code)
    assert (read.is_dynamic, read.is_merchant, read.payee, read.city) == (True, True, PAYEE.name, PAYEE.city)
    assert (read.amount_qapik, read.reference) == (1_250, REQUEST.id)
    assert read.expires_ms == NOW + 300_000, "never after the moment itself"
    assert read.fields["40"] == REQUEST.id
    assert read.fields["27"] == {"00": "04", "01": PAYEE.iban, "02": OURS}
    assert read.fields["61"] == "AZ1000"
    for amount in (azn(1), azn(999_999_999_999)):
        assert read_azqr(payment_code(replace(REQUEST, amount=amount), PAYEE)).amount_qapik == amount.minor
    with pytest.raises(refusals.Refused) as no:
        payment_code(replace(REQUEST, amount=azn(0)), PAYEE)
    assert no.value.code == "Q-008"
    with pytest.raises(ValueError, match="manat"):
        payment_code(replace(REQUEST, amount=Money(5, "USD")), PAYEE)


@pytest.mark.parametrize(
    ("changed", "tag"),
    [
        ({"name": "A" * 26}, "59"),
        ({"iban": "GE29NB0000000101904917"}, "27.01"),
        ({"category": ""}, "52"),
        ({"bic": "A"}, "27.02"),
    ],
)
def test_a_payee_that_no_code_can_name_is_refused_at_the_start(
    sandbox: SandboxRail, changed: dict[str, str], tag: str
) -> None:
    channel = Channel(sandbox.url, OURS, sandbox.key.public(), RAIL)
    with pytest.raises(refusals.Refused) as no:
        InstantRail(channel, OUR_KEY, replace(PAYEE, **changed))
    assert (no.value.code, no.value.facts["tag"]) == ("Q-007", tag)
    with pytest.raises(refusals.Refused) as mistyped:
        InstantRail(channel, OUR_KEY, replace(PAYEE, iban="AZ21AZPO00000000000000000001"))
    assert mistyped.value.code == "I-003", "every payer would pay a stranger"


def test_mc_2_closed_is_the_rails_word_and_time_closes_too(
    sandbox: SandboxRail, rail: Rail, hands: Hands
) -> None:
    other = replace(REQUEST, id=rail_id("request", "r-2"))
    code, other_code = registered(rail), registered(rail, other)
    assert rail.close(REQUEST.id) == rail.standing(REQUEST.id) == rail.close(REQUEST.id) == Stands("closed")
    assert rail.register(REQUEST) == Refused("closed")
    hands.now_ms = other.until_ms
    assert rail.standing(other.id) == rail.close(other.id) == Stands("closed")
    assert rail.close(rail_id("request", "never made")) == Stands("unknown")
    for text in (code, other_code, REQUEST.id, other.id):
        with pytest.raises(NotPayableError, match="closed"):
            sandbox.pay(text)
    assert waiting(rail) == []
    sandbox.pay(REQUEST.id, late=True)
    sandbox.pay(other_code, late=True)
    assert [said.request for said in waiting(rail)] == [REQUEST.id, other.id]  # type: ignore[union-attr]
    assert rail.standing(REQUEST.id) == Stands("closed")
    late = replace(REQUEST, id=rail_id("request", "late"))
    assert rail.register(late) == Refused("expired")


def test_a_payer_declines(sandbox: SandboxRail, rail: Rail) -> None:
    registered(rail)
    sandbox.decline(REQUEST.id)
    assert waiting(rail) == [Declined(REQUEST.id, "CUST")]
    assert rail.standing(REQUEST.id) == rail.close(REQUEST.id) == Stands("declined", "CUST")
    assert rail.register(REQUEST) == Refused("declined")
    with pytest.raises(NotPayableError, match="declined"):
        sandbox.pay(REQUEST.id)


def test_a_payers_application_looks_at_the_code(sandbox: SandboxRail, rail: Rail) -> None:
    code = registered(rail)
    dearer = payment_code(replace(REQUEST, amount=azn(1_251)), PAYEE)
    strange = payment_code(replace(REQUEST, id="0" * 32), PAYEE)
    elsewhere = payment_code(REQUEST, replace(PAYEE, iban="AZ82AZPO00000000000000000002"))
    for text, why in (
        (code[:-1] + "?", "crc"),
        (dearer, "amount"),
        (strange, "unknown"),
        (elsewhere, "payee"),
        ("hello", "form"),
    ):
        with pytest.raises(NotPayableError, match=why):
            sandbox.pay(text)
    assert sandbox.account_qapik == 0


def test_other_values_under_one_id_are_no_refusal_for_the_first_may_be_paid(
    sandbox: SandboxRail, rail: Rail
) -> None:
    registered(rail)
    assert rail.register(replace(REQUEST, amount=azn(1))) == Silent("http_status", "409")
    assert rail.standing(REQUEST.id) == Stands("open")
    assert sandbox.requests[REQUEST.id].amount == azn(1_250)
    sandbox.fail_next("refuse", code="LIMIT")
    assert rail.register(replace(REQUEST, id=rail_id("request", "r-2"))) == Refused("LIMIT")


@pytest.mark.parametrize("status", ["401", "403", "404", "409", "422", "429", "500"])
def test_m0_6_a_door_that_says_no_says_nothing_of_a_request(
    sandbox: SandboxRail, rail: Rail, status: str
) -> None:
    sandbox.fail_next("turn", times=3, code=status)
    no = Silent("http_status", status)
    assert rail.register(REQUEST) == rail.standing(REQUEST.id) == rail.close(REQUEST.id) == no
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("fault", "why", "is_there"),
    [
        ("no_answer", "no_connection", False),
        ("redirect", "http_status", False),
        ("never", "no_connection", True),
        ("garbage", "malformed", True),
        ("forged", "forged", True),
        ("huge", "too_large", True),
        ("other_id", "malformed", True),
        ("twice", "malformed", True),
        ("other_amount", "malformed", True),
    ],
)
def test_a_spoilt_answer_says_nothing_of_a_request(
    sandbox: SandboxRail, rail: Rail, fault: FaultKind, why: str, is_there: bool
) -> None:
    sandbox.fail_next(fault)
    silent = rail.register(REQUEST)
    assert isinstance(silent, Silent)
    assert silent.why == why
    assert rail.standing(REQUEST.id) == Stands("open" if is_there else "unknown")
    registered(rail)
    if fault == "other_amount":
        return
    for ask in (rail.standing, rail.close):
        sandbox.fail_next(fault)
        nothing = ask(REQUEST.id)
        assert isinstance(nothing, Silent)
        assert nothing.why == why
    assert rail.standing(REQUEST.id) == Stands("closed" if is_there else "open")


def test_m0_5_a_true_answer_to_another_question_is_not_believed(sandbox: SandboxRail) -> None:
    rail = rail_to(sandbox)
    registered(rail)
    real = sandbox.answer
    kept = []

    def replayed(method: str, path: str, signature: str, body: bytes) -> object:
        kept.append(real(method, path, signature, body))
        return kept[0]

    sandbox.answer = replayed  # type: ignore[method-assign,assignment]
    assert rail.standing(REQUEST.id) == Stands("open")
    assert rail.close(REQUEST.id) == Silent("forged")
    assert rail.register(REQUEST) == Silent("forged")


@pytest.mark.parametrize(
    "said",
    [
        b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"id": 7, "state": "paid"}',
        f'{{"id": "{REQUEST.id}"}}'.encode(), f'{{"id": "{REQUEST.id}", "state": "PAID"}}'.encode(),
        f'{{"id": "{REQUEST.id}", "state": "unknown"}}'.encode(),
        f'{{"id": "{REQUEST.id}", "state": ["paid"]}}'.encode(),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_signed_answer_out_of_its_form_says_nothing(sandbox: SandboxRail, rail: Rail, said: bytes) -> None:
    def hostile(method: str, path: str, signature: str, body: bytes) -> Answer:
        asked = signed_words(REQUEST_LINE.format(method=method, path=path), body)
        answer = sandbox.signed(said, ANSWER.format(status=200, digest=digest_of(asked)))
        return replace(answer, content_type=JSON)

    sandbox.answer = hostile  # type: ignore[method-assign]
    for silent in (rail.register(REQUEST), rail.standing(REQUEST.id), rail.close(REQUEST.id)):
        assert isinstance(silent, Silent)
        assert silent.why == "malformed"


def test_a_reason_that_is_no_word_is_not_kept(sandbox: SandboxRail, rail: Rail) -> None:
    for reason, kept in (("AC04", "AC04"), ("a\u202eb", ""), ("x" * 36, ""), (" ", "")):
        sandbox.fail_next("refuse", code=reason)
        assert rail.register(REQUEST) == Refused(kept)


def test_an_answer_in_its_own_time_is_not_waited_for_and_nobody_is_there(sandbox: SandboxRail) -> None:
    hasty = rail_to(sandbox, answer_s=0.2)
    sandbox.fail_next("slow")
    assert hasty.standing(REQUEST.id) == Silent("timeout")
    with SandboxRail(RAIL, OURS, OUR_KEY.public(), PAYEE, lambda: NOW) as gone:
        nobody = rail_to(gone)
    assert isinstance(nobody.register(REQUEST), Silent)
    assert isinstance(nobody.fetch(), Silent)


def test_m0_5_only_its_customer_is_served_and_only_the_rail_is_believed(sandbox: SandboxRail) -> None:
    rail, stranger = rail_to(sandbox), rail_to(sandbox, SigningKey.new())
    assert stranger.register(REQUEST) == stranger.standing(REQUEST.id) == Silent("http_status", "401")
    assert stranger.hand(rail.give_back(BACK)) == Turned(401)
    assert stranger.fetch() == Silent("http_status", "401")
    deceived = rail_to(sandbox, partner_key=SigningKey.new().public())
    assert deceived.register(REQUEST) == Silent("forged")
    sandbox.pay(REQUEST.id)
    assert deceived.fetch() == ()
    assert deceived.forged == 1
    ((_, document),) = sandbox.waiting.items()
    assert rail_to(sandbox, bic="KAZZKZ22").read(document) == Unfit("another sender")
    with pytest.raises(refusals.Refused) as no:
        rail_to(sandbox, url="http://10.0.0.5")
    assert no.value.code == "M-011"


def test_a_person_plays_the_payer_on_a_page_without_script(sandbox: SandboxRail, rail: Rail) -> None:
    other = replace(REQUEST, id=rail_id("request", "r-2"), amount=azn(333))
    code = registered(rail)
    registered(rail, other)

    def shown(path: str = "/", what: str = "") -> str:
        body = urlencode({"what": what}).encode() if path != "/" else None
        with urllib.request.urlopen(sandbox.url + path, body, timeout=5) as page:
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            return str(page.read().decode())

    page = shown()
    assert "12.50 AZN" in page
    assert "3.33 AZN" in page
    assert all(word in page for word in ("pul hərəkət etmir", "деньги не двигаются", "no money moves"))
    assert "<script" not in page
    assert "<b>Ödənildi" in shown("/pay", code)
    assert "<b>İmtina edildi" in shown("/decline", other.id)
    assert waiting(rail)[1] == Declined(other.id, "CUST")
    assert sandbox.account_qapik == 1_250
    assert "Already paid</b>" in shown("/pay", REQUEST.id)
    assert "Was declined</b>" in shown("/decline", other.id)
    assert "No open requests" in shown()
    for nothing in ("<script>", "", "ə", code[:-1]):
        assert "no payment code</b>" in shown("/pay", nothing)
