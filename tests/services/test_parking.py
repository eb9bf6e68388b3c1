"""The tray: a basket set aside keeps everything, sells nothing, and is nobody's but its officer's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.parking import PARKED_MAX
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from tests.fakes.line import PlayedTransfer
from tests.services.counters import (
    CLERK,
    MANAGER,
    OTHER_CLERK,
    RECEIVER,
    SENDER,
    SUPERVISOR,
    Stand,
    press,
)

if TYPE_CHECKING:
    from azpost_desk.services.views import Basket

CODE = transfer_code("123456789")


def stamps(stand: Stand, quantity: int = 1) -> Basket:
    return stand.desk.shop.sell(SellGoods("ST-60", quantity, source="scan"), CLERK)


def parked(stand: Stand, quantity: int = 1) -> Basket:
    basket = stamps(stand, quantity)
    stand.desk.parking.park(CLERK, basket.basket)
    return basket


def held(stand: Stand) -> str:
    """A grant of the centre lies here; its id."""
    parties = Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[CODE] = PlayedTransfer("t-1", 7_000, parties)
    return stand.desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK).grant


def test_the_next_customer_starts_at_once_and_the_first_comes_back_unchanged(stand: Stand) -> None:
    first = parked(stand, 2)
    assert stand.desk.baskets.current() is None
    stamps(stand, 1)
    assert stand.pay(60).to_pay == azn(60)
    assert stand.desk.parking.resume(CLERK, first.basket) == first
    assert stand.pay(120).to_pay == azn(120)
    assert stand.desk.parking.tray() == []


def test_parking_and_resuming_write_no_record(stand: Stand) -> None:
    before = stand.records()
    basket = parked(stand)
    stand.clock.pass_ms(8 * 3_600_000)
    stand.desk.parking.resume(CLERK, basket.basket)
    assert stand.records() == before


def test_a_second_press_parks_nothing(stand: Stand) -> None:
    basket = parked(stand)
    with pytest.raises(Refused, match="B-005"):
        stand.desk.parking.park(CLERK, basket.basket)
    assert len(stand.desk.parking.tray()) == 1


def test_a_basket_in_hand_is_not_pushed_away_by_a_parked_one(stand: Stand) -> None:
    first, second = parked(stand), stamps(stand)
    with pytest.raises(Refused, match="B-060"):
        stand.desk.parking.resume(CLERK, first.basket)
    assert stand.desk.baskets.current() == second


def test_another_clerk_neither_parks_nor_resumes_it(stand: Stand) -> None:
    basket = stamps(stand)
    with pytest.raises(Refused, match="B-003"):
        stand.desk.parking.park(OTHER_CLERK, basket.basket)
    stand.desk.parking.park(CLERK, basket.basket)
    with pytest.raises(Refused, match="B-003"):
        stand.desk.parking.resume(OTHER_CLERK, basket.basket)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.parking.hand_over(OTHER_CLERK, basket.basket, OTHER_CLERK.officer)


def test_the_tray_has_an_end(stand: Stand) -> None:
    for _ in range(PARKED_MAX):
        parked(stand)
    with pytest.raises(Refused, match="B-061"):
        parked(stand)


def test_a_supervisor_hands_a_parked_basket_over_and_that_is_recorded(stand: Stand) -> None:
    basket = parked(stand)
    stand.desk.parking.hand_over(SUPERVISOR, basket.basket, OTHER_CLERK.officer)
    assert stand.bodies(ops.BasketHandedOver) == [
        ops.BasketHandedOver(basket=basket.basket, from_officer="1002", to_officer="1003", lines=1)
    ]
    assert [one.officer for one in stand.desk.parking.tray()] == ["1003"]
    assert stand.desk.parking.resume(OTHER_CLERK, basket.basket).lines == basket.lines


def test_a_cancelled_basket_gives_its_grant_back_and_a_parked_one_keeps_it(stand: Stand) -> None:
    grant = held(stand)
    basket = stand.desk.transfers.plan_payout(grant, RECEIVER, CLERK)
    stand.desk.parking.park(CLERK, basket.basket)
    assert [one.grant for one in stand.desk.transfers.held()] == [grant]
    with pytest.raises(Refused, match="T-026"):
        stand.desk.transfers.release(grant, CLERK, "by mistake")
    with pytest.raises(Refused, match="B-006"):
        stand.desk.transfers.plan_payout(grant, RECEIVER, CLERK)
    stand.desk.parking.hand_over(SUPERVISOR, basket.basket, None)
    assert stand.desk.transfers.held() == []
    assert [one.reason for one in stand.bodies(ops.GrantReleased)] == ["voided"]  # type: ignore[attr-defined]
    assert stand.desk.parking.tray() == []


def test_a_resumed_pay_out_is_paid_under_its_grant(stand: Stand) -> None:
    basket = stand.desk.transfers.plan_payout(held(stand), RECEIVER, CLERK)
    stand.desk.parking.park(CLERK, basket.basket)
    stand.desk.parking.resume(CLERK, basket.basket)
    assert stand.pay().change == azn(7_000)
    assert stand.desk.transfers.held() == []


def test_till_and_day_do_not_close_over_a_parked_basket(stand: Stand) -> None:
    basket = parked(stand)
    with pytest.raises(Refused, match="B-063"):
        stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.parking.resume(CLERK, basket.basket)
    stand.desk.baskets.void(CLERK, basket.lines[0].line.operation)
    stand.desk.tills.close(CLERK, {1_000: 20})
    with stand.books.writing() as books:
        books.park(basket, stand.clock.utc_ms())
    with pytest.raises(Refused, match="B-063"):
        stand.desk.reports.close_day(MANAGER, press)


def test_the_allowance_off_line_counts_what_is_parked(stand: Stand) -> None:
    stand.line.online = False
    basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(300_000)), CLERK)
    stand.desk.parking.park(CLERK, basket.basket)
    with pytest.raises(Refused, match="L-020"):
        stand.desk.payments.pay(PayBill("0101", "87654321", azn(300_000)), CLERK)


def test_the_tray_says_whose_since_when_and_for_what(stand: Stand) -> None:
    parked(stand, 2)
    at = stand.clock.utc_ms()
    stand.clock.pass_ms(60_000)
    [one] = stand.desk.parking.tray()
    assert (one.owner, one.since_ms, one.waits, one.due) == ("Həsənov Rauf", at, "customer", azn(120))
    stand.line.lose_answers = 1
    stand.line.transfers[CODE] = PlayedTransfer(
        "t-1", 7_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    )
    second = stamps(stand)
    with pytest.raises(Exception, match="L-001"):
        stand.desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK)
    stand.desk.parking.park(CLERK, second.basket)
    assert [one.waits for one in stand.desk.parking.tray()] == ["customer", "grant"]


@pytest.mark.parametrize("mixed", [True, False])
def test_the_source_of_each_line_is_in_the_journal(stand: Stand, mixed: bool) -> None:
    basket = stamps(stand)
    basket = stand.desk.shop.sell(SellGoods("EN-C5", 1, source="keys" if mixed else "scan"), CLERK)
    stand.pay(1_000)
    said = [one.sources for one in stand.bodies(ops.BasketSources)]  # type: ignore[attr-defined]
    wanted = dict(zip([one.line.operation for one in basket.lines], ["scan", "keys"], strict=True))
    assert said == ([wanted] if mixed else [])
