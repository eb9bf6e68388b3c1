"""Persons on forms, without Qt: where typed text belongs, which document it is, whom a form's values name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.digits import has_digit
from azpost_desk.domain.identifiers import check_document, check_fin, check_phone
from azpost_desk.domain.people import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

IDENTITY_CARD: Final = "identity_card"
# Parts of a person's form as `services.customers` names them in refusals: ``sender.fin``.
PARTS: Final = ("fin", "document_kind", "document", "document_valid_to", "name", "phone")


def place_of(typed: str) -> tuple[str, str]:
    """(part of a person, kind of document) that a text typed into the search is when nobody is known by it.

    A FİN always holds a digit in practice; seven letters are a surname.
    """
    if not has_digit(typed):
        return "name", ""
    if check_fin(typed).valid:
        return "fin", ""
    if check_document(typed, IDENTITY_CARD).valid:
        return "document", IDENTITY_CARD
    if check_phone(typed).valid:
        return "phone", ""
    if check_document(typed, "passport").valid:
        return "document", "passport"
    return "fin", ""


def document_kind(number: str) -> str:
    """The kind of document a known customer's number belongs to; an identity card when there is none yet."""
    if not number:
        return IDENTITY_CARD
    return next((kind for kind in (IDENTITY_CARD, "passport") if check_document(number, kind).valid), "other")


def person_of(values: Mapping[str, str], who: str) -> Person:
    """The person a form's part holds; `services` checks every number and names the wrong field."""
    return Person(**{part: values.get(f"{who}.{part}", "") for part in PARTS})
