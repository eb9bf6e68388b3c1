"""H-03: a period number was used again a year later and pulled last year's amount into the statement."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain import reports
from azpost_desk.protocol import news as tidings
from azpost_desk.rehearsal.years import Years
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from tests.services.counters import CLERK, MANAGER, MORNING_MS, Stand, press
from tests.storage.desks import documents, piece

if TYPE_CHECKING:
    from azpost_desk.domain.reports import Figures

FIRST = dt.date(2026, 11, 23)
DAYS = 426  # fourteen months
# Between a first month and the two that a year later bear its numbers, the days are written without a clerk.
FIRST_YEAR = range(30, 363)


def one_day(stand: Stand, number: int) -> None:
    """Stamps for (number mod 7 + 1) x 0.60, and now and then a qəpik too many in the drawer."""
    desk = stand.desk
    stand.clock.now_ms = MORNING_MS + number * 86_400_000
    if number:
        desk.days.open(MANAGER, (FIRST + dt.timedelta(days=number)).isoformat())
        desk.tills.open(CLERK)
    if number % 25 == 0 or number == FIRST_YEAR.stop:
        desk.tills.stock(CLERK, "ST-60", 175, f"N-{number}")
    desk.shop.sell(SellGoods("ST-60", number % 7 + 1), CLERK)
    stand.pay(60 * (number % 7 + 1))
    surplus = int(number % 50 == 7)
    desk.tills.close(CLERK, {1: stand.till_qapik() + surplus})
    desk.reports.close_day(MANAGER, press)


def test_fourteen_months_of_statements_each_begin_where_the_one_before_ended(stand: Stand) -> None:
    for number in range(FIRST_YEAR.start):
        one_day(stand, number)
    first = FIRST + dt.timedelta(days=FIRST_YEAR.start)
    Years(stand.books, stand.clock, first.isoformat()).work(len(FIRST_YEAR), 1)
    for number in range(FIRST_YEAR.stop, DAYS):
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
        if number in FIRST_YEAR:
            continue
        assert one.surplus_qapik == int(number % 50 == 7)
        assert one.services["goods"].income_qapik == 60 * (number % 7 + 1)
    # The same week number a year later is another day with another amount.
    assert statements[364].till_opening_qapik > statements[0].till_closing_qapik


def head_of(number: int, date: str, at_ms: int, state: str, figures: bytes) -> tidings.DeskHead:
    """What the centre tells of another desk."""
    return tidings.DeskHead(
        desk=f"2002-{number}",
        number=number,
        epoch=1,
        sequence=int(date.replace("-", "")),
        hash="ab" * 32,
        recorded_ms=at_ms,
        received_ms=at_ms,
        date=date,
        state=state,
        figures=msgspec.Raw(figures),
    )


def test_a_desk_that_is_gone_leaves_its_days_and_enters_no_other(stand: Stand) -> None:
    """Desk 2 closes with 77.00 on day 1 and is removed; a year later nothing of it is in any statement."""
    one_day_open(stand, 0)
    told = reports.encode(stand.desk.reports.interim(MANAGER).own_a)
    theirs = msgspec.structs.replace(reports.decode(told), till_closing_qapik=7_700, receipts=5)
    first = FIRST.isoformat()
    head = head_of(2, first, stand.clock.utc_ms(), "closed", reports.encode(theirs).encode())
    stand.books.store_news([piece(900, "desk.head", head)], 1)
    report = stand.desk.reports.interim(MANAGER)
    assert report.branch.receipts == report.own_a.receipts + 5
    assert report.missing == ()
    close(stand)
    # The next day it has said nothing: it is missing, and its yesterday is not in today's sums.
    one_day_open(stand, 1)
    report = stand.desk.reports.interim(MANAGER)
    assert report.missing == ((2, head.received_ms),)
    assert report.branch == report.own_a
    assert [row.number for row in report.tills] == [1]
    close(stand)
    # The centre takes it out of the branch; a year later its number means nothing any more.
    branch = documents((1,))["branch"]
    gone = tidings.Reference(
        name="branch", version=2, valid_from="2026-11-25", content=msgspec.Raw(msgspec.json.encode(branch))
    )
    stand.books.store_news([piece(901, "reference", gone)], 1)
    for number in (2, 3, 365, 366):
        one_day_open(stand, number)
        report = stand.desk.reports.interim(MANAGER)
        assert report.missing == ()
        assert report.branch == report.own_a
        close(stand)
    with stand.books.reading() as books:
        again = stand.desk.reports.of_day(books, books.days(limit=100)[-1], MANAGER.name)
    assert again.branch.receipts == again.own_a.receipts + 5
    assert stand.books.rebuild() == []


def one_day_open(stand: Stand, number: int) -> None:
    stand.clock.now_ms = MORNING_MS + number * 86_400_000
    if number:
        stand.desk.days.open(MANAGER, (FIRST + dt.timedelta(days=number)).isoformat())
        stand.desk.tills.open(CLERK)
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.pay(60)


def close(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1: stand.till_qapik()})
    stand.desk.reports.close_day(MANAGER, press)
