"""D-10: a desk's clock stands in 2062."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.services.goods import SellGoods
from tests.storage.desks import FakeClock
from tests.stories.town import DAY_MS, GANJA

if TYPE_CHECKING:
    from tests.stories.town import Town

YEARS_MS = 36 * 365 * DAY_MS


def test_its_records_are_kept_on_their_business_day_and_the_desk_is_told(place: Town) -> None:
    clock = FakeClock(place.clock.now_ms)
    desk = place.seat(f"{GANJA}-1", clock=clock)
    desk.services.tills.stock(desk.clerk, "S060", 50, "N-1")
    clock.now_ms += YEARS_MS
    desk.services.shop.sell(SellGoods("S060", 2), desk.clerk)
    recorded = desk.pay(120).recorded
    assert recorded.day == 1
    assert recorded.recorded_ms == clock.now_ms
    desk.sync()
    assert desk.line.state().clock_off_ms == -YEARS_MS
    [(received_ms,)] = place.ask(
        "select received_ms from journal where desk = %s and sequence = %s", desk.name, recorded.sequence
    )
    assert received_ms == place.clock.now_ms
    clock.now_ms -= YEARS_MS
    desk.services.shop.sell(SellGoods("S060", 1), desk.clerk)
    later = desk.pay(60).recorded
    assert later.day == 1
    assert later.recorded_ms >= recorded.recorded_ms
    report = desk.services.reports.interim(desk.manager)
    assert (report.day.date, report.own_a.receipts, report.differences) == ("2026-11-23", 2, ())
