"""The protocol client against the sandbox provider, over real sockets."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azpost_desk.central.gateways import osmp
from azpost_desk.central.gateways.billers import (
    Biller,
    Checked,
    Confirmed,
    Conflict,
    Outcome,
    RefusedByBiller,
    Unknown,
)
from azpost_desk.central.gateways.osmp import AnswerError, OsmpBiller, parse_answer, parse_sum, write_sum
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.providers import FaultKind, SandboxProvider, Subscriber

ACCOUNT = "1012345678"
# 2026-03-31 20:30:00 UTC is past midnight of the next day in Baku.
PAID_AT = 1_774_989_000_000
NOW = 1_774_989_005_000


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxProvider]:
    with SandboxProvider() as provider:
        yield provider


@pytest.fixture
def provider(server: SandboxProvider) -> SandboxProvider:
    clear(server)
    return server


def clear(server: SandboxProvider) -> None:
    server.mend()
    server.paid.clear()
    server.refused.clear()
    server.requests.clear()
    server.accounts.clear()
    server.accounts[ACCOUNT] = Subscriber(debt_qapik=3_845, holder="Əliyev Vəli")
    server.min_qapik, server.max_qapik = 100, 50_000


def client(
    provider: SandboxProvider,
    *,
    has_status: bool = False,
    method: Literal["POST", "GET"] = "POST",
    answer_s: float = 20,
) -> OsmpBiller:
    return OsmpBiller(
        provider.url, now_ms=lambda: NOW, has_status=has_status, method=method, answer_s=answer_s
    )


_numbers = iter(range(1, 10**9))


def new_number() -> int:
    """Numbers never come twice: the provider remembers what it saw under each."""
    return next(_numbers)


# --- what is sent and what is read -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_payment_is_confirmed_once(provider: SandboxProvider, method: Literal["POST", "GET"]) -> None:
    number = new_number()
    outcome = client(provider, method=method).pay(number, ACCOUNT, azn(1_050), PAID_AT)
    assert outcome == Confirmed("SB00000001", NOW)
    assert provider.requests == [
        {
            "command": "pay",
            "txn_id": str(number),
            "txn_date": "20260401003000",
            "account": ACCOUNT,
            "sum": "10.50",
            "ccy": "AZN",
        }
    ]
    assert provider.paid[number].sum_qapik == 1_050
    assert provider.accounts[ACCOUNT].debt_qapik == 3_845 - 1_050


def test_a_check_shows_debt_and_a_masked_name(provider: SandboxProvider) -> None:
    biller: Biller = client(provider)
    assert biller.check(ACCOUNT) == Checked(azn(3_845), "Ə*** V***", "", {})
    assert provider.requests[0]["command"] == "getInfo"
    assert "sum" not in provider.requests[0]
    assert biller.check(ACCOUNT, azn(60_000)) == RefusedByBiller(242, "sum_too_large")
    assert provider.requests[1]["command"] == "check"
    assert provider.requests[0]["txn_id"] != provider.requests[1]["txn_id"]
    assert not provider.paid


def test_paid_ahead_is_a_negative_debt(provider: SandboxProvider) -> None:
    provider.accounts[ACCOUNT].debt_qapik = -505
    checked = client(provider).check(ACCOUNT)
    assert isinstance(checked, Checked)
    assert checked.debt == azn(-505)


@pytest.mark.parametrize(
    ("code", "word"), [pytest.param(code, word, id=word) for code, word in osmp.FATAL.items()]
)
def test_fatal_codes_refuse_for_good(provider: SandboxProvider, code: int, word: str) -> None:
    number, biller = new_number(), client(provider)
    provider.fail_next("result", code=code)
    assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == RefusedByBiller(code, word)
    assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == RefusedByBiller(code, word)
    assert not provider.paid


@pytest.mark.parametrize(("code", "why"), [(1, "pending"), (90, "pending"), (777, "unlisted_code")])
def test_codes_that_are_not_fatal_are_asked_again(provider: SandboxProvider, code: int, why: str) -> None:
    number, biller = new_number(), client(provider)
    provider.fail_next("result", code=code, times=3)
    for _ in range(3):
        outcome = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
        assert isinstance(outcome, Unknown)
        assert (outcome.why, outcome.incident) == (why, False)
    assert isinstance(biller.pay(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
    assert len({tuple(form.items()) for form in provider.requests}) == 1


def test_the_provider_says_no_by_itself(provider: SandboxProvider) -> None:
    provider.accounts["2"] = Subscriber(active=False)
    biller = client(provider)
    answers = [
        biller.pay(new_number(), account, azn(qapik), PAID_AT)
        for account, qapik in (("404", 500), ("2", 500), (ACCOUNT, 99), (ACCOUNT, 50_001))
    ]
    assert [answer.code for answer in answers if isinstance(answer, RefusedByBiller)] == [5, 79, 241, 242]


def test_the_same_number_with_other_content_is_a_conflict(provider: SandboxProvider) -> None:
    number, biller = new_number(), client(provider)
    first = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
    conflict = biller.pay(number, ACCOUNT, azn(1_001), PAID_AT)
    assert conflict == Conflict(215, "same number, other content")
    assert biller.pay(number, ACCOUNT, azn(1_000), PAID_AT) == first
    assert provider.paid[number].sum_qapik == 1_000


def test_status_asks_without_paying(provider: SandboxProvider) -> None:
    number, biller = new_number(), client(provider, has_status=True)
    assert biller.status(number, ACCOUNT, azn(1_000), PAID_AT) == Unknown("not_registered", "210")
    assert not provider.paid
    provider.fail_next("answer_lost")
    assert isinstance(biller.pay(number, ACCOUNT, azn(1_000), PAID_AT), Unknown)
    assert biller.status(number, ACCOUNT, azn(1_000), PAID_AT) == Confirmed("SB00000001", NOW)


def test_without_status_the_payment_itself_is_repeated(provider: SandboxProvider) -> None:
    number, biller = new_number(), client(provider)
    assert isinstance(biller.status(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
    assert provider.requests[0]["command"] == "pay"


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda biller: biller.pay(0, ACCOUNT, azn(100), PAID_AT), id="number 0"),
        pytest.param(lambda biller: biller.pay(10**20, ACCOUNT, azn(100), PAID_AT), id="21 digits"),
        pytest.param(lambda biller: biller.pay(1, "", azn(100), PAID_AT), id="no account"),
        pytest.param(lambda biller: biller.pay(1, "1" * 201, azn(100), PAID_AT), id="long account"),
        pytest.param(lambda biller: biller.check("1\n2"), id="line break"),
        pytest.param(lambda biller: biller.pay(1, ACCOUNT, azn(0), PAID_AT), id="nothing"),
    ],
)
def test_what_could_never_be_sent_is_not_sent(
    provider: SandboxProvider, send: Callable[[OsmpBiller], object]
) -> None:
    with pytest.raises(ValueError, match=r"digits|account|sum"):
        send(client(provider))
    assert not provider.requests


def test_twenty_digits_travel_whole(provider: SandboxProvider) -> None:
    number = 10**20 - new_number()
    assert isinstance(client(provider).pay(number, ACCOUNT, azn(100), PAID_AT), Confirmed)
    assert list(provider.paid) == [number]


# --- faults ------------------------------------------------------------------------------------------------

WHY_BY_FAULT: dict[FaultKind, tuple[str, bool]] = {
    # fault: what the client says, whether the provider credited the payment
    "no_answer": ("no_connection", False),
    "hang": ("timeout", False),
    "error_500": ("http_status", False),
    "redirect": ("http_status", False),
    "result": ("pending", False),
    "denied": ("pending", False),
    "answer_lost": ("no_connection", True),
    "slow": ("timeout", True),
    "drip": ("timeout", True),
    "truncated": ("no_connection", True),
    "malformed": ("malformed", True),
    "huge": ("too_large", True),
    "entity_bomb": ("malformed", True),
    "wrong_number": ("wrong_number", True),
    "wrong_sum": ("wrong_sum", True),
    "no_sum": ("malformed", True),
}
# Seen only by a time limit running out; few, because each costs its time.
WAITING = {"hang", "slow", "drip"}


def test_the_table_of_faults_is_complete() -> None:
    assert set(WHY_BY_FAULT) == set(get_args(FaultKind))


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_each_fault_is_unknown_and_a_repetition_confirms(provider: SandboxProvider, kind: FaultKind) -> None:
    number = new_number()
    impatient = client(provider, answer_s=0.4 if kind in WAITING else 20)
    provider.fail_next(kind)
    why, credited = WHY_BY_FAULT[kind]
    outcome = impatient.pay(number, ACCOUNT, azn(1_000), PAID_AT)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.why == why
    assert outcome.incident == kind.startswith("wrong")
    assert (number in provider.paid) == credited
    assert isinstance(client(provider).pay(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
    assert len(provider.requests) == 2
    assert provider.requests[0] == provider.requests[1]
    assert provider.accounts[ACCOUNT].debt_qapik == 2_845


def test_a_refused_connection_is_unknown() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        # Bound and never listening: nobody else can take the port, and nobody answers at it.
        biller = OsmpBiller(f"http://127.0.0.1:{port}/", now_ms=lambda: NOW)
        outcome = biller.pay(1, ACCOUNT, azn(100), PAID_AT)
    assert outcome == Unknown("not_reached", "ConnectionError")


def test_a_proxy_of_the_environment_is_not_used(
    provider: SandboxProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert isinstance(client(provider).pay(new_number(), ACCOUNT, azn(100), PAID_AT), Confirmed)


OK_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
YES = b"<response><osmp_txn_id>5</osmp_txn_id><sum>1.00</sum><result>0</result></response>"


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        pytest.param(
            OK_HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(YES), YES), Confirmed("", NOW), id="in chunks"
        ),
        pytest.param(OK_HEAD + b"%x\r\n%s\r\n" % (len(YES), YES), "no_connection", id="last chunk missing"),
        pytest.param(OK_HEAD + b"zz\r\n", "no_connection", id="no chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + YES, Confirmed("", NOW), id="no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + YES[:-3], "malformed", id="no length, cut"),
        pytest.param(b"\x00\x01 who is there", "no_connection", id="no web server"),
        pytest.param(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "http_status", id="not there"),
    ],
)
def test_answers_byte_by_byte_as_servers_send_them(said: bytes, heard: Confirmed | str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:

        def answer_once() -> None:
            line, _ = listening.accept()
            with line:
                # The whole request first: hanging up on unread bytes would reset the line under the answer.
                asked = b""
                while b"ccy=AZN" not in asked:
                    asked += line.recv(65_536)
                line.sendall(said)

        answered = threads.submit(answer_once)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        outcome = OsmpBiller(url, now_ms=lambda: NOW, answer_s=20).pay(5, ACCOUNT, azn(100), PAID_AT)
        answered.result(20)
    assert (outcome.why if isinstance(outcome, Unknown) else outcome) == heard


def test_a_fault_of_a_check_is_unknown_too(provider: SandboxProvider) -> None:
    provider.fail_next("malformed")
    outcome = client(provider).check(ACCOUNT)
    assert isinstance(outcome, Unknown)
    assert outcome.why == "malformed"


Faults = st.lists(
    st.one_of(
        st.sampled_from(sorted(set(WHY_BY_FAULT) - WAITING - {"result", "denied"})).map(lambda k: (k, 0)),
        st.sampled_from([1, 90, 5, 32, 242, 777]).map(lambda code: ("result", code)),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=Faults, has_status=st.booleans(), asks=st.lists(st.booleans(), min_size=7, max_size=7))
def test_whatever_goes_wrong_both_sides_end_with_the_same_story(
    server: SandboxProvider, faults: list[tuple[FaultKind, int]], has_status: bool, asks: list[bool]
) -> None:
    clear(server)
    number, biller = new_number(), client(server, has_status=has_status)
    for kind, code in faults:
        server.fail_next(kind, code=code)
    outcome: Outcome = biller.pay(number, ACCOUNT, azn(1_000), PAID_AT)
    tries = iter([*asks, *[False] * 8])
    while isinstance(outcome, Unknown):
        call = biller.status if next(tries) else biller.pay
        outcome = call(number, ACCOUNT, azn(1_000), PAID_AT)
    confirmed = isinstance(outcome, Confirmed)
    assert confirmed or isinstance(outcome, RefusedByBiller)
    assert [paid.txn_id for paid in server.register()] == ([number] if confirmed else [])
    assert server.accounts[ACCOUNT].debt_qapik == 3_845 - 1_000 * confirmed


# --- reading answers ---------------------------------------------------------------------------------------

SOUND = (
    "<response><osmp_txn_id>5</osmp_txn_id><prv_txn>P</prv_txn><sum>1.00</sum><result>0</result></response>"
)


@pytest.mark.fast
def test_a_sound_answer_is_read() -> None:
    answer = parse_answer(SOUND.encode())
    assert (answer.txn_id, answer.result, answer.provider_reference, answer.sum_minor) == (5, 0, "P", 100)


@pytest.mark.fast
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"\xff\xfe" + SOUND.encode("utf-16-le"),
        SOUND.replace("response", "answer").encode(),
        SOUND.replace("<result>0</result>", "").encode(),
        SOUND.replace("<result>0", "<result>0</result><result>5").encode(),
        SOUND.replace(">0<", "> <").encode(),
        SOUND.replace(">5<", ">٥<").encode(),
        SOUND.replace(">5<", f">{'5' * 21}<").encode(),
        SOUND.replace("1.00", "1,00").encode(),
        SOUND.replace("1.00", "1e2").encode(),
        b"<!DOCTYPE response>" + SOUND.encode(),
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + SOUND.replace(">P<", ">&x;<").encode(),
    ],
)
def test_anything_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(AnswerError):
        parse_answer(body)


@pytest.mark.fast
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with pytest.raises(AnswerError):
        parse_answer(body)


@pytest.mark.fast
@given(st.integers(1, 10**13))
def test_sums_survive_writing_and_reading(minor: int) -> None:
    assert parse_sum(write_sum(azn(minor))) == minor


@pytest.mark.fast
def test_short_forms_of_a_sum_are_understood() -> None:
    assert [parse_sum(text) for text in ("10", "10.5", "10.50", "-0.05")] == [1000, 1050, 1050, -5]
