"""U-05: the PC's clock was wrong, and sales landed on the wrong day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.operations import decode
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from azpost_desk.sync.line import CentreLine
from tests.services.counters import CLERK, MANAGER, MORNING_MS, Stand
from tests.storage.desks import FakeClock

if TYPE_CHECKING:
    from azpost_desk.protocol.records import Record
    from tests.stories.town import Seat

HOUR_MS = 3_600_000


def is_jump(record: Record) -> bool:
    return record.header().kind == "clock.jumped"


def sell(stand: Stand) -> tuple[int, int]:
    """(business day, recorded time) of a sale of stamps."""
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    recorded = stand.pay(60).recorded
    return recorded.day, recorded.recorded_ms


@pytest.mark.parametrize("jump_ms", [30 * HOUR_MS, -30 * HOUR_MS, -400 * 24 * HOUR_MS])
def test_the_business_day_comes_from_the_day_record(stand: Stand, jump_ms: int) -> None:
    first = sell(stand)
    stand.clock.now_ms += jump_ms
    second = sell(stand)
    assert (first[0], second[0]) == (1, 1)
    assert second[1] >= first[1]
    with stand.books.reading() as books:
        assert (books.day().date, day_figures(books, 1)[0].receipts) == ("2026-11-23", 2)


@pytest.mark.parametrize("off_ms", [180_000, -180_000])
def test_a_clock_three_minutes_off_is_measured_against_the_centre(ganja: Seat, off_ms: int) -> None:
    line = CentreLine(ganja.books, ganja.road.url, FakeClock(ganja.clock.now_ms + off_ms))
    line._step()
    assert line.state().clock_off_ms == -off_ms
    line._step()
    line.stop()
    with ganja.books.reading() as books:
        jumps = [decode("clock.jumped", 1, record.body) for record, _ in books.records() if is_jump(record)]
    assert [jump.to_ms - jump.from_ms for jump in jumps] == [-off_ms]


def test_a_day_can_only_be_opened_on_todays_date(stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20})
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    stand.clock.now_ms = MORNING_MS + 24 * HOUR_MS
    with pytest.raises(Refused, match="C-004") as refused:
        stand.desk.days.open(MANAGER, "2026-12-24")
    assert refused.value.facts["today"] == "2026-11-24"
    with pytest.raises(Refused, match="C-003"):
        stand.desk.days.open(MANAGER, "2026-11-23")
