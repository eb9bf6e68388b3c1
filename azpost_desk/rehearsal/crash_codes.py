"""Acts of a desk whose customers pay by code, and what of that money is not as it should be on the rail.

The rail of the town is eager (`instant_town.EagerRail`): what is asked for is paid at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain import accounts as chart
from azpost_desk.rehearsal.crash_worker import CLERK, MANAGER, AtCounter
from azpost_desk.services.counter import Approval
from azpost_desk.services.goods import SellGoods

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Database
    from azpost_desk.rehearsal.crash_worker import Act
    from azpost_desk.rehearsal.instant_rail import SandboxRail

_OVER: Final = ("settled", "owed", "closed")


class CodeActs(AtCounter):
    """What a desk does about codes."""

    def _asked(self) -> str:
        """A basket whose code was asked for; the request. Its customer has paid."""
        basket = self.services.shop.sell(SellGoods("S060", 1), CLERK).basket
        return self.services.qr.ask(CLERK, basket).step.request

    def _paid(self) -> str:
        request = self._asked()
        self.settle()
        self.services.qr.look(request)
        return request

    def _ask_for_code(self) -> Act:
        return self._asked

    def _settle_by_code(self) -> Act:
        request = self._asked()

        def settle() -> None:
            self.settle()
            self.services.qr.look(request)
            self.services.qr.settle(CLERK, request)

        return settle

    def _give_code_up(self) -> Act:
        request = self._paid()
        return lambda: self.services.qr.give_up(CLERK, request, "customer")

    def _return_by_code(self) -> Act:
        """What a code paid is undone: its money goes back to whoever sent it."""
        request = self._paid()
        lines = basket.lines if (basket := self.services.baskets.current()) is not None else ()
        operation = lines[0].line.operation
        self.services.qr.settle(CLERK, request)
        undo = self.services.counter.new_id()
        consent = Approval(MANAGER.officer, MANAGER.role, undo)

        def give_back() -> None:
            with self.books.reading() as look:
                line = look.paid_line(operation)
            if line is None:
                raise LookupError(operation)
            self.services.cards.reverse(CLERK, line, undo, "səhv", consent)

        return give_back


def unlike_rail(rail: SandboxRail, database: Database) -> list[str]:
    """Where the rail's account, the centre's book and what desks settled tell different stories at rest."""
    with database.transaction() as conn:
        sums = dict(conn.execute("select account, sum(minor) from postings group by account").fetchall())
        requests = conn.execute(
            "select request, state from qr_requests where state <> all(%s)", (list(_OVER),)
        ).fetchall()
        backs = conn.execute("select back, state from qr_backs where state <> 'back'").fetchall()
    faults = [f"request {request} by code is {state} at rest" for request, state in requests]
    faults += [f"money {back} that goes back is {state} at rest" for back, state in backs]
    if sums.get(chart.RAIL, 0) != rail.account_qapik:
        faults.append(f"the rail has {rail.account_qapik} of ours, the book {sums.get(chart.RAIL, 0)}")
    if sums.get(chart.QR_RECEIVABLE, 0):
        faults.append(f"{sums[chart.QR_RECEIVABLE]} qəpik by code are explained by nothing")
    return faults
