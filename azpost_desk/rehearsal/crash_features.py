"""Acts of a desk beside its sales: parked baskets, bags, disputes, personal data, evidence, keys, starts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.catalogue import Offices
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.mail.advance import Party
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.domain.mail.declaration import Declaration, DeclaredLine
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import NeedsConfirmation
from azpost_desk.rehearsal.crash_worker import CLERK, MANAGER, SENDER, AtCounter
from azpost_desk.rehearsal.notice_town import PORTAL
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.counter import Approval
from azpost_desk.services.declarations import Amend
from azpost_desk.services.disputes import Figure
from azpost_desk.services.evidence import ExportEvidence
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.irregularities import Report
from azpost_desk.services.mail_abroad import AcceptAbroad, Parcel
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.notices import PayNotice
from azpost_desk.services.rounds import Signed
from azpost_desk.services.transfers import SendTransfer

if TYPE_CHECKING:
    from azpost_desk.rehearsal.crash_worker import Act
    from azpost_desk.services.views import Recorded

_COLLECTOR = Person(name="Rzayev Kamal", document="INK-1")
_WORDS = "Düz deyil"
# The least that is a photo: its end and nothing drawn.
_PHOTO = bytes.fromhex("ffd8ffda0000ffd9")
_ABROAD = Party(name="Yilmaz Ayse", street="Bagdat Cad. 12", city="Istanbul", country="TR")
_INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)))


class FeatureActs(AtCounter):
    """What a desk does beside its sales."""

    # --- inland bags ----------------------------------------------------------------------------------

    def _begin_mail_bag(self) -> Act:
        hub = self._hub()
        return lambda: self.services.mail_bags.begin(hub, CLERK)

    def _close_mail_bag(self) -> Act:
        bag = self._mail_bag_of_one()
        return lambda: self.services.mail_bags.close(bag, self._closing(), CLERK)

    def _reopen_mail_bag(self) -> Act:
        bag = self._mail_bag_of_one()
        self.services.mail_bags.close(bag, self._closing(), CLERK)
        return lambda: self.services.mail_bags.reopen(bag, _WORDS, CLERK)

    def _hand_over_mail_bag(self) -> Act:
        bag = self._mail_bag_of_one()
        self.services.mail_bags.close(bag, self._closing(), CLERK)
        return lambda: self.services.mail_bags.hand_over(bag, _COLLECTOR.name, _INK, CLERK)

    def _give_up_mail_bag(self) -> Act:
        bag = self.services.mail_bags.begin(self._hub(), CLERK).bag
        return lambda: self.services.mail_bags.give_up(bag, CLERK)

    def _take_in_mail_bag(self) -> Act:
        number = bag_number(999_999, 1, self.books.head()[1] + 1)
        return lambda: self.services.mail_bags_in.take_in(number, CLERK)

    def _open_mail_bag(self) -> Act:
        arrival = self._arrived()
        return lambda: self.services.mail_bags_in.open(arrival, CLERK)

    def _end_mail_bag(self) -> Act:
        arrival = self._arrived()
        self.services.mail_bags_in.open(arrival, CLERK)
        event, item = self.services.mail_bags_in.events()[0], self.books.head()[1]
        number = item_number("EE", 71_000_000 + item)
        self.services.mail_bags_in.found(arrival, number, event, CLERK)
        return lambda: self.services.mail_bags_in.end(arrival, CLERK)

    def _report_irregularity(self) -> Act:
        number = item_number("EE", 72_000_000 + self.books.head()[1])
        return lambda: self.services.irregularities.report(Report(number, "other", _WORDS, _PHOTO), CLERK)

    def _amend_declaration(self) -> Act:
        """Another addressee of an item for abroad that was sold here."""
        number = self._sold_abroad()
        found = self.services.declarations.standing(number)
        addressee = msgspec.structs.replace(found.addressee, name="Kaya Elif")
        said = Amend(number, found.message, addressee, found.declared, found.papers)
        return lambda: self.services.declarations.amend(said, CLERK)

    def _sold_abroad(self) -> str:
        declared = Declaration(
            category="gift", currency="AZN", gross_grams=0, total_minor=1_000,
            lines=(DeclaredLine(description="black tea", quantity=1, net_grams=300, value_minor=1_000),),
        )  # fmt: skip
        sender = msgspec.structs.replace(SENDER, settlement="Gəncə")
        wanted = AcceptAbroad(Parcel("ems", "TR", 500, (30, 20, 10)), sender, _ABROAD, declared, is_safe=True)
        line = self.services.post_abroad.accept(wanted, CLERK).lines[-1].line
        assert isinstance(line, ItemAccepted)
        self._pay()
        return line.number

    def _arrived(self) -> str:
        number = bag_number(999_999, 1, self.books.head()[1] + 1)
        return self.services.mail_bags_in.take_in(number, CLERK).arrival.arrival

    def _hub(self) -> str:
        with self.books.reading() as look:
            offices = look.document(Offices, look.day().date).offices
            return next(one.code for one in offices if one.code != look.desk().branch)

    def _mail_bag_of_one(self) -> str:
        bag = self.services.mail_bags.begin(self._hub(), CLERK).bag
        self.services.mail_bags.put_in(bag, item_number("EE", 70_000_000 + self.books.head()[1]), CLERK)
        return bag

    def _closing(self) -> CloseBag:
        return CloseBag(1, 900, f"S-{self.books.head()[1]}")

    # --- baskets --------------------------------------------------------------------------------------

    def _sell_scanned(self) -> Act:
        """One line typed in, one scanned: how each came in is kept beside the settlement."""

        def sell() -> None:
            self.services.shop.sell(SellGoods("S060", 1), CLERK)
            self.services.shop.sell(SellGoods("S060", 1, source="scan"), CLERK)
            self._pay()

        return sell

    def _park_basket(self) -> Act:
        """Set aside, taken in hand again, paid."""
        basket = self.services.shop.sell(SellGoods("S060", 1), CLERK).basket

        def park() -> None:
            self.services.parking.park(CLERK, basket)
            self.services.parking.resume(CLERK, basket)
            self._pay()

        return park

    def _hand_over_parked(self) -> Act:
        basket = self.services.shop.sell(SellGoods("S060", 1), CLERK).basket
        self.services.parking.park(CLERK, basket)
        return lambda: self.services.parking.hand_over(MANAGER, basket, None)

    # --- notices --------------------------------------------------------------------------------------

    def _search_notices(self) -> Act:
        """Somebody's whole list: who asked is recorded before it is asked."""
        notices = self.services.state_notices
        return lambda: notices.find(PORTAL, SENDER.fin, CLERK, SENDER)

    def _take_notice(self) -> Act:
        number = f"EB{int(self.services.counter.new_id().replace('-', ''), 16) % 10**10:010d}"

        def take() -> None:
            found = self.services.state_notices.find(PORTAL, number, CLERK)
            self.services.state_notices.pay(PayNotice(found, found.notices[0]), CLERK)
            self._pay()
            self.line.exchange()

        return take

    # --- day and cash ---------------------------------------------------------------------------------

    def _open_day_seen(self) -> Act:
        """The day is opened after the look before it."""
        self._day_ended()
        today = self.services.days.proposed()
        return lambda: self.services.preflight.open_day(MANAGER, today, words=_WORDS)

    def _close_till_consented(self) -> Act:
        """Twice counted far too much: a manager consents."""
        with self.books.reading() as look:
            pieces = {1: look.till().balance.minor + 100_000}
        operation = self.services.counter.new_id()
        consent = Approval(MANAGER.officer, MANAGER.role, operation)

        def close() -> None:
            for _ in range(2):
                with suppress(NeedsConfirmation):
                    self.services.tills.close(CLERK, pieces, operation)
            self.services.tills.close(CLERK, pieces, operation, consent)

        return close

    def _sealed(self) -> Recorded:
        number = f"PL-{self.books.head()[1]:06}"
        return self.services.bags.seal(MANAGER, Seal(number, "cash", azn(100), {100: 1}))

    def _seal_bag(self) -> Act:
        return self._sealed

    def _hand_over_bag(self) -> Act:
        bag = self._sealed().operation
        return lambda: self.services.bags.hand_over(MANAGER, bag, _COLLECTOR)

    # --- disputes -------------------------------------------------------------------------------------

    def _disputed(self) -> str:
        figure = Figure("report.closing", self.services.days.current().date)
        return self.services.disputes.raise_dispute(CLERK, figure, _WORDS).number

    def _raise_dispute(self) -> Act:
        return self._disputed

    def _escalate_dispute(self) -> Act:
        number = self._disputed()
        return lambda: self.services.disputes.escalate(CLERK, number, "answer", _WORDS)

    def _close_dispute(self) -> Act:
        number = self._disputed()
        return lambda: self.services.disputes.close(CLERK, number, "settled", _WORDS)

    # --- personal data and evidence -------------------------------------------------------------------

    def _sold(self) -> str:
        """The operation of a sale to a customer who is known by name."""
        command = SendTransfer(SENDER, SENDER, azn(1_000), "family")
        self.services.transfers.send(command, CLERK)
        return self._pay().recorded.operation

    def _place_hold(self) -> Act:
        operation = self._sold()
        return lambda: self.services.erasure.hold(MANAGER, operation, _WORDS)

    def _lift_hold(self) -> Act:
        operation = self._sold()
        self.services.erasure.hold(MANAGER, operation, _WORDS)
        return lambda: self.services.erasure.lift(MANAGER, operation, _WORDS)

    def _ask_for_erasure(self) -> Act:
        self._sold()
        return lambda: self.services.erasure.asked_by(MANAGER, SENDER.fin)

    def _export_evidence(self) -> Act:
        today = self.services.days.current().date
        return lambda: self.services.evidence.export(ExportEvidence(today, today), CLERK)

    # --- keys and starts ------------------------------------------------------------------------------

    def _rotate_key(self) -> Act:
        # What a kill left half done is seen to its end first: the acknowledgement makes the new key sign.
        self.line.exchange()

        def rotate() -> None:
            self.books.rotate_key("rehearsed")
            self.line.exchange()

        return rotate

    def _note_start(self) -> Act:
        """The first record after a bad end, whoever looked into the books between that end and this start."""
        self.books._ended_badly = True
        return self.services.recovery.note_start
