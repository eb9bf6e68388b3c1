"""The history of an inland bag: what its office and whoever received it wrote, folded in one order.

In: the steps that are known of one bag, in any order, written at any desk. Out: its state, its version and
the steps that fit nowhere. What the sending office wrote comes first, by version: a bag that was quicker than
the record of its hand-over, or a clock that is wrong, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.mail.bags import BAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TAKEN: Final = frozenset({"taken", "taken_elsewhere"})
_RANK: Final = {"begun": 0, "reopened": 0, "sealed": 1, "handed_over": 2}
# Nothing was in it, whichever version that was: the last word of its office.
_LAST_VERSION: Final = 1 << 40
# How far a state is: of what is told the further one counts, a later version before an earlier one.
_REACHED: Final = {
    one: at
    for at, states in enumerate((("", "open"), ("sealed",), ("gone", "void"), ("missing", "astray")))
    for one in states
} | {"arrived": 4, "opened": 5, "done": 6}


@dataclass(frozen=True, slots=True)
class BagStep:
    """One step as a record tells it.

    Attributes:
        id: the operation of the record.
        event: of `mail.bags.BAG`; what the sending office seals, opens again and hands over is of a
            `version`, as is a receptacle that it gives up; 0 of every other step.
        is_of_sender: an office that the bag left wrote it.
        at_ms, desk, epoch, sequence: when and where the record stands.
    """

    id: str
    event: str
    version: int
    is_of_sender: bool
    at_ms: int
    desk: str = ""
    epoch: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class BagLife:
    """A bag as its steps make it: `sealing` is the step that gave it its present list; `left` the one since
    which it is on the road, `arrival` the last one by which it was taken in, `emptied` the one that ended it,
    `unfit` are those that fit nowhere.
    """

    state: str = ""
    version: int = 0
    sealing: str = ""
    left: str = ""
    arrival: str = ""
    emptied: str = ""
    unfit: frozenset[str] = frozenset()


def life_of(steps: Iterable[BagStep], moves: Mapping[tuple[str, str], str] = BAG) -> BagLife:
    """What the steps of one bag make of it; a receptacle of a despatch has `moves` of its own."""
    state, version, sealing, left, unfit = "", 0, "", "", set[str]()
    arrival = emptied = ""
    for one in sorted(steps, key=_place):
        if not one.is_of_sender and state in ("", "open") and version <= 1:
            # Its office has yet to be heard of closing it.
            continue
        after = moves.get((state, one.event))
        # What is sealed or handed over is the version that was open, what is opened again the next one.
        wanted = version + (one.event in ("begun", "reopened"))
        is_versioned = one.is_of_sender and (one.event in _RANK or one.version > 0)
        if after is None or (is_versioned and one.version != wanted):
            unfit.add(one.id)
            continue
        state, version = after, wanted
        if one.event == "sealed":
            sealing = one.id
        elif one.event == "reopened":
            sealing = ""
        arrival = one.id if one.event in TAKEN else arrival
        emptied = one.id if one.event == "emptied" else ""
        left = one.id if state == "gone" else ""
    return BagLife(state, version, sealing, left, arrival, emptied, frozenset(unfit))


def is_further(version: int, state: str, than_version: int, than_state: str) -> bool:
    """Whether a bag is further at one desk than what it is told, which its own records have overtaken."""
    return (version, _REACHED[state]) > (than_version, _REACHED[than_state])


def _place(one: BagStep) -> tuple[object, ...]:
    version, rank = one.version, _RANK.get(one.event, 0)
    if not one.is_of_sender:
        version, rank = 0, 0
    elif one.event == "given_up":
        # A receptacle may be taken up again afterwards, so it says which version was given up.
        version, rank = version or _LAST_VERSION, _RANK["sealed"]
    return not one.is_of_sender, version, rank, one.at_ms, one.desk, one.epoch, one.sequence, one.id
