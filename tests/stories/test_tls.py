"""The wire is encrypted: a desk speaks only to a centre whose certificate it was given."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.web.doors import Limits
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.sync.enrolling import enrol
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DAY = dt.timedelta(days=1)
_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine's loopback address and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "azpost test centre")])
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_FROM + 36_500 * _DAY)
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / "centre.pem", folder / "centre.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, form, plain))
    return shown, secret


@pytest.fixture
def guarded(postgres: str, tmp_path: Path) -> Iterator[tuple[Centre, Path, str]]:
    """A centre over TLS, its certificate, and a one-time code."""
    shown, secret = certificate(tmp_path)
    # So short a time for the handshake is a test's: the one who says nothing is waited for.
    centre = Centre(postgres, clock=FakeClock(), connections_max=4, limits=Limits(header_seconds=1))
    centre.start(certificate=shown, key=secret)
    with centre.database.transaction() as conn:
        branches.create_branch(conn, Branch(code="2002", name="G", address="", postcode="AZ2002"), 1)
        desk = branches.add_desk(conn, "2002", 1)
        code = enrolment.enrolment_code(conn, desk, FakeClock().utc_ms())
    yield centre, shown, code
    centre.stop()


def test_a_desk_that_was_given_the_certificate_enrols_over_tls(guarded: tuple[Centre, Path, str]) -> None:
    centre, shown, code = guarded
    assert centre.url.startswith("https://")
    enrolled = enrol(centre.url, code, SigningKey.new(), "test", verify=str(shown))
    assert enrolled.desk == "2002-1"


def test_a_centre_with_a_strange_certificate_is_not_spoken_to(guarded: tuple[Centre, Path, str]) -> None:
    centre, shown, code = guarded
    with pytest.raises(Trouble):
        enrol(centre.url, code, SigningKey.new(), "test")
    # Nothing was said: the code is still good.
    assert enrol(centre.url, code, SigningKey.new(), "test", verify=str(shown)).desk == "2002-1"


def test_plain_http_typed_for_a_centre_over_tls_is_told(guarded: tuple[Centre, Path, str]) -> None:
    centre, _shown, code = guarded
    with pytest.raises(Trouble, match="L-027") as told:
        enrol(centre.url.replace("https", "http"), code, SigningKey.new(), "test")
    assert told.value.facts["port"] == centre.url.rsplit(":", 1)[1]


# The first five bytes say that 512 more will come; they never do.
_HELLO_BEGUN = b"\x16\x03\x01\x02\x00"


@pytest.mark.parametrize("said", [b"", _HELLO_BEGUN])
def test_silence_during_the_handshake_is_hung_up_while_an_honest_desk_is_heard(
    guarded: tuple[Centre, Path, str], said: bytes
) -> None:
    centre, shown, code = guarded
    with socket.create_connection(("127.0.0.1", int(centre.url.rsplit(":", 1)[1])), 5) as line:
        line.sendall(said)
        # The silent one holds nobody up: the desk is heard while it still sits there.
        assert enrol(centre.url, code, SigningKey.new(), "test", verify=str(shown)).desk == "2002-1"
        # Far beyond the limit, far below the handshake's own time-out of a minute.
        line.settimeout(20)
        with suppress(ConnectionResetError):
            assert line.recv(4_096) == b""
