"""The customer's basket: add, void, pay once, reverse a line. Nothing here commits by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import baskets
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Billers
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.products import (
    SERVICES,
    exposed_of,
    off_line,
    once_of,
    papers_of,
    service_of,
)
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.records import Attachment
from azpost_desk.services.approvals import proven
from azpost_desk.services.basket_lines import (
    codes_of,
    no_twin,
    record_sources,
    sendable,
    source_of,
    still_stand,
    with_way_back,
)
from azpost_desk.services.charges_due import still_due
from azpost_desk.services.counter import (
    Approval,
    Counter,
    Officer,
    may_sell,
    open_day,
    own_till,
    within_exposure,
)
from azpost_desk.services.giving_back import (
    agreed_in_cash,
    as_it_came,
    step_back,
    to_card,
    undoing,
    way_back,
)
from azpost_desk.services.reversing import may_reverse
from azpost_desk.services.staff import consent
from azpost_desk.services.tendered import (
    as_tender,
    require_free,
    require_known,
    returned_by_code,
    tendered,
)
from azpost_desk.services.views import Basket, PaidLine, PlannedLine, Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.tendered import Tendered
    from azpost_desk.services.views import CardStep


def waiting_qapik(books: Reading, service: str) -> int:
    """What unpaid lines, parked ones too, would take of the allowance of `service` (transfers, payments)."""
    lines = [planned.line for basket in every_basket(books) for planned in basket.lines]
    return exposed_of(lines, service)


def every_basket(books: Reading) -> list[Basket]:
    """The basket in hand and those in the tray."""
    basket = books.basket()
    return [*([basket] if basket else []), *(one.basket for one in books.parked())]


@dataclass(frozen=True, slots=True)
class Paid:
    """A basket that is on the disk; `codes` are the numbers of the transfers that were sent by it."""

    recorded: Recorded
    receipt: str
    to_pay: Money
    given: Money
    change: Money
    codes: tuple[str, ...] = ()


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
            Refused: B-003 the basket is another officer's, B-002 too many lines, B-007 too large for the
                line, and what `may_sell` refuses.
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
            basket = Basket(self.counter.new_id(), by.officer, (), self.counter.clock.utc_ms(), language="")
        _own(books, basket, by)
        require_free(books, basket.basket)
        if len(basket.lines) >= baskets.LINES_MAX:
            raise Refused("B-002", limit=baskets.LINES_MAX)
        for other in (basket, *(one.basket for one in books.parked())):
            no_twin(other, planned)
        planned = with_way_back(books, planned)
        if basket.lines and any(one.electronic_qapik for one in (*basket.lines, planned)):
            raise Refused("B-026", amount=azn(sum(one.electronic_qapik for one in (*basket.lines, planned))))
        basket = replace(basket, lines=(*basket.lines, planned))
        sendable(basket.lines)
        books.save_basket(basket)
        return basket

    def put_instead(self, by: Officer, operation: str, line: ops.AnyLine) -> Basket:
        """The same line with what is known of it now; what it costs and is about stays.

        Raises:
            Refused: B-003 another officer's basket, B-004 no such line, B-050 a card is under way.
        """
        with self.counter.books.writing() as books:
            basket = _in_hand(books, by, "B-004")
            require_free(books, basket.basket)
            planned = next((one for one in basket.lines if one.line.operation == operation), None)
            if planned is None or baskets.to_pay([planned.line]) != baskets.to_pay([line]):
                raise Refused("B-004")
            lines = tuple(replace(one, line=line) if one is planned else one for one in basket.lines)
            basket = replace(basket, lines=lines)
            books.save_basket(basket)
            return basket

    def void(self, by: Officer, operation: str) -> Basket:
        """Take a line out before it is paid; a grant it held is released by its own record.

        Raises:
            Refused: B-003 another officer's basket, B-004 no such line, B-050 a card is under way.
        """
        with self.counter.books.writing() as books:
            basket = _in_hand(books, by, "B-004")
            require_free(books, basket.basket)
            gone = [planned for planned in basket.lines if planned.line.operation == operation]
            if not gone:
                raise Refused("B-004")
            if step_back(books, gone[0].line) is not None:
                raise Refused("B-050")
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
            Refused: S-010 without the permission, B-004 there is none, B-050 cancelled with a card under way.
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
        """Record who gave whose basket to whom; a cancelled one (`to` None) gives its grants back.

        Raises:
            Refused: B-050 it shall be cancelled while a card is under way for it.
        """
        if to is None:
            require_free(books, basket.basket)
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
        """The language of this customer's papers, "" for the one on the screen when the basket is paid.

        Raises:
            Refused: B-003 another officer's basket.
        """
        with self.counter.books.writing() as books:
            basket = books.basket()
            if basket is not None:
                _own(books, basket, by)
                books.save_basket(replace(basket, language=language))

    def pay(self, by: Officer, basket_id: str, given: Money, confirmed: frozenset[str] = frozenset()) -> Paid:
        """Pay the basket in cash, or what an approved card leaves of it: one settlement, then paper.

        While nobody knows what a card did nothing else pays: the terminal is asked first (services.cards).

        `basket_id` makes a second press of the key harmless: a basket that was paid is not there any more.

        Raises:
            Refused: B-005 this basket is paid or gone, B-003, B-010 not enough, B-011, B-012 the till has not
                enough to pay out, B-026 to B-028 what came by card goes back to it (`Cards.pay_back`), B-031
                stock, B-052 a line may not be paid in cash, B-050 a card is under way, L-020, P-005, and what
                `may_sell` refuses for each line.
            NeedsConfirmation: B-013 the change would be more than a note: nothing is paid yet.
        """
        with self.counter.books.writing() as books:
            paid = self.settle_in(books, by, basket_id, given, tendered(books, basket_id))
            if baskets.needs_second_look(given, paid.change) and "B-013" not in confirmed:
                raise NeedsConfirmation("B-013", given=given, change=paid.change)
        self.counter.line.wake()
        return paid

    def settle_in(
        self, books: Writing, by: Officer, basket_id: str, given: Money, card: Tendered | None = None
    ) -> Paid:
        """The settlement within the caller's transaction; `card` is a card or a code that has paid its part.

        Raises:
            Refused: as `pay`, and B-051 when the card does not fit what is due any more.
        """
        self.ready(books, by, basket_id)
        basket = books.basket()
        if basket is None:
            raise Refused("B-005")
        planned_lines = [planned.line for planned in basket.lines]
        if card is None:
            card = returned_by_code(books, by.officer, self.counter.new_id, to_card(books, planned_lines))
        as_it_came(books, planned_lines, card)
        engaged = card is not None
        lines = [self._as_of_now(books, planned.line, engaged) for planned in basket.lines]
        receipt = books.next_receipt()
        spoken = basket.language or by.language
        tender = as_tender(card, basket.basket, lines)
        body = baskets.settle(basket.basket, receipt, lines, self.counter.new_id(), given, spoken, tender)
        if body.change_qapik - body.cash_given_qapik > books.till().balance.minor:
            raise Refused("B-012", balance=books.till().balance)
        recorded = books.append(
            body,
            actor=by.officer,
            operation=basket.basket,
            source=source_of(basket.lines),
            attachments=[Attachment(*one) for planned in basket.lines for one in planned.attachments],
        )
        record_sources(books, by, basket, self.counter.new_id())
        books.queue_paper("receipt", receipt)
        for line in lines:
            for paper in papers_of(line):
                books.queue_paper(paper, line.operation)
        books.drop_basket()
        codes = codes_of(basket.lines)
        return Paid(recorded, receipt, baskets.to_pay(lines), given, Money(body.change_qapik), codes)

    def ready(self, books: Reading, by: Officer, basket_id: str) -> Money:
        """Whether the basket may be paid now, and what is due.

        What perishes (a price, a portal's word, the line, an allowance) is looked at when a tender is asked;
        once a card was approved or a code paid it stands (money-out.md M0-7).

        Raises:
            Refused: as `pay`, but for what depends on the money handed over.
        """
        basket = books.basket()
        if basket is None or basket.basket != basket_id or not basket.lines:
            raise Refused("B-005")
        _own(books, basket, by)
        require_known(books, basket_id)
        sendable(basket.lines)
        engaged = tendered(books, basket_id) is not None
        lines = [self._as_of_now(books, planned.line, engaged) for planned in basket.lines]
        for line in lines:
            may_sell(books, by, service_of(line))
        if not engaged:
            still_stand(lines, self.counter.line.trusted_ms())
            still_due(books, lines)
            self._within_allowances(books, lines)
        self._in_stock(books, lines)
        return baskets.to_pay(lines)

    def _within_allowances(self, books: Reading, lines: Sequence[ops.AnyLine]) -> None:
        for service in SERVICES:
            if taken := exposed_of(lines, service):
                within_exposure(books, self.counter.line, service, taken)

    def agree_to_cash(self, by: Officer, operation: str, reason: str, approval: Approval | None) -> Basket:
        """A second person agrees that what came by card is handed out in cash; it stands on the line.

        Raises:
            Refused: B-005, B-003, B-004 no such line, or nothing of it came by card, K-009 no reason, B-050
                the terminal was asked to give it back, S-012 no approval for this line.
        """
        with self.counter.books.writing() as books:
            basket = _in_hand(books, by, "B-005")
            planned = next((one for one in basket.lines if one.line.operation == operation), None)
            way = way_back(books, planned.line) if planned is not None else None
            if planned is None or way is None or not way.electronic.minor:
                raise Refused("B-004")
            if not is_said(reason):
                raise Refused("K-009", field="reason")
            if step_back(books, planned.line) is not None:
                raise Refused("B-050")
            approver = consent(approval, operation, by)
            proven(books, approval, way.electronic)
            agreed = agreed_in_cash(planned.line, way.electronic, approver, reason.strip())
            changed = replace(planned, line=agreed, electronic_qapik=0, is_to_card=False, is_to_code=False)
            lines = tuple(changed if one is planned else one for one in basket.lines)
            basket = replace(basket, lines=lines)
            books.save_basket(basket)
            return basket

    def reverse(
        self, by: Officer, line: PaidLine, operation: str, reason: str, approval: Approval | None
    ) -> Paid:
        """Undo a line of the same day to exactly zero, once; cash goes back to where it came from.

        `operation` is made by the asker before the approval is asked for: one approval, one operation.

        Raises:
            Refused: S-012 no approval for this operation, B-020 to B-024, B-012, T-040 a transfer that was
                offered to the centre needs its grant, P-040 a bill that is already being delivered, B-025 a
                part of it was paid by card and goes back there first (services.cards).
        """
        with self.counter.books.writing() as books:
            paid = self.reverse_in(books, by, line, operation, reason, approval)
        self.counter.line.wake()
        return paid

    def reverse_in(
        self,
        books: Writing,
        by: Officer,
        line: PaidLine,
        operation: str,
        reason: str,
        approval: Approval | None,
        card: CardStep | None = None,
    ) -> Paid:
        """The reversal within the caller's transaction; `card` is an approved giving back to a card."""
        body = self.reversal(books, by, line, operation, reason, approval)
        way = undoing(books, line)
        given = card or returned_by_code(books, by.officer, self.counter.new_id, way)
        if (given.amount if given else azn(0)) != way.electronic:
            raise Refused("B-025")
        receipt = books.next_receipt()
        due = baskets.to_pay([body])
        proven(books, approval, due)
        tender = as_tender(given, "", ())
        back = due - azn(tender.amount_qapik if tender else 0)
        if -back.minor > books.till().balance.minor:
            raise Refused("B-012", balance=books.till().balance)
        settlement = baskets.settle(
            self.counter.new_id(),
            receipt,
            [body],
            self.counter.new_id(),
            due if due.minor > 0 else azn(0),
            by.language,
            tender,
        )
        recorded = books.append(settlement, actor=by.officer, operation=settlement.basket)
        books.queue_paper("receipt", receipt)
        return Paid(
            recorded, receipt, due, Money(settlement.cash_given_qapik), Money(settlement.change_qapik)
        )

    def reversal(
        self,
        books: Reading,
        by: Officer,
        line: PaidLine,
        operation: str,
        reason: str,
        approval: Approval | None,
    ) -> ops.LineReversed:
        """The line that undoes another, when everything permits it; refuses as `reverse`."""
        by.may(Permission.REVERSE_LINE)
        approver = consent(approval, operation, by)
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
        may_reverse(books, stored, day.number, self.counter.line.trusted_ms())
        return baskets.reverse(stored.line, operation, stored.receipt, reason, approver)

    def _as_of_now(self, books: Reading, line: ops.AnyLine, engaged: bool) -> ops.AnyLine:
        """The line as it is paid: what was planned on line may be paid without the line, and must say so.

        Raises:
            Refused: P-005 a bill that its biller does not take without the line, and nothing has paid it yet.
        """
        if self.counter.line.state().online:
            return line
        if isinstance(line, ops.PaymentAccepted) and not engaged:
            biller = books.document(Billers, books.day().date).find(line.biller)
            if biller is not None and not biller.offline:
                raise Refused("P-005", field="biller")
        return off_line(line)

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
        used = once_of(line)
        for held in books.held_grants():
            if used == ("grant", held.grant):
                books.append(
                    ops.GrantReleased(grant=held.grant, thing=held.thing, reason="voided"),
                    actor=by.officer,
                    operation=self.counter.new_id(),
                )

    def safe_balance(self) -> Money:
        """What the ledger says lies in this desk's safe."""
        with self.counter.books.reading() as books:
            return books.balance(chart.SAFE, books.desk().desk)


def _in_hand(books: Reading, by: Officer, code: str) -> Basket:
    """The basket in hand, this officer's; refused with `code` where there is none."""
    basket = books.basket()
    if basket is None:
        raise Refused(code)
    _own(books, basket, by)
    return basket


def _own(books: Reading, basket: Basket, by: Officer) -> None:
    if basket.officer != by.officer:
        other = books.officer(basket.officer)
        raise Refused("B-003", officer=other.name if other else basket.officer)
