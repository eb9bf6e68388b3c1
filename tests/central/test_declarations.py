"""Amended advance data at the centre: each version is kept, what stands is sent and may stop an item."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace

from azpost_desk.central import erasure
from azpost_desk.central.accepted import AcceptedRecord
from azpost_desk.central.book import Book
from azpost_desk.central.mail import advance
from azpost_desk.central.registry import reference
from azpost_desk.central.storage import database
from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.advance import ItemAttributes, read, written
from azpost_desk.domain.mail.prices import AdvanceDemand, MailAbroad
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.programs.central import main
from azpost_desk.protocol.records import Attachment, Header
from tests.central.test_mail_bags import listed
from tests.central.test_news import hear
from tests.documents import samples

if TYPE_CHECKING:
    from azpost_desk.central.app import Centre
    from azpost_desk.protocol.records import Record
    from tests.central.desks import ManualClock, SimDesk
    from tests.central.test_mail_bags import Enrolled

ITEM = item_number("EE", 61)
# The third line of the sample has no code of the customs.
SOUND = replace(samples.CUSTOMS.declared, item=ITEM, lines=samples.CUSTOMS.declared.lines[:2])
UNSOUND = replace(SOUND, lines=samples.CUSTOMS.declared.lines)


@pytest.fixture
def _demand(centre: Centre, clock: ManualClock) -> None:
    """Turkey demands advance data."""
    prices = MailAbroad(version="1", advance=(AdvanceDemand(country="TR", valid_from="2020-01-01"),))
    with centre.database.transaction() as conn:
        reference.publish(conn, prices, clock.utc_ms())


def accept(desk: SimDesk, message: ItemAttributes) -> str:
    """The item is sold with this as its declaration; gives the line's operation."""
    record = desk.accept_item(message.item, "", country="TR", declared=written(message).decode())
    body: Any = ops.decode("settlement", 1, record.body)
    return str(body.lines[0].operation)


def amend(
    desk: SimDesk, acceptance: str, before: str, version: int, message: ItemAttributes, **said: Any
) -> str:
    """Gives the amendment's id."""
    operation = desk.new_id()
    told = replace(message, message=operation, supersedes=said.pop("names", before))
    who = Person(name="Yilmaz Ayse")
    whole = Addresses(sender=who, addressee=who, declared=written(told).decode())
    beside = Attachment(f"{operation}:addresses", os.urandom(16), msgspec.json.encode(whole))
    body = ops.ItemDeclared(
        number=said.pop("number", message.item),
        acceptance=acceptance,
        version=version,
        supersedes=before,
        addresses=beside.commitment(),
        **said,
    )
    desk.append(body, (beside,), operation=operation)
    return operation


def scan(desk: SimDesk, event: str, office: str) -> Record:
    return desk.append(ops.ItemScanned(number=ITEM, event=event, office=office))


def orders(desk: SimDesk) -> list[str]:
    return [one["state"] for one in desk.told("item.order")]


def declared(centre: Centre, number: str = ITEM) -> ItemAttributes | None:
    with centre.database.transaction() as conn:
        return advance.declared(conn, number)


@pytest.mark.usefixtures("_demand")
def test_an_amendment_that_fills_in_what_lacked_lifts_the_stop_and_the_offices_hear_it(
    centre: Centre, enrolled: Enrolled, postgres: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here, hub = enrolled("2002-1"), enrolled("1010-1")
    first = accept(here, UNSOUND)
    hear(centre, here)
    scan(hub, "EMB", "1010")
    hear(centre, hub)
    assert (orders(here), orders(hub)) == (["open"], ["open"])
    # Still not sound: nothing moves.
    second = amend(here, first, first, 2, replace(UNSOUND, explanation="for a friend"))
    hear(centre, here, hub)
    assert orders(hub) == ["open"]
    third = amend(here, first, second, 3, SOUND)
    hear(centre, here, hub)
    hear(centre, here)
    assert (orders(here), orders(hub)) == (["open", "lifted"], ["open", "lifted"])
    assert declared(centre) == replace(SOUND, message=third, supersedes=second)
    # Every version is kept, and a person can look at them.
    with centre.database.transaction() as conn:
        kept = advance.versions(conn, ITEM)
    assert [(one.version, one.message, one.supersedes) for one in kept] == [
        (1, first, ""),
        (2, second, first),
        (3, third, second),
    ]
    assert main(["--dsn", postgres, "item", ITEM]) == 0
    rows = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert [(row[1], row[2], *row[5:]) for row in rows if row[0] == "declared"] == [
        ("2", second, "unsound", "before"),
        ("3", third, "sound", "before"),
    ]
    assert main(["--dsn", postgres, "item-declared", ITEM]) == 0
    assert json.loads(capsys.readouterr().out)["message"] == third
    assert listed(centre) == []
    # And the other way: what is amended into what customs cannot work with is stopped again.
    amend(here, first, third, 4, UNSOUND)
    hear(centre, here, hub)
    assert orders(hub) == ["open", "lifted", "open"]


@pytest.mark.usefixtures("_demand")
def test_after_it_left_an_amendment_is_kept_and_sent_and_stops_nothing(
    centre: Centre, enrolled: Enrolled
) -> None:
    here, hub = enrolled("2002-1"), enrolled("1010-1")
    first = accept(here, SOUND)
    hear(centre, here)
    scan(hub, "EMB", "1010")
    scan(hub, "EMC", "1010")
    hear(centre, hub)
    second = amend(here, first, first, 2, UNSOUND, has_left=True)
    hear(centre, here, hub)
    assert orders(hub) == []
    with centre.database.transaction() as conn:
        assert [one.has_left for one in advance.versions(conn, ITEM)] == [False, True]
    told = declared(centre)
    assert told is not None
    assert (told.message, told.supersedes) == (second, first)


@pytest.mark.usefixtures("_demand")
def test_a_stop_that_a_person_gave_is_lifted_by_a_person(
    centre: Centre, enrolled: Enrolled, postgres: str
) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    hear(centre, here)
    said = ["--by", "Səfərov", "--why", "the country asks"]
    assert main(["--dsn", postgres, "item-stop", ITEM, "advance", *said]) == 0
    amend(here, first, first, 2, replace(SOUND, explanation="x"))
    hear(centre, here)
    assert orders(here) == ["open"]


def test_what_no_honest_desk_amends_is_a_task_and_changes_nothing(centre: Centre, enrolled: Enrolled) -> None:
    here, other = enrolled("2002-1"), enrolled("1010-1")
    first = accept(here, SOUND)
    hear(centre, here)
    sold = declared(centre)
    strange = item_number("EE", 62)
    # Another desk's item; another number; a first version; a message that names others.
    amend(other, first, first, 2, UNSOUND)
    amend(here, first, first, 2, UNSOUND, number=strange)
    amend(here, first, first, 1, UNSOUND)
    amend(here, first, first, 2, UNSOUND, names="")
    hear(centre, here, other)
    assert [one[:2] for one in listed(centre)] == [("security", "item_declared_strange")] * 4
    assert declared(centre) == sold == read(written(replace(SOUND)))
    assert declared(centre, strange) is None


@pytest.mark.parametrize("version", [3, 10**9, 2**31, 2**63, 2**70])
def test_a_version_that_is_not_the_next_one_hides_none_that_is(
    centre: Centre, enrolled: Enrolled, version: int
) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    amend(here, first, first, version, UNSOUND)
    honest = amend(here, first, first, 2, replace(SOUND, explanation="x"))
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "item_declared_strange")]
    told = declared(centre)
    assert told is not None
    assert told.message == honest
    amend(here, first, honest, 2, UNSOUND)
    hear(centre, here)
    assert [one[1] for one in listed(centre)] == ["item_declared_strange"] * 2
    assert declared(centre) == told


@pytest.mark.parametrize("part", ["number", "acceptance", "supersedes"])
def test_a_text_that_no_database_takes_is_securitys_and_not_a_fault_of_the_program(
    centre: Centre, enrolled: Enrolled, part: str
) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    said = {"number": ITEM, "acceptance": first, "supersedes": first, part: "\0"}
    here.append(ops.ItemDeclared(version=2, addresses="", **said))  # type: ignore[arg-type]
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "item_declared_strange")]


def test_another_country_than_was_paid_for_is_not_sent(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    amend(here, first, first, 2, replace(SOUND, addressee=replace(SOUND.addressee, country="DE")))
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "item_declared_strange")]
    told = declared(centre)
    assert told is not None
    assert told.addressee.country == "TR"


def test_two_that_stand_are_a_persons_and_the_last_one_counts(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    amend(here, first, first, 2, UNSOUND)
    later = amend(here, first, first, 2, replace(SOUND, explanation="x"))
    hear(centre, here)
    assert [one[:3] for one in listed(centre)] == [("operations", "item_declared_twice", ITEM)]
    told = declared(centre)
    assert told is not None
    assert told.message == later
    # The person knows of it: what is amended further is no other task.
    amend(here, first, later, 3, SOUND)
    hear(centre, here)
    assert [one[1] for one in listed(centre)] == ["item_declared_twice"]


def test_what_was_erased_by_rule_is_declared_no_more(
    centre: Centre, enrolled: Enrolled, postgres: str, breaks: set[str]
) -> None:
    here = enrolled("2002-1")
    first = accept(here, SOUND)
    # Emptied by hand here, with no record of it.
    breaks.add("I-11")
    amend(here, first, first, 2, replace(SOUND, explanation="x"))
    hear(centre, here)
    with centre.database.transaction() as conn:
        conn.execute("update attachments set salt = null, content = null")
    assert declared(centre) is None
    assert main(["--dsn", postgres, "item-declared", ITEM]) == 1


@pytest.mark.usefixtures("_demand")
def test_what_is_amended_before_its_sale_is_known_waits_for_it(centre: Centre, enrolled: Enrolled) -> None:
    """The sale lay in a tail that was lost: every record of it has a later place, and comes later."""
    here, other = enrolled("2002-1"), enrolled("2002-2")
    first = here.new_id()
    second = amend(here, first, first, 2, UNSOUND)
    third = amend(here, first, second, 3, SOUND)
    # Nobody makes anything of another desk's item by saying so first.
    amend(other, first, first, 2, replace(UNSOUND, explanation="x"))
    hear(centre, here, other)
    assert [one[:2] for one in listed(centre)] == [("operations", "item_declared_early")] * 3
    assert declared(centre) is None
    here.accept_item(ITEM, "", country="TR", declared=written(UNSOUND).decode(), operation=first)
    hear(centre, here, other)
    assert declared(centre) == replace(SOUND, message=third, supersedes=second)
    with centre.database.transaction() as conn:
        assert [one.version for one in advance.versions(conn, ITEM)] == [1, 2, 3]
    # It was stopped as it came, and lifted by what had waited; the stranger's word is strange now.
    assert orders(here) == ["open", "lifted"]
    left = "select desk, reason from exceptions where ended_ms = 0"
    with centre.database.transaction() as conn:
        assert conn.execute(left).fetchall() == [("2002-2", "item_declared_strange")]


def test_a_first_version_or_no_number_waits_for_nothing(centre: Centre, enrolled: Enrolled) -> None:
    here = enrolled("2002-1")
    amend(here, here.new_id(), "x", 1, UNSOUND)
    amend(here, here.new_id(), "x", 2, UNSOUND, number="EE000000000XX")
    hear(centre, here)
    assert [one[:2] for one in listed(centre)] == [("security", "item_declared_strange")] * 2


@pytest.mark.parametrize("by", ["line", "record", "place"])
def test_what_keeps_the_sale_keeps_its_amendments(
    centre: Centre, enrolled: Enrolled, clock: ManualClock, postgres: str, breaks: set[str], by: str
) -> None:
    # The desk here is no desk: it erases nothing of its own.
    here = enrolled("2002-1")
    sale = here.accept_item(ITEM, "", country="TR", declared=written(SOUND).decode())
    body: Any = ops.decode("settlement", 1, sale.body)
    first = str(body.lines[0].operation)
    amend(here, first, first, 2, replace(SOUND, explanation="x"))
    header = msgspec.json.decode(sale.header_bytes, type=Header)
    told: ops.Body = ops.HoldPlaced(operation=first if by == "line" else header.operation, reason="court")
    if by == "place":
        told = ops.CaseRaised(case="1", reason="test", about=f"{header.epoch}/{header.sequence}")
    here.append(told)
    hear(centre, here)
    clock.now_ms += 20 * 366 * 86_400_000
    left = "select count(*) from attachments where slot like '%%:addresses' and content is not null"
    book = Book(postgres, clock)
    with database.connect(postgres) as conn:
        erasure.run(conn, book, clock.utc_ms())
        assert conn.execute(left).fetchone() == (2,)
    here.append(ops.HoldLifted(operation=first, reason="over"))
    hear(centre, here)
    with database.connect(postgres) as conn:
        erasure.run(conn, book, clock.utc_ms())
        assert conn.execute(left).fetchone() == (0,)
    book.close()


@pytest.mark.usefixtures("_demand")
def test_a_centre_that_was_restored_stops_an_item_by_the_order_the_desks_know(
    centre: Centre, enrolled: Enrolled, clock: ManualClock
) -> None:
    here = enrolled("2002-1")
    sale = here.accept_item(ITEM, "", country="TR", declared=written(UNSOUND).decode())
    hear(centre, here)
    [heard] = here.told("item.order")
    body: Any = ops.decode("settlement", 1, sale.body)
    header = msgspec.json.decode(sale.header_bytes, type=Header)
    place = header.desk, "2002", header.epoch, header.sequence
    again = AcceptedRecord(*place, "", header, body, {}, clock.utc_ms())
    with centre.database.transaction() as conn:
        # What was ordered since the copy is gone, and the desk sends its sale again.
        conn.execute("delete from item_orders")
        advance.look(conn, again, body.lines[0], "2026-12-01", clock.utc_ms())
    first = str(body.lines[0].operation)
    amend(here, first, first, 2, SOUND)
    hear(centre, here)
    hear(centre, here)
    assert [(one["order"], one["state"]) for one in here.told("item.order")][-1] == (heard["order"], "lifted")
