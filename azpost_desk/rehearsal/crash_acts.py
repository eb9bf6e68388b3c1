"""Everything a desk does, through its use cases: each act is made possible first, then done step by step.

`Worker.prepare` brings the desk, in whatever state a kill left it, to where the act can be taken; what it
returns is the act itself. Only that is counted and killed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.lines import ItemAccepted
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.rehearsal.crash_abroad import AbroadActs
from azpost_desk.rehearsal.crash_codes import CodeActs
from azpost_desk.rehearsal.crash_despatches import DespatchActs
from azpost_desk.rehearsal.crash_features import FeatureActs
from azpost_desk.rehearsal.crash_town import NO_CUSTOMER, OTHER, OURS, PHONE
from azpost_desk.rehearsal.crash_worker import CLERK, MANAGER, SENDER, SUPERVISOR, press
from azpost_desk.rehearsal.town import PLAYERS
from azpost_desk.services.counter import Approval
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.rounds import Signed
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.transfer_changes import ChangeTransfer
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer

if TYPE_CHECKING:
    from azpost_desk.rehearsal.crash_worker import Act

__all__ = ["ACTS", "CLERK", "MANAGER", "RECEIVER", "SENDER", "Worker"]

RECEIVER: Final = Person(
    name="Hüseynov Orxan Elçin oğlu",
    fin="7AB2CD3",
    document="AA7654321",
    document_kind="identity_card",
    phone="+994552345678",
)
_ADDRESSEE: Final = Person(name="Abbasova Lalə", address="Bakı, Nizami küçəsi 90", postcode="AZ1010")
_NEIGHBOUR: Final = Person(name="Abbasova Lalə", address="Nizami küçəsi 9", postcode="AZ2002")
_AMOUNT_QAPIK: Final = 5_000
_INK: Final = Signed(Signature(360, 140, ((20, 20, 100, 100),)))
# Their PIN is mistyped for the lock; the clerk at the counter goes on.
_FORGETFUL: Final = PLAYERS[1]


class Worker(FeatureActs, DespatchActs, AbroadActs, CodeActs):
    """One desk of the town with every act it can be killed in."""

    # --- people ---------------------------------------------------------------------------------------

    def _sign_in(self) -> Act:
        one = next(player for player in PLAYERS if player.officer == CLERK.officer)
        return lambda: self.services.staff.sign_in(one.officer, one.pin)

    def _lock_out(self) -> Act:
        self.services.staff.reset_pin(MANAGER, _FORGETFUL.officer, _FORGETFUL.pin)

        def mistype() -> None:
            for _ in range(5):
                with suppress(Refused):
                    self.services.staff.sign_in(_FORGETFUL.officer, "0000")

        return mistype

    def _reset_pin(self) -> Act:
        return lambda: self.services.staff.reset_pin(MANAGER, _FORGETFUL.officer, _FORGETFUL.pin)

    def _view_customer(self) -> Act:
        self._send_transfer()()
        known = self.services.customers.find(SENDER.fin)[0]
        return lambda: self.services.customers.view(known, CLERK, "transfer")

    def _note_customer(self) -> Act:
        self._send_transfer()()
        known = self.services.customers.find(SENDER.fin)[0]
        return lambda: self.services.customers.note(known.customer, "Asks for small notes", CLERK)

    # --- day, till, cash ------------------------------------------------------------------------------

    def _open_day(self) -> Act:
        self._day_ended()
        return lambda: self.services.days.open(MANAGER, self.services.days.proposed())

    def _close_day(self) -> Act:
        return lambda: self.services.reports.close_day(MANAGER, press)

    def _open_till(self) -> Act:
        return lambda: self.services.tills.open(CLERK)

    def _close_till(self) -> Act:
        return self._count_out

    def _supply_safe(self) -> Act:
        return lambda: self.services.tills.supply_safe(MANAGER, "Q-18", {10_000: 1})

    def _move_cash(self) -> Act:
        return lambda: self.services.tills.move(CLERK, "to_safe", "drop", {1: 1})

    def _stock(self) -> Act:
        return lambda: self.services.tills.stock(CLERK, "S060", 10, "N-2")

    def _issue_remittance(self) -> Act:
        return lambda: self.services.tills.issue(CLERK, OTHER, "till", {1: 1})

    def _accept_remittance(self) -> Act:
        if not self.services.tills.awaited():
            # The other desk has no safe: what it hands on, it was handed.
            self.services.tills.issue(MANAGER, OTHER, "safe", {100: 1})
            self.line.exchange()
            other = self._other()
            other._until(other.services.tills.awaited)
            for bag in other.services.tills.awaited():
                other.services.tills.accept(CLERK, bag.remittance, {1: bag.amount.minor})
            other.services.tills.issue(CLERK, OURS, "till", {1: 1})
            other.line.exchange()
            self._until(self.services.tills.awaited)
        bag = self.services.tills.awaited()[0]
        return lambda: self.services.tills.accept(CLERK, bag.remittance, {1: bag.amount.minor})

    # --- sales ----------------------------------------------------------------------------------------

    def _sell_stamps(self) -> Act:
        def sell() -> None:
            self.services.shop.sell(SellGoods("S060", 2), CLERK)
            self._pay()

        return sell

    def _send_transfer(self) -> Act:
        def send() -> None:
            command = SendTransfer(SENDER, RECEIVER, azn(_AMOUNT_QAPIK), "family")
            self.services.transfers.send(command, CLERK)
            self._pay()
            self.line.exchange()

        return send

    def _accept_item(self) -> Act:
        def accept() -> None:
            command = AcceptItem(SENDER, _ADDRESSEE, 400, "ems_domestic")
            self.services.express.accept(command, CLERK)
            self._pay()

        return accept

    def _pay_charge(self) -> Act:
        def pay() -> None:
            # An item to this office itself: its money is due here.
            command = AcceptItem(SENDER, _NEIGHBOUR, 400, "ems_local", cod_qapik=700)
            line = self.services.express.accept(command, CLERK).lines[-1].line
            assert isinstance(line, ItemAccepted)
            self._pay()
            self.services.charges.take(line.number, CLERK)
            self._pay()

        return pay

    def _scan_label(self) -> Act:
        self._accept_item()()
        labels = self.services.labels
        return lambda: labels.scan_back(labels.waiting()[-1].number, CLERK)

    def _take_bill(self) -> Act:
        def take() -> None:
            self.services.payments.check("1004", PHONE)
            self.services.payments.pay(PayBill("1004", PHONE, azn(1_000)), CLERK)
            self._pay()
            self.line.exchange()

        return take

    def _refund_bill(self) -> Act:
        if not self._refused_bills():
            self.services.payments.pay(PayBill("1004", NO_CUSTOMER, azn(1_000)), CLERK)
            self._pay()
            self.line.exchange()
            self._until(self._refused_bills)
        payment = self._refused_bills()[0]

        def refund() -> None:
            self.services.payments.refund(payment, CLERK)
            self._pay()

        return refund

    def _refused_bills(self) -> list[str]:
        return [one.payment for one in self.services.payments.taken(("refused",))]

    def _mixed_basket(self) -> Act:
        def sell() -> None:
            self.services.shop.sell(SellGoods("S060", 1), CLERK)
            self.services.payments.pay(PayBill("1004", PHONE, azn(500)), CLERK)
            command = SendTransfer(SENDER, RECEIVER, azn(_AMOUNT_QAPIK), "family")
            self.services.transfers.send(command, CLERK)
            self._pay()

        return sell

    def _reverse_line(self) -> Act:
        self._sell_stamps()()
        with self.books.reading() as look:
            entry = look.settlement(look.last_receipt())
            assert entry is not None
            line = look.paid_line(entry.body.lines[0].operation)  # type: ignore[attr-defined]
        assert line is not None
        operation = self.services.counter.new_id()
        consent = Approval(SUPERVISOR.officer, SUPERVISOR.role, operation)
        return lambda: self.services.baskets.reverse(CLERK, line, operation, "səhv", consent)

    def _hand_over_basket(self) -> Act:
        self.services.shop.sell(SellGoods("S060", 1), CLERK)
        return lambda: self.services.baskets.hand_over(SUPERVISOR, _FORGETFUL.officer)

    # --- what needs a grant ---------------------------------------------------------------------------

    def _code_from_elsewhere(self) -> str:
        """The code of a transfer that the other desk has just sent."""
        other = self._other()
        other._empty_basket()
        other._send_transfer()()
        self.settle()
        with other.books.reading() as look:
            return look.transfers()[0].code

    def _claim(self, code: str, amount_qapik: int = _AMOUNT_QAPIK) -> str:
        command = ClaimTransfer(code, azn(amount_qapik), "Məmmədova Leyla")
        return self.services.transfers.claim(command, CLERK).grant

    def _pay_out(self) -> Act:
        code = self._code_from_elsewhere()

        def pay_out() -> None:
            self.services.transfers.plan_payout(self._claim(code), RECEIVER, CLERK)
            self._pay()
            self.line.exchange()

        return pay_out

    def _refuse_claim(self) -> Act:
        code = self._code_from_elsewhere()

        def claim_wrongly() -> None:
            with suppress(Refused):
                self._claim(code, _AMOUNT_QAPIK + 1)

        return claim_wrongly

    def _release_grant(self) -> Act:
        grant = self._claim(self._code_from_elsewhere())
        return lambda: self.services.transfers.release(grant, CLERK, "left")

    def _refund_transfer(self) -> Act:
        self._send_transfer()()
        self.settle()
        with self.books.reading() as look:
            sent = look.transfers()[0].transfer

        def refund() -> None:
            grant = self.services.transfers.claim_refund(sent, CLERK).grant
            self.services.transfers.plan_refund(grant, SENDER, CLERK)
            self._pay()
            self.line.exchange()

        return refund

    def _change_transfer(self) -> Act:
        self._send_transfer()()
        self.settle()
        with self.books.reading() as look:
            sent = look.transfers()[0].transfer
        other = msgspec.structs.replace(RECEIVER, name="Quliyeva Nərmin Rauf qızı")
        command = ChangeTransfer(sent, "receiver", SENDER, receiver=other)

        def change() -> None:
            self.services.changes.change(command, CLERK)
            self.line.exchange()

        return change

    # --- items and paper ------------------------------------------------------------------------------

    def _strange_number(self) -> str:
        """An item of somebody else's range, never seen here."""
        return item_number("EE", 60_000_000 + self.books.head()[1])

    def _scan_item(self) -> Act:
        number = self._strange_number()
        return lambda: self.services.tracking.scan(ScanItem(number, "EMG"), CLERK)

    def _refuse_scan(self) -> Act:
        return lambda: self.services.tracking.scan(ScanItem("EE473124820AZ", "EMG"), CLERK)

    def _void_scan(self) -> Act:
        self._scan_item()()
        return lambda: self.services.tracking.void_last(CLERK)

    def _begin_round(self) -> Act:
        self._end_rounds()
        return lambda: self.services.rounds.begin(CLERK.officer, CLERK)

    def _sign_round(self) -> Act:
        begun = self._round_of_one()
        return lambda: self.services.rounds.sign_out(begun, 1, _INK, CLERK)

    def _end_round(self) -> Act:
        begun = self._round_of_one()
        rounds = self.services.rounds
        rounds.sign_out(begun, 1, _INK, CLERK)
        [number] = rounds.one(begun).round.outcomes
        rounds.bring_back(begun, ScanItem(number, "back"), CLERK)
        return lambda: rounds.end(begun, 1, _INK, CLERK)

    def _round_of_one(self) -> str:
        self._end_rounds()
        begun = self.services.rounds.begin(CLERK.officer, CLERK)
        self.services.rounds.put_in(begun, self._strange_number(), CLERK)
        return begun

    def _end_rounds(self) -> None:
        """Whatever a kill before this one left open."""
        rounds = self.services.rounds
        for now in rounds.open_rounds():
            found = now.round
            if found.state == "planned" and found.outcomes:
                rounds.sign_out(found.round, len(found.outcomes), _INK, CLERK)
            for number in found.unaccounted:
                rounds.bring_back(found.round, ScanItem(number, "back"), CLERK)
            rounds.end(found.round, len(found.outcomes), _INK, CLERK)

    def _print_papers(self) -> Act:
        self.print_all()
        self._sell_stamps()()
        return self.print_all

    def _copy_receipt(self) -> Act:
        self._sell_stamps()()
        with self.books.reading() as look:
            receipt = look.last_receipt()
        return lambda: self.services.papers.copy(receipt, CLERK)

    # --- the line -------------------------------------------------------------------------------------

    def _exchange(self) -> Act:
        """Push and pull, with news waiting there and records waiting here."""
        self.services.payments.pay(PayBill("1004", PHONE, azn(700)), CLERK)
        self._pay()
        self.line.exchange()
        self.settle()
        self._sell_stamps()()
        return self.line.exchange

    def _clock_jump(self) -> Act:
        now_ms = self.clock.utc_ms()
        return lambda: self.books.note_clock(now_ms, now_ms + 300_000)


ACTS: Final = sorted(
    name.removeprefix("_")
    for name in dir(Worker)
    if "Act" in getattr(getattr(Worker, name), "__annotations__", {}).get("return", "")
    and name.startswith("_")
    and not name.startswith("__")
)
