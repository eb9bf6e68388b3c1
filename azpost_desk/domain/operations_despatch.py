"""Journal records of despatches abroad and their receptacles: begun, sealed, opened again, closed, gone.

In: nothing. Out: immutable bodies, one for each step. What lies in a receptacle is scanned as what lies in an
inland bag is (`ItemScanned`, event ``bagged``); its hand-over scans each of its items as EMC.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class DespatchBegun(Body, frozen=True):
    """A despatch to an office of exchange is being filled; its id is the operation of this record.

    Its desk owns it. `s8` names origin, destination, kind of mail and number; `year` is the full one.
    """

    s8: str
    year: int


class DespatchCancelled(Body, frozen=True):
    """Nothing was in it: its number is burnt."""

    despatch: str
    version: int


class DespatchClosed(Body, frozen=True):
    """All that goes with it is sealed: the S9 of each receptacle's label, 001 first, without a gap."""

    despatch: str
    version: int
    labels: tuple[str, ...]


class DespatchReopened(Body, frozen=True):
    """Its owner opened it again before it left: `version` is the one that is open now."""

    despatch: str
    version: int
    reason: str


class DespatchHandedOver(Body, frozen=True):
    """It left, or what had been left behind of it followed, with a carrier, who signed (a commitment).

    Attributes:
        labels: the S9 of each receptacle that went; the EMC of each item in them follows in the journal.
        left_behind: the S9 of those that stayed: they keep their number and follow.
        orders_ms: up to when (UTC ms) this desk had heard which stop orders stand.
    """

    despatch: str
    version: int
    labels: tuple[str, ...]
    left_behind: tuple[str, ...] = ()
    transport: str = ""
    orders_ms: int = 0
    driver: str = ""


class ReceptacleBegun(Body, frozen=True):
    """A receptacle is being filled; its id is the operation of this record. `number` is 1 to 999."""

    despatch: str
    number: int


class ReceptacleClosed(Body, frozen=True):
    """A receptacle was closed: its list, the hand count, gross weight (`typed`: not by the scale), seal; `s9`
    is what its label says of it, the last one and the registered flag too.
    """

    receptacle: str
    version: int
    s9: str
    numbers: tuple[str, ...]
    counted: int
    grams: int
    seal: str
    typed: bool = False


class ReceptacleReopened(Body, frozen=True):
    """Its holder opened it again, or took its number up again: `version` is the one that is open now."""

    receptacle: str
    version: int
    reason: str


class ReceptacleGivenUp(Body, frozen=True):
    """Nothing went in it; its number is the next one's."""

    receptacle: str
    version: int


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("despatch.begun", 1): DespatchBegun,
    ("despatch.cancelled", 1): DespatchCancelled,
    ("despatch.closed", 1): DespatchClosed,
    ("despatch.reopened", 1): DespatchReopened,
    ("despatch.handed_over", 1): DespatchHandedOver,
    ("receptacle.begun", 1): ReceptacleBegun,
    ("receptacle.closed", 1): ReceptacleClosed,
    ("receptacle.reopened", 1): ReceptacleReopened,
    ("receptacle.given_up", 1): ReceptacleGivenUp,
}
