"""What a screen asks of this desk as a whole, from the morning to the count: one answer, read in one look."""

from __future__ import annotations

from azpost_desk.domain.money import azn
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers_today import transfers_today
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, Stand
from tests.storage.desks import DATE

CLOSED = "C-001"


def test_before_the_day_nothing_is_open_and_each_screen_is_told_why(morning: Stand) -> None:
    desk = morning.desk
    assert not desk.standing.is_selling()
    left = desk.standing.left_open()
    assert (left.basket, left.till) == (None, False)
    glance = desk.standing.at_a_glance()
    assert (glance.till, glance.date, glance.last_receipt, glance.is_counted) == (None, "", "", False)
    now = desk.standing.till()
    assert (now.proposed, now.holder, now.is_held) == (DATE, "", False)
    bills, transfers = desk.payments.today(CLERK), transfers_today(desk.counter, CLERK)
    assert bills.blocked is not None
    assert transfers.blocked is not None
    assert (bills.blocked.code, transfers.blocked.code) == (CLOSED, CLOSED)
    assert (bills.groups, transfers.offices.offices, desk.transfers.sent_today()) == ((), (), [])


def test_at_work_the_figures_are_those_of_the_books_until_a_count_hides_them(stand: Stand) -> None:
    desk = stand.desk
    assert desk.standing.is_selling()
    now, cash, glance = desk.standing.till(), desk.standing.cash(CLERK), desk.standing.at_a_glance()
    assert (now.till.balance, now.safe, now.holder) == (azn(20_000), azn(80_000), CLERK.name)
    assert now.others == (("2002-2", 2),)
    assert (glance.till, glance.limit, glance.date) == (azn(20_000), now.limit, DATE)
    assert (glance.holds_safe, cash.holds_safe, cash.names[CLERK.officer]) == (True, True, CLERK.name)
    assert glance.codes_left > 0
    assert desk.payments.today(CLERK).groups == tuple(desk.payments.groups())
    blocked = transfers_today(desk.counter, OTHER_CLERK).blocked
    assert blocked is not None
    assert (blocked.code, blocked.facts) == ("C-011", {"holder": CLERK.name})
    assert transfers_today(desk.counter, CLERK).offices.offices
    desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    left = desk.standing.left_open()
    assert left.basket is not None
    assert (len(left.basket.lines), left.till) == (1, True)
    stand.pay(300)
    assert desk.standing.left_open().basket is None
    assert desk.standing.at_a_glance().last_receipt
    desk.tills.close(CLERK, {1_000: 20, 100: 2, 50: 1})
    assert not desk.standing.is_selling()
    [short] = desk.standing.cash(CLERK).shortages
    assert (short.missing, desk.standing.cash(MANAGER).shortages) == (azn(50), ())
    assert desk.standing.check_books().is_sound


def test_an_item_is_known_by_its_events_and_the_names_of_their_offices(stand: Stand) -> None:
    known = stand.desk.tracking.known("RR123456785AZ")
    assert (known.events, known.expected) == ((), False)
    assert known.offices["2002"]
