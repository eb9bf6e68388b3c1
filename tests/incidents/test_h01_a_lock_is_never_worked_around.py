"""H-01: a storage lock was not released; the counter worked on stale data and took the same cash twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.news import RemittanceNews
from azpost_desk.services.counter import Counter
from azpost_desk.services.desk import desk_services
from azpost_desk.services.goods import SellGoods
from azpost_desk.storage import engine, vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.services.counters import CLERK, MANAGER, PlainHasher, Stand, press
from tests.storage.desks import piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.services.tills import Tills


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


def test_over_two_connections_one_remittance_is_accepted_once(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs on one file, as the lock of the desk never lets happen: the file itself says no."""
    monkeypatch.setattr("azpost_desk.storage.books.DeskLock", Unlocked)
    folder = stand.books.folder
    second = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    other = desk_services(Counter(second, stand.clock, stand.line), PlainHasher(), press)
    for number in range(20):
        bag = announced(stand, f"bag-{number}", 900 + number)

        def accept(tills: Tills, name: str = bag) -> str:
            try:
                tills.accept(CLERK, name, {10_000: 1})
            except Refused as refused:
                return refused.code
            return "taken"

        with ThreadPoolExecutor(2) as hands:
            tried = [hands.submit(accept, tills) for tills in (stand.desk.tills, other.tills)]
            assert sorted(hand.result() for hand in tried) == ["C-026", "taken"]
    second._desk.connection.close()
    assert len(stand.bodies(ops.RemittanceAccepted)) == 20
    assert stand.till_qapik() == 20_000 + 20 * 10_000


def test_on_stale_data_nothing_is_closed_issued_or_accepted(stand: Stand) -> None:
    """An older copy of the file was put back: the desk looks at it and does nothing with it."""
    folder = stand.books.folder
    announced(stand, "bag", 900)
    stand.books.close()
    old = (folder / "desk.db").read_bytes()
    stand.books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    desk = desk_services(Counter(stand.books, stand.clock, stand.line), PlainHasher(), press)
    desk.tills.issue(MANAGER, "2002-2", "safe", {10_000: 1})
    stand.books.close()
    newest = (folder / "desk.db").read_bytes()
    (folder / "desk.db").write_bytes(old)
    stale = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert stale.stopped() == "behind"
    desk = desk_services(Counter(stale, stand.clock, stand.line), PlainHasher(), press)
    for act in (
        lambda: desk.tills.close(CLERK, {1_000: 20}),
        lambda: desk.tills.issue(MANAGER, "2002-2", "safe", {10_000: 1}),
        lambda: desk.tills.move(CLERK, "to_safe", "drop", {1_000: 1}),
        lambda: desk.tills.accept(CLERK, "bag", {10_000: 1}),
    ):
        with pytest.raises(Trouble, match="G-060"):
            act()
    stale.close()
    (folder / "desk.db").write_bytes(newest)
    stand.books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))


def announced(stand: Stand, name: str, position: int) -> str:
    """Cash on its way to this desk."""
    bag = RemittanceNews(
        remittance=name, from_desk="2002-2", to_desk="2002-1", amount_qapik=10_000, pieces={"10000": 1},
        at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(position, "remittance", bag)], 1)
    return name


class Unlocked:
    """A desk lock that holds nobody back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def release(self) -> None:
        """Nothing was held."""


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
