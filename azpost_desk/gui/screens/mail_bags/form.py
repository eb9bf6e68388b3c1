"""What the screen of bags decides: its list, what a scan means, how a count is read, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.mail.bags import read_seal
from azpost_desk.domain.offices import offices_like
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.scans import read_scan

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Offices
    from azpost_desk.services.mail_bags import Destinations, MailBags
    from azpost_desk.services.mail_bags_in import Content, MailBagsIn
    from azpost_desk.services.mail_bags_views import Arrival, Bag

Tone = Literal["good", "refused", "already", "elsewhere", "stop"]
TONES: Final[dict[str, Tone]] = {
    "saved": "good",
    "already": "already",
    "misrouted": "elsewhere",
    "stopped": "stop",
    # Not as it was sealed: heard as what must not simply go on.
    "differs": "stop",
}
COUNTED_MAX: Final = 9_999
# A seal may read like another code of ours; only these kinds of scan are ever meant for its field.
_MAY_BE_SEAL: Final = frozenset({"unknown", "transfer"})


@dataclass(frozen=True, slots=True)
class BagRow:
    """One bag that lies here: `key` is its id, or its arrival's; `place` where it goes or comes from."""

    key: str
    is_own: bool
    number: str
    place: str
    state: str
    items: int | None
    since_ms: int


@dataclass(frozen=True, slots=True)
class Lying:
    """What the list is made of: bags here and coming, where bags go, as what found items are scanned."""

    rows: tuple[BagRow, ...]
    expected: tuple[BagRow, ...]
    places: Destinations
    event: str
    is_hub: bool


@dataclass(frozen=True, slots=True)
class ItemOfBag:
    """One line of a bag's items: ``in``, ``listed`` (not seen yet), ``found``, ``surplus``."""

    number: str
    stands: str


def lying(bags: MailBags, coming: MailBagsIn) -> Lying:
    """Read the list."""
    places, events = bags.destinations(), coming.events()
    rows = [
        BagRow(one.bag, True, one.number, office(places.offices, one.to_office), one.state, len(one.items),
               one.changed_ms)
        for one in bags.at_hand()
    ]  # fmt: skip
    rows += [_arrived(arrival, bag, places.offices) for arrival, bag in coming.known_here()]
    expected = tuple(
        BagRow(one.bag, False, one.number, office(places.offices, one.from_office), one.state,
               len(one.items), one.changed_ms)
        for one in coming.expected()
    )  # fmt: skip
    return Lying(tuple(rows), expected, places, events[0] if events else "", events[:1] not in ((), ("EMG",)))


def _arrived(arrival: Arrival, bag: Bag | None, offices: Offices) -> BagRow:
    if arrival.state == "astray" and bag is not None:
        # It is sent on from here as one of this office is.
        return BagRow(bag.bag, True, bag.number, office(offices, bag.to_office), "astray", len(bag.items),
                      arrival.taken_ms)  # fmt: skip
    place = office(offices, bag.from_office) if bag is not None else ""
    state = arrival.condition if arrival.state == "arrived" and arrival.condition else arrival.state
    items = len(bag.items) if bag is not None and bag.seal else None
    return BagRow(arrival.arrival, False, arrival.number, place, state, items, arrival.taken_ms)


def office(offices: Offices, code: str) -> str:
    """An office by its name, by its code where nobody told the name."""
    known = offices.find(code)
    return known.name if known is not None else code


def the_office(offices: Offices, typed: str) -> str:
    """The code of the one office meant.

    Raises:
        Refused: E-112 no such office, E-140 several are called like that.
    """
    found = offices_like(offices, typed)
    if not found:
        raise Refused("E-112", field="to_office")
    if len(found) > 1:
        raise Refused(
            "E-140", field="to_office", names=" · ".join(f"{one.code} {one.name}" for one in found[:4])
        )
    return found[0].code


def items_of(now: Bag) -> list[ItemOfBag]:
    """What lies in a bag, the last one first."""
    return [ItemOfBag(number, "in") for number in reversed(tuple(now.items))]


def found_in(now: Content) -> list[ItemOfBag]:
    """What was found, the last one first; below it what is on the list and not seen yet."""
    surplus = frozenset(now.held.surplus)
    rows = [
        ItemOfBag(number, "surplus" if number in surplus else "found")
        for number in reversed(tuple(now.arrival.found))
    ]
    return rows + [ItemOfBag(number, "listed") for number in now.held.missing]


def seal_of(raw: str) -> str:
    """The seal that a scan says; "" where it is something else."""
    return (read_seal(raw) or "") if read_scan(raw).kind in _MAY_BE_SEAL else ""


def read_count(typed: str) -> int:
    """A hand count.

    Raises:
        Refused: E-141 it is none.
    """
    text = typed.strip()
    if not is_digits(text) or int(text) > COUNTED_MAX:
        raise Refused("E-141", field="counted")
    return int(text)


def require_missing(typed: str, now: Content) -> None:
    """Whoever ends a bag that is not as its list says how many are missing: they have looked.

    Raises:
        Refused: E-141 no number, E-142 another number is missing.
    """
    if read_count(typed) != len(now.held.missing):
        raise Refused("E-142", field="missing")
