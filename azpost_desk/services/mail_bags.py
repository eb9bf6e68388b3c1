"""Inland bags of an office: filled scan by scan, closed with a hand count, a weight and a seal, handed over.

In: scans, and what the clerk counts, weighs and reads from the seal. Out: a record of each step; who has the
bag in hand is signed for. Before that its holder opens it again, with a reason and as the next version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.mail.bags import GRAMS_MAX, HOLDS, INTO, OUT_OF, bag_number, read_seal
from azpost_desk.domain.mail.proof import IMAGE_BYTES_MAX, Proof
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said, one_line
from azpost_desk.services.bag_labels import PAPER
from azpost_desk.services.counter import Counter, Officer, attach, open_day
from azpost_desk.services.mail_bags_views import ARRIVALS, BAGS, Bag
from azpost_desk.services.scan_items import ScanItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.rounds import Signed
    from azpost_desk.services.tracking import Scanned, Tracking
    from azpost_desk.services.views import Recorded


@dataclass(frozen=True, slots=True)
class CloseBag:
    """What closes a bag: the items counted by hand, its gross weight (`is_typed`: not from the scale), its
    seal.
    """

    counted: int
    grams: int
    seal: str
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Destinations:
    """Every other office; `usual` is the code of the one that bags go to from here, "" where several do."""

    offices: Offices
    usual: str


@dataclass(frozen=True, slots=True)
class MailBags:
    """Bags of this desk; what goes into them is scanned by `tracking`."""

    counter: Counter
    tracking: Tracking

    def at_hand(self) -> tuple[Bag, ...]:
        """Bags being filled, or closed and not handed over, the oldest first."""
        with self.counter.books.reading() as books:
            return tuple(books.of(BAGS).bags(HOLDS))

    def destinations(self) -> Destinations:
        """Where bags may go from here, and the office they all go to, where that is one."""
        with self.counter.books.reading() as books:
            date, here = books.day().date, books.desk().branch
            if not date:
                return Destinations(Offices(), "")
            others = tuple(one for one in books.document(Offices, date).offices if one.code != here)
            known = books.of(BAGS).destinations() or [one.code for one in others]
        return Destinations(Offices(offices=others), known[0] if len(known) == 1 else "")

    def one(self, bag: str) -> Bag:
        """A bag as it stands.

        Raises:
            Refused: E-110 there is none.
        """
        with self.counter.books.reading() as books:
            return _bag(books, bag)

    def begin(self, to_office: str, by: Officer) -> Bag:
        """Begin a bag to an office; its number is of this desk's own.

        Raises:
            Refused: S-010, C-001, E-112 no such office, or this one.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            date, desk = open_day(books).date, books.desk()
            known = {one.code for one in books.document(Offices, date).offices}
            if to_office not in known - {desk.branch}:
                raise Refused("E-112", field="to_office")
            first = bag_number(desk.receipt_series, desk.epoch, 1)
            serial = books.of(BAGS).bags_numbered(first[:-5]) + 1
            number = bag_number(desk.receipt_series, desk.epoch, serial)
            operation = self.counter.new_id()
            body = ops.MailBagBegun(number=number, to_office=to_office)
            books.append(body, actor=by.officer, operation=operation)
            return _bag(books, operation)

    def put_in(self, bag: str, raw: str, by: Officer, source: str = "scan") -> Scanned:
        """Scan an item into a bag, recorded before it is answered.

        Raises:
            Refused: as `Tracking.scan`, E-110, E-111 it is closed.
        """
        return self.tracking.scan(self._command(bag, raw, INTO, source), by)

    def take_out(self, bag: str, raw: str, by: Officer, source: str = "scan") -> Scanned:
        """Scan an item out of the bag it was put into.

        Raises:
            Refused: as `Tracking.scan`, E-110, E-111 it is closed.
        """
        return self.tracking.scan(self._command(bag, raw, OUT_OF, source), by)

    def close(self, bag: str, said: CloseBag, by: Officer) -> Recorded:
        """Close a bag: its list is frozen with count, weight and seal, and its label is printed.

        Raises:
            Refused: S-010, C-001, E-110, E-111, E-113 nothing is in it, E-114 the hand count is another,
                E-115 the weight, E-116 the seal, E-117 a seal of another bag.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, bag, "open", "E-111")
            seal = sealing(books, tuple(found.items), said)
            body = ops.MailBagClosed(
                bag=bag,
                version=found.version,
                numbers=tuple(found.items),
                counted=said.counted,
                grams=said.grams,
                typed=said.is_typed,
                seal=seal,
            )
            recorded = books.append(body, actor=by.officer, operation=self.counter.new_id())
            books.queue_paper(PAPER, recorded.operation)
            return recorded

    def reopen(self, bag: str, reason: str, by: Officer) -> Recorded:
        """Open a closed bag again while it is here: its next version, which needs a new seal and label.

        Raises:
            Refused: S-010, C-001, E-110, E-118 it is not closed here, E-119 no reason.
        """
        by.may(Permission.SCAN)
        if not is_said(reason):
            raise Refused("E-119", field="reason")
        with self.counter.books.writing() as books:
            open_day(books)
            found = _in(books, bag, "sealed", "E-118")
            body = ops.MailBagReopened(bag=bag, version=found.version + 1, reason=one_line(reason)[:200])
            return books.append(body, actor=by.officer, operation=self.counter.new_id())

    def give_up(self, bag: str, by: Officer) -> Recorded:
        """Nothing goes with it after all; its number is used up.

        Raises:
            Refused: S-010, C-001, E-110, E-111, E-120 something is in it.
        """
        by.may(Permission.SCAN)
        with self.counter.books.writing() as books:
            open_day(books)
            if _in(books, bag, "open", "E-111").items:
                raise Refused("E-120")
            return books.append(
                ops.MailBagGivenUp(bag=bag), actor=by.officer, operation=self.counter.new_id()
            )

    def hand_over(self, bag: str, driver: str, signed: Signed, by: Officer) -> Recorded:
        """Whoever drives has counted it and signs: from now on it is in their custody.

        A bag that came here by mistake is sent on so, unopened.

        Raises:
            Refused: S-010, C-001, E-110, E-118 it is not closed here, E-121 nobody is named, E-122 no
                signature.
        """
        by.may(Permission.SCAN)
        if not is_said(driver):
            raise Refused("E-121", field="driver")
        if not signed.signature.is_sound or len(signed.picture) > IMAGE_BYTES_MAX:
            raise Refused("E-122", field="signature")
        with self.counter.books.writing() as books:
            open_day(books)
            found = _bag(books, bag)
            if not _is_astray_here(books, found):
                found = _in(books, bag, "sealed", "E-118")
            operation = self.counter.new_id()
            proof = attach(operation, "driver", Proof(one_line(driver), signed.signature, signed.picture))
            body = ops.MailBagHandedOver(bag=bag, version=found.version)
            told = structs.replace(body, driver=proof.commitment())
            return books.append(told, actor=by.officer, operation=operation, attachments=[proof])

    def _command(self, bag: str, raw: str, event: str, source: str) -> ScanItem:
        return ScanItem(raw, event, bag=bag, receptacle=self.one(bag).number, source=source)


def sealing(books: Reading, numbers: Sequence[str], said: CloseBag) -> str:
    """The seal that closes a bag, or a receptacle, with these items in it, as it is compared.

    Raises:
        Refused: E-113 nothing is in it, E-114 the hand count is another, E-115 the weight, E-116 the seal,
            E-117 a seal of another one.
    """
    if not numbers:
        raise Refused("E-113")
    if said.counted != len(numbers):
        raise Refused("E-114", field="counted", counted=said.counted, expected=len(numbers))
    if not 0 < said.grams <= GRAMS_MAX:
        raise Refused("E-115", field="grams", kilograms=GRAMS_MAX // 1_000)
    seal = read_seal(said.seal)
    if seal is None:
        raise Refused("E-116", field="seal")
    if books.of(BAGS).is_seal_used(seal):
        raise Refused("E-117", field="seal", seal=seal)
    return seal


def _bag(books: Reading, bag: str) -> Bag:
    found = books.of(BAGS).bag(bag)
    if found is None:
        raise Refused("E-110")
    return found


def _is_astray_here(books: Reading, bag: Bag) -> bool:
    known = books.of(ARRIVALS).arrival_of(bag.number)
    return known is not None and (known.bag, known.state, bag.state) == (bag.bag, "astray", "astray")


def _in(books: Writing, bag: str, state: str, code: str) -> Bag:
    found = _bag(books, bag)
    if found.from_office:
        # Another office's, on its way to this one.
        raise Refused("E-110")
    if found.state != state:
        raise Refused(code, number=found.number)
    return found
