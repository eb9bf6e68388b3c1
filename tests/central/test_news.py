"""What desks hear: reference data, heads of the branch's other desks, cash and items on their way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from azpost_desk.central import news
from azpost_desk.central.registry import branches, founding, reference
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Licence, Officer, Settings
from azpost_desk.protocol.news import OnExceptionsList

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.app import Centre
    from tests.central.desks import ManualClock, SimDesk

    Enrolled = Callable[[str], SimDesk]


def hear(centre: Centre, *desks: SimDesk) -> None:
    """Push what the desks have, let the centre work it off, pull what there is to hear."""
    for desk in desks:
        desk.exchange()
    centre.settle()
    for desk in desks:
        while desk.exchange().more:
            pass


def test_reference_data_reaches_old_and_new_desks(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    now_ms = clock.utc_ms()
    with centre.database.transaction() as conn:
        branches.set_licence(
            conn,
            "2002",
            Licence(service="payments", number="7", valid_from="2026-01-01", valid_to="2027-01-01"),
            now_ms,
        )
        officer = Officer(officer="o1", name="Vəliyeva Nigar", role="clerk", pin_hash="x")
        branches.add_staff(conn, "2002", officer, now_ms)
        reference.publish(conn, Settings(till_qapik_max=1), now_ms, valid_from="2026-12-01")
        branches.give_codes(conn, "2002-1", 3, now_ms)
        assert branches.give_range(conn, "2002-1", "EE", 100, now_ms) == (1, 100)
        assert branches.give_range(conn, "1010-1", "EE", 50, now_ms) == (101, 150)
    later = enrolled("2002-2")
    hear(centre, here, there, later)

    def names(desk: SimDesk) -> set[str]:
        return {told["name"] for told in desk.told("reference")}

    assert names(here) == names(later) == {"branch", "offices", "licences", "staff", "settings"}
    assert names(there) == {"branch", "offices", "settings"}
    settings = [told for told in here.told("reference") if told["name"] == "settings"]
    assert [(told["version"], told["valid_from"]) for told in settings] == [(1, "2026-12-01")]
    codes, numbers = here.told("codes")
    assert len(set(codes["transfer_codes"])) == 3
    assert (numbers["item_prefix"], numbers["item_first"], numbers["item_last"]) == ("EE", 1, 100)
    assert [piece.position for piece in here.news] == list(range(1, len(here.news) + 1))


def test_the_branchs_other_desks_hear_where_one_stands(centre: Centre, enrolled: Enrolled) -> None:
    one, two, elsewhere = enrolled("2002-1"), enrolled("2002-2"), enrolled("1010-1")
    one.append(ops.DayOpened(date="2026-11-23"))
    hear(centre, one, two)
    one.append(ops.DayClosed(date="2026-11-23", report="00", figures="", operations=0, cash_qapik=0))
    hear(centre, one)
    hear(centre, two, elsewhere)
    heads = two.told("desk.head")
    assert [(head["desk"], head["date"], head["state"]) for head in heads][-1] == (
        "2002-1",
        "2026-11-23",
        "closed",
    )
    assert heads[-1]["hash"] == one.books[-1].record.hash.hex()
    assert elsewhere.told("desk.head") == []
    assert one.told("desk.head") == [] or {head["desk"] for head in one.told("desk.head")} == {"2002-2"}


def test_cash_on_its_way_is_announced_and_accepted_once(
    centre: Centre, enrolled: Enrolled, breaks: set[str]
) -> None:
    breaks |= {"I-03"}
    one, two = enrolled("2002-1"), enrolled("2002-2")
    remittance = one.new_id()
    issued = ops.RemittanceIssued(
        remittance=remittance, from_place="safe", to_desk="2002-2", pieces={"2000": 5}, amount_qapik=10_000
    )
    one.append(issued)
    hear(centre, one)
    hear(centre, two)
    assert [(told["remittance"], told["amount_qapik"]) for told in two.told("remittance")] == [
        (remittance, 10_000)
    ]
    accepted = ops.RemittanceAccepted(
        remittance=remittance, from_desk="2002-1", to_place="safe", pieces={"2000": 5}, amount_qapik=10_000
    )
    two.append(accepted)
    two.append(accepted)
    hear(centre, two)
    with centre.database.transaction() as conn:
        states = conn.execute("select state from remittances").fetchall()
        reasons = conn.execute("select sequence, reason from exceptions").fetchall()
    assert states == [("accepted",)]
    assert reasons == [(3, "remittance_differs")]


def test_an_items_events_reach_the_offices_they_concern(centre: Centre, enrolled: Enrolled) -> None:
    here, there = enrolled("2002-1"), enrolled("1010-1")
    here.accept_item("EE000000015AZ", "AZ1010")
    hear(centre, here)
    hear(centre, there)
    assert [(told["event"], told["office"]) for told in there.told("item.event")] == [("EMA", "2002")]
    there.append(ops.ItemScanned(number="EE000000015AZ", event="EMG", office="1010"))
    there.append(ops.ItemScanned(number="EE000000015AZ", event="EMI", office="1010"))
    hear(centre, there)
    hear(centre, here)
    assert [told["event"] for told in here.told("item.event")] == ["EMG", "EMI"]

    def state() -> str:
        with centre.database.transaction() as conn:
            row = conn.execute("select state from items").fetchone()
        assert row is not None
        return str(row[0])

    assert state() == "delivered"
    there.append(ops.ScanVoided(scan=last_operation(there), number="EE000000015AZ", reason="slip"))
    hear(centre, there)
    assert state() == "office"


def last_operation(desk: SimDesk) -> str:
    return desk.books[-1].record.header().operation


def test_positions_have_no_gap_under_load(centre: Centre, enrolled: Enrolled, clock: ManualClock) -> None:
    """However transactions overlap, a reader that asks after its last position misses nothing."""
    desk = enrolled("2002-1")

    def write(number: int) -> None:
        with centre.database.transaction() as conn:
            told = OnExceptionsList(epoch=1, sequence=number, reason="load")
            news.tell(conn, told, ["2002-1"], clock.utc_ms())

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(write, number) for number in range(300)]
        while not all(one.done() for one in done):
            desk.exchange()
    hear(centre, desk)
    heard = [told["sequence"] for told in desk.told("exception")]
    assert sorted(heard) == list(range(300))
    assert [piece.position for piece in desk.news] == list(range(1, len(desk.news) + 1))


def test_after_a_restore_unread_news_is_told_again(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    desk = enrolled("2002-1")
    hear(centre, desk)
    desk.exchange()  # shows how far it has read
    with centre.database.transaction() as conn:
        reference.publish(conn, Settings(), clock.utc_ms())
    centre.settle()
    with centre.database.transaction() as conn:
        begun = founding.new_epoch(conn, clock.utc_ms())
    assert begun > 1
    before = len(desk.news)
    desk.exchange()
    assert (desk.centre_epoch, desk.position) == (begun, 0)
    hear(centre, desk)
    assert [piece.kind for piece in desk.news[before:]] == ["reference"]
    assert desk.news[-1].position == 1
