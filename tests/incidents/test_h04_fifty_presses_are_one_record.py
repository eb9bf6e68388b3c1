"""H-04: pressing Enter on a stuck screen booked a bag of 8,000 as 32,000."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.news import BagNews, RemittanceNews
from azpost_desk.services.cash_bags import Seal
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, Stand, approval, press
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Callable

PRESSES = 50


def pressed(act: Callable[[], object]) -> set[str]:
    """Press fifty times; the codes of what was refused."""
    refused = []
    for _ in range(PRESSES):
        try:
            act()
        except Refused as no:
            refused.append(no.code)
    assert len(refused) == PRESSES - 1
    return set(refused)


def test_a_bag_of_8000_is_counted_in_once(stand: Stand) -> None:
    bag = RemittanceNews(
        remittance="bag-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=800_000,
        pieces={"10000": 80}, at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(900, "remittance", bag)], 1)
    before = stand.till_qapik()
    assert pressed(lambda: stand.desk.tills.accept(CLERK, "bag-1", {10_000: 80})) == {"C-026"}
    assert stand.till_qapik() == before + 800_000
    assert len(stand.bodies(ops.RemittanceAccepted)) == 1
    with pytest.raises(Refused, match="C-026") as refused:
        stand.desk.tills.accept(CLERK, "bag-1", {10_000: 80})
    assert refused.value.facts == {"officer": CLERK.name, "at_ms": stand.clock.utc_ms()}


def test_a_sealed_bag_of_8000_is_received_once_and_says_by_whom_and_when(stand: Stand) -> None:
    told = BagNews(
        bag="0197-bag", number="PL-8000", sort="cash", from_desk="", to_desk="2002-1",
        pieces={"10000": 80}, amount_qapik=800_000, at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(901, "bag", told)], 1)
    before = stand.desk.baskets.safe_balance()
    received_ms = stand.clock.utc_ms()
    assert pressed(lambda: stand.desk.bags.receive(MANAGER, "PL-8000", {10_000: 80})) == {"C-044"}
    assert stand.desk.baskets.safe_balance() == before + azn(800_000)
    assert len(stand.bodies(ops.BagReceived)) == 1
    stand.clock.pass_ms(3_600_000)
    # Scanned again an hour later, and announced again by the centre: still the one receipt of the morning.
    stand.books.store_news([piece(902, "bag", told)], 1)
    with pytest.raises(Refused, match="C-044") as refused:
        stand.desk.bags.awaited("pl-8000")
    assert refused.value.facts == {"number": "PL-8000", "officer": MANAGER.name, "at_ms": received_ms}
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="C-044"):
        stand.desk.bags.receive_short(MANAGER, "PL-8000", {10_000: 1}, operation, approval(operation))


def test_sealing_and_handing_over_a_bag_happen_once(stand: Stand) -> None:
    command = Seal("PL-1", "cash", azn(10_000), {10_000: 1})
    assert pressed(lambda: stand.desk.bags.seal(MANAGER, command)) == {"C-041"}
    collector = Person(name="Rzayev Kamal", document="INK-1")
    assert pressed(lambda: stand.desk.bags.hand_over(MANAGER, "PL-1", collector)) == {"C-046"}
    assert len(stand.bodies(ops.BagSealed)) == len(stand.bodies(ops.BagHandedOver)) == 1


def test_pay_reverse_close_till_and_close_day_happen_once(stand: Stand) -> None:
    desk = stand.desk
    basket = desk.shop.sell(SellGoods("ST-60", 3), CLERK)
    assert pressed(lambda: desk.baskets.pay(CLERK, basket.basket, azn(180))) == {"B-005"}
    with stand.books.reading() as books:
        line = books.paid_line(basket.lines[0].line.operation)
    assert line is not None
    reversal = desk.counter.new_id()
    consent = approval(reversal)
    again = pressed(lambda: desk.baskets.reverse(CLERK, line, reversal, "mistake", consent))
    assert again == {"B-023"}
    assert len(stand.bodies(ops.Settlement)) == 2
    assert pressed(lambda: desk.tills.close(CLERK, {1_000: 20})) == {"C-010"}
    assert pressed(lambda: desk.reports.close_day(MANAGER, press)) == {"C-001"}
    assert (len(stand.bodies(ops.TillClosed)), len(stand.bodies(ops.DayClosed))) == (1, 1)
