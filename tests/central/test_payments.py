"""Bills: delivered to a real provider over HTTP, whatever it does; nothing is paid twice or forgotten."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import deliveries
from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.gateways.billers import Confirmed
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.payments import txn_id
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.baskets import reverse
from azpost_desk.domain.catalogue import Branch
from azpost_desk.protocol import messages
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from tests.central.bill_office import ACCOUNT, BILLER, Office
from tests.central.desks import SimDesk, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.rehearsal.providers import FaultKind
    from tests.central.desks import ManualClock


@pytest.fixture
def provider() -> Iterator[SandboxProvider]:
    with SandboxProvider(DEMO_BILLERS) as provider:
        yield provider


@pytest.fixture
def office(postgres: str, clock: ManualClock, provider: SandboxProvider) -> Iterator[Office]:
    from azpost_desk.central.checking import check

    office = Office(postgres, clock, provider)
    yield office
    office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


def test_a_bill_is_delivered_and_told(office: Office) -> None:
    line = office.pay()
    assert office.row(line.operation) == ("confirmed", 1)
    assert office.results() == [(line.operation, "confirmed")]
    assert list(office.provider.paid) == [txn_id(line.operation)]
    with office.centre.database.transaction() as conn:
        moved = conn.execute(
            "select account, sub, minor from postings where desk = 'centre-1' order by line"
        ).fetchall()
    assert moved == [("2030", BILLER, 2_500), ("2035", BILLER, -2_500)]


def test_what_the_biller_refuses_is_told_and_refunded(office: Office) -> None:
    line = office.pay(account="not-there")
    assert office.row(line.operation)[0] == "owed"
    assert office.results() == [(line.operation, "refused")]
    refund = ops.PaymentRefunded(
        operation=office.desk.new_id(), payment=line.operation, biller=BILLER, amount_qapik=2_550
    )
    office.desk.settle(refund)
    office.hear()
    assert office.row(line.operation)[0] == "refunded"
    assert counted(office.centre, "exceptions") == 0


@pytest.mark.parametrize("fault", ["answer_lost", "no_answer", "error_500", "malformed", "truncated"])
def test_an_unknown_result_is_asked_again_under_the_same_number(office: Office, fault: FaultKind) -> None:
    office.provider.fail_next(fault, times=2)
    line = office.pay()
    assert office.row(line.operation)[0] == "unknown"
    office.hear()
    assert office.row(line.operation)[1] == 1  # not before its time
    for _ in range(6):
        office.later(3_600)
    assert office.row(line.operation)[0] == "confirmed"
    assert office.results() == [(line.operation, "unknown"), (line.operation, "confirmed")]
    assert {form["txn_id"] for form in office.provider.requests} == {str(txn_id(line.operation))}
    assert len(office.provider.paid) == 1


def test_a_bill_undone_before_it_is_sent_is_never_sent(
    postgres: str, clock: ManualClock, provider: SandboxProvider
) -> None:
    centre = Centre(postgres, clock=clock)  # a centre without this biller's connector: the payment waits
    url = centre.start()
    with centre.database.transaction() as conn:
        branches.create_branch(conn, Branch(code="2002", name="", address="", postcode="AZ2002"), 1)
        code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 1), clock.utc_ms())
    desk = SimDesk(url, clock)
    desk.enrol(code)
    line = desk.take_bill(ACCOUNT, biller=BILLER)
    desk.settle(reverse(line, desk.new_id(), "0001-000001", "mistake", "officer-2"))
    desk.exchange()
    centre.settle()
    assert counted(centre, "exceptions") == 0
    with centre.database.transaction() as conn:
        assert one(conn, "select state, next_ms from payments") == ("reversed", None)
    centre.stop()


def test_a_bill_undone_after_it_was_sent_is_a_case(office: Office) -> None:
    line = office.pay()
    office.desk.settle(reverse(line, office.desk.new_id(), "0001-000001", "mistake", "officer-2"))
    office.hear()
    assert office.row(line.operation)[0] == "confirmed"
    with office.centre.database.transaction() as conn:
        assert conn.execute("select reason, about from exceptions").fetchall() == [
            ("payment_sent", line.operation)
        ]


def test_a_crash_between_sent_and_confirmed_pays_once(office: Office) -> None:
    # Its word would be in the book, which a power cut does not leave behind.
    office.provider.fail_next("answer_lost")
    line = office.desk.take_bill(ACCOUNT, 2_500, BILLER)
    office.desk.exchange()
    office.centre.settle()
    with office.centre.database.transaction() as conn:
        # As a power cut leaves it: the biller has the money, the centre only knows that it asked.
        conn.execute("update payments set state = 'sent', next_ms = %s", (office.clock.now_ms + 120_000,))
        conn.execute("delete from tidings where kind = 'payment.result'")
    office.later(121)
    assert office.row(line.operation) == ("confirmed", 2)
    assert len(office.provider.paid) == 1


def test_a_bill_is_checked_at_the_biller(office: Office) -> None:
    def check(account: str, biller: str = BILLER) -> messages.BillChecked:
        response = office.desk.post("/v1/bills/check", messages.BillCheck(biller=biller, account=account))
        return messages.unpack(response.content, messages.BillChecked)

    known = check(ACCOUNT)
    assert known.ok
    assert known.debt_qapik is not None
    assert (check("not-there").ok, check("not-there").code) == (False, "X-032")
    assert check(ACCOUNT, "none").code == "X-030"
    office.provider.fail_next("error_500")
    assert check(ACCOUNT).code == "X-031"


class Running:
    """A clock that runs, from the moment the test's stands at."""

    def __init__(self, clock: ManualClock) -> None:
        self._ahead_ms = clock.utc_ms() - self.monotonic_ms()

    def utc_ms(self) -> int:
        return self._ahead_ms + self.monotonic_ms()

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def test_a_delivery_that_outlasts_its_lease_is_made_by_nobody_else_beside_it(
    postgres: str, clock: ManualClock, provider: SandboxProvider
) -> None:
    """The biller answers after four leases; another process looks for work all the while."""
    office = Office(postgres, clock, provider, connected=False)
    line = office.pay()
    assert office.row(line.operation) == ("accepted", 0)
    now, lease_ms = Running(clock), 300
    slow = OsmpBiller(provider.url, now_ms=now.utc_ms, prv_id=BILLER, connect_s=2, answer_s=10)
    provider.fail_next("slow", seconds=lease_ms * 4 / 1000)
    database, taken = office.centre.database, []

    def take() -> deliveries.Due | None:
        with database.transaction() as conn:
            return deliveries.take_due(conn, [BILLER], now.utc_ms(), lease_ms)

    due = take()
    assert due is not None
    book = Book(postgres, clock)
    with ThreadPoolExecutor(1) as worker:
        answer = worker.submit(deliveries.deliver, database, book, now, slow, due, lease_ms)
        while not answer.done():
            taken += [found for found in [take()] if found is not None]
    book.close()
    assert isinstance(answer.result(), Confirmed)
    assert taken == []
    assert office.row(line.operation) == ("confirmed", 1)
    assert take() is None
    # Whoever took it and is gone holds nobody up: its lease ends by itself.
    with database.transaction() as conn:
        again = "update payments set state = 'unknown', next_ms = 1 where payment = %s"
        conn.execute(again, (line.operation,))
    began_ms = now.monotonic_ms()
    assert take() is not None
    while take() is None:
        assert now.monotonic_ms() - began_ms < 20_000
    assert now.monotonic_ms() - began_ms >= lease_ms
    office.centre.stop()
