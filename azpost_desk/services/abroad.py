"""Money over the border at this counter: quoted by the centre, sold, followed, stopped, paid back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import Corridor, Corridors
from azpost_desk.domain.abroad.moves import NOT_GONE, UNDER_WAY
from azpost_desk.domain.abroad.receivers import require_receiver, require_sent
from azpost_desk.domain.abroad.travel_rule import RULE_2025, missing
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.lines import AbroadRefunded, AbroadSent
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import AbroadParties, Person, ReceiverAbroad
from azpost_desk.domain.products.abroad import REFUND as REFUND_ABROAD
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import is_receipt_number
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.abroad import QuoteAsk, terms_of
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.protocol.questions import ABROAD_QUOTE
from azpost_desk.services.abroad_views import ABROAD, AbroadTransfer
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.baskets import Baskets, waiting_qapik
from azpost_desk.services.counter import Counter, Officer, attach, may_sell, open_day, within_exposure
from azpost_desk.services.customers import identified
from azpost_desk.services.grants import Claimed, Grants, granted, granted_for, held_for
from azpost_desk.services.screening import Screener, announced
from azpost_desk.services.transfers import same_name
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.domain.lines.abroad import AbroadTerms
    from azpost_desk.services.ports import Reading, Writing
    from azpost_desk.services.views import Basket, PlannedLine

TOLD_QUEUED: Final = "abroad.told.queued"
SERVICE: Final = "abroad"
# The centre's word why there is no price; another is a newer centre's.
_NO_PRICE: Final = frozenset(
    {"A-010", "A-011", "A-012", "A-013", "A-020", "A-021", "A-022", "A-090", "T-001", "G-040", "G-011"}
)
# Its limit is the person's, in manat.
_PERSONS_LIMIT: Final = "A-090"


@dataclass(frozen=True, slots=True)
class AbroadQuote:
    """The centre's signed word on a price, as it is shown and later written down."""

    terms: AbroadTerms
    signature: str

    @property
    def arrives(self) -> Money:
        """What the receiver gets."""
        return Money(self.terms.arrives_minor, self.terms.currency)


@dataclass(frozen=True, slots=True)
class SendAbroad:
    """Send by a quote the sender has agreed to. `latin` names are those they agreed to as well."""

    quote: AbroadQuote
    sender: Person
    sender_latin: str
    receiver: ReceiverAbroad
    purpose: str
    source: str = "keys"
    sender_town_latin: str = ""
    sender_street_latin: str = ""
    sender_born: str = ""


@dataclass(frozen=True, slots=True)
class Abroad:
    """Money over the border at this counter."""

    counter: Counter
    baskets: Baskets
    screener: Screener = field(default_factory=Screener)

    # --- price ----------------------------------------------------------------------------------------

    def corridors(self) -> tuple[Corridor, ...]:
        """Every way out that this program can reckon in, as the centre ordered them; none before it has any.

        Raises:
            Refused: C-001.
        """
        with self.counter.books.reading() as books:
            return corridors_of(books).shown()

    def quote(
        self,
        corridor: str,
        named: str,
        figure: Money,
        by: Officer,
        *,
        sender: Person | None = None,
        instead: str = "",
    ) -> AbroadQuote:
        """The centre's price, good for minutes. Slow (the line): never from the window's own thread.

        `named` is whose figure `figure` is: ``arrives`` (in the corridor's currency) or ``paid`` (manat).
        Of a `sender` who is known the centre keeps the limit, too; `instead` is the id of an earlier price
        that nobody took.

        Raises:
            Refused: C-001, G-030, G-031, what `customers.identified` refuses, A-090 more than one person may
                send (`limit` is left), A-010 no such corridor, A-011 not sold now, A-012 no rate in force,
                A-013 the partner's funds do not cover it now, A-020 to A-022 too little, too much, not in its
                steps (`limit`), T-001, G-040.
            Trouble: L-codes: nothing is sold abroad without the line; L-004 not the centre's word.
        """
        with self.counter.books.reading() as books:
            may_sell(books, by, SERVICE)
            known = _corridor(books, corridor)
        ask = QuoteAsk(
            quote=self.counter.new_id(),
            corridor=corridor,
            named=named,
            figure_minor=figure.minor,
            sender=_known_by(identified(sender, "sender", self.counter.today())) if sender else None,
            instead=instead,
        )
        if figure.minor <= 0:
            raise Refused("T-001", field="amount")
        answer = self.counter.line.ask(ABROAD_QUOTE, ask)
        if answer.code:
            code = answer.code if answer.code in _NO_PRICE else "A-014"
            limit = Money(answer.limit_minor, "AZN" if code == _PERSONS_LIMIT else known.currency)
            raise Refused(code, field="amount", limit=limit, answer=answer.code)
        return AbroadQuote(terms_of(answer.words), answer.signature.hex())

    # --- selling --------------------------------------------------------------------------------------

    def send(self, command: SendAbroad, by: Officer) -> Basket:
        """Plan a transfer abroad by the quote that was agreed to.

        Raises:
            Refused: A-041 the quote has run out, A-010, A-023 no such purpose, A-028 the travel rule asks
                for more of so large a sum, T-069 the watch lists are too
                old, L-020, what `require_receiver`, `require_sent`, `customers.identified` and
                `Baskets.add` refuse.
        """

        def plan(books: Writing) -> PlannedLine:
            terms = command.quote.terms
            if self.counter.line.trusted_ms() > terms.stands_ms:
                raise Refused("A-041", field="amount")
            corridor = _corridor(books, terms.corridor)
            settings = books.document(Settings, books.day().date)
            if announced(books).is_too_old(self.counter.line.trusted_ms(), settings):
                raise Refused("T-069")
            if command.purpose not in corridor.purposes:
                raise Refused("A-023", field="purpose")
            sender = identified(command.sender, "sender", self.counter.today())
            receiver = require_receiver(command.receiver, corridor)
            parties = require_sent(
                AbroadParties(
                    sender=sender,
                    sender_latin=command.sender_latin,
                    receiver=receiver,
                    sender_town_latin=command.sender_town_latin,
                    sender_street_latin=command.sender_street_latin,
                    sender_born=command.sender_born,
                )
            )
            if lacking := missing(parties, azn(terms.total_qapik)):
                raise Refused("A-028", field=lacking[0], limit=RULE_2025.above)
            within_exposure(
                books, self.counter.line, SERVICE, terms.amount_qapik + waiting_qapik(books, SERVICE)
            )
            operation = self.counter.new_id()
            shown = attach(operation, "parties_abroad", parties)
            line = AbroadSent(
                operation=operation,
                transfer=operation,
                terms=terms,
                signature=command.quote.signature,
                purpose=command.purpose,
                parties_abroad=shown.commitment(),
                told=TOLD_QUEUED,
            )

            def told(language: str) -> tuple[str, str]:
                texts = Texts(language)
                arrives = Money(terms.arrives_minor, terms.currency)
                return texts.t("papers.line.abroad_sent"), texts.t(
                    "abroad.basket.sent", name=receiver.latin, arrives=arrives, country=terms.country
                )

            return line_told(line, (shown,), told, by.language, command.source)

        return self.baskets.add_with(by, SERVICE, plan)

    # --- following ------------------------------------------------------------------------------------

    def sent(self, limit: int = 200) -> list[AbroadTransfer]:
        """Transfers sent abroad from this desk, and those of others it may pay back, the newest first."""
        with self.counter.books.reading() as books:
            return [one for one in books.of(ABROAD).transfers(limit=limit) if one.receipt or one.held_grant]

    def receivers(self, customer: str, country: str) -> list[AbroadParties]:
        """Whom this customer (the id of their file) sent to in this country, the newest first."""
        with self.counter.books.reading() as books:
            known = books.of(ABROAD).sent_by(customer)
        return [one for one in known if one.receiver.country == country]

    def owed(self) -> list[AbroadTransfer]:
        """Those whose money is here for its sender."""
        with self.counter.books.reading() as books:
            return books.of(ABROAD).transfers(("owed", "unclaimed", "refunding"))

    def stop(self, transfer: str, reason: str, by: Officer) -> None:
        """The sender wants it back: recorded here, decided by the centre (money-out.md MA-7, MA-11).

        Raises:
            Refused: C-001, A-051 not sold at this desk, A-052 its state allows none (`state`), A-053 asked
                already, B-021 no reason.
        """
        if not is_said(reason):
            raise Refused("B-021", field="reason")
        with self.counter.books.writing() as books:
            open_day(books)
            known = books.of(ABROAD).transfer(transfer)
            if known is None or not known.receipt:
                raise Refused("A-051")
            if known.state not in (*NOT_GONE, *UNDER_WAY, "settled"):
                raise Refused("A-052", state=known.state)
            if known.recall:
                raise Refused("A-053")
            books.append(
                ops.AbroadStopAsked(transfer=transfer, reason=reason.strip()),
                actor=by.officer,
                operation=self.counter.new_id(),
            )
        self.counter.line.wake()

    # --- paying back ----------------------------------------------------------------------------------

    def claim_refund(self, transfer: str, sender_name: str, by: Officer) -> Claimed:
        """Ask for the right to pay an owed transfer back, wherever it was sold. Slow (the line).

        Raises:
            Refused: C-001, G-030, G-031; from the centre T-010 nothing fits, T-013 a near miss in the name,
                T-014 paid back already, T-015 held at another office, T-018 being checked, A-050 not owed.
            Trouble: as `Transfers.claim`.
        """
        question = TransferClaim(
            request="", purpose=REFUND_ABROAD, transfer=transfer.strip(), sender=sender_name.strip()
        )
        return self._claim(question, by)

    def claim_refund_by_receipt(self, receipt: str, sender_name: str, by: Officer) -> Claimed:
        """As `claim_refund`, for what another desk sold: by the number on its receipt and agreement. Slow.

        Raises:
            Refused: A-054 no number of a receipt, and as `claim_refund`. Trouble: as it.
        """
        number = receipt.strip()
        if not is_receipt_number(number):
            raise Refused("A-054", field="receipt")
        question = TransferClaim(request="", purpose=REFUND_ABROAD, code=number, sender=sender_name.strip())
        return self._claim(question, by)

    def _claim(self, question: TransferClaim, by: Officer) -> Claimed:
        grants = Grants(self.counter)
        with self.counter.books.writing() as books:
            may_sell(books, by, SERVICE)
            held = granted_for(books, question) if question.code else held_for(books, question)
            if held:
                return held
            asked = grants.request(books, by, question, "keys")
        return grants.ask(asked, by)

    def plan_refund(self, grant: str, sender: Person, by: Officer, source: str = "keys") -> Basket:
        """Plan to pay it back to its sender, whose document is shown; the fee as the terms said.

        Raises:
            Refused: T-020, T-021, T-022 the document's name is not the sender's, what `customers.identified`
                and `Baskets.add` refuse.
        """

        def plan(books: Writing) -> PlannedLine:
            held, parties = granted(books, grant, REFUND_ABROAD)
            shown = identified(sender, "sender", self.counter.today())
            same_name(shown, parties.sender, "sender")
            operation = self.counter.new_id()
            document = attach(operation, "receiver", shown)
            fee = held.fee_qapik
            line = AbroadRefunded(
                operation=operation,
                transfer=held.thing,
                grant=held.grant,
                amount_qapik=held.amount.minor - fee,
                fee_returned_qapik=fee,
                receiver=document.commitment(),
            )

            def told(language: str) -> tuple[str, str]:
                return Texts(language).t("papers.line.abroad_refunded"), shown.name

            return line_told(line, (document,), told, by.language, source)

        return self.baskets.add_with(by, SERVICE, plan)


def corridors_of(books: Reading) -> Corridors:
    """The ways out on the open day; none before the centre has any. Refused C-001."""
    try:
        return books.document(Corridors, open_day(books).date)
    except Trouble as none_yet:
        if none_yet.code != "G-050":
            raise
        return Corridors()


def _known_by(sender: Person) -> Person:
    """What a person is known by, and nothing else: more the price does not need."""
    return Person(name=sender.name, fin=sender.fin, document=sender.document, phone=sender.phone)


def _corridor(books: Reading, corridor: str) -> Corridor:
    found = corridors_of(books).find(corridor)
    if found is None:
        raise Refused("A-010", field="country")
    return found
