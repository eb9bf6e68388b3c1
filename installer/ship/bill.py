"""The bill of parts, from the lock: a list for people (THIRD-PARTY.txt) and one for machines (CycloneDX)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from ship.archive import Entry
    from ship.lock import Part

_HEAD = """\
What the counter is built on, each part under its own licence. Its text lies in
site-packages/NAME-VERSION.dist-info, or in the folder licences beside this list. Qt for Python is used under
the LGPL 3: its libraries are separate files under site-packages/PySide6, and you may replace them with others
of the same interface. Nothing forbids taking the program apart to find out whether that works. Whoever gave
you this package gives you the sources of these exact versions of Qt and Qt for Python on demand.

"""


def third_party(parts: list[Part]) -> str:
    """THIRD-PARTY.txt."""
    lines = []
    for part in parts:
        text = f"\n    text: licences/{part.text}.txt" if part.text else ""
        inside = f"\n    inside: {part.inside}" if part.inside else ""
        lines.append(f"{part.name} {part.version}\n    licence: {part.licence}{text}{inside}\n")
    return _HEAD + "".join(lines)


def cyclonedx(parts: list[Part], wheels: dict[str, bytes], epoch_s: int) -> str:
    """The same as a CycloneDX 1.5 document.

    Args:
        parts: what is shipped.
        wheels: name → the wheel's SHA-256.
        epoch_s: the time the document carries.
    """
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": "azpost-desk", "name": "azpost-desk"},
        },
        "components": [
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{part.name}@{part.version}",
                "name": part.name,
                "version": part.version,
                "purl": f"pkg:pypi/{part.name}@{part.version}",
                "licenses": [{"expression": part.licence}],
                "hashes": [{"alg": "SHA-256", "content": wheels[part.name].hex()}],
            }
            for part in parts
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def digests(parts: list[Part], wheels: list[Path]) -> dict[str, bytes]:
    """Name → SHA-256 of the wheel that was unpacked."""
    return {
        part.name: hashlib.sha256(wheel.read_bytes()).digest()
        for part, wheel in zip(parts, wheels, strict=True)
    }


def textless(parts: list[Part], entries: list[Entry]) -> list[str]:
    """Parts that come without any licence text: neither in their wheel nor named in the table."""
    brought = {
        entry.path.partition("-")[0].lower().replace("_", "-").replace(".", "-")
        for entry in entries
        if ".dist-info/" in entry.path and _is_licence(entry.path)
    }
    return [part.name for part in parts if not part.text and part.name not in brought]


def _is_licence(path: str) -> bool:
    name = path.rpartition("/")[2].upper()
    return name.startswith(("LICEN", "COPYING", "NOTICE"))
