"""H-14: sales made while the period rolled over fell into the old one."""

from __future__ import annotations

import threading
from contextlib import suppress

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from tests.services.counters import CLERK, MANAGER, Stand, press


def close_when_possible(stand: Stand) -> None:
    """The manager counts and closes as soon as no basket stands in the way."""
    while stand.desk.days.current().state == "open":
        with suppress(Refused):
            stand.desk.tills.close(CLERK, {1: stand.till_qapik()})
        with suppress(Refused):
            stand.desk.reports.close_day(MANAGER, press)


def test_selling_while_another_thread_closes_puts_every_sale_into_one_report(stand: Stand) -> None:
    sold: list[str] = []
    under_way = threading.Event()
    refused: list[str] = []

    def sell() -> None:
        try:
            for _ in range(100):
                stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
                sold.append(stand.pay(60).receipt)
                if len(sold) == 10:
                    under_way.set()
        except Refused as no:
            refused.append(no.code)

    seller = threading.Thread(target=sell)
    seller.start()
    assert under_way.wait(30)
    close_when_possible(stand)
    seller.join()
    assert refused in ([], ["C-010"], ["C-001"])
    stand.clock.pass_ms(86_400_000)
    stand.desk.days.open(MANAGER, "2026-11-24")
    stand.desk.tills.open(CLERK)
    if len(sold) < 100:
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
        sold.append(stand.pay(60).receipt)
    [closed] = stand.bodies(ops.DayClosed)
    assert isinstance(closed, ops.DayClosed)
    with stand.books.reading() as books:
        days = [day_figures(books, number)[0] for number in (1, 2)]
        where: dict[str, int] = {}
        for number in (1, 2):
            for entry in books.entries(number, limit=10_000):
                if isinstance(entry.body, ops.Settlement):
                    assert entry.body.receipt not in where
                    where[entry.body.receipt] = number
    assert set(where) == set(sold)
    assert [one.receipts for one in days] == [list(where.values()).count(number) for number in (1, 2)]
    assert closed.operations == days[0].operations
    assert days[0].till_closing_qapik == days[1].till_opening_qapik
