"""The lock and the table of parts, read together: what is shipped, in which version, under which licence."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


class Unfit(Exception):
    """Something that must be mended before a package can be built; the text says what."""


@dataclass(frozen=True, slots=True)
class Part:
    """One package of the lock that is shipped.

    Attributes:
        licence: SPDX expression, as chosen by us where there is a choice.
        text: the licence's text under resources/licences, where the wheel brings none of its own.
        inside: what else the wheel holds, with its licence.
    """

    name: str
    version: str
    licence: str
    text: str
    inside: str


def pins(lock: str) -> dict[str, str]:
    """Name → version of every row of a lock."""
    return dict(_PIN.findall(lock))


def rows(lock: str, names: set[str]) -> str:
    """The rows of these packages alone, with their hashes, for pip."""
    return "".join(
        row + "\n" for row in re.split(r"\n(?=[a-z0-9])", lock.strip()) if row.partition("==")[0] in names
    )


def parts(lock: str, table: Path) -> list[Part]:
    """What is shipped, by name.

    Raises:
        Unfit: the table names a package that the lock does not have.
    """
    versions = pins(lock)
    with table.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    strangers = [row["name"] for row in found if row["name"] not in versions]
    if strangers:
        raise Unfit(f"{table.name} names what the lock does not have: {' '.join(strangers)}")
    return [
        Part(row["name"], versions[row["name"]], row["licence"], row["text"], row["inside"])
        for row in sorted(found, key=lambda row: row["name"])
    ]
