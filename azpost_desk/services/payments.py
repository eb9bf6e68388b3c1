"""Bills: check the subscriber, take the money; the centre delivers, or the customer gets it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Biller, Billers, Settings, Tariffs, name_in
from azpost_desk.domain.identifiers import require
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Account
from azpost_desk.domain.products.bills import BILL_WAITS
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.tariffs import fee
from azpost_desk.protocol.messages import BillCheck
from azpost_desk.protocol.questions import BILL_CHECK
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.baskets import Baskets, waiting_qapik
from azpost_desk.services.billers import found, usual_here
from azpost_desk.services.counter import Counter, Officer, attach, may_sell, open_day, within_exposure
from azpost_desk.services.refunds import biller_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket, Payment, PlannedLine

TOLD_DELIVERING: Final = "papers.receipt.state.delivering"
TOLD_WAITING: Final = BILL_WAITS
# The centre asked and had no answer in time.
BILLER_SILENT: Final = "X-031"
# Bills are paid by the month: who was usual in two of them is so now.
_LATELY_MS: Final = 62 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class PayBill:
    """Take `amount` for a subscriber's `account` (as typed). `holder` is the masked name the biller gave,
    `contact` the payer's phone, "" when not asked: whom to call when the biller refuses; `debt` what the
    biller told.
    """

    biller: str
    account: str
    amount: Money
    holder: str = ""
    source: str = "keys"
    contact: str = ""
    debt: Money | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a subscriber.

    Attributes:
        answered: False when there is no line, or the biller is silent: the bill may be taken all the same.
        debt: None when the biller does not tell.
    """

    biller: Biller
    account: str
    answered: bool
    debt: Money | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Billers of one kind (``utilities``, ``mobile``), as the centre ordered them."""

    group: str
    billers: tuple[Biller, ...]


@dataclass(frozen=True, slots=True)
class BillsToday:
    """What a screen that takes bills must know of the day.

    Attributes:
        groups: the billers in the centre's order.
        refused: how many bills the biller has refused and nobody has given back.
        blocked: why nothing may be taken now.
        usual: who was taken most often at this desk lately.
    """

    billers: Billers
    groups: tuple[Group, ...]
    refused: int
    blocked: Refused | None = None
    usual: tuple[Biller, ...] = ()


@dataclass(frozen=True, slots=True)
class Payments:
    """Bills at this counter."""

    counter: Counter
    baskets: Baskets

    def today(self, by: Officer) -> BillsToday:
        """The facts of the open day; `blocked` holds the refusal when this officer may not take bills now."""
        with self.counter.books.reading() as books:
            try:
                may_sell(books, by, "payments")
            except Refused as no:
                return BillsToday(Billers(), (), 0, no)
            billers = books.document(Billers, books.day().date)
            refused = books.payments(("refused",), None)
            usual = self._usual(books, billers.billers)
        return BillsToday(billers, tuple(_by_group(billers)), len(refused), usual=tuple(usual))

    def groups(self) -> list[Group]:
        """The billers of the day by group, in the centre's order.

        Raises:
            Refused: C-001.
        """
        return _by_group(self._billers())

    def search(self, typed: str) -> list[Biller]:
        """Billers found by words of name or group in any language, or by number, the nearest first.

        Raises:
            Refused: C-001.
        """
        with self.counter.books.reading() as books:
            billers = books.document(Billers, open_day(books).date).billers
            usual = self._usual(books, billers)
        return found(billers, typed, [one.biller for one in usual])

    def _usual(self, books: Reading, billers: Sequence[Biller]) -> list[Biller]:
        since_ms = self.counter.clock.utc_ms() - _LATELY_MS
        return usual_here(billers, books.payments_since(since_ms))

    def fee(self, biller: str, amount: Money) -> Money:
        """What the post takes for this bill beside `amount`.

        Raises:
            Refused: C-001, P-002, G-040.
        """
        return _charge(_known(self._billers(), biller), amount)

    def check(self, biller: str, account: str, amount: Money | None = None) -> Checked:
        """Ask the biller about a subscriber. Slow (the line): never from the window's own thread.

        Raises:
            Refused: C-001, P-001 not such an account, P-073 its digits do not agree (with an example),
                P-002 unknown biller, P-005 this biller takes no bills without the line,
                P-006 the biller says no (`reason`),
                P-007 it is silent and takes no bills unasked, the centre's X-codes.
        """
        known = _known(self._billers(), biller)
        number = _account(known, account)
        try:
            asked = BillCheck(
                biller=known.biller, account=number, amount_qapik=amount.minor if amount else None
            )
            answer = self.counter.line.ask(BILL_CHECK, asked)
        except Trouble as trouble:
            if not trouble.code.startswith("L-"):
                raise
            if not known.takes_offline:
                raise Refused("P-005", field="biller") from trouble
            return Checked(known, number, answered=False)
        if answer.code == BILLER_SILENT:
            if not known.takes_offline:
                raise Refused("P-007", field="biller")
            return Checked(known, number, answered=False)
        if not answer.ok:
            raise Refused("P-006", field="account", reason=answer.code)
        debt = None if answer.debt_qapik is None else azn(answer.debt_qapik)
        return Checked(known, number, answered=True, debt=debt, holder=answer.holder)

    def pay(self, command: PayBill, by: Officer) -> Basket:
        """Plan the bill; it is delivered after the basket is paid.

        Raises:
            Refused: P-001, P-002, P-003 below or P-004 above what the biller takes, P-005, P-073,
                P-074 less than the debt where only the whole is taken, G-040, L-020, and
                what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            biller = _known(books.document(Billers, books.day().date), command.biller)
            if biller.notices is not None:
                raise Refused("P-002", field="biller")
            number = _account(biller, command.account)
            _within_bounds(biller, command.amount)
            _is_whole(biller, command)
            charge = _charge(biller, command.amount)
            offline = within_exposure(
                books, self.counter.line, "payments", command.amount.minor + waiting_qapik(books, "payments")
            )
            if offline and not biller.takes_offline:
                raise Refused("P-005", field="biller")
            operation = self.counter.new_id()
            whose = Account(account=number, holder=command.holder, contact=phone_of(command.contact))
            account = attach(operation, "account", whose)
            line = ops.PaymentAccepted(
                operation=operation,
                biller=biller.biller,
                service=biller.group,
                amount_qapik=command.amount.minor,
                fee_qapik=charge.minor,
                tariff=books.document(Tariffs, books.day().date).version,
                account=account.commitment(),
                told=TOLD_WAITING if offline else TOLD_DELIVERING,
            )

            def told(language: str) -> tuple[str, str]:
                return name_in(biller.names, language), number

            return line_told(line, (account,), told, by.language, command.source)

        return self.baskets.add_with(by, "payments", plan)

    def taken(self, states: Sequence[str] = (), day: int | None = None) -> list[Payment]:
        """Bills taken at this desk with what has become of them, newest first."""
        with self.counter.books.reading() as books:
            return books.payments(states, day)

    def tasks(self) -> list[Payment]:
        """What somebody must see to, oldest first: refused bills, and those without a result for too long."""
        with self.counter.books.reading() as books:
            found = books.payments(("accepted", "sent", "unknown", "refused"))
            limit_ms = books.document(Settings, books.day().date).payment_unknown_minutes_max * 60_000
        oldest_ms = self.counter.line.trusted_ms() - limit_ms
        late = [one for one in found if one.state == "refused" or one.accepted_ms < oldest_ms]
        return sorted(late, key=lambda one: one.accepted_ms)

    def refund(self, payment: str, by: Officer, source: str = "keys") -> Basket:
        """Plan to give back, with the fee, what the biller refused; once.

        Raises:
            Refused: P-030 the biller has not refused it (`state`), P-031 no such payment here, B-006 it
                stands in the basket already, and what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            known = books.payment(payment)
            if known is None:
                raise Refused("P-031")
            if known.state != "refused":
                raise Refused("P-030", reason=known.state)
            line = ops.PaymentRefunded(
                operation=self.counter.new_id(),
                payment=payment,
                biller=known.biller,
                amount_qapik=known.amount.minor + known.fee.minor,
            )

            def told(language: str) -> tuple[str, str]:
                return biller_name(books, known.biller, language), known.account

            return line_told(line, (), told, by.language, source)

        return self.baskets.add_with(by, "payments", plan)

    def _billers(self) -> Billers:
        with self.counter.books.reading() as books:
            return books.document(Billers, open_day(books).date)


def _by_group(billers: Billers) -> list[Group]:
    found: dict[str, list[Biller]] = {}
    for biller in billers.billers:
        # What is paid to a portal is looked for there (services.notices).
        if biller.notices is not None:
            continue
        found.setdefault(biller.group, []).append(biller)
    return [Group(group, tuple(together)) for group, together in found.items()]


def _known(billers: Billers, biller: str) -> Biller:
    known = billers.find(biller)
    if known is None:
        raise Refused("P-002", field="biller")
    return known


def _account(biller: Biller, typed: str) -> str:
    """The subscriber's number without spaces, when it looks like one of this biller's."""
    number = "".join(typed.split())
    if not biller.has_form(number):
        raise Refused("P-001", field="account", example=biller.account_example)
    if not biller.is_account(number):
        raise Refused("P-073", field="account", example=biller.account_example)
    return number


def _charge(biller: Biller, amount: Money) -> Money:
    """What the payer pays on top."""
    return fee(biller.fees, amount) if biller.fee_from == "payer" else azn(0)


def _is_whole(biller: Biller, command: PayBill) -> None:
    debt = command.debt
    if not biller.part and debt is not None and command.amount.minor < debt.minor:
        raise Refused("P-074", field="amount", debt=debt)


def phone_of(typed: str) -> str:
    """The payer's phone as it is kept (E.164); refused beside the field `contact` when it is none."""
    return require("phone", typed, field="contact") if typed.strip() else ""


def _within_bounds(biller: Biller, amount: Money) -> None:
    if amount.minor < max(biller.amount_qapik_min, 1):
        raise Refused("P-003", field="amount", limit=azn(max(biller.amount_qapik_min, 1)))
    if amount.minor > biller.amount_qapik_max:
        raise Refused("P-004", field="amount", limit=azn(biller.amount_qapik_max))
