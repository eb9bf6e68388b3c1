"""U-07: one supervisor PIN opened a mode in which everything could be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, SUPERVISOR, Stand

if TYPE_CHECKING:
    from azpost_desk.services.views import PaidLine


def sold(stand: Stand) -> PaidLine:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stand.pay(60)
    with stand.books.reading() as books:
        line = books.paid_line(basket.lines[0].line.operation)
    assert line is not None
    return line


def test_the_consent_to_one_reversal_reverses_nothing_else(stand: Stand) -> None:
    first, second = sold(stand), sold(stand)
    reversal, other = stand.desk.counter.new_id(), stand.desk.counter.new_id()
    consent = stand.desk.staff.approve(CLERK, SUPERVISOR.officer, "1004", reversal)
    with pytest.raises(Refused, match="S-012"):
        stand.desk.baskets.reverse(CLERK, second, other, "mistake", consent)
    with pytest.raises(Refused, match="S-012"):
        stand.desk.baskets.reverse(CLERK, second, other, "mistake", None)
    stand.desk.baskets.reverse(CLERK, first, reversal, "mistake", consent)
    # The same consent and id a second time is refused whatever line it is tried on.
    for line, code in ((first, "B-023"), (second, "S-012")):
        with pytest.raises(Refused, match=code):
            stand.desk.baskets.reverse(CLERK, line, reversal, "mistake", consent)
    lines = [
        (line, entry)
        for entry in stand.bodies(ops.Settlement)
        if isinstance(entry, ops.Settlement)
        for line in entry.lines
        if isinstance(line, ops.LineReversed)
    ]
    assert [(line.operation, line.approved_by) for line, _ in lines] == [(reversal, SUPERVISOR.officer)]
    with stand.books.reading() as books:
        entry = books.settlement(lines[0][1].receipt)
    assert entry is not None
    assert (entry.recorded.actor, entry.approved_by) == (CLERK.officer, SUPERVISOR.officer)


def test_nobody_approves_their_own(stand: Stand) -> None:
    with pytest.raises(Refused, match="S-011"):
        stand.desk.staff.approve(SUPERVISOR, SUPERVISOR.officer, "1004", "operation")
    with pytest.raises(Refused, match="S-010"):
        stand.desk.staff.approve(SUPERVISOR, CLERK.officer, "1002", "operation")
