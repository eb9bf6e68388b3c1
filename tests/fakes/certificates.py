"""An issuer of certificates for tests, with the PKCS#12 files and smart cards (SoftHSM2) it hands out."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pkcs11.util.rsa import decode_rsa_private_key

if TYPE_CHECKING:
    from collections.abc import Sequence

PIN = "123456"
LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)


def softhsm() -> Path | None:
    """The smart card of the tests; None where the machine has none (installer/dev.py adds it on Debian)."""
    if shutil.which("softhsm2-util") is None:
        return None
    return next((Path(one) for one in LIBRARIES if Path(one).exists()), None)


@dataclass
class Issuer:
    """A certification authority with one key."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(
        self,
        name: str,
        *,
        since: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        until: dt.datetime = dt.datetime(2028, 1, 1, tzinfo=dt.UTC),
        signs: bool = True,
    ) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        """A key of 2048 bits and a certificate in somebody's name."""
        key = rsa.generate_private_key(65537, 2048)
        usage = x509.KeyUsage(signs, signs, not signs, False, False, False, False, False, False)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return key, certificate

    def file(self, path: Path, name: str, **of_certificate: object) -> Path:
        """A PKCS#12 file with `PIN` as its password."""
        key, certificate = self.issue(name, **of_certificate)  # type: ignore[arg-type]
        lock = serialization.BestAvailableEncryption(PIN.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(b"signer", key, certificate, [self.certificate], lock)
        )
        return path


def new_issuer(name: str = "Test Milli Sertifikat") -> Issuer:
    key = rsa.generate_private_key(65537, 2048)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issuer(key, certificate)


def _name(common: str) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "AZ")
    return x509.Name([country, x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class Card:
    """A token of SoftHSM2 in the folder of this process; `pull` takes it out of the reader for good."""

    label: str
    folder: Path

    def pull(self) -> None:
        shutil.rmtree(self.folder)


class Reader:
    """SoftHSM2 as the reader of one test run: its configuration is read once per process."""

    def __init__(self, folder: Path) -> None:
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        config = folder / "softhsm2.conf"
        config.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\n", "utf-8")
        os.environ["SOFTHSM2_CONF"] = str(config)

    def card(
        self, label: str, key: rsa.RSAPrivateKey | None, certificates: Sequence[x509.Certificate]
    ) -> Card:
        """A new card; the first certificate belongs to the key."""
        before = set(self.tokens.iterdir())
        self._tool("--init-token", "--free", "--label", label, "--so-pin", "00000000", "--pin", PIN)
        (folder,) = set(self.tokens.iterdir()) - before
        library = softhsm()
        assert library is not None
        # SoftHSM looks for cards when it begins; a real reader tells by itself.
        lib = pkcs11.lib(str(library))
        lib.reinitialize()
        if key is not None:
            self._put(lib.get_token(token_label=label), label, key, certificates)
        return Card(label, folder)

    @staticmethod
    def _put(
        token: pkcs11.Token,
        label: str,
        key: rsa.RSAPrivateKey,
        certificates: Sequence[x509.Certificate],
    ) -> None:
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        with token.open(user_pin=PIN, rw=True) as session:
            wanted = decode_rsa_private_key(der)
            wanted |= {pkcs11.Attribute.ID: b"1", pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label}
            session.create_object(wanted)
            for number, certificate in enumerate(certificates, 1):
                session.create_object(
                    {
                        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                        pkcs11.Attribute.TOKEN: True,
                        pkcs11.Attribute.ID: str(number).encode(),
                        pkcs11.Attribute.LABEL: f"{label}-{number}",
                        pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                        pkcs11.Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
                    }
                )

    @staticmethod
    def _tool(*arguments: str) -> None:
        subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
