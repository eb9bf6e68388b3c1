"""Sealed bags: to the collector and from the cash centre, each counted, each received once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import cash, cash_bags
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money
from azpost_desk.domain.names import legible
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.transfer_codes import case_number
from azpost_desk.domain.typed import is_said
from azpost_desk.services.cash_counts import count_sheet
from azpost_desk.services.counter import Counter, Officer, attach, holds_safe, open_day
from azpost_desk.services.staff import consent

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.services.cash_counts import Pieces
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Recorded
    from azpost_desk.services.views_cash import Bag


def worn_money(books: Reading) -> Money:
    """What the worn notes in the safe come to: it lies there and is not given out again."""
    return cash.counted(books.worn())


def free_in_safe(books: Reading) -> Money:
    """What of the safe may be given out: everything but the worn notes."""
    return books.balance(chart.SAFE, books.desk().desk) - worn_money(books)


@dataclass(frozen=True, slots=True)
class Seal:
    """A bag to be sealed: its number, what lies in it, and the sum on its label, which must be the count."""

    number: str
    sort: str
    total: Money
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Bags:
    """The bags of this desk's safe."""

    counter: Counter

    def seal(self, by: Officer, command: Seal) -> Recorded:
        """Count cash of the safe into a bag and seal it; a bag of suspect notes takes all that lie apart.

        Raises:
            Refused: S-010, C-001, C-020, C-021, C-022 more than the safe may give, C-023, C-040 no number,
                C-041 the number was used, C-042 the label's sum is not the count, C-048 not so many worn
                notes, C-049 no suspect notes.
        """
        by.may(Permission.KEEP_SAFE)
        number = cash_bags.bag_number(command.number)
        amount = cash.counted(command.pieces)
        if command.sort != cash_bags.SUSPECT and not amount:
            raise Refused("C-021")
        if command.total != amount:
            raise Refused("C-042", field="total", total=command.total, counted=amount)
        with self.counter.books.writing() as books:
            open_day(books)
            holds_safe(books)
            if books.bag(number) is not None:
                raise Refused("C-041", field="number", number=number)
            notes = _contents(books, command, amount)
            operation = self.counter.new_id()
            body = ops.BagSealed(
                bag=operation,
                number=number,
                sort=command.sort,
                pieces=count_sheet(command.pieces),
                amount_qapik=amount.minor,
                notes=notes,
            )
            return _act(books, by, body, operation)

    def hand_over(self, by: Officer, bag: str, collector: Person) -> Recorded:
        """Give a sealed bag to the collector, who shows a document.

        Raises:
            Refused: S-010, C-001, C-023, C-043 no such bag, C-046 it is not waiting here, C-050 collector
                without name or document, I-014 a name nobody here reads.
        """
        by.may(Permission.KEEP_SAFE)
        for field in ("name", "document"):
            if not is_said(getattr(collector, field)):
                raise Refused("C-050", field=field)
        with self.counter.books.writing() as books:
            open_day(books)
            holds_safe(books)
            known = _known(books, bag)
            if known.state != "sealed":
                raise Refused("C-046", number=known.number)
            operation = self.counter.new_id()
            shown = attach(operation, "collector", replace(collector, name=legible(collector.name)))
            body = ops.BagHandedOver(bag=known.bag, number=known.number, collector=shown.commitment())
            recorded = books.append(body, actor=by.officer, operation=operation, attachments=[shown])
            books.queue_paper("cash_act", operation)
        self.counter.line.wake()
        return recorded

    def awaited(self, number: str) -> Bag:
        """The bag with this number, when it is announced to this desk and not received yet.

        Raises:
            Refused: C-040, C-043 unknown here, C-044 received already (by whom and when), C-046 not from the
                cash centre.
        """
        with self.counter.books.reading() as books:
            return _awaited(books, number)

    def receive(self, by: Officer, number: str, pieces: Pieces) -> Recorded:
        """Open a bag and count it into the safe, exactly as announced, once.

        Raises:
            Refused: as `awaited`, S-010, C-001, C-020, C-023, C-045 the count differs: an act is needed.
        """
        by.may(Permission.KEEP_SAFE)
        counted = cash.counted(pieces)
        with self.counter.books.writing() as books:
            open_day(books)
            holds_safe(books)
            known = _awaited(books, number)
            if cash.tidy(pieces) != cash.tidy(known.pieces):
                raise Refused("C-045", announced=known.announced, counted=counted)
            body = ops.BagReceived(
                bag=known.bag, number=known.number, pieces=count_sheet(pieces), amount_qapik=counted.minor
            )
            recorded = _act(books, by, body, self.counter.new_id())
        self.counter.line.wake()
        return recorded

    def receive_short(
        self, by: Officer, number: str, pieces: Pieces, operation: str, approval: Approval | None
    ) -> Recorded:
        """Receive a bag that holds something else than announced, by an act with a number and two people.

        What was counted goes into the safe; the rest stays in transit until the centre resolves it.

        Raises:
            Refused: as `awaited`, S-010, S-011, S-012, C-001, C-020, C-023, C-047 nothing differs.
        """
        by.may(Permission.KEEP_SAFE)
        counted = cash.counted(pieces)
        approver = consent(approval, operation, by)
        with self.counter.books.writing() as books:
            day = open_day(books)
            holds_safe(books)
            known = _awaited(books, number)
            if not cash_bags.missing(known.pieces, pieces):
                raise Refused("C-047")
            acts = sum(bool(one.act) and one.direction == "in" for one in books.bags())
            body = ops.BagDiffered(
                bag=known.bag,
                number=known.number,
                act=case_number("A", int(day.date[:4]), acts + 1),
                announced=count_sheet(known.pieces),
                announced_qapik=known.announced.minor,
                pieces=count_sheet(pieces),
                amount_qapik=counted.minor,
                approved_by=approver,
            )
            recorded = _act(books, by, body, operation)
        self.counter.line.wake()
        return recorded


def _act(books: Writing, by: Officer, body: ops.Body, operation: str) -> Recorded:
    recorded = books.append(body, actor=by.officer, operation=operation)
    books.queue_paper("cash_act", operation)
    return recorded


def _contents(books: Reading, command: Seal, amount: Money) -> tuple[str, ...]:
    """Refuse what is not in the safe; the suspect notes that go into the bag."""
    if command.sort == cash_bags.SUSPECT:
        notes = tuple(one.report for one in books.suspect_notes() if not one.bag)
        if not notes:
            raise Refused("C-049")
        return notes
    if command.sort == cash_bags.WORN:
        lie_apart = books.worn()
        for value, number in cash.tidy(command.pieces).items():
            if number > lie_apart.get(value, 0):
                raise Refused("C-048", denomination=Money(value), left=lie_apart.get(value, 0))
    elif amount > free_in_safe(books):
        raise Refused("C-022", amount=free_in_safe(books))
    return ()


def _known(books: Reading, bag: str) -> Bag:
    known = books.bag(bag)
    if known is None:
        raise Refused("C-043", field="number", number=bag)
    return known


def _awaited(books: Reading, number: str) -> Bag:
    known = _known(books, cash_bags.bag_number(number))
    if known.direction != "in":
        raise Refused("C-046", field="number", number=known.number)
    if known.state != "announced":
        officer = books.officer(known.changed_by)
        raise Refused(
            "C-044",
            field="number",
            number=known.number,
            officer=officer.name if officer else known.changed_by,
            at_ms=known.changed_ms,
        )
    return known
