"""An inland bag between an office and its hub: its number, its states, its list held against its content.

In: events of the bag, what its list names, what was found in it. Out: the state after an event, the number,
what is missing and what nobody listed (mail.md 1.6, 4). Despatches abroad (S8, S9) are no bags of this kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.transfer_codes import is_checked, with_check_digit

if TYPE_CHECKING:
    from collections.abc import Collection

BAG: Final[dict[tuple[str, str], str]] = {
    ("", "begun"): "open",
    ("open", "sealed"): "sealed",
    # Nothing was in it.
    ("open", "given_up"): "void",
    ("sealed", "reopened"): "open",
    ("sealed", "handed_over"): "gone",
    # The bag was quicker than the record of its hand-over.
    ("sealed", "taken"): "arrived",
    ("sealed", "taken_elsewhere"): "astray",
    ("gone", "taken"): "arrived",
    ("gone", "taken_elsewhere"): "astray",
    ("gone", "missed"): "missing",
    ("astray", "handed_over"): "gone",
    ("astray", "taken"): "arrived",
    ("astray", "taken_elsewhere"): "astray",
    ("arrived", "opened"): "opened",
    ("opened", "emptied"): "done",
    ("missing", "taken"): "arrived",
    ("missing", "taken_elsewhere"): "astray",
}
# In these its items are not on the table: no other bag takes them.
HOLDS: Final = ("open", "sealed")
# Into a bag and out of it: events of our own offices, never told abroad.
INTO: Final = "bagged"
OUT_OF: Final = "unbagged"
BAGGING: Final = frozenset({INTO, OUT_OF})

# How a bag is found that is not as it was sealed; two people open it.
CONDITIONS: Final = ("resealed", "short", "damaged")
# What an item found in a bag is scanned as, by the kind of the office (`mail.scanning.EVENTS_AT`): the one
# event of that scan, so that the item's history is folded from no second record of it.
FOUND_AS: Final = {"exchange": "EMB", "sorting": "EDD", "office": "EMG"}
# [design] Two scales agree within 0.2 kg, or 1 % of a heavy bag (mail.md 2).
_GRAMS_APART: Final = 200
_PARTS_APART: Final = 100
# [design] The farthest inland road is driven overnight; a bag nobody has taken in by then is looked for.
ROAD_HOURS: Final = 36
# [design] More than goes into 32 kg of letters with a number each.
ITEMS_MAX: Final = 500
# [design] Heavier is lifted by two people and no mailbag; UPU bags hold 30 kg.
GRAMS_MAX: Final = 32_000
_PREFIX: Final = "AZG"
_NUMBER: Final = re.compile(r"AZG[0-9]{12}")
_OF_EPOCH: Final = 10_000
_SEAL: Final = re.compile(r"[A-Z0-9-]{3,20}")


def bag_number(desk_series: int, epoch: int, serial: int) -> str:
    """The number of the `serial`-th bag (from 1) of a desk: its six digits, epoch, four digits, check digit.

    After 9,999 bags a number comes again, on a bag of a later year: identity is the number with its year.

    Raises:
        ValueError: a series of more than six digits.
    """
    if not 0 < desk_series < 1_000_000:
        raise ValueError("a desk's series has six digits at most")
    shown = (serial - 1) % (_OF_EPOCH - 1) + 1
    return _PREFIX + with_check_digit(f"{desk_series:06}{epoch % 10}{shown:04}")


def read_bag_number(code: str) -> str | None:
    """The number a label says, in capitals and without spaces; None when it is none."""
    number = "".join(code.split()).upper()
    return number if _NUMBER.fullmatch(number) and is_checked(number.removeprefix(_PREFIX)) else None


def read_seal(typed: str) -> str | None:
    """A seal's number as it is compared; None for what is none."""
    seal = "".join(typed.split()).upper()
    return seal if _SEAL.fullmatch(seal) else None


def weighs_the_same(sealed_grams: int, found_grams: int) -> bool:
    """Whether a bag weighs what it weighed when it was sealed, as far as two scales agree."""
    return abs(sealed_grams - found_grams) <= max(_GRAMS_APART, sealed_grams // _PARTS_APART)


@dataclass(frozen=True, slots=True)
class Held:
    """A bag's content held against its list, each number once, in the order they were named."""

    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    @property
    def is_even(self) -> bool:
        """Whether all that was listed is there and nothing else."""
        return not (self.missing or self.surplus)


def held_against(listed: Collection[str], found: Collection[str]) -> Held:
    """What of a list was not found, and what was found beyond it."""
    there, named = frozenset(found), frozenset(listed)
    return Held(
        tuple(one for one in dict.fromkeys(listed) if one not in there),
        tuple(one for one in dict.fromkeys(found) if one not in named),
    )
