"""The till and the safe: float, supply, drop, the blind count, and cash between desks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain import cash
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch, Goods
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.services.cash_bags import free_in_safe
from azpost_desk.services.cash_counts import Counted, Ending, count_sheet, nothing_unpaid, question
from azpost_desk.services.certificates import certify
from azpost_desk.services.counter import Counter, Officer, holds_safe, open_day, own_till
from azpost_desk.services.slips import remittance_slip

if TYPE_CHECKING:
    from azpost_desk.services.cash_counts import Pieces
    from azpost_desk.services.counter import Approval
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Recorded, Remittance


def _desks_of(books: Reading) -> set[str]:
    """Ids of the desks of this branch today."""
    branch = books.document(Branch, books.day().date)
    return {f"{branch.code}-{number}" for number in branch.desks}


@dataclass(frozen=True, slots=True)
class Tills:
    """Cash at this desk."""

    counter: Counter

    def open(self, by: Officer) -> Recorded:
        """Take the till; its balance is what the ledger says lies in it.

        Raises:
            Refused: S-010, C-001 day not open, C-012 till already open.
        """
        by.may(Permission.HOLD_TILL)
        with self.counter.books.writing() as books:
            open_day(books)
            till = books.till()
            if till.state in ("open", "counting"):
                raise Refused("C-012")
            return self._append(
                books,
                by,
                ops.TillOpened(till=till.till, holder=by.officer, balance_qapik=till.balance.minor),
            )

    def move(self, by: Officer, direction: str, purpose: str, pieces: Pieces) -> Recorded:
        """Cash between safe and till of this desk: float or supply (to_till), drop or worn notes (to_safe).

        Raises:
            Refused: C-001, C-010, C-011, C-020, C-021 nothing counted, C-022 more than lies there,
                C-023 this desk does not hold the safe.
        """
        amount = cash.counted(pieces)
        if not amount:
            raise Refused("C-021")
        with self.counter.books.writing() as books:
            open_day(books)
            own_till(books, by)
            holds_safe(books)
            # What is worn stays in the safe until a bag takes it away.
            from_safe = direction == "to_till"
            lies_there = free_in_safe(books) if from_safe else books.till().balance
            if amount > lies_there:
                raise Refused("C-022", amount=lies_there)
            body = ops.CashMoved(
                direction=direction,
                purpose=purpose,
                till=books.till().till,
                pieces=count_sheet(pieces),
                amount_qapik=amount.minor,
            )
            recorded = self._append(books, by, body)
            books.queue_paper("cash_move", recorded.operation)
            return recorded

    def supply_safe(self, by: Officer, document: str, pieces: Pieces) -> Recorded:
        """Cash from the cash centre into the safe, by its document.

        Raises:
            Refused: S-010, C-001, C-020, C-021, C-023, C-024 no document number.
        """
        by.may(Permission.KEEP_SAFE)
        amount = cash.counted(pieces)
        if not amount:
            raise Refused("C-021")
        if not is_said(document):
            raise Refused("C-024", field="document")
        with self.counter.books.writing() as books:
            open_day(books)
            holds_safe(books)
            body = ops.SafeSupplied(
                document=document.strip(), pieces=count_sheet(pieces), amount_qapik=amount.minor
            )
            return self._append(books, by, body)

    def close(
        self, by: Officer, pieces: Pieces, operation: str = "", manager: Approval | None = None
    ) -> Counted:
        """The blind count: counted, expected and difference are recorded side by side, then shown.

        Args:
            operation: id of the close when somebody's consent to it may be asked for.
            manager: that consent, for a difference above the limit.

        Raises:
            Refused: C-001, C-010, C-011, C-020, C-030 a basket is still open, B-063 parked baskets (`count`),
                C-062, S-011, S-012.
            NeedsConfirmation: C-060 count again, C-061 a manager must consent; the count is kept.
        """
        counted = cash.counted(pieces)
        ending = Ending(operation or self.counter.new_id(), pieces, manager)
        with self.counter.books.writing() as books:
            open_day(books)
            own_till(books, by, counting=True)
            nothing_unpaid(books)
            asked = question(books, by, ending, self.counter.new_id())
            till = books.till()
            difference = counted - till.balance
            if asked is None:
                body = ops.TillClosed(
                    till=till.till,
                    holder=by.officer,
                    pieces=count_sheet(pieces),
                    counted_qapik=counted.minor,
                    expected_qapik=till.balance.minor,
                    difference_qapik=difference.minor,
                )
                recorded = books.append(body, actor=by.officer, operation=ending.operation)
                books.queue_paper("till_close", recorded.operation)
                certify(books, recorded, by.officer, counted.minor, till.balance.minor)
        if asked is not None:
            raise asked
        return Counted(recorded, counted, till.balance, difference)

    def issue(self, by: Officer, to_desk: str, from_place: str, pieces: Pieces) -> Recorded:
        """Hand cash out to another desk of the branch; only that desk can accept it.

        Raises:
            Refused: C-001, C-011, C-013, C-020, C-021, C-022, C-023, C-025 to this very desk, C-028 no such
                desk in this branch.
        """
        amount = cash.counted(pieces)
        if not amount:
            raise Refused("C-021")
        with self.counter.books.writing() as books:
            open_day(books)
            desk = books.desk().desk
            if to_desk == desk:
                raise Refused("C-025", field="desk")
            if to_desk not in _desks_of(books):
                # Nobody could ever accept it.
                raise Refused("C-028", field="desk")
            if from_place == "safe":
                by.may(Permission.KEEP_SAFE)
                holds_safe(books)
            else:
                own_till(books, by)
            lies_there = free_in_safe(books) if from_place == "safe" else books.till().balance
            if amount > lies_there:
                raise Refused("C-022", amount=lies_there)
            operation = self.counter.new_id()
            body = ops.RemittanceIssued(
                remittance=operation,
                from_place=from_place,
                to_desk=to_desk,
                pieces=count_sheet(pieces),
                amount_qapik=amount.minor,
            )
            recorded = books.append(body, actor=by.officer, operation=operation)
            remittance_slip(books, recorded, body)
        # The other desk waits for it: off it goes, not at the next idle exchange.
        self.counter.line.wake()
        return recorded

    def awaited(self) -> list[Remittance]:
        """Remittances announced to this desk and not accepted yet, oldest first."""
        with self.counter.books.reading() as books:
            return books.remittances(("announced",))[::-1]

    def unaccepted(self) -> list[Remittance]:
        """Cash between desks that nobody has counted in yet, given out here or announced to here, oldest
        first.
        """
        with self.counter.books.reading() as books:
            return books.remittances(("announced", "issued"))[::-1]

    def accept(self, by: Officer, remittance: str, pieces: Pieces) -> Recorded:
        """Count a remittance in, once, exactly as it was issued.

        Raises:
            Refused: C-001, C-010, C-011, C-013, C-026 accepted already (by whom and when), C-027 the count
                differs, C-032 no such cash is expected here.
        """
        amount = cash.counted(pieces)
        with self.counter.books.writing() as books:
            open_day(books)
            own_till(books, by)
            known = next((one for one in books.remittances() if one.remittance == remittance), None)
            if known is not None and known.state == "accepted":
                officer = books.officer(known.accepted_by)
                raise Refused(
                    "C-026",
                    officer=officer.name if officer else known.accepted_by,
                    at_ms=known.accepted_ms or known.at_ms,
                )
            if known is None or known.state != "announced":
                raise Refused("C-032")
            if amount != known.amount:
                raise Refused("C-027", announced=known.amount, counted=amount)
            body = ops.RemittanceAccepted(
                remittance=remittance,
                from_desk=known.from_desk,
                to_place="till",
                pieces=count_sheet(pieces),
                amount_qapik=amount.minor,
            )
            recorded = self._append(books, by, body)
        self.counter.line.wake()
        return recorded

    def stock(self, by: Officer, sku: str, quantity: int, document: str) -> Recorded:
        """Goods handed into the till's stock (or out of it, negative), by a document.

        Raises:
            Refused: S-010, C-001, B-030 unknown article, B-031 more than there is, B-032 quantity zero.
        """
        by.may(Permission.HOLD_TILL)
        with self.counter.books.writing() as books:
            day = open_day(books)
            if books.document(Goods, day.date).find(sku) is None:
                raise Refused("B-030", field="article")
            if quantity == 0:
                raise Refused("B-032", field="quantity")
            left = books.stock().get(sku, 0)
            if left + quantity < 0:
                raise Refused("B-031", field="quantity", left=left)
            body = ops.GoodsStocked(
                till=books.till().till, sku=sku, quantity=quantity, document=document.strip()
            )
            return self._append(books, by, body)

    def over_limit(self, limit_qapik: int) -> Money:
        """By how much the till is above its limit; zero when it is not."""
        with self.counter.books.reading() as books:
            return azn(max(0, books.till().balance.minor - limit_qapik))

    def _append(self, books: Writing, by: Officer, body: ops.Body) -> Recorded:
        return books.append(body, actor=by.officer, operation=self.counter.new_id())
