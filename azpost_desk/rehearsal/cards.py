"""A signature for the demo's manager: an issuer that is nobody's, and a PKCS#12 file in place of a card."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

_ISSUER = "DEMO Sertifikat Xidmətləri Mərkəzi"
_DAYS = 3_650


def demo_card(path: Path, name: str, pin: str, now_ms: int) -> str:
    """Write a key with a certificate in somebody's name to `path`; gives the issuer's certificate (PEM)."""
    now = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC)
    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = (
        _begun(_ISSUER, _ISSUER, now)
        .public_key(issuer_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(issues=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    certificate = (
        _begun(name.upper(), _ISSUER, now)
        .public_key(key.public_key())
        .add_extension(_usage(issues=False), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(pin.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"demo", key, certificate, [issuer], lock))
    return issuer.public_bytes(serialization.Encoding.PEM).decode()


def _begun(name: str, issuer: str, now: dt.datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
    )


def _usage(issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )
