"""Numbers that other authorities give: VÖEN, IBAN, FİN, phone, postcode, identity documents.

Each check takes what a person typed and answers with the canonical value or the reason why there is none; it
never raises. Reasons are stable words (``empty length format letter kind check_digit country``) that the
catalogue turns into sentences. `require` is the same for a form: it refuses with the kind's code.

stdnum and phonenumbers are imported inside the checks: they cost 40 ms that the sign-in window needs not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Never str.upper alone: a Turkic keyboard gives ı and İ where a code has I.
_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyzıİ", "ABCDEFGHIJKLMNOPQRSTUVWXYZII")
_SEPARATORS: Final = re.compile(r"[\s.\-/\u2010-\u2015]+")
_ASCII: Final = re.compile(r"[0-9A-Z]+")


@dataclass(frozen=True, slots=True)
class Identified:
    """The answer of a check: a canonical `value`, or the `reason` why there is none; perhaps a `warning`."""

    value: str | None = None
    reason: str | None = None
    warning: str | None = None

    @property
    def valid(self) -> bool:
        return self.value is not None


def code_text(typed: str) -> str:
    """`typed` as a code: Latin capitals (ı, İ become I), spaces, dots, dashes and slashes gone."""
    return _SEPARATORS.sub("", typed).translate(_UPPER)


def check_fin(typed: str) -> Identified:
    """FİN: seven of A-Z and 0-9, never the letter O; the letter I is only warned of.

    Source: public FİN checkers agree on the length and on O and differ on I; no check digit is public.
    """
    text = code_text(typed)
    if not text:
        return Identified(reason="empty")
    if len(text) != 7:
        return Identified(reason="length")
    if not _ASCII.fullmatch(text):
        return Identified(reason="format")
    if "O" in text:
        return Identified(reason="letter")
    return Identified(text, warning="letter" if "I" in text else None)


def check_voen(typed: str) -> Identified:
    """VÖEN: ten digits (nine get a leading 0); the last is 1 or 2, the ninth a check digit.

    Source: OECD note on Azerbaijan's taxpayer numbers, as python-stdnum implements it.
    """
    from stdnum import exceptions
    from stdnum.az import voen

    text = code_text(typed)
    if not text:
        return Identified(reason="empty")
    if not is_digits(text):
        return Identified(reason="format")
    try:
        return Identified(voen.validate(text))
    except exceptions.InvalidLength:
        return Identified(reason="length")
    except exceptions.InvalidComponent:
        return Identified(reason="kind")
    except exceptions.ValidationError:
        return Identified(reason="check_digit")


def check_iban(typed: str, country: str | None = None) -> Identified:
    """IBAN of any country in the registry, or of `country` alone; ``AZ`` is ``AZ2!n4!a20!c``, 28 long."""
    from stdnum import exceptions, iban

    text = code_text(typed)
    if not text:
        return Identified(reason="empty")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]+", text):
        return Identified(reason="format")
    if country is not None and text[:2] != country:
        return Identified(reason="country")
    if text[:2] == "AZ" and len(text) != 28:
        return Identified(reason="length")
    # ISO 13616 gives 02 to 98; the three others leave the same remainder modulo 97 as 97, 98 and 02.
    if text[2:4] in ("00", "01", "99"):
        return Identified(reason="check_digit")
    try:
        # Rules that a country adds on top are left out: the list of Belgian banks, for one, is behind.
        return Identified(iban.validate(text, check_country=False))
    except exceptions.InvalidComponent:
        return Identified(reason="country")
    except exceptions.InvalidChecksum:
        return Identified(reason="check_digit")
    except exceptions.ValidationError:
        return Identified(reason="format")


def check_phone(typed: str) -> Identified:
    """A telephone number of any country as E.164; without a country code it is Azerbaijan's (+994)."""
    import phonenumbers

    if not is_said(typed):
        return Identified(reason="empty")
    try:
        number = phonenumbers.parse(typed, "AZ")
    except phonenumbers.NumberParseException:
        return Identified(reason="format")
    if not phonenumbers.is_possible_number(number):
        return Identified(reason="length")
    if not phonenumbers.is_valid_number(number):
        return Identified(reason="format")
    return Identified(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def check_postcode(typed: str) -> Identified:
    """An Azerbaijani postcode: ``AZ`` and four digits; ``1000`` and ``az 1000`` mean ``AZ1000``."""
    text = code_text(typed).removeprefix("AZ")
    if not text:
        return Identified(reason="empty")
    if not is_digits(text):
        return Identified(reason="format")
    return Identified(f"AZ{text}") if len(text) == 4 else Identified(reason="length")


# Shapes by kind of document. AZE and AA with their digits are known; the others are what is seen in use, so
# they are loose, and `other` takes whatever a foreign paper carries.
_DOCUMENTS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "identity_card": re.compile(r"AZE[0-9]{8}|AA[0-9]{7}"),
        "passport": re.compile(r"[A-Z]{0,2}[0-9]{6,9}"),
        "residence_permit": re.compile(r"[A-Z]{0,4}[0-9]{5,9}"),
        "military_ticket": re.compile(r"[A-Z]{0,3}[0-9]{5,9}"),
        "stateless_card": re.compile(r"[A-Z]{0,4}[0-9]{5,9}"),
        "other": re.compile(r"[0-9A-Z]{4,20}"),
    }
)
DOCUMENT_KINDS: Final = tuple(_DOCUMENTS)
# What is right, for whoever wrote something else; each passes its own check.
EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {"fin": "5XK2Q1R", "phone": "+994 50 123 45 67", "postcode": "AZ1000"}
)
DOCUMENT_EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "identity_card": "AA1234567",
        "passport": "C01234567",
        "residence_permit": "MYI1234567",
        "military_ticket": "AZ123456",
        "stateless_card": "SE123456",
        "other": "AB123456",
    }
)


def check_document(typed: str, kind: str = "identity_card") -> Identified:
    """The number of an identity document of `kind` (one of `DOCUMENT_KINDS`).

    An identity card is ``AZE`` with 8 digits (old) or ``AA`` with 7 (since 2018); an old card's bare 8 digits
    get their AZE.

    Raises:
        KeyError: `kind` is unknown.
    """
    shape = _DOCUMENTS[kind]
    text = code_text(typed).replace("№", "")
    if not text:
        return Identified(reason="empty")
    if kind == "identity_card" and re.fullmatch(r"[0-9]{8}", text):
        text = f"AZE{text}"
    return Identified(text) if shape.fullmatch(text) else Identified(reason="format")


CHECKS: Final[Mapping[str, Callable[[str], Identified]]] = MappingProxyType(
    {
        "fin": check_fin,
        "voen": check_voen,
        "iban": check_iban,
        "phone": check_phone,
        "postcode": check_postcode,
    }
)
_REFUSALS: Final = {"fin": "I-001", "voen": "I-002", "iban": "I-003", "phone": "I-004", "postcode": "I-005"}
_DOCUMENT_REFUSAL: Final = "I-006"


def require(kind: str, typed: str, field: str | None = None) -> str:
    """The canonical value of an identifier of `kind` (a key of `CHECKS`).

    Raises:
        Refused: I-001 FİN, I-002 VÖEN, I-003 IBAN, I-004 phone, I-005 postcode, with the fact `reason`.
    """
    return _value(CHECKS[kind](typed), _REFUSALS[kind], field or kind)


def require_document(typed: str, kind: str = "identity_card", field: str = "document") -> str:
    """The canonical number of an identity document.

    Raises:
        Refused: I-006 with the fact `reason`.
    """
    return _value(check_document(typed, kind), _DOCUMENT_REFUSAL, field)


def _value(answer: Identified, code: str, field: str) -> str:
    if answer.value is None:
        raise Refused(code, field, reason=answer.reason)
    return answer.value
