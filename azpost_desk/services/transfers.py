"""Domestic transfers: sent on line or off; paid out or refunded only under a grant (PROTOCOL.md 5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Offices, Settings, Tariffs
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.names import near_name, same_person_name, written
from azpost_desk.domain.people import Parties, Person
from azpost_desk.domain.products.transfers import TRANSFER_WAITS
from azpost_desk.domain.quotes import ADVICE, DELIVERY, EXTRAS, PLAIN, Moment, Quote, QuoteOptions, quoted
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import require_transfer_code
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.services.ahead import answer_here, check_off_line
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.baskets import Baskets, waiting_qapik
from azpost_desk.services.counter import Counter, Officer, attach, may_sell, open_day, within_exposure
from azpost_desk.services.customers import identified, named
from azpost_desk.services.grants import (
    Claimed,
    Grants,
    Unanswered,
    asked_for,
    claimed,
    granted,
    held_for,
)
from azpost_desk.services.screening import Screener, announced
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.protocol.records import Attachment
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket, PlannedLine, Transfer

TOLD_AVAILABLE: Final = "transfers.told.available"
TOLD_WAITING: Final = TRANSFER_WAITS
_TITLES: Final = {
    ops.TransferSent: "papers.line.transfer_sent",
    ops.TransferPaid: "papers.line.transfer_paid",
    ops.TransferRefunded: "papers.line.transfer_refunded",
}
_NOT_REFUNDABLE: Final = frozenset({"paid", "refunded", "reversed", "closed"})


@dataclass(frozen=True, slots=True)
class SendTransfer:
    """Send `amount`, to be paid at any office or (branch code) at `office` only.

    `quote` is what the sender was told and agreed to; without one they agree to whatever it is now.
    """

    sender: Person
    receiver: Person
    amount: Money
    purpose: str
    office: str | None = None
    source: str = "keys"
    wanted: QuoteOptions = PLAIN
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class ClaimTransfer:
    """What the receiver says: the code, the amount, who sent it. All three must match."""

    code: str
    amount: Money
    sender_name: str
    source: str = "keys"


@dataclass(frozen=True, slots=True)
class Transfers:
    """Transfers at this counter."""

    counter: Counter
    baskets: Baskets
    screener: Screener = field(default_factory=Screener)

    # --- sending --------------------------------------------------------------------------------------

    def quote(self, figure: Money, *, includes_fee: bool = False, wanted: QuoteOptions = PLAIN) -> Quote:
        """What sending `figure` costs; with `includes_fee` it is what the sender hands over in all.

        Raises:
            Refused: C-001, and what `domain.quotes.quoted` refuses.
        """
        with self.counter.books.reading() as books:
            date = open_day(books).date
            return self._quoted(books, date, figure, wanted, paid=includes_fee)

    def extras(self) -> tuple[str, ...]:
        """What can be added to a transfer today, by the tariff."""
        with self.counter.books.reading() as books:
            prices = books.document(Tariffs, open_day(books).date).transfer_extras_qapik
        return tuple(name for name in EXTRAS if name in prices)

    def _quoted(
        self, books: Reading, date: str, figure: Money, wanted: QuoteOptions, *, paid: bool = False
    ) -> Quote:
        at = Moment(date, self.counter.line.trusted_ms(), books.document(Settings, date).quote_minutes)
        return quoted(books.document(Tariffs, date), figure, wanted, at, paid=paid)

    def _agreed(self, books: Reading, date: str, command: SendTransfer) -> Quote:
        """The quote the sender agreed to, while it stands and the tariff still says the same.

        Raises:
            Refused: T-061 it has run out or the price is another today (`total`): ask and tell again.
        """
        now = self._quoted(books, date, command.amount, command.wanted)
        told = command.quote
        if told is None:
            return now
        if now.quoted_ms > told.stands_ms or told.amount != command.amount or not told.same_price(now):
            raise Refused("T-061", field="amount", total=now.total)
        return replace(told, available_ms=now.available_ms)

    def send(self, command: SendTransfer, by: Officer) -> Basket:
        """Plan the transfer: its code is taken from the pool with the line and never used again, paid or not.

        Raises:
            Refused: G-031 no licence, T-069 the centre's watch lists are too old, T-003 no such office, T-004
                no such purpose, T-061, T-062 no address to bring it to, T-063 no office to bring it from,
                T-073 no phone to advise by, what `domain.quotes.quoted`, `customers.identified` and `named`
                refuse, T-030 no codes left, L-020, and what `Baskets.add` refuses.
        """

        def plan(books: Writing) -> PlannedLine:
            date = books.day().date
            settings = books.document(Settings, date)
            if announced(books).is_too_old(self.counter.line.trusted_ms(), settings):
                raise Refused("T-069")
            quote = self._agreed(books, date, command)
            if command.office and books.document(Offices, date).find(command.office) is None:
                raise Refused("T-003", field="office")
            if command.purpose not in settings.purposes:
                raise Refused("T-004", field="purpose")
            sender = identified(command.sender, "sender", self.counter.today())
            receiver = named(command.receiver, "receiver")
            _can_be_carried(command)
            _can_be_told(command)
            offline = within_exposure(
                books,
                self.counter.line,
                "transfers",
                command.amount.minor + waiting_qapik(books, "transfers"),
            )
            operation = self.counter.new_id()
            code = books.take_transfer_code(operation)
            parties = attach(operation, "parties", Parties(code=code, sender=sender, receiver=receiver))
            line = ops.TransferSent(
                operation=operation,
                # The transfer is known by the operation that made it.
                transfer=operation,
                amount_qapik=quote.amount.minor,
                fee_qapik=quote.fee.minor,
                tariff=quote.tariff,
                office=command.office or None,
                purpose=command.purpose,
                parties=parties.commitment(),
                offline=offline,
                told=TOLD_WAITING if offline else TOLD_AVAILABLE,
                terms=quote.terms(),
            )
            return _planned(line, parties, receiver.name, by.language, command.source)

        return self.baskets.add_with(by, "transfers", plan)

    # --- paying out -----------------------------------------------------------------------------------

    def sent_today(self) -> list[Transfer]:
        """What this desk sent on its business day."""
        with self.counter.books.reading() as books:
            return books.transfers(books.day().number)

    def find(self, code: str) -> Transfer | None:
        """A transfer this desk knows itself; one sent elsewhere is found by `claim`.

        Raises:
            Refused: I-008 the code is none.
        """
        wanted = require_transfer_code(code)
        with self.counter.books.reading() as books:
            return books.transfer_by_code(wanted)

    def claim(self, command: ClaimTransfer, by: Officer) -> Claimed:
        """Ask the centre for the right to pay out. Slow (the line): never from the window's thread.

        The request is recorded before it is sent; asked again after a crash it is the same request, and a
        grant that is held already is simply shown again.

        Raises:
            Refused: I-008 code, T-001 amount, I-009 name; G-030, G-031, C-001, C-010, C-011, S-010; from the
                centre T-010 nothing fits, T-011 a detail differs (`left` tries), T-012 closed after wrong
                tries, T-013 a near miss in the name, T-014 paid already, T-015 held at another office
                (`holder`), T-016 not ready yet, T-017 for another office, T-018 held back, T-019 (`code`),
                T-064 paid out only later (`from_ms`); X-codes.
            Trouble: L-codes: no answer; the request stays in `unanswered`.
        """
        code = require_transfer_code(command.code)
        if command.amount.minor <= 0:
            raise Refused("T-001", field="amount")
        sender = _sender_named(command.sender_name)
        question = TransferClaim(
            request="",
            purpose="pay",
            code=code,
            amount_qapik=command.amount.minor,
            sender=sender,
        )
        with self.counter.books.writing() as books:
            may_sell(books, by, "transfers")
            here = answer_here(self.counter, books, question, by)
            if here.claimed is not None:
                return here.claimed
            if here.tries_left is None:
                question = self._grants.request(books, by, question, command.source)
        if here.tries_left is not None:
            raise Refused("T-011" if here.tries_left else "T-012", field="code", left=here.tries_left)
        return self._grants.ask(question, by)

    def plan_payout(self, grant: str, receiver: Person, by: Officer, source: str = "keys") -> Basket:
        """Plan to pay the transfer out to the person whose document was shown.

        Raises:
            Refused: T-020 the grant is not held here, T-021 it is for a refund, T-066, T-067, T-071
                reserved ahead and not to be paid off line, T-022 the document's name is not the receiver's,
                what `customers.identified` refuses, B-006 it is in the basket already, and what
                `Baskets.add` refuses.
        """

        if not self.counter.line.state().online:
            # The index is made before anything is locked; the question itself is a millisecond.
            with self.counter.books.reading() as books:
                self.screener.screened(books, receiver)

        def plan(books: Writing) -> PlannedLine:
            held, parties = granted(books, grant, "pay")
            check_off_line(self.counter, books, held, self.screener, receiver)
            shown = identified(receiver, "receiver", self.counter.today())
            same_name(shown, parties.receiver, "receiver")
            operation = self.counter.new_id()
            document = attach(operation, "receiver", shown)
            line = ops.TransferPaid(
                operation=operation,
                transfer=held.thing,
                grant=held.grant,
                amount_qapik=held.amount.minor,
                receiver=document.commitment(),
            )
            return _planned(line, document, shown.name, by.language, source)

        return self.baskets.add_with(by, "transfers", plan)

    # --- refunding ------------------------------------------------------------------------------------

    def claim_refund(self, transfer: str, by: Officer) -> Claimed:
        """Ask for the right to give a transfer sent here back to its sender. Slow, as `claim`.

        Raises:
            Refused: T-023 not sent at this desk, T-024 its state allows none (`reason`), T-025 the
                centre does not know of it yet: reverse the line instead; and as `claim`.
            Trouble: as `claim`.
        """
        with self.counter.books.writing() as books:
            may_sell(books, by, "transfers")
            sent = _sent_here(books, transfer)
            known = books.transfer(transfer)
            if known is not None and known.state in _NOT_REFUNDABLE:
                raise Refused("T-024", reason=known.state)
            if not books.is_offered(transfer):
                raise Refused("T-025")
            question = TransferClaim(
                request="", purpose="refund", amount_qapik=sent.amount_qapik, transfer=transfer
            )
            held = held_for(books, question)
            if held:
                return held
            asked = self._grants.request(books, by, question, "keys")
        return self._grants.ask(asked, by)

    def plan_refund(self, grant: str, sender: Person, by: Officer, source: str = "keys") -> Basket:
        """Plan to pay a transfer back to its sender, with the fee when the tariff it was sold by says so.

        Raises:
            Refused: T-020, T-021 the grant is for paying out, T-022 the document's name is not the sender's,
                T-023, and as `plan_payout`.
        """

        def plan(books: Writing) -> PlannedLine:
            held, parties = granted(books, grant, "refund")
            sent = _sent_here(books, held.thing)
            shown = identified(sender, "sender", self.counter.today())
            same_name(shown, parties.sender, "sender")
            operation = self.counter.new_id()
            document = attach(operation, "receiver", shown)
            line = ops.TransferRefunded(
                operation=operation,
                transfer=held.thing,
                grant=held.grant,
                amount_qapik=held.amount.minor,
                fee_returned_qapik=_fee_returned(books, sent),
                receiver=document.commitment(),
            )
            return _planned(line, document, shown.name, by.language, source)

        return self.baskets.add_with(by, "transfers", plan)

    # --- grants ---------------------------------------------------------------------------------------

    def held(self) -> list[Claimed]:
        """Grants this desk holds: to be paid, or given back."""
        with self.counter.books.reading() as books:
            return [claimed(one) for one in books.held_grants()]

    def release(self, grant: str, by: Officer, reason: str) -> None:
        """Give a grant back, so that another office may pay.

        Raises:
            Refused: C-001, T-020 not held here, T-026 its line stands in the basket: void that.
        """
        self._grants.release(grant, by, reason)

    def unanswered(self) -> list[Unanswered]:
        """Today's requests without an answer, oldest first: `ask_again` each when the line is back."""
        with self.counter.books.reading() as books:
            return [
                Unanswered(
                    asked.request,
                    asked.purpose,
                    asked.code,
                    asked_for(books, asked),
                    asked.sender,
                    asked.transfer,
                    at_ms,
                )
                for asked, at_ms in self._grants.open_requests(books)
            ]

    def ask_again(self, request: str, by: Officer) -> Claimed:
        """Send an unanswered request once more, under its own id.

        Raises:
            Refused: T-027 it is answered; and as `claim`.
            Trouble: as `claim`.
        """
        with self.counter.books.reading() as books:
            found = [asked for asked, _ in self._grants.open_requests(books) if asked.request == request]
        if not found:
            raise Refused("T-027")
        return self._grants.ask(found[0], by)

    @property
    def _grants(self) -> Grants:
        return Grants(self.counter)


def _can_be_carried(command: SendTransfer) -> None:
    """Who brings money to somebody's door must know the door, and whose postmen they are."""
    if DELIVERY not in command.wanted.extras:
        return
    if not is_said(command.receiver.address):
        raise Refused("T-062", field="receiver.address")
    if not command.office:
        raise Refused("T-063", field="office")


def _can_be_told(command: SendTransfer) -> None:
    """Advice of payment reaches its sender by telephone."""
    if ADVICE in command.wanted.extras and not is_said(command.sender.phone):
        raise Refused("T-073", field="sender.phone")


def _planned(line: ops.Sold, personal: Attachment, name: str, language: str, source: str) -> PlannedLine:
    """The basket shows what it is and whose; the code stands on the receipt, once the money is paid."""

    def told(code: str) -> tuple[str, str]:
        texts = Texts(code)
        title = texts.t(_TITLES[type(line)])
        if isinstance(line, ops.TransferSent):
            return title, texts.t("transfers.basket.sent", name=name, fee=azn(line.fee_qapik))
        return title, name

    return line_told(line, (personal,), told, language, source)


def _sender_named(typed: str) -> str:
    try:
        return written(typed)
    except Refused as refused:
        raise Refused(refused.code, "sender_name", **refused.facts) from None


def same_name(shown: Person, written: Person, who: str) -> None:
    """The document's surname and given name are those of the transfer; a slip is named as one."""
    if not same_person_name(shown.name, written.name):
        near = near_name(shown.name, written.name)
        raise Refused("T-022", field=f"{who}.name", name=written.name, reason="near" if near else "other")


def _sent_here(books: Reading, transfer: str) -> ops.TransferSent:
    stored = books.paid_line(transfer)
    if stored is None or not isinstance(stored.line, ops.TransferSent):
        raise Refused("T-023")
    return stored.line


def _fee_returned(books: Reading, sent: ops.TransferSent) -> int:
    """A completed sale stands at its version: the tariff of the day it was sold decides."""
    stored = books.paid_line(sent.operation)
    tariffs = books.document(Tariffs, stored.date if stored else books.day().date)
    return sent.fee_qapik if tariffs.refund_returns_fee else 0
