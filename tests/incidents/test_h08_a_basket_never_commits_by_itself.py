"""H-08: items entered by phantom touches; a basket left alone registered itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from azpost_desk.services.views import Basket


def stored(stand: Stand) -> Basket:
    basket = stand.desk.baskets.current()
    assert basket is not None
    return basket


def test_eight_idle_hours_with_an_open_and_a_parked_basket_write_no_record(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2, source="scan"), CLERK)
    parked = stored(stand)
    stand.desk.parking.park(CLERK, parked.basket)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    before, till, basket = stand.records(), stand.till_qapik(), stored(stand)
    for _ in range(8):
        stand.clock.pass_ms(3_600_000)
        stand.books.close()
        stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    with stand.books.reading() as look:
        assert look.basket() == basket
        assert [one.basket for one in look.parked()] == [parked]
        assert look.head()[1] == before
        assert look.till().balance.minor == till


def test_the_journal_keeps_how_each_line_of_a_mixed_basket_came_in(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2, source="scan"), CLERK)
    basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(10_000)
    [said] = stand.bodies(ops.BasketSources)
    assert isinstance(said, ops.BasketSources)
    assert said.basket == basket.basket
    assert [said.sources[one.line.operation] for one in basket.lines] == ["scan", "keys"]


def test_eight_idle_hours_and_a_restart_write_no_record_and_lose_no_line(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2, source="scan"), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    before, basket = stand.records(), stored(stand)
    stand.clock.pass_ms(8 * 3_600_000)
    assert (stand.records(), stored(stand)) == (before, basket)
    stand.books.close()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    with stand.books.reading() as look:
        assert look.basket() == basket
        assert look.head()[1] == before
        assert [one.source for one in basket.lines] == ["scan", "keys"]
