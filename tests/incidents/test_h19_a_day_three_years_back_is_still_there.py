"""H-19: a branch could see only 42 to 60 days of its own records."""

from __future__ import annotations

import time

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from tests.services.counters import CLERK, MANAGER, Stand, press

THREE_YEARS_DAYS = 3 * 365 + 1
OPENS_IN_SECONDS = 2


def test_report_records_and_receipts_of_a_day_three_years_back(stand: Stand) -> None:
    desk = stand.desk
    receipts = []
    for _ in range(40):
        desk.shop.sell(SellGoods("ST-60", 2), CLERK)
        receipts.append(stand.pay(120).receipt)
    desk.tills.close(CLERK, {1: stand.till_qapik()})
    desk.reports.close_day(MANAGER, press)
    stand.clock.pass_ms(THREE_YEARS_DAYS * 86_400_000)
    desk.days.open(MANAGER, "2029-11-23")
    desk.tills.open(CLERK)
    desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.pay(60)
    began = time.monotonic()
    assert desk.reports.stored(MANAGER, "2026-11-23") == b"report of 2026-11-23"
    with stand.books.reading() as books:
        by_ledger, by_bodies, entries = day_figures(books, 1)
    again = desk.papers.receipt(receipts[0], papers.CopyState())
    assert time.monotonic() - began < OPENS_IN_SECONDS
    assert by_ledger == by_bodies
    assert by_ledger.receipts == sum(isinstance(one.body, ops.Settlement) for one in entries) == 40
    assert again.number == receipts[0]
    with stand.books.reading() as books:
        assert len([one for one in books.days() if one.date == "2026-11-23"]) == 1
