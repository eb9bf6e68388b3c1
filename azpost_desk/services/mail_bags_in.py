"""Bags that come to an office: taken in by a scan, opened, what lies in them scanned, held against the list.

In: scans of labels and items, what differs from how it was sealed, the word that nothing more is in it. Out:
a record of each step; what is missing and what is on no list, at once and by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch, Offices
from azpost_desk.domain.mail.bags import (
    CONDITIONS,
    FOUND_AS,
    GRAMS_MAX,
    Held,
    held_against,
    read_bag_number,
    read_seal,
    weighs_the_same,
)
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.services.approvals import proven
from azpost_desk.services.counter import Approval, Counter, Officer, open_day
from azpost_desk.services.mail_bags_views import ARRIVALS, BAGS, Arrival, Bag, arrival_in
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.staff import consent

if TYPE_CHECKING:
    from azpost_desk.services.ports import Reading
    from azpost_desk.services.tracking import Scanned, Tracking
    from azpost_desk.services.views import Recorded

_HERE: Final = ("arrived", "opened", "astray")
_COMING: Final = ("sealed", "gone", "astray", "missing")


@dataclass(frozen=True, slots=True)
class AsFound:
    """What was seen on a bag: its seal and weight as far as they were looked at, and in what way it is not as
    it was sealed.
    """

    condition: str = ""
    seal: str = ""
    grams: int = 0


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The answer to the scan of a label.

    Attributes:
        verdict: saved, already, misrouted (its label says another office), differs: also the tone.
        key: the sentence (``express.bag.…``) and `facts` for it.
    """

    arrival: Arrival
    verdict: str
    key: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a bag; `listed` and `bag` are None while nobody here has heard of the list, or of it."""

    arrival: Arrival
    listed: tuple[str, ...] | None
    held: Held
    bag: Bag | None = None


@dataclass(frozen=True, slots=True)
class MailBagsIn:
    """Bags taken in at this desk's office; what is found in them is scanned by `tracking`."""

    counter: Counter
    tracking: Tracking

    def expected(self) -> tuple[Bag, ...]:
        """Bags on their way here, the oldest first."""
        with self.counter.books.reading() as books:
            coming = books.of(BAGS).bags_for(books.desk().branch, _COMING)
            return tuple(one for one in coming if not _is_here(books, one))

    def known_here(self) -> tuple[tuple[Arrival, Bag | None], ...]:
        """As `here`, each with what is known of the bag."""
        with self.counter.books.reading() as books:
            found = books.of(ARRIVALS).arrivals(_HERE)
            return tuple((one, _bag_of(books, one)) for one in found)

    def here(self) -> tuple[Arrival, ...]:
        """Bags taken in and not made empty yet, the oldest first."""
        with self.counter.books.reading() as books:
            return tuple(books.of(ARRIVALS).arrivals(_HERE))

    def events(self) -> tuple[str, ...]:
        """What an item found in a bag is scanned as here, the usual one first."""
        with self.counter.books.reading() as books:
            kinds = books.document(Branch, books.day().date).mail
        return tuple(event for kind, event in FOUND_AS.items() if kind in kinds)

    def take_in(self, raw: str, by: Officer, seen: AsFound = AsFound()) -> TakenIn:
        """Take in a bag by its label, heard of or not, and say what is strange about it.

        Raises:
            Refused: S-010, C-001, E-124 no label of a bag, E-125 a bag of this office, E-115 the weight,
                E-116 the seal, E-129 it is not as it was sealed, and it is not said in what way.
        """
        by.may(Permission.SCAN)
        number = read_bag_number(raw)
        if number is None:
            raise Refused("E-124", field="label")
        with self.counter.books.writing() as books:
            open_day(books)
            bag = books.of(BAGS).bag_numbered(number)
            if bag is not None and not bag.from_office:
                raise Refused("E-125", number=number)
            known = books.of(ARRIVALS).arrival_of(number)
            if known is not None and (known.state != "done" or bag is None or known.bag == bag.bag):
                return TakenIn(known, "already", "express.bag.already", _facts(known, at_ms=known.taken_ms))
            seal = _as_found(seen, bag)
            body = ops.MailBagTaken(
                number=number,
                bag=bag.bag if bag else "",
                condition=seen.condition,
                seal=seal,
                grams=seen.grams,
            )
            operation = self.counter.new_id()
            books.append(body, actor=by.officer, operation=operation, source="scan")
            arrival = books.of(ARRIVALS).arrival(operation)
            assert arrival is not None
            offices = books.document(Offices, books.day().date)
        self.counter.line.wake()
        return _answer(arrival, bag, offices)

    def open(
        self, arrival: str, by: Officer, operation: str = "", approval: Approval | None = None
    ) -> Recorded:
        """Open a bag; one that was not as it was sealed takes two people, who agree to `operation`.

        Raises:
            Refused: S-010, C-001, E-126, E-127 it is open, ended or another office's; S-011, S-012.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = arrival_in(books, arrival, "arrived")
            second = consent(approval, operation, by) if found.condition else ""
            if second:
                proven(books, approval)
            body = ops.MailBagOpened(arrival=arrival, approved_by=second)
            return books.append(body, actor=by.officer, operation=operation or self.counter.new_id())

    def found(self, arrival: str, raw: str, event: str, by: Officer, source: str = "scan") -> Scanned:
        """Scan an item found in an open bag, as one of `events`; one on no list is taken all the same.

        Raises:
            Refused: as `Tracking.scan`, E-126, E-127 it is not open.
        """
        with self.counter.books.reading() as books:
            number = arrival_in(books, arrival, "opened").number
        return self.tracking.scan(ScanItem(raw, event, bag=arrival, receptacle=number, source=source), by)

    def content(self, arrival: str) -> Content:
        """What was found in a bag, held against its list.

        Raises:
            Refused: E-126 there is none.
        """
        with self.counter.books.reading() as books:
            return _content(books, arrival)

    def end(self, arrival: str, by: Officer) -> Content:
        """Nothing more is in it: a person says so, and what is missing is missed from now on.

        Raises:
            Refused: S-010, C-001, E-126, E-127 it is not open.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            arrival_in(books, arrival, "opened")
            now = _content(books, arrival)
            body = ops.MailBagEnded(
                arrival=arrival,
                found=tuple(now.arrival.found),
                missing=now.held.missing,
                surplus=now.held.surplus,
            )
            books.append(body, actor=by.officer, operation=self.counter.new_id())
        self.counter.line.wake()
        return now


def _is_here(books: Reading, bag: Bag) -> bool:
    """Whether it was taken in here, of which the centre has yet to hear."""
    known = books.of(ARRIVALS).arrival_of(bag.number)
    return known is not None and known.bag in ("", bag.bag)


def _as_found(seen: AsFound, bag: Bag | None) -> str:
    """The seal that was read, as it is compared."""
    if not 0 <= seen.grams <= GRAMS_MAX:
        raise Refused("E-115", field="grams", kilograms=GRAMS_MAX // 1_000)
    seal = read_seal(seen.seal) if seen.seal.strip() else ""
    if seal is None:
        raise Refused("E-116", field="seal")
    is_other = bag is not None and (
        (seal not in ("", bag.seal)) or (seen.grams > 0 and not weighs_the_same(bag.grams, seen.grams))
    )
    if (is_other and not seen.condition) or seen.condition not in ("", *CONDITIONS):
        raise Refused("E-129", field="condition")
    return seal


def _answer(arrival: Arrival, bag: Bag | None, offices: Offices) -> TakenIn:
    if arrival.state == "astray":
        assert bag is not None
        known = offices.find(bag.to_office)
        facts = _facts(arrival, office=known.name if known else bag.to_office)
        return TakenIn(arrival, "misrouted", "express.bag.astray", facts)
    if arrival.condition:
        return TakenIn(arrival, "differs", f"express.bag.{arrival.condition}", _facts(arrival))
    if bag is None:
        return TakenIn(arrival, "saved", "express.bag.unheard", _facts(arrival))
    return TakenIn(arrival, "saved", "express.bag.taken", _facts(arrival, items=len(bag.items)))


def _facts(arrival: Arrival, **more: object) -> dict[str, object]:
    return {"number": arrival.number, **more}


def _content(books: Reading, arrival: str) -> Content:
    found = books.of(ARRIVALS).arrival(arrival)
    if found is None:
        raise Refused("E-126")
    bag = _bag_of(books, found)
    listed = tuple(bag.items) if bag is not None and bag.seal else None
    held = held_against(listed, found.found) if listed is not None else Held((), ())
    return Content(found, listed, held, bag)


def _bag_of(books: Reading, arrival: Arrival) -> Bag | None:
    bags = books.of(BAGS)
    return bags.bag(arrival.bag) if arrival.bag else bags.bag_numbered(arrival.number)
