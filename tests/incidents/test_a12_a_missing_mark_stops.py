"""A-12: without its mark no rolled-back database sells; one that cannot be kept stops before the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Trouble
from azpost_desk.services.counter import Counter
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, MANAGER, PlainHasher, press
from tests.storage.desks import acknowledge

if TYPE_CHECKING:
    from tests.services.counters import Stand


@pytest.mark.parametrize("left", [None, "", "{", '{"epoch":"1"}'])
def test_a_desk_whose_mark_is_missing_or_cannot_be_read_is_only_looked_at(
    stand: Stand, left: str | None
) -> None:
    folder = stand.books.folder
    stand.books.close()
    mark = folder / "keys" / "mark"
    whole = mark.read_text("ascii")
    mark.unlink()
    if left is not None:
        mark.write_text(left, "ascii")
    found = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert found.stopped() == "mark"
    desk = desk_services(Counter(found, stand.clock, stand.line), PlainHasher(), press)
    desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    basket = desk.baskets.current()
    assert basket is not None
    with pytest.raises(Trouble, match="G-060") as stopped:
        desk.baskets.pay(CLERK, basket.basket, azn(60))
    assert stopped.value.facts["reason"] == "mark"
    found.close()
    # Looking wrote no new one: what was missing is missing at the next start too.
    assert (mark.read_text("ascii") if mark.exists() else None) == left
    mark.write_text(whole, "ascii")
    stand.books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))


def test_keys_that_cannot_be_written_stop_the_close_of_the_day_and_an_acknowledgement_before_the_commit(
    stand: Stand,
) -> None:
    # A folder stands in the way of every file that is written beside: root may write everything else.
    in_the_way = stand.books.folder / "keys" / "probe.new"
    in_the_way.mkdir()
    stand.desk.tills.close(CLERK, {1_000: 20})
    before = stand.books.head()
    with pytest.raises(Trouble, match="G-088"):
        stand.desk.reports.close_day(MANAGER, stand.desk.press)
    with pytest.raises(Trouble, match="G-088"):
        acknowledge(stand.books, stand.clock.utc_ms())
    assert (stand.books.head(), stand.books.last_ack()) == (before, None)
    with stand.books.reading() as books:
        assert books.day().state == "open"
    in_the_way.rmdir()
    stand.desk.reports.close_day(MANAGER, stand.desk.press)
    acknowledge(stand.books, stand.clock.utc_ms())


def test_a_program_ends_and_lets_the_next_one_in_whatever_its_keys_take(stand: Stand) -> None:
    in_the_way = stand.books.folder / "keys" / "mark.new"
    in_the_way.mkdir()
    stand.books.close()
    in_the_way.rmdir()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    assert stand.books.stopped() == ""
    assert not stand.books.ended_badly()
