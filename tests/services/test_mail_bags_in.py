"""Bags that come to an office: taken in by one scan each, opened, held against their list, ended."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.protocol import news as tidings
from azpost_desk.services.mail_bags_in import AsFound
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, approval
from tests.services.test_mail_bags import INK, refused
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.mail_bags_in import MailBagsIn
    from tests.services.counters import Stand

OFFICE, HUB = "1010", "2002"
NUMBER, OTHER = bag_number(1010, 1, 1), bag_number(1010, 1, 2)
ITEMS = tuple(item_number("EE", 810_000 + serial) for serial in range(4))
_AT = itertools.count(800)


@pytest.fixture
def bags(stand: Stand) -> MailBagsIn:
    return stand.desk.mail_bags_in


def hear(stand: Stand, state: str = "gone", number: str = NUMBER, to: str = HUB, **more: object) -> str:
    """The centre tells of a bag of three; its id."""
    told = tidings.MailBagNews(
        bag=f"b-{number}", number=number, from_office=OFFICE, to_office=to, state=state, version=1,
        begun_ms=1, at_ms=2, grams=2_000, seal="S-1", numbers=ITEMS[:3],
    )  # fmt: skip
    stand.books.store_news([piece(next(_AT), "mail.bag", msgspec.structs.replace(told, **more))], 1)
    return told.bag


def test_a_bag_is_opened_held_against_its_list_and_ended_with_one_missing_and_one_surplus(
    stand: Stand, bags: MailBagsIn
) -> None:
    bag = hear(stand)
    assert [(one.bag, one.grams, one.seal) for one in bags.expected()] == [(bag, 2_000, "S-1")]
    taken = bags.take_in(f" {NUMBER.lower()}", CLERK)
    assert (taken.verdict, taken.key, taken.facts) == (
        *("saved", "express.bag.taken"),
        {"number": NUMBER, "items": 3},
    )
    assert bags.expected() == ()
    again = bags.take_in(NUMBER, CLERK)
    assert (again.verdict, again.key, again.arrival) == ("already", "express.bag.already", taken.arrival)
    arrival = taken.arrival.arrival
    event = bags.events()[0]
    refused(lambda: bags.found(arrival, ITEMS[0], event, CLERK), "E-127")
    bags.open(arrival, CLERK)
    refused(lambda: bags.open(arrival, CLERK), "E-127", number=NUMBER)
    for item in (ITEMS[0], ITEMS[1], ITEMS[3]):
        assert bags.found(arrival, item, event, CLERK).verdict == "saved"
    twice = bags.found(arrival, ITEMS[0], event, CLERK)
    assert (twice.verdict, twice.key, twice.facts["bag"]) == ("already", "express.scan.in_bag", NUMBER)
    now = bags.content(arrival)
    assert (now.listed, now.held.missing, now.held.surplus) == (ITEMS[:3], (ITEMS[2],), (ITEMS[3],))
    # A wrong scan is taken back, one of before it was ended only.
    stand.desk.tracking.void_last(CLERK)
    assert bags.content(arrival).held.surplus == ()
    bags.found(arrival, ITEMS[3], event, CLERK)
    assert bags.end(arrival, CLERK).held.missing == (ITEMS[2],)
    refused(lambda: stand.desk.tracking.void_last(CLERK), "E-127")
    refused(lambda: bags.end(arrival, CLERK), "E-127")
    [said] = stand.bodies(ops.MailBagEnded)
    assert said == ops.MailBagEnded(
        arrival=arrival, found=(*ITEMS[:2], ITEMS[3]), missing=(ITEMS[2],), surplus=(ITEMS[3],)
    )
    # The item's history has one event of it, which names the bag.
    [step] = stand.desk.tracking.timeline(ITEMS[0])
    assert (step.event, step.office, step.detail) == (event, HUB, NUMBER)
    assert bags.here() == ()
    assert stand.books.rebuild() == []
    assert stand.books.check().is_sound


def test_a_bag_that_was_quicker_than_its_word_is_taken_in_and_gets_its_list_later(
    stand: Stand, bags: MailBagsIn
) -> None:
    taken = bags.take_in(NUMBER, CLERK)
    assert (taken.verdict, taken.key) == ("saved", "express.bag.unheard")
    arrival = taken.arrival.arrival
    bags.open(arrival, CLERK)
    bags.found(arrival, ITEMS[0], bags.events()[0], CLERK)
    now = bags.content(arrival)
    assert (now.listed, now.held.is_even) == (None, True)
    hear(stand, "sealed")
    # Not awaited any more, and held against its list from now on.
    assert bags.expected() == ()
    assert bags.content(arrival).held.missing == ITEMS[1:3]
    hear(stand, "arrived", office=HUB, arrival=arrival)
    [here] = bags.here()
    assert (here.bag, here.state) == (f"b-{NUMBER}", "opened")
    assert stand.books.rebuild() == []


def test_what_is_not_as_it_was_sealed_is_said_and_opened_by_two(stand: Stand, bags: MailBagsIn) -> None:
    hear(stand)
    refused(lambda: bags.take_in("EE1", CLERK), "E-124")
    refused(lambda: bags.take_in(NUMBER, CLERK, AsFound(seal="S-2")), "E-129")
    refused(lambda: bags.take_in(NUMBER, CLERK, AsFound(grams=1_799)), "E-129")
    refused(lambda: bags.take_in(NUMBER, CLERK, AsFound(grams=40_000)), "E-115")
    refused(lambda: bags.take_in(NUMBER, CLERK, AsFound(seal="?")), "E-116")
    refused(lambda: bags.take_in(NUMBER, CLERK, AsFound("lost")), "E-129")
    taken = bags.take_in(NUMBER, CLERK, AsFound("resealed", "s-2", 2_200))
    assert (taken.verdict, taken.key) == ("differs", "express.bag.resealed")
    arrival = taken.arrival.arrival
    refused(lambda: bags.open(arrival, CLERK), "S-012")
    refused(lambda: bags.open(arrival, CLERK, "o-1", approval("o-1", CLERK)), "S-011")
    bags.open(arrival, CLERK, "o-1", approval("o-1"))
    [opened] = stand.bodies(ops.MailBagOpened)
    assert isinstance(opened, ops.MailBagOpened)
    assert opened.approved_by == approval("o-1").approver
    # Within what two scales agree on it is the bag that was sealed.
    hear(stand, number=OTHER)
    assert bags.take_in(OTHER, CLERK, AsFound(seal="S-1", grams=1_800)).verdict == "saved"


def test_a_bag_of_another_office_stays_closed_and_one_of_this_office_does_not_arrive(
    stand: Stand, bags: MailBagsIn
) -> None:
    hear(stand, to="1000")
    assert bags.expected() == ()
    assert bags.take_in(NUMBER, CLERK).key == "express.bag.unheard"
    # By the centre's word it is another office's.
    hear(stand, "astray", to="1000", office=HUB, arrival=bags.here()[0].arrival)
    [astray] = bags.here()
    refused(lambda: bags.open(astray.arrival, CLERK), "E-127")
    # Unopened it is sent on, once.
    hand_over = stand.desk.mail_bags.hand_over
    hand_over(astray.bag, "Rzayev", INK, CLERK)
    assert (bags.here(), stand.desk.mail_bags.one(astray.bag).state) == ((), "gone")
    refused(lambda: hand_over(astray.bag, "Rzayev", INK, CLERK), "E-110")
    hear(stand, "gone", to="1000", office=HUB, arrival=astray.arrival)
    assert bags.here() == ()
    own = stand.desk.mail_bags.begin("1000", CLERK)
    refused(lambda: bags.take_in(own.number, CLERK), "E-125", number=own.number)
    refused(lambda: bags.open("no such", CLERK), "E-126")
    refused(lambda: bags.content("no such"), "E-126")
    refused(lambda: stand.desk.tracking.scan(ScanItem(ITEMS[0], "EMG", bag=own.bag), CLERK), "E-126")
    assert stand.books.rebuild() == []


def test_what_another_desk_of_the_office_did_with_a_bag_is_known_here(stand: Stand, bags: MailBagsIn) -> None:
    bag = hear(stand)
    hear(stand, "opened", office=HUB, arrival="a-2", condition="damaged")
    assert bags.take_in(NUMBER, CLERK).verdict == "already"
    event = bags.events()[0]
    for item, operation in ((ITEMS[0], "x"), (ITEMS[1], "y")):
        said = tidings.ItemEvent(
            number=item, event=event, office=HUB, at_ms=3, detail=NUMBER, operation=operation, desk="2002-2",
            epoch=1, sequence=next(_AT),
        )  # fmt: skip
        stand.books.store_news([piece(next(_AT), "item.event", said)], 1)
    gone = tidings.ItemVoided(number=ITEMS[1], event=event, office=HUB, at_ms=3, detail=NUMBER, operation="y")
    stand.books.store_news([piece(next(_AT), "item.voided", gone)], 1)
    [here] = bags.here()
    assert (here.bag, here.state, here.condition, tuple(here.found)) == (bag, "opened", "damaged", ITEMS[:1])
    assert bags.end("a-2", CLERK).held.missing == ITEMS[1:3]
    assert stand.books.rebuild() == []


def test_an_item_found_in_a_bag_is_scanned_by_the_kind_of_its_office(stand: Stand, bags: MailBagsIn) -> None:
    with stand.books.reading() as books:
        branch = books.document(Branch, books.day().date)
    for kinds, events in ((("exchange", "sorting"), ("EMB", "EDD")), (("office",), ("EMG",))):
        changed = msgspec.structs.replace(branch, mail=kinds)
        told = tidings.Reference(
            name="branch", version=next(_AT), valid_from="2026-01-01",
            content=msgspec.Raw(msgspec.json.encode(changed)),
        )  # fmt: skip
        stand.books.store_news([piece(next(_AT), "reference", told)], 1)
        assert bags.events() == events
