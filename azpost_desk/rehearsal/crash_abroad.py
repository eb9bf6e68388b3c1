"""Acts of a desk over the border: sent, stopped, paid back, and paid out of what the partner's orders bring.

Each is made possible first: the clock is set ahead over the grace minutes, and the partner is asked for an
order by the number in the town's folder (`crash_partner.Orders`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.rehearsal.crash_partner import (
    NO_RECEIVER,
    ORDERED,
    ORDERED_BY,
    RECEIVER,
    number_of,
    somebody,
)
from azpost_desk.rehearsal.crash_worker import CLERK, AtCounter
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.abroad_views import ABROAD
from azpost_desk.services.incoming import ClaimIncoming

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person, ReceiverAbroad
    from azpost_desk.rehearsal.crash_worker import Act
    from azpost_desk.services.grants import Claimed

_MINUTE_MS: Final = 60_000
_GRACE_MINUTES: Final = 11
# So long after it has accepted a transfer the partner debits it.
_DEBIT_MINUTES: Final = 6


class AbroadActs(AtCounter):
    """What a desk does with money over the border."""

    def _send_abroad(self) -> Act:
        sender = self._somebody_new()

        def send() -> None:
            self._sell_abroad(sender)
            self.line.exchange()

        return send

    def _stop_abroad(self) -> Act:
        """In the grace minutes: all of it is the sender's again."""
        transfer = self._sell_abroad(self._somebody_new())
        self.line.exchange()

        def stop() -> None:
            self.services.abroad.stop(transfer, "səhv", CLERK)
            self.line.exchange()

        return stop

    def _refund_abroad(self) -> Act:
        """What the partner refuses; what it takes and debits beside that keeps it from being paused."""
        self._sell_abroad(self._somebody_new())
        sender = self._somebody_new()
        transfer = self._sell_abroad(sender, NO_RECEIVER)
        self.line.exchange()
        self.settle()
        for minutes in (_GRACE_MINUTES, _DEBIT_MINUTES):
            self.clock.ahead(minutes * _MINUTE_MS)
            self.settle()
        self._until(lambda: self._state_abroad(transfer) == "owed")

        def refund() -> None:
            grant = self.services.abroad.claim_refund(transfer, sender.name, CLERK).grant
            self.services.abroad.plan_refund(grant, sender, CLERK)
            self._pay()
            self.line.exchange()

        return refund

    def _claim_incoming(self) -> Act:
        order = self._ordered()
        return lambda: self._claim_order(order)

    def _pay_from_abroad(self) -> Act:
        order = self._ordered()

        def pay() -> None:
            grant = self._claim_order(order).grant
            self.services.incoming.plan_payout(grant, somebody(order), CLERK)
            self._pay()
            self.line.exchange()

        return pay

    def _release_from_abroad(self) -> Act:
        grant = self._claim_order(self._ordered()).grant

        def release() -> None:
            self.services.transfers.release(grant, CLERK, "left")
            self.line.exchange()

        return release

    # --- what they need -------------------------------------------------------------------------------

    def _somebody_new(self) -> Person:
        return somebody(self.books.head()[1])

    def _sell_abroad(self, sender: Person, receiver: ReceiverAbroad = RECEIVER) -> str:
        """Quoted, agreed to and paid; the transfer's id."""
        quote = self.services.abroad.quote("GE-CASH", "arrives", ORDERED, CLERK)
        command = SendAbroad(quote, sender, sender.name, receiver, "FAMI", "keys", "Ganja", "Javad Khan 5")
        basket = self.services.abroad.send(command, CLERK)
        self._pay()
        return basket.lines[-1].line.operation

    def _state_abroad(self, transfer: str) -> str:
        with self.books.reading() as look:
            known = look.of(ABROAD).transfer(transfer)
        return known.state if known else ""

    def _ordered(self) -> int:
        """An order of the partner that the centre has and nobody has asked for."""
        orders = self.place.orders()
        order = orders.want()
        self._until(lambda: orders.come >= order)
        return order

    def _claim_order(self, order: int) -> Claimed:
        command = ClaimIncoming("GE-IN", number_of(order), ORDERED, ORDERED_BY)
        return self.services.incoming.claim(command, CLERK)
