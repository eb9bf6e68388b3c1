"""Officers' accounts as rows with their standing; a new PIN, taken when typed twice alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.views import OfficerAtDesk

Standing = Literal["works", "wrong", "locked"]


@dataclass(frozen=True, slots=True)
class Row:
    """One officer as of a moment.

    Attributes:
        standing: works, has typed wrong PINs since the last right one, or is locked out.
        wrong_tries: how many wrong PINs in a row.
        locked_until_ms: 0 unless locked out.
    """

    officer: str
    name: str
    role: str
    standing: Standing
    wrong_tries: int
    locked_until_ms: int


def rows(officers: Sequence[OfficerAtDesk], now_ms: int) -> list[Row]:
    """Everybody, by name."""
    made = []
    for one in officers:
        standing: Standing = "locked" if one.wait_ms else "wrong" if one.wrong_tries else "works"
        until_ms = now_ms + one.wait_ms if one.wait_ms else 0
        made.append(Row(one.officer, one.name, one.role, standing, one.wrong_tries, until_ms))
    return made


def new_pin(first: str, second: str) -> str:
    """The PIN typed twice.

    Raises:
        Refused: S-005 when the two differ.
    """
    if first != second:
        raise Refused("S-005", field="again")
    return first
