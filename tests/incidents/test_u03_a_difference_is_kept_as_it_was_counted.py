"""U-03: closing differences became 0 after posting; late sales went to a hidden "rescue" session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import NeedsConfirmation
from azpost_desk.services.cash_counts import MakeGood
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, Stand, approval

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def closes(stand: Stand) -> list[tuple[int, int, int]]:
    return [
        (one.counted_qapik, one.expected_qapik, one.difference_qapik)
        for one in stand.bodies(ops.TillClosed)
        if isinstance(one, ops.TillClosed)
    ]


def test_count_expected_and_difference_stand_side_by_side_whatever_is_done_later(stand: Stand) -> None:
    close = stand.desk.tills.close(CLERK, {1_000: 19, 100: 7}).recorded.operation
    kept = [(19_700, 20_000, -300)]
    assert closes(stand) == kept
    stand.desk.tills.open(CLERK)
    operation = stand.desk.counter.new_id()
    stand.desk.counts.make_good(CLERK, MakeGood(close, {100: 3}, "lost"), operation, approval(operation))
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    stand.pay(300)
    stand.desk.tills.close(CLERK, {1_000: 20, 100: 3})
    assert closes(stand) == [*kept, (20_300, 20_300, 0)]
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    assert stand.books.rebuild() == []
    with stand.books.reading() as books:
        counts = {one.operation: one for one in books.counts()}
    assert counts[close].difference == azn(-300)
    assert counts[close].made_good == azn(300)
    report = stand.desk.reports.interim(MANAGER)
    assert (report.own_a.shortage_qapik, report.own_a.surplus_qapik) == (300, 0)


def test_a_count_that_was_made_again_is_kept_beside_the_one_that_closed(stand: Stand) -> None:
    with pytest.raises(NeedsConfirmation):
        stand.desk.tills.close(CLERK, {1_000: 3})
    stand.desk.tills.close(CLERK, {1_000: 20})
    rows = stand.desk.reports.interim(MANAGER).counts
    assert [(one.sort, one.counted) for one in rows] == [("set_aside", azn(3_000)), ("closed", azn(20_000))]


def test_a_late_record_shows_in_its_own_day_and_in_no_other(place: Town, ganja: Seat) -> None:
    """The second desk sold before the close and is heard of after it: its day has the sale, no rescue."""
    second = place.seat(f"{ganja.name[:4]}-2", float_qapik=0)
    second.open()
    second.go_offline()
    second.services.tills.stock(second.clerk, "S060", 50, "N-1")
    second.services.shop.sell(SellGoods("S060", 10), second.clerk)
    second.pay(600)
    second.close_day()
    ganja.close_day()
    ganja.sync()
    with ganja.books.reading() as books:
        date = books.day().date
    assert ganja.services.reports.interim(ganja.manager).branch.receipts == 0
    second.go_online()
    place.sync()
    report = ganja.services.reports.interim(ganja.manager)
    assert (report.day.date, report.branch.receipts) == (date, 1)
    assert report.branch.services["goods"].income_qapik == 600
    assert report.missing == ()
