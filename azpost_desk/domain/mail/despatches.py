"""A despatch to an office of exchange abroad (S8) and its receptacles (S9): identity, numbers, legal moves.

In: codes as they are scanned, a day, the range of the desk that owns the despatch, how its receptacles stand.
Out: what a code names, the next number, why a despatch cannot be closed, the state after an event
(mail.md 1.5, 1.6, 4). Inland bags are of `mail.bags`; a receptacle moves as they do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.item_numbers import read_despatch, read_receptacle
from azpost_desk.domain.mail.bags import BAG

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

RECEPTACLE: Final[dict[tuple[str, str], str]] = BAG | {
    # The last number, given up and needed after all: the same receptacle in its next version, so that no
    # number of the despatch is missing and none means two bags.
    ("void", "reopened"): "open",
    # Of a closed transit: nobody here may open it, it goes on as it came.
    ("arrived", "handed_over"): "gone",
}
DESPATCH: Final[dict[tuple[str, str], str]] = {
    ("", "begun"): "open",
    ("open", "closed"): "closed",
    # Nothing is in it: its number is burnt and told, a gap would look like a despatch that is lost.
    ("open", "cancelled"): "cancelled",
    ("closed", "reopened"): "open",
    ("closed", "handed_over"): "gone",
    # Receptacles that were left behind keep its number and follow.
    ("gone", "handed_over"): "gone",
    ("arriving", "handed_over"): "arriving",
    # Its first receptacle was quicker than the record of the hand-over.
    ("closed", "arriving"): "arriving",
    ("gone", "arriving"): "arriving",
    ("arriving", "ended"): "arrived",
    ("arriving", "ended_short"): "differs",
    ("differs", "settled"): "settled",
}
NUMBER_MAX: Final = 9_999
RECEPTACLES_MAX: Final = 999
# What a receptacle's own number leaves of an S9: last, registered and weight are words of its label.
IDENTITY: Final = 23
# [design] Sealed in tenths of a kilogram, the half of one upwards; above this the code cannot say it.
_TENTHS_MAX: Final = 9_998
_NOT_SAID: Final = 9_999
_GRAMS_A_TENTH: Final = 100
_SUBCLASS: Final = re.compile("[A-Z][A-Z0-9]")


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """What the numbers of despatches run within: one office to another, kind of mail, one calendar year."""

    origin: str
    destination: str
    category: str
    subclass: str
    year: int


@dataclass(frozen=True, slots=True, order=True)
class DespatchId:
    """A despatch as it is named for ever: its S8 and the full year, of which the S8 has the last digit."""

    s8: str
    year: int

    @property
    def series(self) -> Series:
        """Where its number comes from."""
        s8 = self.s8
        return Series(s8[:6], s8[6:12], s8[12], s8[13:15], self.year)

    @property
    def number(self) -> int:
        """1 to 9,999."""
        return int(self.s8[16:])


@dataclass(frozen=True, slots=True, order=True)
class ReceptacleId:
    """A receptacle as it is named for ever, whatever its label says of weight and content."""

    despatch: DespatchId
    number: int

    @property
    def code(self) -> str:
        """The first 23 characters of every label it ever had."""
        return f"{self.despatch.s8}{self.number:03}"


@dataclass(frozen=True, slots=True)
class Packed:
    """A receptacle as the owner of its despatch has it; `says_last`: its label names it the last one."""

    number: int
    state: str
    says_last: bool = False


def year_of(last_digit: int, seen: date) -> int:
    """The latest year with a last digit that has begun by the day after `seen`: somewhere it is tomorrow."""
    latest = seen.year + (1 if (seen.month, seen.day) == (12, 31) else 0)
    return latest - (latest - last_digit) % 10


def despatch_named(code: str, seen: date) -> DespatchId | None:
    """The despatch that a scanned S8 or S9 belongs to; None for what is neither."""
    receptacle = read_receptacle(code)
    found = receptacle.despatch if receptacle else read_despatch(code)
    if found is None or found.number == "0000":
        return None
    return DespatchId(found.identifier, year_of(found.year, seen))


def receptacle_named(code: str, seen: date) -> ReceptacleId | None:
    """The receptacle that a scanned S9 is on, whichever version of its label; None for what is none."""
    found, despatch = read_receptacle(code), despatch_named(code, seen)
    if found is None or despatch is None or found.number == "000":
        return None
    return ReceptacleId(despatch, int(found.number))


def despatch_id(series: Series, number: int) -> DespatchId:
    """The despatch of a number in its series.

    Raises:
        ValueError: a number outside 1 to 9,999, or parts that make no S8.
    """
    tail = f"{series.category}{series.subclass}{series.year % 10}{number:04}"
    s8 = f"{series.origin}{series.destination}{tail}"
    found = read_despatch(s8)
    if not 1 <= number <= NUMBER_MAX or found is None or found.identifier != s8:
        raise ValueError("these parts make no despatch")
    return DespatchId(s8, series.year)


def next_number(used: Collection[int], first: int, last: int) -> int | None:
    """The next number of the owner's range in one series; None when it is used up.

    A number that was burnt is used: only what comes after the highest one is free.
    """
    following = max((one for one in used if first <= one <= last), default=first - 1) + 1
    return following if following <= min(last, NUMBER_MAX) else None


def gaps(used: Collection[int], first: int) -> tuple[int, ...]:
    """Numbers of a range from `first` of which nothing is known though a later one is used."""
    known = frozenset(used)
    return tuple(one for one in range(first, max(known, default=first)) if one not in known)


def next_receptacle(packed: Collection[Packed]) -> int | None:
    """The number the next receptacle gets: 001 to 999 without a gap; None when there are 999.

    The last one that was given up comes first: it is taken up again as its next version.
    """
    live = {one.number for one in packed if one.state != "void"}
    following = max(live, default=0) + 1
    return following if following <= RECEPTACLES_MAX else None


def may_be_given_up(number: int, packed: Collection[Packed]) -> bool:
    """Whether a receptacle can be given up: it is open, and no later number would leave a gap behind it."""
    live = {one.number: one.state for one in packed if one.state != "void"}
    return live.get(number) == "open" and number == max(live)


@dataclass(frozen=True, slots=True)
class Unready:
    """What keeps a despatch from being closed: nothing in it, numbers open or missing, labels to renew.

    Attributes:
        relabel: sealed receptacles whose label is wrong about which of them is the last.
    """

    is_empty: bool = False
    open: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    relabel: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return self != Unready()


def why_not_closed(packed: Collection[Packed]) -> Unready:
    """Why a despatch cannot be closed; false when it can: all sealed, n known, only the n-th is the last."""
    live = {one.number: one for one in packed if one.state != "void"}
    if not live:
        return Unready(is_empty=True)
    last = max(live)
    return Unready(
        open=tuple(sorted(number for number, one in live.items() if one.state == "open")),
        missing=tuple(number for number in range(1, last) if number not in live),
        relabel=tuple(
            sorted(
                number
                for number, one in live.items()
                if one.state == "sealed" and one.says_last != (number == last)
            )
        ),
    )


def tenths_of(grams: int) -> int:
    """A gross weight as a label says it, in 0.1 kg: never nothing, 9,999 what is above 999.8 kg.

    Raises:
        ValueError: no weight at all.
    """
    if grams <= 0:
        raise ValueError("a receptacle weighs something")
    tenths = max(1, (grams + _GRAMS_A_TENTH // 2) // _GRAMS_A_TENTH)
    return tenths if tenths <= _TENTHS_MAX else _NOT_SAID


def label_code(receptacle: ReceptacleId, *, is_last: bool, has_registered: bool, grams: int) -> str:
    """The S9 of a label: 29 characters, of which the last six change when the receptacle is sealed again.

    Raises:
        ValueError: a number outside 1 to 999, or no weight.
    """
    if not 1 <= receptacle.number <= RECEPTACLES_MAX:
        raise ValueError("a despatch has receptacles 001 to 999")
    return f"{receptacle.code}{int(is_last)}{int(has_registered)}{tenths_of(grams):04}"


def is_kind(category: str, subclass: str) -> bool:
    """Whether this is a category (A to D) and a sub-class (mail class first) as an S8 holds them."""
    return len(category) == 1 and category in "ABCD" and bool(_SUBCLASS.fullmatch(subclass))


@dataclass(frozen=True, slots=True)
class Loading:
    """A despatch at its hand-over: what goes, what is left behind under its number, what is not of it.

    Attributes:
        outdated: labels that were scanned and are of an earlier version of a receptacle that is here.
    """

    going: tuple[int, ...]
    left_behind: tuple[int, ...]
    outdated: tuple[str, ...]
    foreign: tuple[str, ...]


def loading(despatch: DespatchId, labels: Mapping[int, str], scans: Sequence[str], seen: date) -> Loading:
    """What the scans of a hand-over make of a despatch.

    Args:
        labels: the S9 that stands on each receptacle that is sealed and here, by its number.
        scans: what was scanned while it was loaded, in order; the same label twice counts once.
    """
    going, outdated, foreign = dict[int, None](), list[str](), list[str]()
    for scan in dict.fromkeys(scans):
        found, read = receptacle_named(scan, seen), read_receptacle(scan)
        if found is None or read is None or found.despatch != despatch or found.number not in labels:
            foreign.append(scan)
        elif read.identifier != labels[found.number]:
            outdated.append(scan)
        else:
            going[found.number] = None
    left = (number for number in labels if number not in going)
    return Loading(tuple(sorted(going)), tuple(sorted(left)), tuple(outdated), tuple(foreign))
