"""H-03: a period number was used again a year later and pulled last year's amount into the statement."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from tests.services.counters import CLERK, MANAGER, MORNING_MS, Stand, press

if TYPE_CHECKING:
    from azpost_desk.domain.reports import Figures

FIRST = dt.date(2026, 11, 23)
DAYS = 426  # fourteen months


def one_day(stand: Stand, number: int) -> None:
    """Stamps for (number mod 7 + 1) x 0.60, and now and then a qəpik too many in the drawer."""
    desk = stand.desk
    stand.clock.now_ms = MORNING_MS + number * 86_400_000
    if number:
        desk.days.open(MANAGER, (FIRST + dt.timedelta(days=number)).isoformat())
        desk.tills.open(CLERK)
    if number % 25 == 0:
        desk.tills.stock(CLERK, "ST-60", 175, f"N-{number}")
    desk.shop.sell(SellGoods("ST-60", number % 7 + 1), CLERK)
    stand.pay(60 * (number % 7 + 1))
    surplus = int(number % 50 == 7)
    desk.tills.close(CLERK, {1: stand.till_qapik() + surplus})
    desk.reports.close_day(MANAGER, press)


def test_fourteen_months_of_statements_each_begin_where_the_one_before_ended(stand: Stand) -> None:
    for number in range(DAYS):
        one_day(stand, number)
    with stand.books.reading() as books:
        days = sorted(books.days(limit=1_000), key=lambda day: day.number)
        statements: list[Figures] = []
        for day in days:
            by_ledger, by_bodies, _ = day_figures(books, day.number)
            assert by_ledger == by_bodies, day
            statements.append(by_ledger)
    assert len({day.number for day in days}) == len({day.date for day in days}) == DAYS
    for before, after in pairwise(statements):
        assert before.till_closing_qapik == after.till_opening_qapik
    for number, one in enumerate(statements):
        assert one.till_opening_qapik + one.till.in_qapik - one.till.out_qapik == one.till_closing_qapik
        assert one.surplus_qapik == int(number % 50 == 7)
        assert one.services["goods"].income_qapik == 60 * (number % 7 + 1)
    # The same week number a year later is another day with another amount.
    assert statements[364].till_opening_qapik > statements[0].till_closing_qapik
