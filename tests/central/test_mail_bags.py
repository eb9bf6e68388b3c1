"""Inland bags at the centre: told to both offices, looked for when late, nobody else's to write of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from azpost_desk.central.mail import bags
from azpost_desk.central.registry import branches
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.bags import ROAD_HOURS, bag_number
from tests.central.test_news import hear, last_operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]

NUMBER = bag_number(2002, 1, 1)
ITEMS = tuple(item_number("EE", 800_000 + serial) for serial in range(3))
HOUR_MS = 3_600_000


def begin(desk: SimDesk, to: str = "1010", number: str = NUMBER) -> str:
    """A bag this desk begins; its id."""
    desk.append(ops.MailBagBegun(number=number, to_office=to))
    return last_operation(desk)


def close(
    desk: SimDesk, bag: str, version: int = 1, seal: str = "S-1", items: tuple[str, ...] = ITEMS
) -> None:
    closed = ops.MailBagClosed(
        bag=bag, version=version, numbers=items, counted=len(items), grams=900, seal=seal, typed=True
    )
    desk.append(closed)


def told(desk: SimDesk) -> list[tuple[str, int]]:
    return [(one["state"], one["version"]) for one in desk.told("mail.bag")]


def listed(centre: Centre) -> list[Any]:
    with centre.database.transaction() as conn:
        return conn.execute(
            "select owner, reason, about, due, ended_ms > 0 from exceptions order by exception"
        ).fetchall()


def test_a_bag_is_told_to_the_desks_of_both_its_offices_and_to_a_machine_that_begins(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, beside, there = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")
    bag = begin(here)
    close(here, bag)
    hear(centre, here, beside, there)
    # Another desk of the office opens it again; who closed it hears so.
    beside.append(ops.MailBagReopened(bag=bag, version=2, reason="forgotten"))
    hear(centre, beside, here, there)
    close(here, bag, 2, "S-2", ITEMS[:2])
    here.append(ops.MailBagHandedOver(bag=bag, version=2))
    hear(centre, here, beside, there)
    way = [("open", 1), ("sealed", 1), ("open", 2), ("sealed", 2), ("gone", 2)]
    assert told(here) == told(beside) == told(there) == way
    last = there.told("mail.bag")[-1]
    assert (last["number"], last["from_office"], last["to_office"]) == (NUMBER, "2002", "1010")
    assert (last["numbers"], last["seal"], last["grams"], last["typed"]) == ([*ITEMS[:2]], "S-2", 900, True)
    emptied = begin(here, number=bag_number(2002, 1, 2))
    here.append(ops.MailBagGivenUp(bag=emptied))
    hear(centre, here)
    # A desk that begins hears what stands; a machine that replaces another one also what that one had heard.
    new, replaced = enrolled("1010-2"), enrolled("2002-1")
    hear(centre, new, replaced)
    assert told(new) == [("gone", 2)]
    assert new.told("mail.bag")[0]["numbers"] == [*ITEMS[:2]]
    assert told(replaced)[-1] == ("gone", 2)
    assert listed(centre) == []


def test_a_bag_on_the_road_for_too_long_is_a_task_of_somebody_once(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here = enrolled("2002-1")
    bag = begin(here)
    close(here, bag)
    here.append(ops.MailBagHandedOver(bag=bag, version=1))
    hear(centre, here)

    def look(hours: int) -> int:
        clock.now_ms += hours * HOUR_MS
        with centre.database.transaction() as conn:
            return bags.look_for_overdue(conn, clock.utc_ms())

    assert look(ROAD_HOURS - 1) == 0
    assert look(1) == 1
    [(owner, reason, about, due, ended)] = listed(centre)
    assert (owner, reason, about, ended) == ("operations", "mail_bag_overdue", f"{NUMBER} 1010", False)
    assert due > "2026-"
    assert look(24) == 0


def test_a_clock_that_is_years_early_hides_no_bag_and_no_item_that_was_found(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    years_early_ms = clock.now_ms + 36 * 365 * 24 * HOUR_MS
    bag = begin(here)
    sealed = ops.MailBagClosed(
        bag=bag, version=1, numbers=ITEMS[:2], counted=2, grams=900, seal="S-1", typed=True
    )
    here.append(sealed, recorded_ms=years_early_ms)
    here.append(ops.MailBagHandedOver(bag=bag, version=1), recorded_ms=years_early_ms)
    hear(centre, here, there)
    clock.now_ms += ROAD_HOURS * HOUR_MS
    with centre.database.transaction() as conn:
        assert bags.look_for_overdue(conn, clock.utc_ms()) == 1
    end(there, take(there, bag=bag), ())
    hear(centre, there)
    assert missed(centre) == [(f"{one} {NUMBER}", False) for one in ITEMS[:2]]
    clock.now_ms += HOUR_MS
    scan(there, ITEMS[0], "EDD")
    hear(centre, there)
    assert missed(centre) == [(f"{ITEMS[0]} {NUMBER}", True), (f"{ITEMS[1]} {NUMBER}", False)]


def test_what_two_desks_did_to_one_bag_is_a_task_and_the_bag_stays_whole(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, beside = enrolled("2002-1"), enrolled("2002-2")
    bag = begin(here)
    hear(centre, here, beside)
    close(here, bag)
    close(beside, bag, seal="S-9", items=ITEMS[:1])
    hear(centre, here, beside)
    hear(centre, here, beside)
    [(owner, reason, about, _, _)] = listed(centre)
    assert (owner, reason, about) == ("operations", "mail_bag_contradiction", f"{NUMBER} sealed")
    assert here.told("mail.bag")[-1] == beside.told("mail.bag")[-1]
    assert here.told("mail.bag")[-1]["seal"] == "S-1"


@pytest.mark.parametrize("step", ["closed", "reopened", "given_up", "handed_over"])
def test_a_desk_writes_of_bags_of_its_own_office_only(centre: Centre, enrolled: Enrolled, step: str) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    bag = begin(here)
    hear(centre, here)
    if step == "closed":
        close(there, bag)
    elif step == "reopened":
        there.append(ops.MailBagReopened(bag=bag, version=2, reason="x"))
    elif step == "given_up":
        there.append(ops.MailBagGivenUp(bag=bag))
    else:
        there.append(ops.MailBagHandedOver(bag=bag, version=1))
    there.append(ops.MailBagGivenUp(bag="no such"))
    hear(centre, there, here)
    assert [one[:2] for one in listed(centre)] == [("security", "mail_bag_elsewhere")] * 2
    assert told(here) == [("open", 1)]


def test_what_no_honest_desk_writes_of_a_bag_waits_for_a_person(
    centre: Centre, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = enrolled("2002-1")
    bag = begin(here)
    begin(here)
    begin(here, number="AZG1")
    begin(here, to="2002", number=bag_number(2002, 1, 2))
    begin(here, to="9999", number=bag_number(2002, 1, 3))
    close(here, bag, seal="№")
    close(here, bag, items=("EE1",))
    close(here, bag, items=(ITEMS[0], ITEMS[0]))
    monkeypatch.setattr(bags, "STEPS_MAX", 3)
    for version in (1, 2):
        close(here, bag, version)
        here.append(ops.MailBagReopened(bag=bag, version=version + 1, reason="x"))
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "mail_bag_strange")] * 9
    assert told(here) == [("open", 1), ("sealed", 1), ("open", 2)]


def take(desk: SimDesk, **more: str) -> str:
    """This desk takes the bag in; the arrival's id."""
    desk.append(ops.MailBagTaken(number=NUMBER, **more))  # type: ignore[arg-type]
    return last_operation(desk)


def scan(desk: SimDesk, item: str, event: str) -> str:
    office = desk.enrolled.desk.partition("-")[0]  # type: ignore[union-attr]
    desk.append(ops.ItemScanned(number=item, event=event, office=office))
    return last_operation(desk)


def end(desk: SimDesk, arrival: str, found: tuple[str, ...]) -> None:
    desk.append(ops.MailBagOpened(arrival=arrival))
    desk.append(ops.MailBagEnded(arrival=arrival, found=found))


def missed(centre: Centre) -> list[tuple[str, bool]]:
    return [(one[2], one[4]) for one in listed(centre) if one[1] == "mail_bag_missing"]


@pytest.mark.parametrize("is_quicker", [False, True])
def test_what_was_not_in_a_bag_is_a_task_each_until_somebody_scans_it(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, is_quicker: bool
) -> None:
    """In whatever order the centre hears of it, the sender's side or the hub's first."""
    here, there, second = enrolled("2002-1"), enrolled("1010-1"), enrolled("1010-2")
    bag = begin(here)
    close(here, bag)
    here.append(ops.MailBagHandedOver(bag=bag, version=1))
    if not is_quicker:
        hear(centre, here, there)
    clock.now_ms += HOUR_MS
    arrival = take(there, condition="resealed", bag="" if is_quicker else bag)
    end(there, arrival, (ITEMS[0],))
    hear(centre, there, second)
    if is_quicker:
        assert (told(second), missed(centre)) == ([], [])
    hear(centre, here)
    hear(centre, here, there, second)
    last = second.told("mail.bag")[-1]
    assert (last["state"], last["office"], last["arrival"], last["condition"]) == (
        *("done", "1010"),
        *(arrival, "resealed"),
    )
    assert told(here)[-1] == ("done", 1)
    assert missed(centre) == [(f"{one} {NUMBER}", False) for one in ITEMS[1:]]
    # Found in another bag of the same morning; and that scan was a mistake after all.
    clock.now_ms += HOUR_MS
    found = scan(there, ITEMS[1], "EDD")
    hear(centre, there)
    assert missed(centre) == [(f"{ITEMS[1]} {NUMBER}", True), (f"{ITEMS[2]} {NUMBER}", False)]
    there.append(ops.ScanVoided(scan=found, number=ITEMS[1], reason="slip"))
    hear(centre, there)
    assert [ended for _, ended in missed(centre)] == [False, False]
    assert [one[1] for one in listed(centre) if one[1] != "mail_bag_missing"] == []


def test_an_item_seen_before_its_bag_was_ended_is_never_missing(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    scan(here, ITEMS[1], "EDD")
    clock.now_ms += HOUR_MS
    bag = begin(here)
    close(here, bag)
    clock.now_ms += HOUR_MS
    scan(there, ITEMS[2], "EMG")
    end(there, take(there), (ITEMS[0],))
    hear(centre, here, there)
    hear(centre, there)
    # What was scanned before it lay in the bag says nothing.
    assert missed(centre) == [(f"{ITEMS[1]} {NUMBER}", False)]


def test_a_bag_at_another_office_than_its_label_names_is_astray_for_everybody(
    centre: Centre, enrolled: Enrolled
) -> None:
    with centre.database.transaction() as conn:
        branch = Branch(code="3003", name="Filial 3003", address="", postcode="AZ3003", desks=(1,))
        branches.create_branch(conn, branch, 1)
        branches.add_desk(conn, "3003", 1)
    here, there, stranger = enrolled("2002-1"), enrolled("1010-1"), enrolled("3003-1")
    bag = begin(here)
    close(here, bag)
    here.append(ops.MailBagHandedOver(bag=bag, version=1))
    take(stranger)
    hear(centre, here, stranger)
    hear(centre, here, there, stranger)
    for desk in (here, there, stranger):
        last = desk.told("mail.bag")[-1]
        assert (last["state"], last["office"], last["to_office"]) == ("astray", "3003", "1010")
    # Nobody writes of an arrival of another office, and no office takes in its own bag.
    there.append(ops.MailBagOpened(arrival=last_operation(stranger)))
    here.append(ops.MailBagTaken(number=NUMBER))
    there.append(ops.MailBagTaken(number="AZG1"))
    hear(centre, here, there)
    strange = sorted(one[1] for one in listed(centre))
    assert strange == ["mail_bag_elsewhere", "mail_bag_elsewhere", "mail_bag_strange"]
    # Sent on it is on the road again; taken in where it belongs it has arrived.
    stranger.append(ops.MailBagHandedOver(bag=bag, version=1))
    hear(centre, stranger, here)
    hear(centre, here)
    assert told(here)[-1] == ("gone", 1)
    take(there)
    hear(centre, there, here)
    hear(centre, here)
    assert told(here)[-1] == ("arrived", 1)
    stranger.append(ops.MailBagHandedOver(bag=bag, version=1))
    hear(centre, stranger)
    assert [one[1] for one in listed(centre)].count("mail_bag_elsewhere") == 3


def test_a_flood_of_arrivals_costs_nobody_their_time(
    centre: Centre, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bags, "STEPS_MAX", 3)
    here, there = enrolled("2002-1"), enrolled("1010-1")
    for _ in range(5):
        take(there)
    hear(centre, there)
    begin(here)
    take(there)
    hear(centre, here, there)
    hear(centre, there)
    with centre.database.transaction() as conn:
        assert conn.execute("select count(*) from mail_bag_steps").fetchall() == [(4,)]
    assert [one[1] for one in listed(centre)] == ["mail_bag_strange"] * 3
