"""Inland bags as values, the token under which the books read them, and what a scan asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.mail.bags import BAGGING, FOUND_AS, INTO, OUT_OF
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.despatches_views import DESPATCHES
from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.domain.mail.history import Life
    from azpost_desk.domain.operations_mail import ItemScanned
    from azpost_desk.services.ports import Reading


@dataclass(frozen=True, slots=True)
class Bag:
    """One bag of this office, or on its way to it; states of `domain.mail.bags.BAG`.

    Attributes:
        number: on its label; `version` is 1 until it is opened again.
        from_office: whose it is, "" of this office's own.
        to_office: where it goes; `officer` is who began it, "" when that was at another desk.
        grams, is_typed, seal: of its last sealing, 0 and "" before; typed = not from the scale.
        items: when each lay in it, UTC ms by number, in the order they were scanned.
    """

    bag: str
    number: str
    from_office: str
    to_office: str
    officer: str
    state: str
    version: int
    begun_ms: int
    changed_ms: int
    grams: int
    is_typed: bool
    seal: str
    items: Mapping[str, int]


class BagReads(Protocol):
    """What the books know of inland bags."""

    def bag(self, bag: str) -> Bag | None:
        """The bag with this id."""

    def bags(self, states: Sequence[str]) -> list[Bag]:
        """Those of this office in one of these states, the oldest first."""

    def bag_with(self, number: str) -> Bag | None:
        """The open or sealed bag of this office that an item lies in."""

    def is_bagged_since(self, number: str, since_ms: int) -> bool:
        """Whether an item lies in a bag of this office, or left in one that it came into since (UTC ms)."""

    def bags_numbered(self, prefix: str) -> int:
        """How many bags have a number that begins so."""

    def bag_numbered(self, number: str) -> Bag | None:
        """The newest bag with this number."""

    def bags_for(self, office: str, states: Sequence[str]) -> list[Bag]:
        """Those on their way to an office in one of these states, the oldest first."""

    def destinations(self) -> list[str]:
        """Offices that bags of this office have gone to."""

    def is_seal_used(self, seal: str) -> bool:
        """Whether a bag was ever closed with this seal here."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One bag taken in at this office; states of `domain.mail.bags.BAG`.

    Attributes:
        bag: its id, "" as long as nobody here has heard of it.
        condition: "" as it was sealed, else of `domain.mail.bags.CONDITIONS`.
        found: when each item in it was scanned, UTC ms by number.
    """

    arrival: str
    number: str
    bag: str
    officer: str
    state: str
    condition: str
    taken_ms: int
    found: Mapping[str, int]


class ArrivalReads(Protocol):
    """What the books know of bags taken in here."""

    def arrival(self, arrival: str) -> Arrival | None:
        """The one with this id."""

    def arrivals(self, states: Sequence[str]) -> list[Arrival]:
        """Those in one of these states, the oldest first."""

    def arrival_of(self, number: str) -> Arrival | None:
        """The newest one of a bag with this number."""


BAGS: Final = Reads[BagReads]("mail_bags")
ARRIVALS: Final = Reads[ArrivalReads]("mail_bags_in")


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why an item is not taken into a bag, or out of it: the verdict, the reason and its facts."""

    verdict: str
    reason: str
    facts: dict[str, object]


class _Held(NamedTuple):
    """What holds an item: its id, what stands on its label, since when (UTC ms)."""

    id: str
    label: str
    at_ms: int


def require_open(books: Reading, event: str, bag: str) -> None:
    """A scan into a bag or out of it names one that is being filled, one of an item found the bag it was in.

    Raises:
        Refused: E-020 the one without the other, E-110 no such bag, E-111 it is closed, E-194 of a
            receptacle, E-126 no such arrival, E-127 it is not open.
    """
    is_filling = event in BAGGING
    if is_filling != bool(bag) and event not in FOUND_AS.values():
        raise Refused("E-020", field="event")
    if bag and not is_filling:
        arrival_in(books, bag, "opened")
    elif bag and (packing := books.of(DESPATCHES).receptacle(bag)):
        if packing.state != "open":
            raise Refused("E-194", number=packing.name.code)
    elif bag:
        found = books.of(BAGS).bag(bag)
        if found is None:
            raise Refused("E-110")
        if found.state != "open":
            raise Refused("E-111", number=found.number)


def leaves_as(books: Reading, event: str, bag: str) -> str:
    """The event that a scan leads to: what goes into a receptacle abroad is to leave the country."""
    is_abroad = event == INTO and books.of(DESPATCHES).receptacle(bag) is not None
    return "EMC" if is_abroad else event


def why_not_in(books: Reading, event: str, bag: str, number: str, life: Life) -> NotTaken | None:
    """Why an item goes into no bag or into no other one: each lies in one place (mail.md 2)."""
    if bag and event not in BAGGING:
        arrival = arrival_in(books, bag, "opened")
        if number not in arrival.found:
            return None
        said = {"number": number, "bag": arrival.number, "at_ms": arrival.found[number]}
        return NotTaken("already", "in_bag", said)
    held = _held(books, number)
    facts: dict[str, object] = {"number": number}
    if event == OUT_OF:
        return None if held is not None and held.id == bag else NotTaken("refused", "not_in_bag", facts)
    if held is not None:
        return NotTaken("already", "in_bag", {**facts, "bag": held.label, "at_ms": held.at_ms})
    if event == INTO and life.office not in ("", books.desk().branch):
        offices = books.document(Offices, books.day().date)
        known = offices.find(life.office)
        return NotTaken("misrouted", "not_here", {**facts, "office": known.name if known else life.office})
    return None


def has_moved_on(books: Reading, number: str, event: str, since_ms: int) -> bool:
    """Whether somebody else has had an item in hand since an event of it (its id, and when it was recorded).

    Another desk's list of a bag may come before the word of what was scanned into it.
    """
    lives = books.item_lives(number)
    if any(life.has_moved_on(event) for life in lives):
        return True
    scanned = (step.event for life in lives for step in life.steps)
    if any((one.id, one.code) == (event, INTO) for one in scanned):
        return False
    return books.of(BAGS).is_bagged_since(number, since_ms)


def _held(books: Reading, number: str) -> _Held | None:
    """What an item lies in here: an inland bag, or a receptacle of a despatch."""
    if bag := books.of(BAGS).bag_with(number):
        return _Held(bag.bag, bag.number, bag.items[number])
    if packing := books.of(DESPATCHES).receptacle_with(number):
        return _Held(packing.receptacle, packing.name.code, packing.items[number])
    return None


def arrival_in(books: Reading, arrival: str, state: str) -> Arrival:
    """A bag that was taken in, in this state.

    Raises:
        Refused: E-126 there is none, E-127 it is in another one.
    """
    found = books.of(ARRIVALS).arrival(arrival)
    if found is None:
        raise Refused("E-126")
    if found.state != state:
        raise Refused("E-127", number=found.number)
    return found


def require_voidable(books: Reading, scanned: ItemScanned) -> None:
    """A scan of a bag is taken back while the bag is being filled, and only one that put something in.

    Raises:
        Refused: E-044 it left with its receptacle, E-111, E-194 it is closed, E-123 the item was taken out:
            it is put in again instead, E-127 what was found in it is said for good.
    """
    if books.of(DESPATCHES).has_left(scanned.receptacle):
        raise Refused("E-044")
    if scanned.bag:
        require_open(books, scanned.event, scanned.bag)
        if scanned.event == OUT_OF:
            raise Refused("E-123")
