"""The history of a despatch: what its owner desk and whoever received it wrote, folded in one order.

In: the steps that are known of one despatch, in any order, written at any desk. Out: its state, its version,
its owner and the steps that fit nowhere. A despatch is its owner's: what another desk of the office closes or
hands over changes nothing and is named. Its receptacles are folded by `mail.bag_history`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.mail.despatches import DESPATCH

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEXT_VERSION: Final = frozenset({"begun", "reopened"})


@dataclass(frozen=True, slots=True)
class DespatchStep:
    """One step as a record tells it.

    Attributes:
        id: the operation of the record.
        event: of `mail.despatches.DESPATCH`.
        version: which version the origin began, closed, opened again, cancelled or handed over; 0 of every
            other step.
        is_of_origin: the office of exchange that made the despatch wrote it.
        at_ms, desk, epoch, sequence: when and where the record stands.
    """

    id: str
    event: str
    version: int
    is_of_origin: bool
    at_ms: int
    desk: str = ""
    epoch: int = 0
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class DespatchLife:
    """A despatch as its steps make it.

    Attributes:
        owner: the desk that began it; "" while that is not known.
        closing: the step that gave it its present manifest, "" while it is open.
        left: the hand-over by which it left first.
        unfit: steps that fit nowhere, or that a desk wrote whose despatch it is not.
    """

    state: str = ""
    version: int = 0
    owner: str = ""
    closing: str = ""
    left: str = ""
    unfit: frozenset[str] = frozenset()

    @property
    def is_burnt(self) -> bool:
        """Whether its number was used for nothing: told, so that nobody looks for a despatch that is lost."""
        return self.state == "cancelled"


def despatch_of(steps: Iterable[DespatchStep]) -> DespatchLife:
    """What the steps of one despatch make of it."""
    ordered = sorted(steps, key=_place)
    owner = next((one.desk for one in ordered if one.event == "begun"), "")
    state, version, closing, left, unfit = "", 0, "", "", set[str]()
    for one in ordered:
        if not one.is_of_origin and state in ("", "open") and version <= 1:
            # Its owner has yet to be heard of closing it.
            continue
        if one.is_of_origin and not owner:
            # How it was begun has yet to be heard.
            continue
        after = DESPATCH.get((state, one.event))
        wanted = version + (one.event in _NEXT_VERSION)
        is_strange = one.is_of_origin and (one.desk != owner or one.version != wanted)
        if after is None or is_strange:
            unfit.add(one.id)
            continue
        state, version = after, wanted
        if one.event == "closed":
            closing = one.id
        elif one.event == "reopened":
            closing = ""
        if one.event == "handed_over":
            left = left or one.id
    return DespatchLife(state, version, owner, closing, left, frozenset(unfit))


def _place(one: DespatchStep) -> tuple[object, ...]:
    # A desk's own order is the order of its records, whatever its clock says.
    begun_first = one.event != "begun"
    if one.is_of_origin:
        return False, begun_first, one.epoch, one.sequence, one.desk, one.id
    return True, begun_first, one.at_ms, one.sequence, one.desk, one.id
