"""Journal records of mail: what was scanned, what was not taken, what was taken back."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class ItemScanned(Body, frozen=True):
    """A tracking event of an item at an office (UPU EMSEVT V3 code)."""

    number: str
    event: str
    office: str
    reason: str = ""
    measure: str = ""
    signatory: str = ""
    # What it was handed over in, and the last day (ISO) until which it is kept here.
    receptacle: str = ""
    until: str = ""
    # Of a delivery: what whoever took it is to the addressee, where they signed, the commitment of the proof.
    relation: str = ""
    signed: str = ""
    proof: str = ""
    # The operation of the last event known here (mail.md 1.3): it comes before this one, whatever clocks say.
    answers: str = ""


class ScanRefused(Body, frozen=True):
    """A scan that was not taken, with the reason: kept, because somebody heard a tone."""

    raw: str
    event: str
    reason: str


class ScanVoided(Body, frozen=True):
    """A scan taken back: own last one within a minute, else with a supervisor."""

    scan: str
    number: str
    reason: str
    approved_by: str = ""


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("item.scanned", 1): ItemScanned,
    ("scan.refused", 1): ScanRefused,
    ("scan.voided", 1): ScanVoided,
}
