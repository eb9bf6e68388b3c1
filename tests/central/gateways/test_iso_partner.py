"""The port to partners abroad over a real socket: our connector at the door of the sandbox partner."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from azpost_desk.central.gateways.abroad import (
    RecallAnswer,
    Returned,
    Silent,
    Status,
    Told,
    Turned,
    Unfit,
    uetr_of,
)
from azpost_desk.central.gateways.iso20022 import check_message
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_rules import broken_rules
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal.partners import SandboxPartner
from tests.central.gateways.orders import OURS, THEIRS, an_order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.central.gateways.abroad import Said
    from azpost_desk.rehearsal.partners import FaultKind

ORDER = an_order()
UETR = uetr_of(ORDER.transfer)
OUR_KEY = SigningKey.new()


@pytest.fixture
def sandbox() -> Iterator[SandboxPartner]:
    with SandboxPartner(THEIRS, OURS, OUR_KEY.public()) as partner:
        yield partner


@pytest.fixture
def rail(sandbox: SandboxPartner) -> IsoPartner:
    return rail_to(sandbox)


def rail_to(sandbox: SandboxPartner, key: SigningKey = OUR_KEY, **changed: object) -> IsoPartner:
    channel = Channel(sandbox.url, OURS, sandbox.key.public(), THEIRS, answer_s=5)
    return IsoPartner(replace(channel, **changed), key)  # type: ignore[arg-type]


def heard(rail: IsoPartner, document: bytes) -> list[Said]:
    """What a document's answer says, at once."""
    told = rail.hand(document)
    assert isinstance(told, Told)
    return [said for one in told.documents for said in understood(rail, one)]


def understood(rail: IsoPartner, document: bytes) -> tuple[Said, ...]:
    assert check_message(document).valid
    assert broken_rules(document) == ()
    said = rail.read(document)
    assert isinstance(said, tuple)
    return said


def waiting(rail: IsoPartner) -> list[Said]:
    """What waits for us, taken and told to be kept."""
    found = rail.fetch()
    assert isinstance(found, tuple)
    rail.fetched([number for number, _ in found])
    assert rail.fetch() == ()
    return [said for _, one in found for said in understood(rail, one)]


def test_an_order_is_taken_settled_and_paid_out(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    document = rail.order(ORDER)
    (accepted,) = heard(rail, document)
    assert isinstance(accepted, Status)
    assert (accepted.uetr, accepted.code, accepted.reason) == (UETR, "ACSP", "")
    assert accepted.number.isdigit()
    assert accepted.reference
    assert sandbox.received == [document]
    assert sandbox.payments[UETR].amount == Money(50_000, "GEL")
    assert sandbox.balance("GEL") == 0
    sandbox.settle(UETR)
    sandbox.say(UETR, "ACCC")
    settled, paid = waiting(rail)
    assert [settled.code, paid.code] == ["ACSC", "ACCC"]  # type: ignore[union-attr]
    assert sandbox.balance("GEL") == -50_000
    assert heard(rail, rail.question(ORDER, 1)) == [paid]


def test_m0_2_the_same_document_again_is_known_there_and_debited_once(
    sandbox: SandboxPartner, rail: IsoPartner
) -> None:
    sandbox.fail_next("settle")
    heard(rail, rail.order(ORDER))
    (again,) = heard(rail, rail.order(replace(ORDER, is_repeat=True)))
    assert isinstance(again, Status)
    assert (again.code, again.reason) == ("RJCT", "DUPL")
    assert sandbox.balance("GEL") == -50_000
    assert len(sandbox.payments) == 1


def test_a_no_and_a_settlement_after_it(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    sandbox.fail_next("reject", code="AC01")
    (no,) = heard(rail, rail.order(ORDER))
    assert isinstance(no, Status)
    assert (no.code, no.reason, no.number) == ("RJCT", "AC01", "")
    sandbox.settle(UETR)
    (yes,) = waiting(rail)
    assert isinstance(yes, Status)
    assert yes.code == "ACSC"
    assert sandbox.balance("GEL") == -50_000


def test_what_it_does_not_know_it_says(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    assert heard(rail, rail.question(ORDER, 1)) == [Status(UETR, "", "NOOR")]
    sandbox.fail_next("lose")
    assert rail.hand(rail.order(ORDER)) == Told()
    assert heard(rail, rail.question(ORDER, 2)) == [Status(UETR, "", "NOOR")]
    heard(rail, rail.order(ORDER))
    sandbox.fail_next("unknown")
    assert heard(rail, rail.question(ORDER, 3)) == [Status(UETR, "", "NOOR")]


def test_answers_come_late_and_twice(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    sandbox.fail_next("late")
    assert rail.hand(rail.order(ORDER)) == Told()
    (late,) = waiting(rail)
    sandbox.fail_next("twice")
    at_once = rail.hand(rail.question(ORDER, 1))
    found = rail.fetch()
    assert isinstance(at_once, Told)
    assert isinstance(found, tuple)
    assert [one for _, one in found] == list(at_once.documents)
    assert understood(rail, found[0][1]) == (late,)
    assert rail.fetch() == found, "it stays there until it is kept here"


def test_recalls_and_returns(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    heard(rail, rail.order(ORDER))
    recall = rail.recall(ORDER, "CUST")
    assert heard(rail, recall) == [RecallAnswer(UETR, None)]
    for end, agreed in (("CNCL", True), ("RJCR", False)):
        sandbox.fail_next("recall", code=end)
        assert heard(rail, recall) == [RecallAnswer(UETR, agreed)]
    sandbox.settle(UETR)
    sandbox.give_back(UETR, 20_000)
    sandbox.give_back(UETR)
    sandbox.answer_recall(UETR, "RJCR", "LEGL")
    _, part, rest, late = waiting(rail)
    assert [part, rest] == [
        Returned(UETR, Money(minor, "GEL"), "AC04", one.reference)  # type: ignore[union-attr]
        for minor, one in ((20_000, part), (30_000, rest))
    ]
    assert part.reference != rest.reference  # type: ignore[union-attr]
    assert late == RecallAnswer(UETR, False, "LEGL")
    assert sandbox.balance("GEL") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429])
def test_m0_6_the_door_says_no_and_nothing_was_taken(
    sandbox: SandboxPartner, rail: IsoPartner, status: int
) -> None:
    sandbox.fail_next("turn", code=str(status))
    assert rail.hand(rail.order(ORDER)) == Turned(status)
    assert not sandbox.received


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
def test_a_spoilt_answer_says_nothing_of_the_money(
    sandbox: SandboxPartner, rail: IsoPartner, fault: FaultKind, why: str, is_there: bool
) -> None:
    sandbox.fail_next(fault)
    silent = rail.hand(rail.order(ORDER))
    assert isinstance(silent, Silent)
    assert silent.why == why
    assert (UETR in sandbox.payments) is is_there
    (known,) = heard(rail, rail.question(ORDER, 1))
    assert isinstance(known, Status)
    assert known.code == ("ACSP" if is_there else "")


def test_an_answer_in_its_own_time_is_not_waited_for(sandbox: SandboxPartner) -> None:
    sandbox.fail_next("slow")
    hasty = rail_to(sandbox, answer_s=0.2)
    assert hasty.hand(hasty.order(ORDER)) == Silent("timeout")


def test_a_server_error_and_a_closed_door_are_silence(sandbox: SandboxPartner) -> None:
    sandbox.fail_next("turn", code="500")
    rail = rail_to(sandbox)
    assert rail.hand(rail.order(ORDER)) == Silent("http_status", "500")
    with SandboxPartner(THEIRS, OURS, OUR_KEY.public()) as gone:
        nobody = rail_to(gone)
    assert isinstance(nobody.hand(b"x"), Silent)
    assert isinstance(nobody.fetch(), Silent)
    nobody.fetched(["W1"])


def test_m0_5_only_its_own_customer_is_served(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    stranger = rail_to(sandbox, SigningKey.new())
    assert stranger.hand(rail.order(ORDER)) == Turned(401)
    assert stranger.fetch() == Silent("http_status", "401")
    assert rail.hand(rail.order(replace(ORDER, our_bic="BANKAZ22"))) == Turned(403)
    assert rail.hand(b"no message") == Silent("http_status", "400")
    assert not sandbox.payments
    assert len(sandbox.refused) == 3


def test_m0_5_forged_documents_are_skipped_counted_and_left_there(
    sandbox: SandboxPartner, rail: IsoPartner
) -> None:
    heard(rail, rail.order(ORDER))
    for status in ("ACSC", "ACCC"):
        sandbox.say(UETR, status)
    sandbox.forge_waiting()
    found = rail.fetch()
    assert isinstance(found, tuple)
    assert [understood(rail, raw)[0].code for _, raw in found] == ["ACCC"]  # type: ignore[union-attr]
    assert rail.forged == 1
    assert len(sandbox.waiting) == 2
    another = rail_to(sandbox, partner_key=SigningKey.new().public())
    assert another.hand(another.question(ORDER, 1)) == Silent("forged")
    assert another.fetch() == ()
    assert another.forged == 2


def test_m0_5_a_document_of_another_sender_is_for_a_person(sandbox: SandboxPartner, rail: IsoPartner) -> None:
    told = rail.hand(rail.order(ORDER))
    assert isinstance(told, Told)
    assert rail_to(sandbox, bic="KAZZKZ22").read(told.documents[0]) == Unfit("another sender")


@pytest.mark.parametrize(
    ("url", "files"),
    [("http://10.0.0.5", 3), ("http://partner.example", 3), ("https://partner.example", 2), ("ftp://a", 3)],
)
def test_m0_5_no_channel_in_clear_or_without_both_certificates(url: str, files: int, tmp_path: Path) -> None:
    named = {name: tmp_path for name in ("certificate", "certificate_key", "server_certificate")[:files]}
    with pytest.raises(Refused) as no:
        IsoPartner(Channel(url, OURS, "", THEIRS, **named), OUR_KEY)  # type: ignore[arg-type]
    assert (no.value.code, no.value.facts) == ("M-011", {"url": url})


def issued(folder: Path, name: str, by: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None = None) -> Path:
    """A certificate with its key in one PEM file, by an authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = by or (subject, key)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(signing, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(form[0]))
    return path


def test_m0_5_both_sides_of_an_encrypted_channel_are_known(tmp_path: Path) -> None:
    authority = ec.generate_private_key(ec.SECP256R1())
    by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]), authority)
    server, twin = issued(tmp_path, "server", by), issued(tmp_path, "twin", by)
    ours, stranger = issued(tmp_path, "ours"), issued(tmp_path, "stranger")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    context.load_verify_locations(ours)
    context.verify_mode = ssl.CERT_REQUIRED
    with SandboxPartner(THEIRS, OURS, OUR_KEY.public(), tls=context) as sandbox:
        for certificate, pinned, is_heard in (
            (ours, server, True),
            (stranger, server, False),
            (ours, twin, False),
        ):
            rail = rail_to(
                sandbox, certificate=certificate, certificate_key=certificate, server_certificate=pinned
            )
            answer = rail.hand(rail.order(ORDER))
            assert isinstance(answer, Told if is_heard else Silent)
        assert len(sandbox.received) == 1
