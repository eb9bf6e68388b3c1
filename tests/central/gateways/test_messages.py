"""Text messages and mail over real sockets: what the networks' answers mean, and that each leaves once."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.messages import Carried, Outgoing, is_away
from azpost_desk.central.gateways.sms_json import JsonSms
from azpost_desk.central.gateways.smtp import CLEAR, STARTTLS, TLS, MailServer, SmtpMail
from azpost_desk.rehearsal.mail_server import MAIL_PASSWORD, MAIL_USER, SandboxMail
from azpost_desk.rehearsal.text_messages import SMS_KEY, SandboxSms
from tests.central.gateways.test_iso_partner import issued

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = Outgoing("5d" * 16, "+994501234567", "", "Köçürməniz ödənilib: 250,00 ₼.", 1_795_000_000_000)
LETTER = Outgoing(
    "6e" * 16,
    "leyla@example.az",
    "Ödənişiniz qaytarılır",
    "Ödənişiniz qəbul olunmayıb.\n.Nöqtə ilə başlayan sətir.",
    1_795_000_000_000,
)


@pytest.fixture
def network() -> Iterator[SandboxSms]:
    with SandboxSms() as network:
        yield network


def sms(network: SandboxSms, key: str = SMS_KEY) -> JsonSms:
    return JsonSms(network.url, key, connect_s=2, answer_s=2)


def test_a_text_message_is_delivered_under_our_number(network: SandboxSms) -> None:
    assert sms(network).send(TEXT) == Carried("delivered", reference=f"N{TEXT.message[:8]}")
    [kept] = network.kept.values()
    assert (kept.id, kept.to, kept.text) == (TEXT.message, TEXT.to, TEXT.text)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("no_answer", "no_connection"), ("error_500", "http_status"), ("answer_lost", "no_connection"),
        ("malformed", "malformed"), ("wrong_number", "wrong_number"),
    ],
)  # fmt: skip
def test_whatever_was_lost_is_asked_about_and_leaves_once(network: SandboxSms, fault: str, why: str) -> None:
    network.fail_next(fault)  # type: ignore[arg-type]
    heard = sms(network).send(TEXT)
    assert (heard.event, heard.why) == ("failed_for_now", why)
    assert sms(network).again(TEXT).event == "delivered"
    assert len(network.kept) == 1
    arrived_before = fault in ("answer_lost", "malformed", "wrong_number")
    assert [method for method, _ in network.requests] == ["PUT", "GET", *([] if arrived_before else ["PUT"])]


def test_a_no_about_the_number_is_final_and_about_us_is_not(network: SandboxSms) -> None:
    network.fail_next("refused", reason="blocked")
    assert sms(network).send(TEXT) == Carried("failed", "blocked")
    network.fail_next("refused", reason="no_credit")
    assert sms(network).send(TEXT) == Carried("failed_for_now", "http_status")
    assert sms(network, "another-key").send(TEXT) == Carried("failed_for_now", "http_status")


def test_what_is_on_the_way_is_asked_about_until_the_network_knows(network: SandboxSms) -> None:
    network.fail_next("pending")
    assert sms(network).send(TEXT) == Carried("pending", "pending")
    assert sms(network).again(TEXT) == Carried("pending", "pending")
    network.arrive("undelivered")
    assert sms(network).again(TEXT) == Carried("failed", "undelivered")
    assert network.requests[1:] == [("GET", f"/messages/{TEXT.message}")] * 2


def test_another_text_under_the_same_number_is_for_a_person(network: SandboxSms) -> None:
    sms(network).send(TEXT)
    other = Outgoing(TEXT.message, TEXT.to, "", "another", TEXT.made_ms)
    assert sms(network).send(other) == Carried("failed", "other_content")


def mail(server: SandboxMail, security: str = CLEAR, **values: object) -> SmtpMail:
    reached = MailServer(
        host="127.0.0.1",
        port=server.port,
        security=security,
        sender="post@example.az",
        user=MAIL_USER,
        **{"password": MAIL_PASSWORD} | values,  # type: ignore[arg-type]
    )
    return SmtpMail(reached, step_s=2, whole_s=2)


@pytest.fixture
def server() -> Iterator[SandboxMail]:
    with SandboxMail() as server:
        yield server


@pytest.mark.parametrize("security", [CLEAR, STARTTLS, TLS])
def test_a_mail_arrives_whole_on_each_kind_of_line(tmp_path: Path, security: str) -> None:
    path = issued(tmp_path, "server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    stranger = str(issued(tmp_path, "stranger"))
    tls = None if security == CLEAR else context
    with SandboxMail(tls, from_the_start=security == TLS) as server:
        assert mail(server, security, authority=str(path)).send(LETTER) == Carried("delivered")
        [got] = server.mails
        assert (got["From"], got["To"], got["Subject"]) == ("post@example.az", LETTER.to, LETTER.subject)
        assert got["Message-ID"] == f"<{LETTER.message}@example.az>"
        assert got.get_content().splitlines() == LETTER.text.splitlines()
        if security != CLEAR:
            # A false server is told nothing, whatever certificate it has.
            assert mail(server, security, authority=stranger).send(LETTER).event == "failed_for_now"
            assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("step", "answer", "heard"),
    [
        ("receiver", "550 no such", Carried("failed", "smtp_550")),
        ("receiver", "451 later", Carried("failed_for_now", "smtp_451")),
        ("content", "554 no", Carried("failed", "smtp_554")),
        ("content", "452 full", Carried("failed_for_now", "smtp_452")),
        ("data", "421 away", Carried("failed_for_now", "smtp_421")),
        # About us, not about who is told: ours to mend.
        ("sender", "550 not you", Carried("failed_for_now", "not_let_in", "550")),
        ("auth", "535 no", Carried("failed_for_now", "not_let_in", "535")),
        ("greeting", "554 go away", Carried("failed_for_now", "not_let_in", "554")),
        ("sender", "", Carried("failed_for_now", "no_connection")),
        ("content", "", Carried("failed_for_now", "no_connection")),
    ],
)
def test_what_a_mail_servers_answer_means(
    server: SandboxMail, step: str, answer: str, heard: Carried
) -> None:
    server.fail_next(step, answer)  # type: ignore[arg-type]
    assert mail(server).send(LETTER) == heard
    assert server.mails == []


def test_silence_after_the_mail_sends_it_again_under_the_same_number(server: SandboxMail) -> None:
    server.fail_next("after", "")
    assert mail(server).send(LETTER).event == "failed_for_now"
    assert mail(server).again(LETTER) == Carried("delivered")
    assert len({one["Message-ID"] for one in server.mails}) == 1
    assert len(server.mails) == 2


@pytest.mark.parametrize("step", ["greeting", "content"])
def test_a_server_that_drips_holds_nobody(server: SandboxMail, step: str) -> None:
    server.fail_next(step, "…")  # type: ignore[arg-type]
    slow = mail(server)
    slow._whole_s = 0.2
    heard = slow.send(LETTER)
    assert is_away(heard)
    assert server.mails == []


def test_a_server_that_offers_no_guard_or_is_not_there_gets_nothing(server: SandboxMail) -> None:
    assert mail(server, STARTTLS).send(LETTER) == Carried("failed_for_now", "not_let_in")
    with SandboxMail() as gone:
        away = mail(gone)
    assert away.send(LETTER) == Carried("failed_for_now", "not_reached")
    assert server.mails == []
