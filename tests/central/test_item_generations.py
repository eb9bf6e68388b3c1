"""A number that is used again after a year is another item: what was for the one before does not meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central.mail import advance, items, orders
from azpost_desk.central.registry import reference
from azpost_desk.domain.mail.advance import written
from azpost_desk.domain.mail.prices import AdvanceDemand, MailAbroad
from azpost_desk.domain.refusals import Refused
from tests.central.test_declarations import UNSOUND
from tests.central.test_items import ITEM, overtaken, scan, standing
from tests.central.test_news import hear

if TYPE_CHECKING:
    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk
    from tests.central.test_items import Enrolled

YEAR_MS = 366 * 86_400_000


@pytest.fixture
def here(centre: Centre, enrolled: Enrolled) -> SimDesk:
    """An item was sold and delivered here."""
    desk = enrolled("2002-1")
    desk.accept_item(ITEM, "AZ1010")
    for event in ("EMG", "EMI"):
        scan(desk, event)
    hear(centre, desk)
    return desk


def stop(centre: Centre, clock: ManualClock, kind: str = "court") -> str:
    with centre.database.transaction() as conn:
        return orders.stop(conn, ITEM, kind, "Səfərov", "case 3", clock.utc_ms())


def test_an_order_for_the_item_before_stops_the_next_one_no_more(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, here: SimDesk
) -> None:
    old = stop(centre, clock)
    hear(centre, here)
    assert standing(here) == {old: "open"}
    clock.now_ms += YEAR_MS
    there = enrolled("1010-1")
    here.accept_item(ITEM, "AZ1010")
    hear(centre, here, there)
    hear(centre, here)
    assert standing(here) == standing(there) == {old: "overtaken"}
    # Somebody hears that it ended.
    assert overtaken(centre) == [f"{ITEM} court"]
    new = stop(centre, clock)
    hear(centre, here, there)
    assert standing(here) == standing(there) == {old: "overtaken", new: "open"}


def test_an_order_given_before_the_next_sale_is_heard_waits_for_it(
    centre: Centre, clock: ManualClock, here: SimDesk
) -> None:
    old = stop(centre, clock)
    with pytest.raises(Refused, match="E-131"):
        stop(centre, clock, "recall")
    clock.now_ms += YEAR_MS
    # The sender telephones while the desk that sold it is off line.
    recall, court = stop(centre, clock, "recall"), stop(centre, clock)
    hear(centre, here)
    assert standing(here) == {old: "overtaken", recall: "open", court: "open"}
    here.accept_item(ITEM, "AZ1010")
    hear(centre, here)
    hear(centre, here)
    assert standing(here) == {old: "overtaken", recall: "open", court: "open"}


def test_the_next_item_goes_where_it_is_sent_and_is_judged_by_its_own_country(
    centre: Centre, clock: ManualClock, here: SimDesk
) -> None:
    prices = MailAbroad(version="1", advance=(AdvanceDemand(country="TR", valid_from="2020-01-01"),))
    with centre.database.transaction() as conn:
        reference.publish(conn, prices, clock.utc_ms())
    clock.now_ms += YEAR_MS
    here.accept_item(ITEM, "", country="TR", declared=written(replace(UNSOUND, item=ITEM)).decode())
    hear(centre, here)
    with centre.database.transaction() as conn:
        assert items.goes_to(conn, ITEM) == "TR"
        told = advance.declared(conn, ITEM)
        [(_order, kind, *_)] = orders.standing(conn, ITEM)
    assert kind == "advance"
    # The desk of this sale never had the number before.
    assert told is not None
    assert (told.item, told.generation) == (ITEM, 2)


def test_a_sale_within_the_year_is_no_other_item(centre: Centre, clock: ManualClock, here: SimDesk) -> None:
    old = stop(centre, clock)
    clock.now_ms += YEAR_MS // 2
    here.accept_item(ITEM, "", country="TR")
    hear(centre, here)
    assert standing(here) == {old: "open"}
    with centre.database.transaction() as conn:
        assert items.goes_to(conn, ITEM) == ""
