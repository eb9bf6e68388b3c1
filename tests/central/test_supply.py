"""Numbers fill up by themselves: a desk on line is kept at its stock, also after its machine was replaced."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.intake import salvaging
from azpost_desk.central.registry import branches, enrolment, founding, supply
from azpost_desk.central.registry.supply import Stock
from azpost_desk.central.storage.database import connect
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.protocol.old_chains import OwnRecords
from tests.central.desks import SimDesk

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock

DAY_MS = 86_400_000


@pytest.fixture
def kept(centre: Centre) -> None:
    """Desk 2002-1 is kept at a small stock."""
    with centre.database.transaction() as conn:
        supply.keep(conn, "2002-1", Stock(codes=6, prefix="EE", items=4))


def codes(desk: SimDesk) -> list[str]:
    return [code for one in desk.told("codes") for code in one.get("transfer_codes", ())]


def ranges(desk: SimDesk) -> list[tuple[int, int]]:
    told = desk.told("codes")
    return [(one["item_first"], one["item_last"]) for one in told if one.get("item_prefix")]


def exchange(desk: SimDesk, centre: Centre) -> None:
    """Until the desk has heard what the centre made of its records."""
    desk.exchange()
    centre.settle()
    desk.exchange()


def series(desk: SimDesk) -> int:
    assert desk.enrolled
    return desk.enrolled.receipt_series


@pytest.mark.usefixtures("kept")
def test_what_is_used_is_filled_up_again_and_a_new_machine_begins_with_a_full_stock(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    desk = enrolled("2002-1")
    exchange(desk, centre)
    assert (len(codes(desk)), ranges(desk)) == (6, [(1, 4)])
    for code in codes(desk)[:2]:
        desk.send(code)
    desk.accept_item(item_number("EE", 1), "AZ1010")
    exchange(desk, centre)
    # More than half is left: nothing comes.
    assert (len(codes(desk)), ranges(desk)) == (6, [(1, 4)])
    desk.send(codes(desk)[2])
    desk.accept_item(item_number("EE", 2), "AZ1010")
    exchange(desk, centre)
    # Two items on one day: what is left lasts no three, and is made to last six.
    assert (len(codes(desk)), ranges(desk)) == (9, [(1, 4), (5, 14)])
    assert len(set(codes(desk))) == 9
    # Another's numbers change nothing here.
    other = enrolled("1010-1")
    other.accept_item(item_number("EE", 3), "AZ1010")
    exchange(other, centre)
    exchange(desk, centre)
    assert (codes(other), ranges(other), ranges(desk)) == ([], [], [(1, 4), (5, 14)])

    restored = enrolled("2002-1")
    exchange(restored, centre)
    fresh = [one for one in restored.told("codes") if one["epoch"] == 2]
    assert sum(len(one.get("transfer_codes", ())) for one in fresh) == 6
    assert [(one["item_first"], one["item_last"]) for one in fresh if one.get("item_prefix")] == [(15, 26)]


def test_item_numbers_are_filled_up_at_a_fifth_or_at_three_days_use_whichever_is_more(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    with centre.database.transaction() as conn:
        supply.keep(conn, "2002-1", Stock(codes=6, prefix="EE", items=20))
        supply.keep(conn, "1010-1", Stock(codes=6, prefix="EE", items=20))
    quiet, busy = enrolled("2002-1"), enrolled("1010-1")
    for desk in (quiet, busy):
        exchange(desk, centre)
    assert (ranges(quiet), ranges(busy)) == ([(1, 20)], [(21, 40)])

    def accept(desk: SimDesk, *serials: int) -> None:
        for serial in serials:
            desk.accept_item(item_number("EE", serial), "AZ1010")

    # One a day: the fifth is more than three days' use.
    for serial in range(1, 16):
        accept(quiet, serial)
        clock.now_ms += DAY_MS
    exchange(quiet, centre)
    assert ranges(quiet) == [(1, 20)]
    accept(quiet, 16)
    exchange(quiet, centre)
    assert ranges(quiet) == [(1, 20), (41, 56)]

    # Four a day: with eleven left the next three days are not safe; a morning's one item changes nothing.
    accept(busy, *range(21, 25))
    clock.now_ms += DAY_MS
    accept(busy, *range(25, 29))
    exchange(busy, centre)
    assert ranges(busy) == [(21, 40)]
    clock.now_ms += DAY_MS
    accept(busy, 29)
    exchange(busy, centre)
    assert ranges(busy) == [(21, 40), (57, 69)]
    with centre.database.transaction() as conn:
        last = conn.execute(
            "select first, next - 1 from item_ranges where desk in ('2002-1', '1010-1') order by first"
        ).fetchall()
    # The last use of each range.
    assert last == [(1, 16), (21, 29), (41, 40), (57, 56)]
    # What a desk used is forgotten after four weeks: days long ago say nothing of today.
    clock.now_ms += 28 * DAY_MS
    accept(busy, 30)
    exchange(busy, centre)
    with centre.database.transaction() as conn:
        assert conn.execute("select used from number_use where desk = '1010-1'").fetchall() == [(1,)]


@pytest.mark.usefixtures("kept")
def test_every_product_that_a_desk_was_given_numbers_for_is_filled_up_from_its_own_range(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    desk = enrolled("2002-1")
    with centre.database.transaction() as conn:
        assert branches.give_range(conn, "2002-1", "CP", 4, clock.utc_ms()) == (1, 4)
    desk.accept_item(item_number("CP", 1), "AZ1010")
    desk.accept_item(item_number("CP", 2), "AZ1010")
    exchange(desk, centre)

    def parcels(one: SimDesk) -> list[tuple[int, int, int]]:
        told = [told for told in one.told("codes") if told.get("item_prefix") == "CP"]
        return [(told["epoch"], told["item_first"], told["item_last"]) for told in told]

    assert parcels(desk) == [(1, 1, 4), (1, 5, 14)]
    # A new machine continues no old range, of no product.
    restored = enrolled("2002-1")
    exchange(restored, centre)
    assert parcels(restored)[-1] == (2, 15, 26)


def test_labels_printed_beforehand_are_told_to_who_may_use_them_and_are_no_stock(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    desk, beside, elsewhere = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")
    with centre.database.transaction() as conn:
        supply.keep(conn, "2002-1", Stock(codes=0, prefix="EE", items=20))
        assert branches.give_range(conn, "2002-1", "EE", 100, clock.utc_ms(), "roll") == (1, 100)
        assert branches.give_range(conn, "2002-1", "EZ", 100, clock.utc_ms(), "reserve") == (1, 100)
        supply.fill(conn, "2002-1", clock.utc_ms())

    def told(one: SimDesk) -> list[tuple[str, int, int, str]]:
        exchange(one, centre)
        return [
            (told["item_prefix"], told["item_first"], told["item_last"], told.get("item_sort", ""))
            for told in one.told("codes")
            if told.get("item_prefix")
        ]

    reserve = ("EZ", 1, 100, "reserve")
    mine = [("EE", 1, 100, "roll"), reserve, ("EE", 101, 120, "")]
    assert (told(desk), told(beside), told(elsewhere)) == (mine, [reserve], [])
    # In whatever order they come off the roll, and at whatever desk of the branch.
    desk.accept_item(item_number("EE", 40), "AZ1010")
    desk.accept_item(item_number("EE", 7), "AZ1010")
    beside.accept_item(item_number("EZ", 3), "AZ1010")
    elsewhere.accept_item(item_number("EZ", 90), "AZ1010")
    assert (told(elsewhere), told(beside), told(desk)) == ([], [reserve], mine)
    with centre.database.transaction() as conn:
        last = conn.execute("select prefix, first, next - 1 from item_ranges order by prefix, first")
        assert last.fetchall() == [("EE", 1, 40), ("EE", 101, 100), ("EZ", 1, 3)]
        assert conn.execute("select from number_use").fetchall() == []


@pytest.mark.usefixtures("kept")
def test_an_indicator_without_numbers_keeps_nobody_from_working(
    centre: Centre, enrolled: Callable[[str], SimDesk]
) -> None:
    with centre.database.transaction() as conn:
        conn.execute(
            "insert into item_ranges (prefix, first, last, desk, epoch, next)"
            " values ('EE', 1, 99999998, '1010-1', 1, 1)"
        )
    desk = enrolled("2002-1")
    centre.settle()
    desk.exchange()
    assert (len(codes(desk)), ranges(desk)) == (6, [])


def test_after_a_restore_no_number_is_given_again_that_the_lost_hours_gave(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    enrolled("2002-1")
    last = series(enrolled("1010-1"))
    with centre.database.transaction() as conn:
        branches.give_range(conn, "2002-1", "EE", 500, clock.utc_ms())
    # As the database stood then, the next ones are those that another desk was given in the hours it forgot.
    forgotten = {("EE", 501), ("EM", 1)}
    with centre.database.transaction() as conn:
        founding.new_epoch(conn, clock.utc_ms())
        given = {
            (prefix, branches.give_range(conn, "1010-1", prefix, 500, clock.utc_ms())[0])
            for prefix in ("EE", "EM")
        }
        more = branches.give_range(conn, "1010-1", "EE", 500, clock.utc_ms())
    assert not given & forgotten
    assert given == {("EE", 1_000_501), ("EM", 1_000_001)}
    # Skipped once, and in their order again.
    assert more == (1_001_001, 1_001_500)
    # A desk enrolled in those hours prints receipts of its series still.
    assert series(enrolled("1010-1")) == last + 1_001


def test_a_code_that_the_lost_hours_gave_a_desk_is_its_own_and_nobody_elses(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    with centre.database.transaction() as conn:
        known = branches.give_codes(conn, "2002-1", 3, clock.utc_ms())
        lost = branches.give_codes(conn, "2002-1", 4, clock.utc_ms())
    # As the database stood before them.
    with centre.database.transaction() as conn:
        conn.execute("delete from transfer_codes where code = any(%s)", (list(lost),))
        founding.new_epoch(conn, clock.utc_ms())
        since = branches.give_codes(conn, "2002-1", 7, clock.utc_ms())
    assert not {*known, *lost} & {*since}
    taken = {
        "known": here.send(known[0]),
        "lost": here.send(lost[0]),
        "lost too": here.send(lost[3]),
        "since": here.send(since[0]),
        "another's": there.send(lost[1]),
        "invented": here.send("1234567897"),
    }
    here.exchange()
    there.exchange()
    centre.settle()
    with centre.database.transaction() as conn:
        states = dict(conn.execute("select transfer, state from transfers").fetchall())
        strange = {
            row[0] for row in conn.execute("select about from exceptions where reason = 'strange_code'")
        }
        used = conn.execute("select code from transfer_codes where used").fetchall()
    assert {what for what, transfer in taken.items() if states[transfer] == "held"} == {
        "another's",
        "invented",
    }
    assert strange == {taken["another's"], taken["invented"]}
    assert {code for (code,) in used} == {known[0], lost[0], lost[3], since[0]}


@pytest.mark.usefixtures("kept")
def test_a_machine_is_enrolled_while_numbers_are_given_without_holding_its_desk(
    centre: Centre, postgres: str, clock: ManualClock
) -> None:
    with centre.database.transaction() as conn:
        code = enrolment.enrolment_code(conn, "2002-1", clock.utc_ms())
    ours = SimDesk(centre.url, clock)
    machine = threading.Thread(target=ours.enrol, args=(code,))
    # The projector gives numbers first, then touches the desk's row.
    with connect(postgres) as projector, connect(postgres) as looking:
        with projector.transaction():
            branches.lock_ranges(projector, "EE")
            machine.start()
            waits = "select from pg_locks where locktype = 'advisory' and not granted"
            while looking.execute(waits).fetchone() is None:
                assert machine.is_alive()
            projector.execute("select from desks where desk = '2002-1' for update nowait")
        machine.join()
    assert series(ours)


def test_after_a_restore_no_machine_gets_the_number_of_one_that_the_lost_hours_enrolled(
    centre: Centre, enrolled: Callable[[str], SimDesk], clock: ManualClock
) -> None:
    first = enrolled("2002-1")
    first.sell()
    first.exchange()
    centre.settle()
    with centre.database.transaction() as conn:
        founding.new_epoch(conn, clock.utc_ms())
    # In the lost hours 2002-1 may have been epoch 2, and 1010-2 epoch 1.
    second, other, third = enrolled("2002-1"), enrolled("1010-2"), enrolled("2002-1")
    told = [desk.enrolled for desk in (second, other, third) if desk.enrolled]
    assert [(one.epoch, one.previous_epoch) for one in told] == [(12, 1), (11, 0), (13, 12)]
    assert (told[0].previous_sequence, told[0].previous_hash) == (2, first.books[-1].record.hash.hex())
    for desk in (other, third):
        desk.sell()
        desk.exchange()
    centre.settle()
    # Nothing stands under the numbers that were passed over, and a new machine that asks is told so.
    with centre.database.transaction() as conn:
        heads = {
            epoch: page.head if page else None
            for epoch in (0, 1, 2, 11, 14)
            for page in [salvaging.own_records(conn, "2002-1", OwnRecords(version=1, epoch=epoch, after=0))]
        }
    assert heads == {0: None, 1: 2, 2: 0, 11: 0, 14: None}
