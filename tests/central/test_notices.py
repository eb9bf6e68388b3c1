"""Notices of a state portal at the centre: paid once for one portal id, at the version that was agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.gateways.portal_json import JsonPortal
from azpost_desk.central.payments import txn_id
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.baskets import reverse
from azpost_desk.protocol import messages
from azpost_desk.rehearsal.portals import PORTAL_KEY, Owing, SandboxPortal
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from tests.central.bill_office import BILLER, Office
from tests.central.desks import SimDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.domain import operations as ops
    from azpost_desk.rehearsal.portals import FaultKind
    from tests.central.desks import ManualClock

PORTAL = "9001"
SUM = 4_500


@pytest.fixture
def portal() -> Iterator[SandboxPortal]:
    names = {"authority": {"az": "DİN"}, "purpose": {"az": "Rüsum"}}
    with SandboxPortal(
        [
            Owing(notice="n-1", number="EB-1", amount_qapik=SUM, keys={"notice": "EB-1"}, **names),
            Owing(
                notice="n-2",
                number="EB-2",
                amount_qapik=SUM,
                keys={"notice": "EB-2"},
                least_qapik=500,
                **names,
            ),
        ]
    ) as portal:
        yield portal


@pytest.fixture
def office(postgres: str, clock: ManualClock, portal: SandboxPortal) -> Iterator[Office]:
    from azpost_desk.central.checking import check

    at = JsonPortal(portal.url, PORTAL_KEY, now_ms=clock.utc_ms, connect_s=2, answer_s=2)
    with SandboxProvider(DEMO_BILLERS) as provider:
        office = Office(postgres, clock, provider, portals={PORTAL: at})
        yield office
        office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


def pay(office: Office, notice: str = "n-1", version: str = "1", qapik: int = SUM) -> ops.NoticePaid:
    line = office.desk.take_notice(PORTAL, notice, version, qapik)
    office.hear()
    return line


def told(office: Office, desk: SimDesk | None = None) -> list[tuple[str, str, str]]:
    news = (desk or office.desk).told("payment.result")
    return [(one["outcome"], one["reason"], one["provider_reference"]) for one in news]


def find(office: Office, number: str, portal: str = PORTAL) -> messages.NoticesTold:
    question = messages.NoticesAsk(portal=portal, by="notice", value=number)
    return messages.unpack(office.desk.post("/v1/notices/find", question).content, messages.NoticesTold)


def test_a_notice_is_looked_for_and_only_at_a_portal(office: Office, portal: SandboxPortal) -> None:
    found = find(office, "EB-1")
    assert found.ok
    assert [(one.notice, one.amount_qapik) for one in found.notices] == [("n-1", SUM)]
    assert found.asked_ms == office.clock.now_ms
    assert find(office, "EB-9") == messages.NoticesTold(ok=True, asked_ms=office.clock.now_ms)
    assert find(office, "EB-1", BILLER).code == find(office, "EB-1", "none").code == "X-030"
    portal.fail_next("error_500")
    assert find(office, "EB-1").code == "X-031"
    check = messages.BillCheck(biller=PORTAL, account="EB-1")
    answer = messages.unpack(office.desk.post("/v1/bills/check", check).content, messages.BillChecked)
    assert answer.code == "X-032"


def test_a_paid_notice_brings_its_central_number_back_to_the_desk(
    office: Office, portal: SandboxPortal
) -> None:
    line = pay(office)
    assert office.row(line.operation) == ("confirmed", 1)
    [paid] = portal.register()
    assert (paid.txn, paid.notice, paid.version, paid.amount) == (
        str(txn_id(line.operation)),
        "n-1",
        "1",
        "45.00",
    )
    assert told(office) == [("confirmed", "", paid.central_number)]
    assert office.balance(chart.BILLS_DUE) == -SUM


@pytest.mark.parametrize("fault", ["no_answer", "answer_lost", "wrong_sum", "no_number", "malformed"])
def test_mc_11_what_is_unknown_is_asked_for_under_the_same_number(
    office: Office, portal: SandboxPortal, fault: FaultKind
) -> None:
    portal.fail_next(fault)
    line = pay(office)
    assert office.row(line.operation)[0] == "unknown"
    office.later(3_600)
    assert office.row(line.operation)[0] == "confirmed"
    assert {path for method, path in portal.requests} == {f"/payments/{txn_id(line.operation)}"}
    assert len(portal.register()) == 1


def test_mc_7_paid_elsewhere_is_refused_to_a_sole_attempt_and_asked_about_after_a_repetition(
    office: Office, portal: SandboxPortal
) -> None:
    portal.notices["n-1"].state = "paid"
    assert office.row(pay(office).operation)[0] == "owed"
    assert told(office) == [("refused", "already_paid", "")]
    # Our own first attempt arrived: "already paid" to the second says that it was ours.
    portal.fail_next("answer_lost")
    line = pay(office, "n-2")
    office.later(3_600)
    assert office.row(line.operation)[0] == "confirmed"


def test_mc_8_what_the_portal_changed_meanwhile_is_refused_and_owed(
    office: Office, portal: SandboxPortal
) -> None:
    portal.notices["n-1"].change(SUM + 1_000)
    line = pay(office)
    assert office.row(line.operation)[0] == "owed"
    assert told(office) == [("refused", "changed", "")]
    assert portal.register() == []
    office.refund(line)
    assert office.row(line.operation)[0] == "refunded"


def test_mc_9_one_payment_of_a_notice_is_under_way_and_the_loser_is_owed(
    office: Office, portal: SandboxPortal
) -> None:
    with office.centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 2), office.clock.now_ms)
    other = SimDesk(office.centre.url, office.clock)
    other.enrol(code)
    portal.fail_next("no_answer")
    first = pay(office)
    assert office.row(first.operation)[0] == "unknown"
    second = other.take_notice(PORTAL, "n-1", "1", SUM, "EB-1", contact="+994501234567")
    other.exchange()
    office.centre.settle()
    other.exchange()
    assert office.row(second.operation) == ("owed", 0)
    assert told(office, other) == [("refused", "notice_twin", "")]
    assert office.messages() == [(second.operation, "+994501234567", "created")]
    office.later(3_600)
    assert office.row(first.operation)[0] == "confirmed"
    assert [one.txn for one in portal.register()] == [str(txn_id(first.operation))]


def test_mc_9_a_loser_that_its_desk_undid_at_once_is_owed_nothing_more(
    office: Office, portal: SandboxPortal
) -> None:
    portal.fail_next("no_answer")
    first = pay(office)
    twin = office.desk.take_notice(PORTAL, "n-1", "1", SUM)
    office.desk.settle(reverse(twin, office.desk.new_id(), "0001-000002", "mistake", "officer-2"))
    office.hear()
    assert office.row(twin.operation) == ("reversed", 0)
    assert office.reasons() == []
    office.later(3_600)
    assert office.row(first.operation)[0] == "confirmed"


def test_a_central_number_that_two_payments_have_is_a_case(office: Office, portal: SandboxPortal) -> None:
    pay(office)
    first = portal.register()[0]
    # It has forgotten the first, and begins its numbers anew.
    portal.payments.clear()
    second = pay(office, "n-2")
    assert office.row(second.operation)[0] == "confirmed"
    assert told(office)[-1][2] == first.central_number
    assert office.reasons() == ["notice_number_twice"]


def test_mc_9_a_part_is_paid_only_where_the_notice_says_so(office: Office, portal: SandboxPortal) -> None:
    assert office.row(pay(office, qapik=1_000).operation)[0] == "owed"
    assert office.row(pay(office, "n-2", qapik=1_000).operation)[0] == "confirmed"
    [left] = find(office, "EB-2").notices
    assert (left.amount_qapik, left.version, left.state) == (SUM - 1_000, "2", "open")
    # The rest is the portal's figure, and another payment.
    assert office.row(pay(office, "n-2", "2", SUM - 1_000).operation)[0] == "confirmed"
