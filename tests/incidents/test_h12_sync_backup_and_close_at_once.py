"""H-12: the end-of-day job and the roll-over collided; one write was lost without a word."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.reports import day_figures
from azpost_desk.storage import engine, vault
from azpost_desk.storage.checking import check_books
from azpost_desk.storage.vault import FileVault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town

SALES = 60
WAIT_S = 60


class Copier(threading.Thread):
    """Copies the open database again and again, as a backup beside the running desk does."""

    def __init__(self, seat: Seat, folder: Path) -> None:
        super().__init__()
        self.key = vault.secret(FileVault(seat.folder), vault.DATABASE)
        self.source = engine.driver(seat.folder / "desk.db", self.key, read_only=True)
        self.folder, self.copies, self.enough = folder, [], threading.Event()  # type: ignore[var-annotated]

    def run(self) -> None:
        while not self.enough.is_set():
            path = self.folder / f"copy-{len(self.copies)}.db"
            copy = engine.driver(path, self.key)
            copy.execute("PRAGMA synchronous=OFF")
            self.source.backup(copy)
            copy.close()
            self.copies.append(path)
        self.source.close()


def sell(seat: Seat, is_open: threading.Event, sold: list[str], failed: list[str]) -> None:
    """What the clerk is told: a receipt, or that it did not work; a stranger holds the file now and then.

    A sale that met a closed till is tried again: however fast they are, so many meet the stranger.
    """
    stranger = engine.driver(seat.folder / "desk.db", vault.secret(FileVault(seat.folder), vault.DATABASE))
    number = 0
    while number < SALES:
        assert is_open.wait(WAIT_S)
        blocked = number % 10 == 9
        try:
            if seat.services.baskets.current() is None:
                seat.services.shop.sell(SellGoods("S060", 1), seat.clerk)
            if blocked:
                stranger.execute("BEGIN IMMEDIATE")
            sold.append(seat.pay(60).receipt)
        except (Trouble, Refused) as told:
            failed.append(told.code)
            number += told.code != "C-010"
        else:
            number += 1
        finally:
            if blocked and stranger.in_transaction:
                stranger.execute("ROLLBACK")
    stranger.close()


def test_nothing_is_lost_and_every_write_that_failed_is_told(
    place: Town, ganja: Seat, tmp_path: Path
) -> None:
    ganja.services.tills.stock(ganja.clerk, "S060", 1_000, "N-1")
    # Long enough for the line's and the backup's own turns, too short for somebody who holds the file.
    ganja.books._desk.connection.exec_driver_sql("PRAGMA busy_timeout=200")
    copier = Copier(ganja, tmp_path)
    ganja.line.start()
    copier.start()
    sold: list[str] = []
    failed: list[str] = []
    is_open = threading.Event()
    is_open.set()
    seller = threading.Thread(target=sell, args=(ganja, is_open, sold, failed))
    seller.start()
    closes = 0
    while seller.is_alive():
        ganja.line.wake()
        # The close of the till comes between the sales as often as it can; then somebody opens it again.
        is_open.clear()
        with suppress(Refused, Trouble):
            ganja.services.tills.close(ganja.clerk, {1: ganja.till_qapik()})
            closes += 1
        with suppress(Refused, Trouble):
            ganja.services.tills.open(ganja.clerk)
        is_open.set()
        seller.join(0.01)
    copier.enough.set()
    copier.join()
    ganja.line.stop()
    assert "G-061" in failed
    assert set(failed) <= {"G-061", "C-010", "B-005"}
    with ganja.books.reading() as look:
        entries = look.entries(look.day().number, limit=10_000)
        settled = [entry.body.receipt for entry in entries if isinstance(entry.body, ops.Settlement)]
        by_ledger, by_bodies, _ = day_figures(look, look.day().number)
    assert sorted(settled) == sorted(sold)
    assert by_ledger == by_bodies
    assert closes > 0
    assert copier.copies
    with ganja.books.reading() as look:
        whole = [record.hash for record, _ in look.records()]
    for path in (copier.copies[0], copier.copies[-1]):
        copy = engine.connect(path, copier.key, read_only=True)
        assert [one for verdict in check_books(copy) for one in verdict.broken] == []
        hashes = [row[0] for row in copy.exec_driver_sql("SELECT hash FROM journal ORDER BY id")]
        assert hashes == whole[: len(hashes)]
        copy.close()
    if ganja.services.baskets.current() is not None:
        ganja.services.baskets.hand_over(ganja.supervisor, None)
    ganja._connect()
