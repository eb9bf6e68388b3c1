"""Lanes abroad: which desk makes despatches to which office of exchange, of which mail, with which numbers.

In: the centre's document. Out: the lane of a desk for one destination and kind of mail. A lane is its owner
desk's alone, and a machine's: who comes after a lost one gets numbers that nobody has used (mail.md 2).
"""

from __future__ import annotations

from azpost_desk.domain.catalogue import Document, Names
from azpost_desk.domain.mail.despatches import NUMBER_MAX, Series


class Lane(Document, frozen=True):
    """The numbers of one owner desk in one series, anew each calendar year.

    Attributes:
        desk: the owner; `epoch` is the machine that these numbers were given to.
        origin, destination: offices of exchange by their IMPC code; `names` is the destination's.
        category, subclass: of the mail, as an S8 holds them.
        first, last: the range, both within it.
    """

    desk: str
    origin: str
    destination: str
    category: str
    subclass: str
    names: Names
    epoch: int = 1
    first: int = 1
    last: int = NUMBER_MAX

    def series(self, year: int) -> Series:
        """What its numbers run within in a year."""
        return Series(self.origin, self.destination, self.category, self.subclass, year)


class Lanes(Document, frozen=True):
    """Every lane of the country."""

    lanes: tuple[Lane, ...] = ()

    def owned(self, desk: str, epoch: int) -> tuple[Lane, ...]:
        """Those of a desk and its present machine."""
        return tuple(one for one in self.lanes if (one.desk, one.epoch) == (desk, epoch))

    def find(self, s8: str) -> Lane | None:
        """A lane that despatches with this S8 are of, for the name of where they go."""
        parts = s8[:6], s8[6:12], s8[12], s8[13:15]
        return next((one for one in self.lanes if _parts(one) == parts), None)


def _parts(lane: Lane) -> tuple[str, str, str, str]:
    return lane.origin, lane.destination, lane.category, lane.subclass
