"""The protocol client against the sandbox provider, over real sockets."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azpost_desk.central.gateways.billers import (
    Confirmed,
    Unknown,
)
from azpost_desk.central.gateways.osmp import AnswerError, OsmpBiller, parse_answer, parse_sum, write_sum
from azpost_desk.domain.money import azn
from azpost_desk.rehearsal.providers import SandboxProvider, Subscriber

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


def test_without_status_the_payment_itself_is_repeated(provider: SandboxProvider) -> None:
    number, biller = new_number(), client(provider)
    assert isinstance(biller.status(number, ACCOUNT, azn(1_000), PAID_AT), Confirmed)
    assert provider.requests[0]["command"] == "pay"


# --- faults ------------------------------------------------------------------------------------------------

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
