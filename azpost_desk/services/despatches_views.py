"""Despatches abroad and their receptacles as values, and the token under which the books read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.item_numbers import read_receptacle
from azpost_desk.domain.mail.despatches import DespatchId, Packed, ReceptacleId
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.domain.mail.despatches import Series


@dataclass(frozen=True, slots=True)
class Despatch:
    """One despatch of this desk; states of `domain.mail.despatches.DESPATCH`.

    Attributes:
        despatch: the operation that began it.
        name: its S8 with the full year.
        version: 1 until it is opened again.
    """

    despatch: str
    name: DespatchId
    officer: str
    state: str
    version: int
    begun_ms: int
    changed_ms: int


@dataclass(frozen=True, slots=True)
class Packing:
    """One receptacle; states of `domain.mail.despatches.RECEPTACLE`.

    Attributes:
        s9: what its present label says, "" while it is open.
        grams, is_typed, seal: of its last sealing, 0 and "" before; typed = not from the scale.
        items: when each lay in it, UTC ms by number, in the order they were scanned.
    """

    receptacle: str
    despatch: str
    name: ReceptacleId
    state: str
    version: int
    begun_ms: int
    changed_ms: int
    s9: str
    grams: int
    is_typed: bool
    seal: str
    items: Mapping[str, int]

    @property
    def packed(self) -> Packed:
        """As the rules of its despatch look at it."""
        label = read_receptacle(self.s9)
        return Packed(self.name.number, self.state, says_last=bool(label and label.last))


class DespatchReads(Protocol):
    """What the books know of despatches and receptacles of this desk."""

    def despatch(self, despatch: str) -> Despatch | None:
        """The one with this id."""

    def despatches(self, states: Sequence[str]) -> list[Despatch]:
        """Those in one of these states, the oldest first."""

    def numbers_of(self, series: Series) -> frozenset[int]:
        """Every number this desk has used in a series, burnt ones too."""

    def receptacle(self, receptacle: str) -> Packing | None:
        """The one with this id."""

    def receptacles(self, despatch: str) -> list[Packing]:
        """Those of a despatch by their number, given up ones too."""

    def receptacle_with(self, number: str) -> Packing | None:
        """The open or sealed receptacle that an item lies in."""

    def has_left(self, s9: str) -> bool:
        """Whether a receptacle of this desk left with this label."""

    def receptacle_named(self, name: ReceptacleId) -> Packing | None:
        """The one that a label is of, whichever version of it."""


DESPATCHES: Final = Reads[DespatchReads]("despatches")
