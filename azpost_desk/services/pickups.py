"""Pick-up codes at the counter: what a customer says is checked against the hash that the centre gave this
office, on line or off; too many wrong ones here, or over all, and a document is asked for instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.domain.mail.pickup import WRONG, WRONG_HERE_MAX
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from azpost_desk.services.ports import Hasher, Reading


@dataclass(frozen=True, slots=True)
class PickupCode:
    """The code of an item as this desk knows it: `code` its id, `hash` what is checked, states of
    `domain.mail.pickup.PICKUP`, `wrong_here` how often it was said wrongly at this desk.
    """

    number: str
    code: str
    state: str
    hash: str
    wrong_here: int

    @property
    def stands(self) -> bool:
        """Whether it may be said here."""
        return self.state == "standing" and self.wrong_here < WRONG_HERE_MAX


class PickupReads(Protocol):
    """What the books know of pick-up codes."""

    def pickup_code(self, number: str) -> PickupCode | None:
        """The newest code of an item; None when none is known here."""


PICKUPS: Final = Reads[PickupReads]("pickups")


@dataclass(frozen=True, slots=True)
class Tried:
    """What was said, beside the code (its id) it was held against."""

    code: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Unbelieved:
    """Why a code hands nothing over: the reason, the id of the code where it was wrong, and how many tries
    are left here.
    """

    reason: str
    code: str = ""
    left: int = 0


def hold_against(known: PickupCode | None, said: str, hasher: Hasher) -> Tried:
    """Slow on purpose: outside transactions and off the main thread."""
    if known is None or not known.stands:
        return Tried("", is_right=False)
    return Tried(known.code, hasher.verify(known.hash, said))


def unbelieved(books: Reading, number: str, tried: Tried) -> Unbelieved | None:
    """Why what was said hands nothing over; None when it does."""
    known = books.of(PICKUPS).pickup_code(number)
    if known is None or known.state == "void":
        return Unbelieved("no_code")
    if not known.stands:
        return Unbelieved("code_locked")
    if tried.code != known.code:
        # The centre gave another one between the look and now.
        return Unbelieved("code_changed")
    if tried.is_right:
        return None
    return Unbelieved(WRONG, known.code, WRONG_HERE_MAX - known.wrong_here - 1)
