"""H-19: a branch could see only 42 to 60 days of its own records."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain import papers
from azpost_desk.domain.products import due_qapik
from azpost_desk.rehearsal.years import Years
from azpost_desk.services.counter import Counter
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from azpost_desk.services.searching import Records, Search
from azpost_desk.storage.checking import check_folder
from tests.fakes.line import FakeLine
from tests.services.counters import CLERK, MANAGER, Stand, press
from tests.storage.desks import FakeClock, new_desk

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "2026-11-23"
THREE_YEARS_DAYS = 3 * 365 + 1
WEEKS = THREE_YEARS_DAYS // 7 + 1
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


def test_three_years_of_work_are_searched_and_any_day_or_minute_opens(tmp_path: Path) -> None:
    """Not an empty gap of three years but a day of every working week, each with its sales and counts.

    `bench history` works every day of them and keeps the figures.
    """
    clock = FakeClock()
    books = new_desk(tmp_path / "years", clock)
    years = Years(books, clock, FIRST)
    years.work(1, 40)
    years.work(WEEKS, 5, step_days=7)
    records = Records(Counter(books, clock, FakeLine(clock)))
    with books.reading() as look:
        old = next(one for one in reversed(look.entries(1, 1_000)) if isinstance(one.body, ops.Settlement))
        days = look.days(limit=10_000)
    assert isinstance(old.body, ops.Settlement)
    assert (len(days), days[-1].date) == (1 + WEEKS, FIRST)
    took: dict[str, float] = {}
    began = time.monotonic()
    with books.reading() as look:
        by_ledger, by_bodies, _entries = day_figures(look, 1)
    took["day"] = time.monotonic() - began
    assert by_ledger == by_bodies
    assert by_ledger.receipts == 40
    for name, search in {
        "receipt": Search(text=old.body.receipt),
        "day": Search(kind="till.closed", first=FIRST, last=FIRST),
        "officer": Search(officer="1002", last=FIRST),
    }.items():
        began = time.monotonic()
        found = records.find(search)
        took[name] = time.monotonic() - began
        assert found
        assert {one.date for one in found} == {FIRST}
    began = time.monotonic()
    then = records.till_at(old.recorded.recorded_ms)
    took["till"] = time.monotonic() - began
    assert then.till.balance_qapik == sum(due_qapik(line) for line in old.body.lines)
    began = time.monotonic()
    assert records.statement(CLERK, "1002").rows
    took["statement"] = time.monotonic() - began
    assert {name: seconds for name, seconds in took.items() if seconds >= OPENS_IN_SECONDS} == {}
    books.close()
    verdicts, damaged = check_folder(tmp_path / "years")
    assert (damaged, [fault for verdict in verdicts for fault in verdict.broken]) == ([], [])
