"""The branch's day: two desks in one report, a desk missing, a closed report, and what comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.hours import Hour
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from tests.stories.town import DAY_MS, GANJA, MOBILE, PHONE

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

TODAY, TOMORROW = "2026-11-23", "2026-11-24"


@pytest.fixture
def second(place: Town, ganja: Seat) -> Seat:
    """Gəncə 2, desk 2: its 200.00 came from desk 1's safe, counted in once."""
    seat = place.seat(f"{GANJA}-2")
    ganja.services.tills.issue(ganja.manager, f"{GANJA}-2", "safe", {10_000: 2})
    ganja.sync()
    seat.sync()
    [cash] = seat.services.tills.awaited()
    assert (cash.from_desk, cash.amount) == (f"{GANJA}-1", azn(20_000))
    with pytest.raises(Refused, match="C-027"):
        seat.services.tills.accept(seat.clerk, cash.remittance, {10_000: 1})
    seat.services.tills.accept(seat.clerk, cash.remittance, {10_000: 2})
    return seat


def test_two_desks_of_a_branch_stand_in_one_report(place: Town, ganja: Seat, second: Seat) -> None:
    """Desk 1 takes a transfer of 100.00 (fee 1.20), desk 2 sells 10 stamps of 0.60: one branch, one day."""
    ganja.send_money(10_000)
    second.services.tills.stock(second.clerk, "S060", 50, "N-1")
    second.services.shop.sell(SellGoods("S060", 10), second.clerk)
    second.pay(600)
    place.sync()
    second.close_day()
    place.sync()
    report = ganja.services.reports.interim(ganja.manager)
    assert (report.stage, report.differences, report.missing) == ("interim", (), ())
    assert {row.number: row.state for row in report.tills} == {1: "open", 2: "closed"}
    assert report.branch.services["transfers"].in_qapik == 10_000
    assert report.branch.services["goods"].income_qapik == 600
    assert report.branch.tenders["cash"].in_qapik == 10_120 + 600
    assert report.branch.receipts == 2
    # The chart is the branch's: both sold in this hour, and no desk's hours are missing.
    hour = (place.clock.utc_ms() + 4 * 3_600_000) // 3_600_000 % 24
    assert report.hours == (Hour(hour, 2, 10_120 + 600, 0, 0),)
    assert report.own_hours == (Hour(hour, 1, 10_120, 0, 0),)
    assert report.without_hours == ()
    heads = {one.desk: (one.epoch, one.sequence) for one in report.cut}
    assert heads[second.name] == second.books.head()[:2]
    assert heads[ganja.name] == ganja.books.head()[:2]


def test_a_desk_that_is_missing_makes_the_report_provisional_and_says_since_when(
    place: Town, ganja: Seat, second: Seat
) -> None:
    place.sync()
    heard_ms = place.clock.utc_ms()
    second.go_offline()
    place.clock.pass_ms(2 * 3_600_000)
    second.services.tills.stock(second.clerk, "S060", 50, "N-1")
    ganja.sync()
    report = ganja.services.reports.interim(ganja.manager)
    assert report.missing == ((2, heard_ms),)
    ganja.close_day()
    second.go_online()
    second.close_day()
    place.sync()
    assert ganja.services.reports.interim(ganja.manager).missing == ()


def test_a_desk_never_heard_of_is_missing_since_ever(ganja: Seat) -> None:
    assert ganja.services.reports.interim(ganja.manager).missing == ((2, 0),)


def test_a_closed_report_is_the_same_bytes_for_ever_and_a_late_result_is_tomorrows(
    place: Town, ganja: Seat
) -> None:
    """The biller says no at night: the closed day stays as it was signed, tomorrow shows it as late."""
    place.provider.fail_next("no_answer", account=PHONE)
    place.provider.fail_next("result", account=PHONE, code=5)
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    assert [one.state for one in ganja.services.reports.interim(ganja.manager).pending] == ["unknown"]
    ganja.close_day()
    stored = ganja.services.reports.stored(ganja.manager, TODAY)
    assert stored.startswith(b"%PDF")
    place.clock.pass_ms(6 * 3_600_000)
    ganja.sync()
    assert ganja.bill(bill) == "refused"
    place.clock.pass_ms(DAY_MS - 6 * 3_600_000)
    ganja.open(TOMORROW)
    ganja.sync()
    report = ganja.services.reports.interim(ganja.manager)
    late = [(one.kind, one.what, one.actor_kind, one.date) for one in report.late]
    assert ("result", "refused", "sync", TODAY) in late
    assert report.own_a.refunds_owed_qapik == 2_020
    assert report.differences == ()
    assert ganja.services.reports.stored(ganja.manager, TODAY) == stored
    ganja.services.payments.refund(bill, ganja.clerk)
    assert ganja.pay().change == azn(2_020)
    ganja.close_day()
    ganja.sync()
    ganja.kill()
    ganja.reopen()
    assert ganja.services.reports.stored(ganja.manager, TODAY) == stored
    assert ganja.services.reports.stored(ganja.manager, TOMORROW) != stored
