"""The manifest of a despatch: what lies in each of its receptacles, as one value, one text and one hash.

In: the receptacles as they were sealed. Out: totals, what contradicts itself, the JSON that is stored, sent
and read back, its SHA-256 that stands on paper as a QR. Paper and JSON are drawn from this one value.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Final

import msgspec

from azpost_desk.domain.item_numbers import read_item_number, read_receptacle
from azpost_desk.domain.mail.despatches import tenths_of

SCHEMA: Final = 1
# Services of S10 whose receptacle bears the red R (mail.md 5).
REGISTERED: Final = frozenset({"registered", "insured"})


class ManifestItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item in a receptacle: `country` is where it goes, `grams` 0 where nobody weighed it, `flags` words
    of our own as ``insured`` or ``in_person``.
    """

    number: str
    country: str
    grams: int = 0
    flags: tuple[str, ...] = ()

    @property
    def is_registered(self) -> bool:
        """Whether its receptacle bears the R."""
        return read_item_number(self.number).service in REGISTERED


class ManifestReceptacle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A receptacle as it was sealed: the S9 of its label, gross weight, seal, version, its items in order.

    `kind` is a word of our own: ``bag``, ``tray`` or ``box``.
    """

    s9: str
    grams: int
    seal: str
    version: int
    items: tuple[ManifestItem, ...]
    kind: str = "bag"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A despatch as it was closed.

    Attributes:
        s8, year, version: which despatch, which of its versions.
        closed_at: UTC as ``2026-11-23T10:05:00Z``.
        transport: as its owner wrote it, "" when it is not known.
        receptacles: all of them, 001 first.
    """

    s8: str
    year: int
    version: int
    closed_at: str
    receptacles: tuple[ManifestReceptacle, ...]
    transport: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Totals:
    """The last line of a manifest, always the sum of its lines."""

    receptacles: int
    items: int
    grams: int
    registered_receptacles: int


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Where a manifest contradicts itself: `what` is a word of our own, `about` the S9 or item number."""

    what: str
    about: str


def totals_of(manifest: Manifest) -> Totals:
    """The sums over the lines of a manifest."""
    all_of_them = manifest.receptacles
    return Totals(
        len(all_of_them),
        sum(len(one.items) for one in all_of_them),
        sum(one.grams for one in all_of_them),
        sum(any(item.is_registered for item in one.items) for one in all_of_them),
    )


def faults_of(manifest: Manifest) -> tuple[Fault, ...]:
    """Every contradiction in a manifest, in the order of its lines; nothing when it may be handed over.

    ``despatch`` a label of another one, ``order`` numbers that do not run 001…n, ``last`` the flag of the
    last one, ``registered`` the R against its items, ``weight`` the label's against the scale's, ``empty``
    nothing in it, ``twice`` an item of two lines, ``seal`` a seal of two receptacles.
    """
    found = list[Fault]()
    for place, one in enumerate(manifest.receptacles, 1):
        found += (Fault(what, one.s9) for what in _wrong_with(manifest, place, one))
    items = Counter(item.number for one in manifest.receptacles for item in one.items)
    found += (Fault("twice", number) for number, times in items.items() if times > 1)
    seals = Counter(one.seal for one in manifest.receptacles)
    found += (Fault("seal", seal) for seal, times in seals.items() if times > 1)
    return tuple(found)


def _wrong_with(manifest: Manifest, place: int, one: ManifestReceptacle) -> list[str]:
    label = read_receptacle(one.s9)
    if label is None or label.despatch.identifier != manifest.s8:
        return ["despatch"]
    has_registered = any(item.is_registered for item in one.items)
    checks = {
        "order": int(label.number) == place,
        "last": label.last == (place == len(manifest.receptacles)),
        "registered": label.registered == has_registered,
        "weight": one.grams > 0 and one.s9[25:] == f"{tenths_of(one.grams):04}",
        "empty": bool(one.items),
    }
    return [what for what, holds in checks.items() if not holds]


def manifest_json(manifest: Manifest) -> bytes:
    """The manifest as it is stored and sent: the same value is the same bytes."""
    return msgspec.json.encode(manifest, order="deterministic")


def read_manifest(raw: bytes) -> Manifest:
    """A manifest as it was written by `manifest_json`.

    Raises:
        ValueError: these bytes are none, or of a schema that is not known here.
    """
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise ValueError("no manifest") from problem
    if manifest.schema != SCHEMA:
        raise ValueError("a manifest of an unknown schema")
    return manifest


def hash_of(manifest: Manifest) -> str:
    """SHA-256 of its JSON, 64 hex digits."""
    return hashlib.sha256(manifest_json(manifest)).hexdigest()


def qr_text(manifest: Manifest) -> str:
    """What its paper holds as a QR: which despatch, which version, the hash of the data it is drawn from."""
    return f"{manifest.s8} {manifest.year} {manifest.version} {hash_of(manifest)}"
