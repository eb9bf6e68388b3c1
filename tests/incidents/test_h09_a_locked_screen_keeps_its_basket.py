"""H-09: the idle log-off settled a half-done basket to cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, OTHER_CLERK, SUPERVISOR, Stand

if TYPE_CHECKING:
    from azpost_desk.services.views import Basket


@pytest.fixture
def left(stand: Stand) -> Basket:
    """A basket whose clerk went away; the lock has come down."""
    basket = stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.clock.pass_ms(3_600_000)
    return basket


def test_another_clerk_can_neither_pay_nor_change_nor_take_it(stand: Stand, left: Basket) -> None:
    before = stand.records()
    line = left.lines[0].line.operation
    with pytest.raises(Refused, match="B-003"):
        stand.desk.baskets.pay(OTHER_CLERK, left.basket, azn(120))
    with pytest.raises(Refused, match="B-003"):
        stand.desk.baskets.void(OTHER_CLERK, line)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.baskets.hand_over(OTHER_CLERK, OTHER_CLERK.officer)
    assert stand.desk.baskets.current() == left
    assert stand.records() == before


@pytest.mark.parametrize("to", [OTHER_CLERK.officer, None])
def test_a_supervisor_hands_it_over_or_cancels_it_and_that_is_recorded(
    stand: Stand, left: Basket, to: str | None
) -> None:
    stand.desk.baskets.hand_over(SUPERVISOR, to)
    [said] = stand.bodies(ops.BasketHandedOver)
    assert said == ops.BasketHandedOver(
        basket=left.basket, from_officer=CLERK.officer, to_officer=to or "", lines=1
    )
    assert stand.bodies(ops.Settlement) == []
    after = stand.desk.baskets.current()
    assert (after.officer if after else None) == to


def test_a_parked_basket_is_as_safe_as_one_in_hand(stand: Stand, left: Basket) -> None:
    parking = stand.desk.parking
    parking.park(CLERK, left.basket)
    before = stand.records()
    with pytest.raises(Refused, match="B-003"):
        parking.resume(OTHER_CLERK, left.basket)
    with pytest.raises(Refused, match="S-010"):
        parking.hand_over(CLERK, left.basket, None)
    assert stand.records() == before
    parking.hand_over(SUPERVISOR, left.basket, OTHER_CLERK.officer)
    with pytest.raises(Refused, match="B-003"):
        parking.resume(CLERK, left.basket)
    parking.hand_over(SUPERVISOR, left.basket, None)
    handed = [one for one in stand.bodies(ops.BasketHandedOver) if isinstance(one, ops.BasketHandedOver)]
    said = [(one.from_officer, one.to_officer) for one in handed]
    assert said == [("1002", "1003"), ("1003", "")]
    assert stand.bodies(ops.Settlement) == []
    assert parking.tray() == []


def test_the_lock_of_the_screen_touches_no_basket(stand: Stand, left: Basket) -> None:
    stand.desk.staff.sign_in(SUPERVISOR.officer, f"{SUPERVISOR.officer}")
    assert stand.desk.baskets.current() == left
