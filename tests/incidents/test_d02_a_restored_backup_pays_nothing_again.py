"""D-02: a backup is restored and the old epoch's reserved transfers come up again: refused."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.storage.books import DATABASE, DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.stories.machines import copied, dies, replaced, supplied
from tests.stories.town import ORXAN, Seat

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Town


def set_back(seat: Seat, backup: Path) -> None:
    """Somebody copies yesterday's file over today's."""
    for ending in ("", "-wal", "-shm"):
        (seat.folder / f"{DATABASE}{ending}").unlink(missing_ok=True)
    shutil.copyfile(backup, seat.folder / DATABASE)


def test_what_was_held_before_the_restore_is_not_paid_after_it(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path
) -> None:
    paid, held = ganja.send_money(25_000), ganja.send_money(9_000)
    ganja.sync()
    first, second = baku.ask_for(paid.code), baku.ask_for(held.code, 9_000)
    baku.sync()
    backup, _ = copied(baku, tmp_path / "yesterday.db")
    baku.transfers.plan_payout(first.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.sync()
    dies(baku)
    set_back(baku, backup)

    baku.reopen()
    assert baku.books.stopped() == "behind"
    with baku.books.writing() as books, pytest.raises(Trouble, match="G-060"):
        books.append(ops.DayOpened(date="2026-12-01"), actor="1", operation="x")
    baku.close()

    fresh, done = replaced(place, "1010-1", baku.folder)
    assert (done.epoch, done.aside) == (2, None)
    supplied(place, fresh)
    for claimed in (first, second):
        with pytest.raises(Refused, match="T-020"):
            fresh.transfers.plan_payout(claimed.grant, ORXAN, fresh.clerk)
    assert (place.state(paid.transfer), place.state(held.transfer)) == ("paid", "in_doubt")
    with pytest.raises(Refused, match="T-014"):
        fresh.ask_for(paid.code)
    with pytest.raises(Refused, match="T-015"):
        fresh.ask_for(held.code, 9_000)


def test_a_copied_machine_uses_no_grant_before_its_head_was_compared(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path
) -> None:
    sent = ganja.send_money(25_000)
    ganja.sync()
    held = baku.ask_for(sent.code)
    baku.sync()
    baku.kill()
    shutil.copytree(baku.folder, tmp_path / "twin")
    baku.reopen()
    books = DeskBooks.open(tmp_path / "twin", place.clock, keep=FileVault(tmp_path / "twin"))
    twin = Seat(place, books, place.clock)
    twin.road.down()
    twin.transfers.plan_payout(held.grant, ORXAN, twin.clerk)
    with pytest.raises(Refused, match="G-072"):
        twin.pay()
    # The machine itself has not moved: it pays, off line too.
    baku.go_offline()
    baku.transfers.plan_payout(held.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.go_online()
    # The twin hears that its chain has gone on elsewhere, and stops for good.
    twin.road.up()
    twin.line._step()
    assert twin.line.state().stopped == "L-006"
    with pytest.raises(Trouble, match="L-006"):
        twin.pay()
    twin.close()


def test_books_that_moved_with_their_machine_pay_as_soon_as_the_centre_has_compared_them(
    place: Town, ganja: Seat, baku: Seat, tmp_path: Path
) -> None:
    sent = ganja.send_money(25_000)
    ganja.sync()
    held = baku.ask_for(sent.code)
    baku.sync()
    dies(baku)
    baku.folder.rename(tmp_path / "new disk")
    books = DeskBooks.open(tmp_path / "new disk", place.clock, keep=FileVault(tmp_path / "new disk"))
    moved = Seat(place, books, place.clock)
    place.seats.append(moved)
    moved.transfers.plan_payout(held.grant, ORXAN, moved.clerk)
    with pytest.raises(Refused, match="G-072"):
        moved.pay()
    moved.sync()
    moved.pay()
    moved.sync()
    assert place.state(sent.transfer) == "paid"
