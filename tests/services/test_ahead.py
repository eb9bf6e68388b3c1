"""Transfers reserved ahead: what may be paid off line is exactly what is held, and the receiver is asked."""

from __future__ import annotations

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import ListState, WatchState
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol.news import Reference
from azpost_desk.services.transfers import ClaimTransfer
from tests.fakes.line import PlayedTransfer
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand, close_counted
from tests.storage.desks import acknowledge, piece

CODE, OTHER_CODE = transfer_code("900000001"), transfer_code("900000002")
HOUR_MS = 3_600_000


def known(stand: Stand, code: str, qapik: int) -> PlayedTransfer:
    one = PlayedTransfer(f"0197-{code}", qapik, Parties(code=code, sender=SENDER, receiver=RECEIVER))
    one.is_for_here = True
    stand.line.transfers[code] = one
    return one


@pytest.fixture
def ahead(stand: Stand) -> Stand:
    """50.00 and 1,000.01 to this office are reserved ahead, and the line is down."""
    known(stand, CODE, 5_000)
    known(stand, OTHER_CODE, 100_001)
    assert stand.desk.ahead.take(CLERK) == 2
    stand.line.online = False
    return stand


def claim(code: str = CODE, qapik: int = 5_000, sender: str = "Əliyev Vüqar") -> ClaimTransfer:
    return ClaimTransfer(code, azn(qapik), sender)


def test_the_list_says_how_much_to_whom_and_until_when(ahead: Stand) -> None:
    shown = ahead.desk.ahead.list()
    assert [(one.amount, one.receiver) for one in shown] == [
        (azn(5_000), RECEIVER.name),
        (azn(100_001), RECEIVER.name),
    ]
    assert shown[0].until_ms == shown[0].reserved_ms + 24 * HOUR_MS
    assert ahead.desk.recovery.unfinished() == []


def test_a_transfer_of_the_list_is_paid_without_the_line(ahead: Stand) -> None:
    before, records = ahead.till_qapik(), len(ahead.line.asked)
    claimed = ahead.desk.transfers.claim(claim(), CLERK)
    ahead.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    # What stands in the basket is on the list no more.
    assert [one.amount for one in ahead.desk.ahead.list()] == [azn(100_001)]
    ahead.pay()
    assert ahead.till_qapik() == before - 5_000
    assert len(ahead.line.asked) == records
    assert len(ahead.desk.ahead.list()) == 1


def test_what_is_not_on_the_list_waits_for_the_line(ahead: Stand) -> None:
    with pytest.raises(Trouble, match="L-001"):
        ahead.desk.transfers.claim(claim(transfer_code("900000003")), CLERK)


@pytest.mark.parametrize("wrong", [{"qapik": 4_999}, {"sender": "Məmmədov Elçin"}])
def test_the_fifth_wrong_answer_gives_the_transfer_back(ahead: Stand, wrong: dict[str, object]) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(Refused, match="T-011") as no:
            ahead.desk.transfers.claim(claim(**wrong), CLERK)
        assert no.value.facts["left"] == left
    with pytest.raises(Refused, match="T-012"):
        ahead.desk.transfers.claim(claim(**wrong), CLERK)
    assert [body.reason for body in ahead.bodies(ops.GrantReleased)] == ["wrong_tries"]
    with pytest.raises(Trouble, match="L-001"):
        ahead.desk.transfers.claim(claim(), CLERK)


def test_a_slip_in_the_name_is_no_try(ahead: Stand) -> None:
    for _ in range(6):
        with pytest.raises(Refused, match="T-013"):
            ahead.desk.transfers.claim(claim(sender="Əliyev Vuqer"), CLERK)
    assert ahead.desk.transfers.claim(claim(), CLERK).amount == azn(5_000)


def test_off_line_an_old_or_a_large_one_is_not_paid(ahead: Stand) -> None:
    large = ahead.desk.transfers.claim(claim(OTHER_CODE, 100_001), CLERK)
    with pytest.raises(Refused, match="T-067"):
        ahead.desk.transfers.plan_payout(large.grant, RECEIVER, CLERK)
    old = ahead.desk.transfers.claim(claim(), CLERK)
    ahead.clock.now_ms += 24 * HOUR_MS + 1
    with pytest.raises(Refused, match="T-066"):
        ahead.desk.transfers.plan_payout(old.grant, RECEIVER, CLERK)
    ahead.line.online = True
    assert len(ahead.desk.transfers.plan_payout(old.grant, RECEIVER, CLERK).lines) == 1


def test_one_asked_for_with_its_receiver_is_no_reservation_ahead(stand: Stand) -> None:
    known(stand, CODE, 5_000)
    claimed = stand.desk.transfers.claim(claim(), CLERK)
    assert stand.desk.ahead.list() == []
    stand.line.online = False
    stand.clock.now_ms += 25 * HOUR_MS
    assert len(stand.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK).lines) == 1


def test_whoever_was_quicker_has_it_and_the_rest_is_taken(stand: Stand) -> None:
    known(stand, CODE, 5_000)
    known(stand, OTHER_CODE, 7_000)
    stand.line.refusing = {f"0197-{CODE}": "T-015"}
    assert stand.desk.ahead.take(CLERK) == 1
    assert [one.amount for one in stand.desk.ahead.list()] == [azn(7_000)]


def test_a_lost_answer_is_asked_for_again_and_nothing_is_reserved_twice(stand: Stand) -> None:
    known(stand, CODE, 5_000)
    stand.line.lose_answers = 1
    with pytest.raises(Trouble, match="L-001"):
        stand.desk.ahead.take(CLERK)
    [asked] = stand.desk.transfers.unanswered()
    stand.desk.transfers.ask_again(asked.request, CLERK)
    assert [one.amount for one in stand.desk.ahead.list()] == [azn(5_000)]
    assert stand.line.transfers[CODE].granted == 1


def test_all_of_it_goes_back_when_it_is_given_back_or_the_day_closes(ahead: Stand) -> None:
    assert ahead.desk.ahead.release(CLERK) == 2
    assert ahead.desk.ahead.list() == []
    ahead.line.online = True
    ahead.line.transfers.clear()
    known(ahead, transfer_code("900000004"), 6_000)
    assert ahead.desk.ahead.take(CLERK) == 1
    close_counted(ahead, {1_000: 20})
    ahead.desk.reports.close_day(MANAGER, lambda _report: b"report")
    reasons = [body.reason for body in ahead.bodies(ops.GrantReleased)]
    assert reasons == ["ahead", "ahead", "day_closed"]


def test_a_list_that_has_not_come_whole_clears_nobody(ahead: Stand) -> None:
    told = WatchState(lists=(ListState(source="ofac", version=1, entries=9, as_of_ms=ahead.clock.now_ms),))
    raw = msgspec.Raw(msgspec.json.encode(told))
    news = Reference(name="watch", version=1, valid_from="2026-01-01", content=raw)
    ahead.books.store_news([piece(2_000, "reference", news)], 1)
    claimed = ahead.desk.transfers.claim(claim(), CLERK)
    with pytest.raises(Refused, match="T-071"):
        ahead.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    ahead.line.online = True
    assert len(ahead.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK).lines) == 1


@pytest.mark.parametrize("hours_ahead", [10, 10_000])
def test_a_reservation_taken_under_a_clock_set_ahead_is_no_younger_off_line(
    stand: Stand, hours_ahead: int
) -> None:
    """A-11."""
    true_ms = stand.clock.now_ms
    stand.clock.now_ms += hours_ahead * HOUR_MS
    known(stand, CODE, 5_000)
    assert stand.desk.ahead.take(CLERK) == 1
    stand.line.online = False
    stand.clock.now_ms = true_ms
    fresh = stand.desk.transfers.claim(claim(), CLERK)
    # Nobody knows how old it is until the centre has its record.
    with pytest.raises(Refused, match="T-066"):
        stand.desk.transfers.plan_payout(fresh.grant, RECEIVER, CLERK)
    acknowledge(stand.books, true_ms)
    stand.clock.now_ms = true_ms + 24 * HOUR_MS + 1
    with pytest.raises(Refused, match="T-066"):
        stand.desk.transfers.plan_payout(fresh.grant, RECEIVER, CLERK)
    stand.clock.now_ms = true_ms + 24 * HOUR_MS
    stand.desk.transfers.plan_payout(fresh.grant, RECEIVER, CLERK)
