"""The file of an item at the centre: folded anew with every event, told whole to whom it comes to concern."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from azpost_desk.central.mail import item_files, items, orders
from azpost_desk.central.registry import reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.advance import written
from azpost_desk.domain.mail.history import VERSION
from azpost_desk.domain.mail.prices import AdvanceDemand, MailAbroad
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central import main
from tests.central.test_news import hear, last_operation
from tests.documents import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]

ITEM = "EE000000014AZ"
MINUTE_MS = 60_000


def scan(desk: SimDesk, event: str, measure: str = "", answers: str = "") -> str:
    """A scan of this desk; its operation."""
    office = desk.enrolled.desk.partition("-")[0]
    desk.append(ops.ItemScanned(number=ITEM, event=event, office=office, measure=measure, answers=answers))
    return last_operation(desk)


def state(centre: Centre) -> tuple[str, str, str]:
    with centre.database.transaction() as conn:
        row = conn.execute("select state, custody, holder from items where number = %s", (ITEM,)).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def open_tasks(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.transaction() as conn:
        return conn.execute(
            "select owner, about from exceptions where reason = 'item_contradiction' and ended_ms = 0"
        ).fetchall()


def test_a_void_is_told_with_the_record_it_takes_back(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item(ITEM, "AZ1010")
    gone = scan(there, "EMG")
    there.append(ops.ScanVoided(scan=gone, number=ITEM, reason="slip"))
    hear(centre, here, there)
    hear(centre, here)
    assert state(centre) == ("accepted", "desk", "2002")
    [event] = here.told("item.voided")
    assert (event["operation"], event["event"], event["office"]) == (gone, "EMG", "1010")
    # A second word of the same changes and tells nothing.
    there.append(ops.ScanVoided(scan=gone, number=ITEM, reason="slip"))
    hear(centre, there, here)
    assert len(here.told("item.voided")) == 1


def test_an_office_that_an_item_comes_to_concern_hears_all_of_it(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    """Desk 2 of the office hears what desk 1 scanned, and a stranger who scans it hears what was before."""
    here, beside, stranger = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")
    scan(here, "EMD")
    clock.now_ms += MINUTE_MS
    scan(here, "EMF")
    hear(centre, here, beside, stranger)
    hear(centre, beside)
    assert [told["event"] for told in beside.told("item.event")] == ["EMD", "EMF"]
    assert stranger.told("item.event") == []
    clock.now_ms += MINUTE_MS
    scan(stranger, "EMG")
    hear(centre, stranger)
    hear(centre, here, stranger)
    assert [told["event"] for told in stranger.told("item.event")] == ["EMD", "EMF"]
    assert [told["event"] for told in here.told("item.event")] == ["EMG"]
    places = {(told["desk"], told["epoch"], told["sequence"]) for told in beside.told("item.event")}
    assert {("2002-1", 1, 2), ("2002-1", 1, 3)} <= places


def test_a_late_event_is_folded_where_it_happened(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    """Measured before: a late EMD after EDG gave "underway"."""
    here, there = enrolled("2002-1"), enrolled("1010-1")
    scan(here, "EMD")
    clock.now_ms += MINUTE_MS
    scan(there, "EMG")
    scan(there, "EDG")
    hear(centre, there)
    assert state(centre) == ("out", "round", "1010")
    hear(centre, here)
    assert state(centre) == ("out", "round", "1010")


def test_what_does_not_fit_is_a_task_until_something_explains_it(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    scan(there, "EMG")
    delivered = scan(there, "EMI")
    clock.now_ms += MINUTE_MS
    scan(here, "EDG")
    hear(centre, here, there)
    assert state(centre) == ("delivered", "person", "1010")
    assert open_tasks(centre) == [("operations", f"{ITEM} EDG")]
    # The delivery had been another item's: taken back, nothing contradicts it any more.
    there.append(ops.ScanVoided(scan=delivered, number=ITEM, reason="wrong item"))
    hear(centre, there)
    assert state(centre) == ("out", "round", "2002")
    assert open_tasks(centre) == []


def test_what_a_scan_answers_comes_before_it_whatever_the_clocks_say(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    hub, office = enrolled("2002-1"), enrolled("1010-1")
    clock.now_ms += 60 * MINUTE_MS
    arrived = scan(hub, "EMD")
    clock.now_ms -= 60 * MINUTE_MS
    scan(office, "EMG", answers=arrived)
    hear(centre, office, hub)
    assert state(centre) == ("office", "shelf", "1010")
    assert open_tasks(centre) == []


def test_what_another_version_folded_is_folded_anew(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    scan(here, "EMG")
    scan(here, "EMH", measure="returned")
    hear(centre, here)
    with centre.database.transaction() as conn:
        conn.execute("update items set state = 'attempted', custody = '', fold = 0")
        conn.execute("update item_events set mark = ''")
        assert items.fold_anew(conn, 0) == 1
        assert items.fold_anew(conn, 0) == 0
        # A centre of a newer version beside this one has folded it: this one leaves it alone.
        conn.execute("update items set fold = %s", (VERSION + 1,))
        assert items.fold_anew(conn, 0) == 0
        conn.execute("update items set fold = %s", (VERSION,))
        assert conn.execute("select fold from items").fetchall() == [(VERSION,)]
        (life,) = item_files.known(conn, ITEM)
    assert state(centre) == ("inland.back", "bag", "2002")
    assert [step.event.code for step in life.steps] == ["EMG", "EMH"]


def test_an_item_abroad_is_waited_for_by_no_office_and_its_file_says_where_it_goes(
    centre: Centre, enrolled: Enrolled, postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item(ITEM, "", country="TR")
    hear(centre, here, there)
    assert there.told("item.event") == []
    with centre.database.transaction() as conn:
        row = conn.execute("select destination, postcode, country, state from items").fetchone()
        assert row == ("", "", "TR", "accepted")
    assert main(["--dsn", postgres, "item", ITEM]) == 0
    assert "to\tTR\n" in capsys.readouterr().out
    assert main(["--dsn", postgres, "item", ITEM, "--json"]) == 0
    assert [one["country"] for one in json.loads(capsys.readouterr().out)] == ["TR"]


def test_what_has_no_sound_advance_data_is_sold_and_stopped_before_it_leaves_for_who_demands_it(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, hub = enrolled("2002-1"), enrolled("1010-1")

    def demand(valid_from: str) -> None:
        prices = MailAbroad(version="1", advance=(AdvanceDemand(country="TR", valid_from=valid_from),))
        with centre.database.transaction() as conn:
            reference.publish(conn, prices, clock.utc_ms())

    def accept(serial: int, country: str = "TR", **changed: Any) -> str:
        number = item_number("EE", serial)
        message = replace(samples.CUSTOMS.declared, **{"item": number, "lines": lines, **changed})
        here.accept_item(number, "", country=country, declared=written(message).decode())
        return number

    # Its third line has no code of the customs.
    lines = samples.CUSTOMS.declared.lines[:2]

    # Not demanded yet, then demanded from the day on that the desks' records bear.
    demand("2100-01-01")
    here.accept_item(item_number("EE", 50), "", country="TR")
    hear(centre, here)
    demand("2020-01-01")
    sound = accept(51)
    unsound = {
        accept(52, lines=()),
        accept(53, lines=samples.CUSTOMS.declared.lines),
        accept(54, item=item_number("EE", 51)),
    }
    accept(55, country="GE", lines=())
    here.accept_item(item_number("EE", 56), "", country="TR")
    here.accept_item(item_number("EE", 57), "AZ1010")
    # A desk that writes nonsense holds nobody up.
    here.accept_item("EE", "", country="TR")
    hear(centre, here)
    told = {one["number"]: one for one in here.told("item.order")}
    assert {(one["kind"], one["state"]) for one in told.values()} == {("advance", "open")}
    assert set(told) == {*unsound, item_number("EE", 56)}
    assert sound not in told
    # The hub hears of it with its first scan, and when somebody has put the data right.
    number = item_number("EE", 56)
    hub.append(ops.ItemScanned(number=number, event="EMB", office="1010"))
    hear(centre, hub)
    assert [one["number"] for one in hub.told("item.order")] == [number]
    with centre.database.transaction() as conn:
        orders.lift(conn, told[number]["order"], "Səfərov", "sent by the sender", 2)
    hear(centre, hub)
    assert [one["state"] for one in hub.told("item.order")] == ["open", "lifted"]


def test_a_desk_scans_at_its_own_office_only(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.append(ops.ItemScanned(number=ITEM, event="EMG", office="1010"))
    hear(centre, here, there)
    hear(centre, there)
    assert there.told("item.event") == []
    with centre.database.transaction() as conn:
        assert conn.execute("select owner, reason, about from exceptions").fetchall() == [
            ("security", "item_elsewhere", f"{ITEM} 1010")
        ]
        assert conn.execute("select count(*) from items").fetchall() == [(0,)]


def test_a_flood_of_events_of_one_item_costs_nobody_their_time(
    centre: Centre, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "EVENTS_MAX", 5)
    here = enrolled("2002-1")
    for _ in range(4):
        scan(here, "EMG")
        scan(here, "EDG")
    hear(centre, here)
    with centre.database.transaction() as conn:
        assert conn.execute("select count(*) from item_events").fetchall() == [(5,)]
        listed = conn.execute("select reason from exceptions where reason = 'item_flooded'").fetchall()
    assert len(listed) == 3


def test_an_administrator_sees_an_items_file_as_every_desk_folds_it(
    centre: Centre, enrolled: Enrolled, postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = enrolled("2002-1")
    scan(here, "EMG")
    scan(here, "EMH", measure="returned")
    scan(here, "EMI")
    hear(centre, here)
    assert main(["--dsn", postgres, "item", ITEM.lower(), "--json"]) == 0
    [life] = json.loads(capsys.readouterr().out)
    assert (life["state"], life["custody"], life["office"]) == ("inland.back", "bag", "2002")
    assert [(one["event"], one["mark"]) for one in life["events"]] == [
        ("EMG", ""),
        ("EMH", ""),
        ("EMI", "contradiction"),
    ]
    assert main(["--dsn", postgres, "item", ITEM]) == 0
    assert "inland.back" in capsys.readouterr().out
    assert main(["--dsn", postgres, "item", "EE000000016AZ"]) == 1
    assert "I-007" in capsys.readouterr().err


def test_a_machine_that_begins_hears_all_that_concerns_its_office(centre: Centre, enrolled: Enrolled) -> None:
    """A second desk of the office and a new machine of the first: neither hands over what is stopped."""
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item("EE000000028AZ", "AZ1010")
    arrived = scan(here, "EMG")
    # What has ended is no news.
    here.append(ops.ItemScanned(number="EE000000031AZ", event="EMI", office="2002"))
    hear(centre, here)
    with centre.database.transaction() as conn:
        recall = orders.stop(conn, ITEM, "recall", "Səfərov", "request 17", 1)
        lifted = orders.stop(conn, ITEM, "court", "Səfərov", "request 18", 1)
        orders.lift(conn, lifted, "Səfərov", "thought again", 2)
    hear(centre, there)
    begun = [enrolled("2002-2"), enrolled("2002-1")]
    hear(centre, *begun)
    for desk in begun:
        events = [(one["operation"], one["event"], one["epoch"]) for one in desk.told("item.event")]
        assert (arrived, "EMG", 1) in events
        assert {event for _, event, _ in events} == {"EMA", "EMG"}
        assert (recall, "open") in [(one["order"], one["state"]) for one in desk.told("item.order")]
    assert [one["order"] for one in begun[0].told("item.order")] == [recall]


@pytest.mark.parametrize(
    "number", ["", "x", "ee000000014az", "EE000000014A", "EE 000 000 014 AZ", "🙂" * 13, "E" * 500]
)
def test_what_is_no_item_number_begins_no_file(centre: Centre, enrolled: Enrolled, number: str) -> None:
    here = enrolled("2002-1")
    here.append(ops.ItemScanned(number=number, event="EMG", office="2002"))
    hear(centre, here)
    with centre.database.transaction() as conn:
        assert conn.execute("select count(*) from items").fetchall() == [(0,)]
        assert conn.execute("select reason from exceptions").fetchall() == [("item_number",)]


def standing(desk: SimDesk) -> dict[str, str]:
    """How each stop order stands by the last word a desk heard of it."""
    return {one["order"]: one["state"] for one in desk.told("item.order")}


def overtaken(centre: Centre) -> list[str]:
    with centre.database.transaction() as conn:
        rows = conn.execute("select about from exceptions where reason = 'item_order_overtaken'")
        return [about for (about,) in rows.fetchall()]


def test_a_redirected_item_is_awaited_where_it_is_sent_on_to(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item(ITEM, "AZ2002")
    scan(here, "EMG")
    hear(centre, here)
    with centre.database.transaction() as conn:
        for kind, to in (("redirect", ""), ("recall", "1010"), ("redirect", "9999")):
            with pytest.raises(Refused, match="E-130"):
                orders.stop(conn, ITEM, kind, "Səfərov", "request 18", 1, to=to)
        order = orders.stop(conn, ITEM, "redirect", "Səfərov", "request 18", 1, to="1010")
    hear(centre, here, there)
    [told] = here.told("item.order")
    assert (told["to"], told["state"]) == ("1010", "open")
    assert there.told("item.event") == []
    forwarded = scan(here, "EMH", "forwarded")
    hear(centre, here, there, here)
    assert standing(here) == {order: "done"}
    # The office it is sent on to hears all of it, and that it is the one that delivers.
    assert sorted((one["event"], one["postcode"]) for one in there.told("item.event")) == [
        ("EMA", "AZ1010"),
        ("EMG", "AZ1010"),
        ("EMH", "AZ1010"),
    ]
    # The scan that sent it on was a slip: the order stands again.
    here.append(ops.ScanVoided(scan=forwarded, number=ITEM, reason="slip"))
    hear(centre, here, here)
    assert standing(here) == {order: "open"}
    assert overtaken(centre) == []


def test_an_order_that_comes_too_late_is_somebodys_task(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    here.accept_item(ITEM, "AZ2002")
    scan(here, "EMG")
    hear(centre, here)
    with centre.database.transaction() as conn:
        redirect = orders.stop(conn, ITEM, "redirect", "Səfərov", "request 18", 1, to="1010")
        recall = orders.stop(conn, ITEM, "recall", "Səfərov", "request 17", 1)
    hear(centre, here)
    # The sender goes before the addressee: it goes back, and whoever asked for the other is told.
    scan(here, "EDX", "returned")
    hear(centre, here, here)
    assert standing(here) == {recall: "done", redirect: "overtaken"}
    assert overtaken(centre) == [f"{ITEM} redirect"]


def test_handed_over_before_the_recall_was_known(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    here.accept_item(ITEM, "AZ2002")
    scan(here, "EMG")
    hear(centre, here)
    scan(here, "EMI")
    with centre.database.transaction() as conn:
        recall = orders.stop(conn, ITEM, "recall", "Səfərov", "request 17", 1)
    hear(centre, here, here)
    assert standing(here) == {recall: "overtaken"}
    assert overtaken(centre) == [f"{ITEM} recall"]
    with centre.database.transaction() as conn:
        with pytest.raises(Refused, match="E-131"):
            orders.stop(conn, ITEM, "redirect", "Səfərov", "request 18", 1, to="2002")
        # What a court says stands whatever became of it.
        assert orders.stop(conn, ITEM, "court", "Səfərov", "case 3", 1)


def test_an_order_for_what_is_so_already_holds_nothing(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item(ITEM, "AZ1010")
    scan(there, "EMG")
    hear(centre, here, there)
    with centre.database.transaction() as conn:
        # It lies at the office it shall be sent on to: nothing that is scanned there would end the order.
        to_there = orders.stop(conn, ITEM, "redirect", "Səfərov", "request 1", clock.now_ms + 1, to="1010")
    hear(centre, there)
    assert standing(there) == {to_there: "done"}
    clock.now_ms += MINUTE_MS
    scan(there, "EMH", "forwarded")
    hear(centre, there)
    clock.now_ms += MINUTE_MS
    with centre.database.transaction() as conn:
        # Where it has been and is no more it is sent on to again.
        again = orders.stop(conn, ITEM, "redirect", "Səfərov", "request 2", clock.now_ms, to="1010")
    hear(centre, there)
    assert standing(there)[again] == "open"
    clock.now_ms += MINUTE_MS
    scan(there, "EMG")
    hear(centre, there, there)
    assert standing(there)[again] == "done"
    # A desk whose clock is late sends it back after the recall was made, by its own word before it.
    with centre.database.transaction() as conn:
        recall = orders.stop(conn, ITEM, "recall", "Səfərov", "request 3", clock.now_ms + 10 * MINUTE_MS)
    scan(there, "EDX", "returned")
    hear(centre, there, there)
    assert standing(there)[recall] == "done"
    with centre.database.transaction() as conn:
        # On its way to the sender it is recalled by whoever has not heard of that; nobody sends it on.
        late = orders.stop(conn, ITEM, "recall", "Səfərov", "request 4", clock.now_ms + 10 * MINUTE_MS)
        with pytest.raises(Refused, match="E-131"):
            orders.stop(
                conn, ITEM, "redirect", "Səfərov", "request 5", clock.now_ms + 10 * MINUTE_MS, to="1010"
            )
    hear(centre, there)
    assert standing(there)[late] == "done"
    assert overtaken(centre) == []
