"""The customer's basket: add, void, pay once, reverse a line. Nothing here commits by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers, Settings
from azpost_desk.domain.money import Money
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.protocol.records import Attachment
from azpost_desk.services.counter import (
    Approval,
    Counter,
    Officer,
    may_sell,
    open_day,
    own_till,
    within_exposure,
)
from azpost_desk.services.staff import consent
from azpost_desk.services.views import Basket, PaidLine, PlannedLine, Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.services.ports import Reading, Writing

# Which service sells a line: what licences and allowances are asked for.
_SERVICE_OF = {
    ops.GoodsSold: "goods",
    ops.PaymentAccepted: "payments",
    ops.PaymentRefunded: "payments",
    ops.TransferSent: "transfers",
    ops.TransferPaid: "transfers",
    ops.TransferRefunded: "transfers",
    ops.ItemAccepted: "express",
}


# Money taken for somebody else: what the centre's allowances off line speak of (protocol.md 7).
_EXPOSED: Final[dict[str, type[ops.TransferSent] | type[ops.PaymentAccepted]]] = {
    "transfers": ops.TransferSent,
    "payments": ops.PaymentAccepted,
}


# What the customer is told of what waits for the line to the centre.
TRANSFER_WAITS: Final = "transfers.told.waiting"
BILL_WAITS: Final = "papers.receipt.state.waiting_line"


def waiting_qapik(books: Reading, service: str) -> int:
    """What unpaid lines, parked ones too, would take of the allowance of `service` (transfers, payments)."""
    lines = [planned.line for basket in every_basket(books) for planned in basket.lines]
    return _exposed_qapik(lines, service)


def every_basket(books: Reading) -> list[Basket]:
    """The basket in hand and those in the tray."""
    basket = books.basket()
    return [*([basket] if basket else []), *(one.basket for one in books.parked())]


def _exposed_qapik(lines: Sequence[ops.AnyLine], service: str) -> int:
    kind = _EXPOSED[service]
    return sum(line.amount_qapik for line in lines if isinstance(line, kind))


def service_of(line: ops.AnyLine) -> str:
    """The service a line belongs to; a reversal belongs to its original's."""
    sold = line.original if isinstance(line, ops.LineReversed) else line
    return _SERVICE_OF[type(sold)]


def papers_of(line: ops.AnyLine) -> tuple[str, ...]:
    """Paper a line needs beside the receipt: what the customer signs, or what goes on the item."""
    match line:
        case ops.TransferSent():
            return ("application",)
        case ops.TransferPaid() | ops.TransferRefunded():
            return ("voucher",)
        case ops.ItemAccepted():
            return ("label",)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Paid:
    """A basket that is on the disk."""

    recorded: Recorded
    receipt: str
    to_pay: Money
    given: Money
    change: Money


@dataclass(frozen=True, slots=True)
class Baskets:
    """One basket at a time at this desk; it survives a power cut and an idle lock."""

    counter: Counter

    def current(self) -> Basket | None:
        """The basket as stored, or None."""
        with self.counter.books.reading() as books:
            return books.basket()

    def add(self, by: Officer, planned: PlannedLine) -> Basket:
        """Put a line into the basket; stored at once, sold only when the basket is paid.

        Raises:
            Refused: B-003 the basket is another officer's, B-002 too many lines, and what `may_sell` refuses.
        """
        return self.add_with(by, service_of(planned.line), lambda _: planned)

    def add_with(self, by: Officer, service: str, plan: Callable[[Writing], PlannedLine]) -> Basket:
        """Make a line and put it into the basket in one transaction.

        For a line that takes something which exists once (a transfer code, an item number): either the number
        is taken and the line stands in the basket, or neither. The number of a line voided later is never
        used again: somebody may have written it down.

        Raises:
            Refused: as `add`, and what `plan` refuses.
        """
        with self.counter.books.writing() as books:
            may_sell(books, by, service)
            return self._put(books, by, plan(books))

    def _put(self, books: Writing, by: Officer, planned: PlannedLine) -> Basket:
        basket = books.basket()
        if basket is None:
            basket = Basket(
                self.counter.new_id(), by.officer, (), self.counter.clock.utc_ms(), language=by.language
            )
        _own(books, basket, by)
        if len(basket.lines) >= baskets.LINES_MAX:
            raise Refused("B-002", limit=baskets.LINES_MAX)
        for other in (basket, *(one.basket for one in books.parked())):
            _no_twin(other, planned)
        basket = replace(basket, lines=(*basket.lines, planned))
        books.save_basket(basket)
        return basket

    def void(self, by: Officer, operation: str) -> Basket:
        """Take a line out before it is paid; a grant it held is released by its own record.

        Raises:
            Refused: B-003 another officer's basket, B-004 no such line.
        """
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is None:
                raise Refused("B-004")
            _own(books, basket, by)
            gone = [planned for planned in basket.lines if planned.line.operation == operation]
            if not gone:
                raise Refused("B-004")
            self._release(books, by, gone[0].line)
            basket = replace(basket, lines=tuple(p for p in basket.lines if p is not gone[0]))
            if basket.lines:
                books.save_basket(basket)
            else:
                books.drop_basket()
            return basket

    def hand_over(self, supervisor: Officer, to: str | None) -> None:
        """A supervisor gives a stranded basket to another officer, or cancels it (`to` None); recorded.

        Raises:
            Refused: S-010 without the permission, B-004 there is none.
        """
        supervisor.may(Permission.TAKE_OVER_BASKET)
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is None:
                raise Refused("B-004")
            self.record_hand_over(books, supervisor, basket, to)
            if to is None:
                books.drop_basket()
            else:
                books.save_basket(replace(basket, officer=to))

    def record_hand_over(self, books: Writing, supervisor: Officer, basket: Basket, to: str | None) -> None:
        """Record who gave whose basket to whom; a cancelled one (`to` None) gives its grants back."""
        books.append(
            ops.BasketHandedOver(
                basket=basket.basket,
                from_officer=basket.officer,
                to_officer=to or "",
                lines=len(basket.lines),
            ),
            actor=supervisor.officer,
            operation=self.counter.new_id(),
        )
        if to is None:
            for planned in basket.lines:
                self._release(books, supervisor, planned.line)

    def set_language(self, by: Officer, language: str) -> None:
        """The customer's language for the receipt."""
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is not None:
                _own(books, basket, by)
                books.save_basket(replace(basket, language=language))

    def pay(self, by: Officer, basket_id: str, given: Money) -> Paid:
        """Pay the basket in cash: one settlement, one transaction, then paper.

        `basket_id` makes a second press of the key harmless: a basket that was paid is not there any more.

        Raises:
            Refused: B-005 this basket is paid or gone, B-003, B-010 not enough, B-011, B-012 the till has not
                enough to pay out, B-031 stock, L-020, P-005, and what `may_sell` refuses for each line.
        """
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is None or basket.basket != basket_id or not basket.lines:
                raise Refused("B-005")
            _own(books, basket, by)
            lines = [self._as_of_now(books, planned.line) for planned in basket.lines]
            for line in lines:
                may_sell(books, by, service_of(line))
            for service in _EXPOSED:
                if taken := _exposed_qapik(lines, service):
                    within_exposure(books, self.counter.line, service, taken)
            self._in_stock(books, lines)
            receipt = books.next_receipt()
            body = baskets.settle(
                basket.basket, receipt, lines, self.counter.new_id(), given, basket.language
            )
            paid_out = body.change_qapik - body.cash_given_qapik
            if paid_out > books.till().balance.minor:
                raise Refused("B-012", balance=books.till().balance)
            recorded = books.append(
                body,
                actor=by.officer,
                operation=basket.basket,
                source=_sources(basket.lines),
                attachments=[Attachment(*one) for planned in basket.lines for one in planned.attachments],
            )
            self._record_sources(books, by, basket)
            books.queue_paper("receipt", receipt)
            for line in lines:
                for paper in papers_of(line):
                    books.queue_paper(paper, line.operation)
            books.drop_basket()
        self.counter.line.wake()
        return Paid(recorded, receipt, baskets.to_pay(lines), given, Money(body.change_qapik))

    def reverse(
        self, by: Officer, line: PaidLine, operation: str, reason: str, approval: Approval | None
    ) -> Paid:
        """Undo a line of the same day to exactly zero, once; cash goes back to where it came from.

        `operation` is made by the asker before the approval is asked for: one approval, one operation.

        Raises:
            Refused: S-012 no approval for this operation, B-020 to B-024, B-012, T-040 a transfer that was
                offered to the centre needs its grant, P-040 a bill that is already being delivered.
        """
        by.may(Permission.REVERSE_LINE)
        approver = consent(approval, operation, by)
        with self.counter.books.writing() as books:
            day = open_day(books)
            own_till(books, by)
            stored = books.paid_line(line.line.operation)
            if stored is None:
                raise Refused("B-022")
            if stored.reversed_by:
                raise Refused("B-023")
            if books.paid_line(operation) is not None:
                # The consent was used already, for another line.
                raise Refused("S-012")
            self._may_reverse(books, stored, day.number)
            body = baskets.reverse(stored.line, operation, stored.receipt, reason, approver)
            receipt = books.next_receipt()
            due = baskets.to_pay([body])
            settlement = baskets.settle(
                self.counter.new_id(),
                receipt,
                [body],
                self.counter.new_id(),
                due if due.minor > 0 else Money(0),
                by.language,
            )
            if -due.minor > books.till().balance.minor:
                raise Refused("B-012", balance=books.till().balance)
            recorded = books.append(settlement, actor=by.officer, operation=settlement.basket)
            books.queue_paper("receipt", receipt)
        self.counter.line.wake()
        return Paid(
            recorded, receipt, due, Money(settlement.cash_given_qapik), Money(settlement.change_qapik)
        )

    def _record_sources(self, books: Writing, by: Officer, basket: Basket) -> None:
        """How each line came in, where the header of the settlement cannot say it for all (H-08)."""
        sources = {planned.line.operation: planned.source for planned in basket.lines}
        if len(set(sources.values())) > 1:
            books.append(
                ops.BasketSources(basket=basket.basket, sources=sources),
                actor=by.officer,
                operation=self.counter.new_id(),
            )

    def _as_of_now(self, books: Reading, line: ops.AnyLine) -> ops.AnyLine:
        """The line as it is paid: what was planned on line may be paid without the line, and must say so.

        Raises:
            Refused: P-005 a bill that its biller does not take without the line.
        """
        if self.counter.line.state().online:
            return line
        match line:
            case ops.TransferSent():
                return msgspec.structs.replace(line, offline=True, told=TRANSFER_WAITS)
            case ops.PaymentAccepted():
                biller = books.document(Billers, books.day().date).find(line.biller)
                if biller is not None and not biller.offline:
                    raise Refused("P-005", field="biller")
                return msgspec.structs.replace(line, told=BILL_WAITS)
            case _:
                return line

    def _may_reverse(self, books: Reading, stored: PaidLine, day: int) -> None:
        if stored.recorded.day != day:
            raise Refused("B-024")
        minutes = books.document(Settings, books.day().date).reversal_minutes_max
        # A clock that is set back gives no more time: the newest record of the day is no later than now.
        newest = books.entries(day, limit=1)[0].recorded.recorded_ms
        if max(self.counter.line.trusted_ms(), newest) - stored.recorded.recorded_ms > minutes * 60_000:
            raise Refused("B-024")
        match stored.line:
            case ops.TransferSent():
                if books.is_offered(stored.recorded.operation):
                    raise Refused("T-040")
            case ops.TransferPaid() | ops.TransferRefunded():
                # The grant was used: what becomes of the transfer the centre decides (protocol.md 5).
                raise Refused("T-041")
            case ops.PaymentAccepted():
                if books.is_offered(stored.recorded.operation):
                    raise Refused("P-040")
            case ops.PaymentRefunded():
                raise Refused("P-041")
            case _:
                pass

    def _in_stock(self, books: Reading, lines: Sequence[ops.AnyLine]) -> None:
        """The drawer and the shelf agree: nothing is sold that the till's stock does not hold."""
        left = books.stock()
        for line in lines:
            if isinstance(line, ops.GoodsSold):
                left[line.sku] = left.get(line.sku, 0) - line.quantity
                if left[line.sku] < 0:
                    raise Refused("B-031", left=left[line.sku] + line.quantity)

    def _release(self, books: Writing, by: Officer, line: ops.AnyLine) -> None:
        """A voided pay-out gives its grant back, so that another office may pay."""
        if not isinstance(line, ops.TransferPaid | ops.TransferRefunded):
            return
        held = {grant.grant for grant in books.held_grants()}
        if line.grant in held:
            books.append(
                ops.GrantReleased(grant=line.grant, thing=line.transfer, reason="voided"),
                actor=by.officer,
                operation=self.counter.new_id(),
            )

    def safe_balance(self) -> Money:
        """What the ledger says lies in this desk's safe."""
        with self.counter.books.reading() as books:
            return books.balance(chart.SAFE, books.desk().desk)


def _own(books: Reading, basket: Basket, by: Officer) -> None:
    if basket.officer != by.officer:
        other = books.officer(basket.officer)
        raise Refused("B-003", officer=other.name if other else basket.officer)


def _no_twin(basket: Basket, planned: PlannedLine) -> None:
    """The same operation, grant or refund cannot stand in the basket twice."""
    for other in basket.lines:
        if other.line.operation == planned.line.operation:
            raise Refused("B-006")
        once = _what_exists_once(planned.line)
        if once and once == _what_exists_once(other.line):
            raise Refused("B-006")


def _what_exists_once(line: ops.AnyLine) -> str:
    """What a line uses up: its grant, or the refused payment it gives back; "" for other lines."""
    match line:
        case ops.TransferPaid() | ops.TransferRefunded():
            return line.grant
        case ops.PaymentRefunded():
            return line.payment
        case _:
            return ""


def _sources(lines: Sequence[PlannedLine]) -> str:
    """How the lines came in: `scan` only when every one was scanned."""
    sources = {planned.source for planned in lines}
    return sources.pop() if len(sources) == 1 else "keys"
