"""D-03: the centre's database is restored to a point before a grant: nothing is granted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from azpost_desk.central.registry import founding
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.refusals import Refused
from tests.stories.machines import dies, replaced, supplied
from tests.stories.town import GANJA, ORXAN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stories.town import Seat, Town


def copied_to(dsn: str, source: str, target: str) -> None:
    """A database as it is on the disk at this moment, file by file."""
    with psycopg.connect(dsn, dbname="postgres", autocommit=True) as conn:
        conn.execute(f'drop database if exists "{target}" with (force)'.encode())
        conn.execute(f'create database "{target}" template "{source}"'.encode())


def with_centre_stopped(place: Town, act: Callable[[], None]) -> None:
    place.centre.stop()
    act()
    host, _, port = place.centre.start().removeprefix("http://").partition(":")
    for line in (place.line, *(seat.road for seat in place.seats)):
        line.upstream = (host, int(port))


@pytest.fixture
def snapshot(place: Town) -> tuple[Callable[[], None], Callable[[], None]]:
    """(keep the database as it is, restore it to that point under a new centre epoch)."""
    name = psycopg.conninfo.conninfo_to_dict(place.dsn)["dbname"]
    kept = f"{name}_kept"

    def keep() -> None:
        with_centre_stopped(place, lambda: copied_to(place.dsn, str(name), kept))

    def restore() -> None:
        def back() -> None:
            copied_to(place.dsn, kept, str(name))
            with connect(place.dsn) as conn:
                founding.new_epoch(conn, place.clock.utc_ms())

        with_centre_stopped(place, back)

    return keep, restore


def test_nothing_is_granted_again_before_every_desk_that_could_hold_it_has_spoken(
    place: Town, ganja: Seat, baku: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    second = place.seat(f"{GANJA}-2", float_qapik=0)
    keep, restore = snapshot
    sent = ganja.send_money(25_000)
    ganja.sync()
    keep()
    held = baku.ask_for(sent.code)
    baku.sync()
    baku.go_offline()
    assert place.state(sent.transfer) == "reserved"
    restore()
    assert place.state(sent.transfer) == "available"
    for seat in (ganja, second):
        seat.sync()
    (begun,) = {seat.books.identity().centre_epoch for seat in (ganja, second)}
    assert begun > baku.books.identity().centre_epoch
    # Two of three desks have spoken: the third may hold it, so nobody gets it.
    with pytest.raises(Refused, match="T-016"):
        ganja.ask_for(sent.code)
    # The holder pays off line meanwhile, as it may, and shows its grant with its records.
    baku.transfers.plan_payout(held.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.go_online()
    assert place.state(sent.transfer) == "paid"
    with pytest.raises(Refused, match="T-014"):
        ganja.ask_for(sent.code)


def test_what_is_sent_after_the_restore_is_new_and_waits_for_nobody(
    place: Town, ganja: Seat, baku: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    keep, restore = snapshot
    keep()
    baku.go_offline()
    restore()
    ganja.sync()
    sent = ganja.send_money(5_000)
    ganja.sync()
    ganja.pay_out(sent.code, 5_000)
    ganja.sync()
    assert place.state(sent.transfer) == "paid"
    baku.go_online()


def test_a_desk_declared_lost_is_waited_for_no_longer(
    place: Town, ganja: Seat, baku: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    keep, restore = snapshot
    sent = ganja.send_money(25_000)
    ganja.sync()
    keep()
    dies(baku)
    restore()
    ganja.sync()
    with pytest.raises(Refused, match="T-016"):
        ganja.ask_for(sent.code)
    from tests.incidents.test_d05_a_desk_burns_with_its_grants import declared_lost

    assert declared_lost(place, "1010-1") == []
    ganja.pay_out(sent.code)
    ganja.sync()
    assert place.state(sent.transfer) == "paid"


def test_a_machine_after_the_restore_has_its_whole_past_beyond_the_numbers_passed_over(
    place: Town, baku: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]], tmp_path: Path
) -> None:
    keep, restore = snapshot
    baku.take_bill(2_000)
    baku.sync()
    keep()
    restore()
    baku.sync()
    past = place.holds("1010-1", [1])
    dies(baku)
    fresh, done = replaced(place, "1010-1", tmp_path / "new machine")
    assert (done.epoch, done.contested) == (12, False)
    assert {key: digest for key, digest in fresh.holds().items() if key[0] == 1} == past
    supplied(place, fresh)
    fresh.take_bill(700)
    fresh.sync()
