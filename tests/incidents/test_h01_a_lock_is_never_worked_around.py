"""H-01: a storage lock was not released; the counter worked on stale data and took the same cash twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.news import RemittanceNews
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage import engine, vault
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, MANAGER, Stand, press
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def locked(stand: Stand) -> Iterator[Stand]:
    """Another connection holds the database for itself; the desk waits for it only a moment."""
    key = vault.secret(FileVault(stand.books.folder), vault.DATABASE)
    stranger = engine.driver(stand.books.folder / "desk.db", key)
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    stranger.execute("BEGIN IMMEDIATE")
    stand.books._desk.connection.exec_driver_sql("PRAGMA busy_timeout=10")
    yield stand
    stranger.execute("ROLLBACK")
    stranger.close()


def test_while_the_storage_is_held_nothing_is_paid_moved_or_closed(locked: Stand) -> None:
    before, till = locked.records(), locked.till_qapik()
    for act in (
        lambda: locked.pay(60),
        lambda: locked.desk.tills.move(CLERK, "to_safe", "drop", {1_000: 1}),
        lambda: locked.desk.tills.issue(MANAGER, "2002-2", "safe", {10_000: 1}),
        lambda: locked.desk.tills.close(CLERK, {1_000: 20}),
        lambda: locked.desk.reports.close_day(MANAGER, press),
    ):
        with pytest.raises(Trouble, match="G-061"):
            act()
    assert (locked.records(), locked.till_qapik()) == (before, till)
    assert locked.desk.baskets.current() is not None
    assert locked.desk.days.current().state == "open"


def test_of_two_hands_that_accept_one_bag_exactly_one_wins(stand: Stand) -> None:
    for number in range(20):
        bag = RemittanceNews(
            remittance=f"bag-{number}", from_desk="2002-2", to_desk="2002-1", amount_qapik=10_000,
            pieces={"10000": 1}, at_ms=stand.clock.utc_ms(),
        )  # fmt: skip
        stand.books.store_news([piece(900 + number, "remittance", bag)], 1)

        def accept(name: str = f"bag-{number}") -> str:
            try:
                stand.desk.tills.accept(CLERK, name, {10_000: 1})
            except Refused as refused:
                return refused.code
            return "taken"

        with ThreadPoolExecutor(2) as hands:
            answers = sorted(hand.result() for hand in [hands.submit(accept), hands.submit(accept)])
        assert answers == ["C-026", "taken"]
    assert len(stand.bodies(ops.RemittanceAccepted)) == 20
    assert stand.till_qapik() == 20_000 + 20 * 10_000
