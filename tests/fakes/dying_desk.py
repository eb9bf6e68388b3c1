"""A desk program that kills itself with SIGKILL at a chosen boundary of its steps.

Run as a module, it reads one JSON order a line, forks a child that works through it, and answers with how the
child ended. A boundary is: before a transaction begins, before it commits, after it has committed, before a
question leaves for the centre, after its answer has come.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.staff import Role
from azpost_desk.services.counter import Counter, Officer
from azpost_desk.services.desk import DeskServices, desk_services
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from azpost_desk.storage import books as storage
from azpost_desk.storage.vault import FileVault
from azpost_desk.sync import wire
from azpost_desk.sync.line import CentreLine
from tests.services.counters import PlainHasher, press
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


class Boundaries:
    """Counts them, and dies at the one that was ordered."""

    def __init__(self, at: int) -> None:
        self.at, self.passed = at, 0

    def step(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(boundaries: Boundaries) -> None:
    """Every write transaction and every question to the centre tells where it stands."""
    transaction, post = storage._transaction, wire.Wire.post

    @contextmanager
    def watched(connection: Connection, begin: str) -> Iterator[None]:
        if begin == "BEGIN":
            with transaction(connection, begin):
                yield
            return
        boundaries.step()
        with transaction(connection, begin):
            yield
            boundaries.step()
        boundaries.step()

    def posted(self: wire.Wire, *question: Any) -> Any:
        boundaries.step()
        answer = post(self, *question)
        boundaries.step()
        return answer

    storage._transaction = watched
    wire.Wire.post = posted  # type: ignore[method-assign, assignment]


def pay_out(desk: DeskServices, clerk: Officer, order: dict[str, Any]) -> None:
    command = ClaimTransfer(order["code"], azn(order["amount_qapik"]), order["sender"])
    grant = desk.transfers.claim(command, clerk).grant
    basket = desk.transfers.plan_payout(grant, Person(**order["receiver"]), clerk)
    desk.baskets.pay(clerk, basket.basket, azn(0))


def bill(desk: DeskServices, clerk: Officer, order: dict[str, Any]) -> None:
    amount = azn(order["amount_qapik"])
    basket = desk.payments.pay(PayBill(order["biller"], order["account"], amount), clerk)
    desk.baskets.pay(clerk, basket.basket, amount + desk.payments.fee(order["biller"], amount))


def work(order: dict[str, Any]) -> None:
    """One customer, then one exchange with the centre."""
    clock = FakeClock(order["now_ms"])
    folder = Path(order["folder"])
    books = storage.DeskBooks.open(folder, clock, keep=FileVault(folder))
    line = CentreLine(books, order["url"], clock)
    line._step()
    desk = desk_services(Counter(books, clock, line), PlainHasher(), press)
    watch(Boundaries(order["at"]))
    clerk = Officer(order["clerk"], "", Role.CLERK, "az")
    {"pay_out": pay_out, "bill": bill}[order["what"]](desk, clerk, order)
    line._step()
    line._step()


def main() -> None:
    print("ready", flush=True)
    for text in sys.stdin:
        child = os.fork()
        if child == 0:
            work(json.loads(text))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main()
