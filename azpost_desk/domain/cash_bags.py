"""Sealed bags: how they are numbered, what may lie in them, and what is missing from one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

CASH, WORN, SUSPECT = "cash", "worn", "suspect"
SORTS: Final = (CASH, WORN, SUSPECT)
"""What lies in a bag: good cash, notes too worn to be given out, notes that may be false (no money)."""

# Prenumbered seals and bags: letters and digits as printed on them, read by hand or by scanner.
_NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{3,19}")


def bag_number(typed: str) -> str:
    """The number of a bag as it is kept: upper case, no blanks.

    Raises:
        Refused: C-040 when it is none (4 to 20 letters, digits, dashes).
    """
    number = re.sub(r"\s", "", typed).upper()
    if not _NUMBER.fullmatch(number):
        raise Refused("C-040", field="number")
    return number


def missing(announced: Mapping[int, int], counted: Mapping[int, int]) -> dict[int, int]:
    """Pieces announced less pieces counted by denomination in qəpik, largest first; negative: too many."""
    every = sorted(announced.keys() | counted.keys(), reverse=True)
    found = {value: announced.get(value, 0) - counted.get(value, 0) for value in every}
    return {value: pieces for value, pieces in found.items() if pieces}
