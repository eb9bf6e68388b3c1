"""Which office of the list somebody means who typed a code, a postcode or the beginning of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.names import fold

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Office, Offices


def offices_like(offices: Offices, typed: str) -> list[Office]:
    """The office with this code or postcode, else those whose name has a word that begins like it."""
    text = typed.strip()
    if not text:
        return []
    exact = offices.find(text.split()[0]) or offices.by_postcode(text.upper())
    if exact is not None:
        return [exact]
    key = fold(text)
    return [office for office in offices.offices if key and f" {key}" in f" {fold(office.name)}"]


def written_office(office: Office) -> str:
    """An office as a field shows it; `offices_like` finds it again by its code."""
    return f"{office.code} {office.name}"
