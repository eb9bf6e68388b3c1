"""Electronic signatures on papers: whose certificate may sign, and what is said of a paper that was signed.

The card or file does the signing; these are the rules around it. A certificate speaks for an officer when its
subject names them, and, once one is known for them, when it is that very certificate or its successor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from azpost_desk.domain.names import fold
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

Way = Literal["card", "file"]
Standing = Literal["unsigned", "signed", "unknown_issuer", "broken"]
"""`unknown_issuer`: every byte is as it was signed, but no issuer the centre trusts vouches for the name."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who signs, as the issuer says.

    Attributes:
        subject: the whole distinguished name (RFC 4514); personal data.
        name: the subject's common name.
        serial: in hexadecimal, as cards print it.
        issuer: SHA-256 of the issuer's distinguished name in DER.
        fingerprint: SHA-256 of the certificate in DER.
        signs: whether its key usage allows signing (none stated allows it).
        trusted: whether it leads to an issuer the centre trusts; None when the centre named none yet.
    """

    subject: str
    name: str
    serial: str
    issuer: str
    fingerprint: str
    valid_from_ms: int
    valid_to_ms: int
    signs: bool = True
    trusted: bool | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the visible stamp says. `number` is the place on the paper, from 1; `at_ms` the time claimed."""

    number: int
    name: str
    serial: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Found:
    """A signature as it stands in a PDF.

    Attributes:
        intact: the signed bytes are the ones that were signed, and the key fits the certificate.
        whole: nothing stands in the file beyond what is signed (or only later signatures).
    """

    certificate: Certificate
    at_ms: int
    intact: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The certificate an officer signed with last at this desk."""

    fingerprint: str
    subject: str
    issuer: str


def accept(
    certificate: Certificate, officer: str, now_ms: int, assigned: Collection[str], known: Known | None
) -> None:
    """Refuse a certificate that may not sign for the officer called `officer` now.

    `assigned` are the fingerprints the centre gave this officer; where there are any, no other counts. Else
    the first use registers a certificate, and a later one must be the same, or the same person's from the
    same issuer (a renewal).

    Raises:
        Refused: S-074 out of date, S-075 not valid yet, S-076 somebody else's, S-077 not the one known for
            this officer, S-078 not made for signing, S-079 of an issuer the centre does not trust.
    """
    if not certificate.signs:
        raise Refused("S-078")
    if now_ms > certificate.valid_to_ms:
        raise Refused("S-074", until_ms=certificate.valid_to_ms)
    if now_ms < certificate.valid_from_ms:
        raise Refused("S-075", since_ms=certificate.valid_from_ms)
    if not names(certificate.name, officer):
        raise Refused("S-076", name=certificate.name)
    if certificate.trusted is False:
        raise Refused("S-079")
    if assigned:
        if certificate.fingerprint not in assigned:
            raise Refused("S-077")
        return
    if known is None or certificate.fingerprint == known.fingerprint:
        return
    if (certificate.subject, certificate.issuer) != (known.subject, known.issuer):
        raise Refused("S-077")


def names(certificate_name: str, officer: str) -> bool:
    """Whether a certificate's common name is this officer's: every word of it, in any order or spelling."""
    words = set(fold(officer).split())
    return len(words) > 1 and words <= set(fold(certificate_name).split())


def standing(found: Collection[Found], fingerprints: Collection[str]) -> Standing:
    """What is to be said of a paper whose journal names the certificates `fingerprints` in order."""
    if not fingerprints:
        return "unsigned"
    if [one.certificate.fingerprint for one in found] != list(fingerprints):
        return "broken"
    if not all(one.intact and one.whole for one in found):
        return "broken"
    return "signed" if all(one.certificate.trusted for one in found) else "unknown_issuer"
