"""Money from abroad at this counter: found by its number, granted by the centre in manat, paid out here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.abroad.corridors import pick_up_number
from azpost_desk.domain.lines import AbroadPaid
from azpost_desk.domain.names import written
from azpost_desk.domain.products.abroad import PAYOUT, SERVICE
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.services.abroad import corridors_of
from azpost_desk.services.abroad_views import ABROAD
from azpost_desk.services.basket_lines import line_told
from azpost_desk.services.counter import attach, may_sell
from azpost_desk.services.customers import identified
from azpost_desk.services.grants import Claimed, Grants, granted, held_for
from azpost_desk.services.transfers import same_name
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.domain.abroad.corridors import WayIn
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import Person
    from azpost_desk.services.abroad_views import IncomingGrant
    from azpost_desk.services.baskets import Baskets
    from azpost_desk.services.counter import Counter, Officer
    from azpost_desk.services.ports import Writing
    from azpost_desk.services.views import Basket, PlannedLine


# Why a grant goes back that nobody used in time; what a record says of it, in no language of a screen.
_RAN_OUT: Final = "rate ran out"


@dataclass(frozen=True, slots=True)
class ClaimIncoming:
    """What the receiver says: the number, the sum as its sender named it, who sent it. All must match."""

    way: str
    number: str
    amount: Money
    sender_name: str
    source: str = "keys"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money from abroad at this counter."""

    counter: Counter
    baskets: Baskets

    def ways(self, number: str = "") -> tuple[WayIn, ...]:
        """The ways in whose numbers look like this one (all, when none is named), in the centre's order.

        Raises:
            Refused: C-001.
        """
        with self.counter.books.reading() as books:
            known = corridors_of(books)
        if not number:
            return tuple(one for one in known.ways_in if one.can_be_shown())
        return known.ways_for(pick_up_number(number))

    def claim(self, command: ClaimIncoming, by: Officer) -> Claimed:
        """Ask the centre for the right to pay it out. Slow (the line): never from the window's thread.

        Recorded before it is asked and asked again under its own id, as at home (`Transfers.claim`).

        Raises:
            Refused: A-010 no such way, A-025 the number looks otherwise (`example`), T-001 amount, I-009
                name; G-030, G-031, C-001; from the centre T-010 nothing fits, T-011 a detail differs
                (`left`), T-013 a near miss in the name, T-014 paid already, T-015 held elsewhere, T-018 being
                checked, T-072 too many misses, A-012 no rate, A-070 announced and not there yet, A-071 it
                goes back, A-072 the partner is paused.
            Trouble: L-codes: no answer; the request stays in `Transfers.unanswered`.
        """
        if command.amount.minor <= 0:
            raise Refused("T-001", field="amount")
        number = pick_up_number(command.number)
        grants = Grants(self.counter)
        with self.counter.books.writing() as books:
            may_sell(books, by, SERVICE)
            way = corridors_of(books).find_in(command.way)
            if way is None or way.currency != command.amount.currency:
                raise Refused("A-010", field="code")
            if not way.fits(number):
                raise Refused("A-025", field="code", example=way.number_example)
            question = TransferClaim(
                request="",
                purpose=PAYOUT,
                code=number,
                way=way.way,
                figure_minor=command.amount.minor,
                sender=_named(command.sender_name),
            )
            held = held_for(books, question)
            if held:
                return held
            asked = grants.request(books, by, question, command.source)
        return grants.ask(asked, by)

    def fixed(self, grant: str) -> IncomingGrant | None:
        """What came and until when its manat stand, of a grant held here."""
        with self.counter.books.reading() as books:
            return books.of(ABROAD).incoming(grant)

    def renew(self, grant: str, by: Officer) -> Claimed:
        """Give back a grant whose manat stand no more, and ask for the same at the rate of now. Slow.

        Raises:
            Refused: T-020 the grant is not held here, what `Transfers.release` and `claim` refuse.
            Trouble: as `claim`; the old grant is given back all the same, and what was said is asked anew.
        """
        with self.counter.books.reading() as books:
            held, parties = granted(books, grant, PAYOUT)
            came = books.of(ABROAD).incoming(grant)
            ways = corridors_of(books).ways_for(parties.code)
        way = next((one for one in ways if came and one.currency == came.arrived.currency), None)
        if came is None or way is None:
            raise Refused("T-020")
        Grants(self.counter).release(held.grant, by, _RAN_OUT)
        # The centre grants it again only when it has the record that ended the first grant (PROTOCOL.md 5).
        self.counter.line.send()
        again = ClaimIncoming(way.way, parties.code, came.arrived, parties.sender.name)
        return self.claim(again, by)

    def plan_payout(self, grant: str, receiver: Person, by: Officer, source: str = "keys") -> Basket:
        """Plan to pay it out to the person whose document was shown, who has agreed to the manat.

        Raises:
            Refused: T-020 the grant is not held here, T-021 it is for something else, A-073 its manat stand
                no more: give it back and ask again, T-022 the document's name is not the receiver's, what
                `customers.identified` and `Baskets.add` refuse.
        """

        def plan(books: Writing) -> PlannedLine:
            held, parties = granted(books, grant, PAYOUT)
            fixed = books.of(ABROAD).incoming(grant)
            if fixed is None:
                raise Refused("T-020")
            if 0 < fixed.stands_ms < self.counter.line.trusted_ms():
                raise Refused("A-073", field="amount")
            shown = identified(receiver, "receiver", self.counter.today())
            same_name(shown, parties.receiver, "receiver")
            operation = self.counter.new_id()
            document = attach(operation, "receiver", shown)
            line = AbroadPaid(
                operation=operation,
                transfer=held.thing,
                grant=held.grant,
                amount_qapik=held.amount.minor,
                arrived_minor=fixed.arrived.minor,
                currency=fixed.arrived.currency,
                rate=fixed.rate,
                stands_ms=fixed.stands_ms,
                receiver=document.commitment(),
            )

            def told(language: str) -> tuple[str, str]:
                texts = Texts(language)
                return texts.t("papers.line.abroad_paid"), texts.t(
                    "abroad.basket.paid", name=shown.name, arrived=fixed.arrived
                )

            return line_told(line, (document,), told, by.language, source)

        return self.baskets.add_with(by, SERVICE, plan)


def _named(typed: str) -> str:
    try:
        return written(typed)
    except Refused as no:
        raise Refused(no.code, "sender_name", **no.facts) from None
