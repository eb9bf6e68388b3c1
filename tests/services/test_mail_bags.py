"""Inland bags: each item in one place, closed with count, weight and seal, opened again by its holder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.bags import bag_number, read_bag_number
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.domain.papers_mail import BagLabelPaper
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.rounds import Signed
from azpost_desk.services.scan_items import ScanItem
from tests.services.counters import CLERK, approval
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.mail_bags import MailBags
    from tests.services.counters import Stand

HUB = "1000"
NUMBERS = [item_number("EE", 800_000 + serial) for serial in range(6)]
INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)), b"png")


@pytest.fixture
def bags(stand: Stand) -> MailBags:
    return stand.desk.mail_bags


def filled(bags: MailBags, *numbers: str) -> str:
    bag = bags.begin(HUB, CLERK).bag
    for number in numbers:
        assert bags.put_in(bag, number, CLERK).verdict == "saved"
    return bag


def refused(act: object, code: str, **facts: object) -> None:
    assert callable(act)
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def test_a_bag_is_filled_closed_and_handed_over_with_a_signature(stand: Stand, bags: MailBags) -> None:
    refused(lambda: bags.begin("2002", CLERK), "E-112")
    refused(lambda: bags.begin("no such", CLERK), "E-112")
    bag = filled(bags, *NUMBERS[:3])
    now = bags.one(bag)
    assert (now.state, now.version, tuple(now.items)) == ("open", 1, tuple(NUMBERS[:3]))
    assert read_bag_number(now.number) == now.number
    assert bags.begin(HUB, CLERK).number != now.number
    refused(lambda: bags.hand_over(bag, "Rzayev Kamal", INK, CLERK), "E-118")
    refused(lambda: bags.close(bag, CloseBag(4, 900, "S-1"), CLERK), "E-114", counted=4, expected=3)
    refused(lambda: bags.close(bag, CloseBag(3, 0, "S-1"), CLERK), "E-115")
    refused(lambda: bags.close(bag, CloseBag(3, 40_000, "S-1"), CLERK), "E-115", kilograms=32)
    refused(lambda: bags.close(bag, CloseBag(3, 900, "?"), CLERK), "E-116")
    bags.close(bag, CloseBag(3, 900, "s-1 ", is_typed=True), CLERK)
    now = bags.one(bag)
    assert (now.state, now.grams, now.is_typed, now.seal) == ("sealed", 900, True, "S-1")
    refused(lambda: bags.put_in(bag, NUMBERS[3], CLERK), "E-111")
    refused(lambda: bags.hand_over(bag, " ", INK, CLERK), "E-121")
    refused(lambda: bags.hand_over(bag, "Rzayev", Signed(Signature(360, 140, ())), CLERK), "E-122")
    recorded = bags.hand_over(bag, "Rzayev Kamal", INK, CLERK)
    assert bags.one(bag).state == "gone"
    with stand.books.reading() as books:
        kept = books.attachment(recorded.operation, "driver")
        custody = [(one.state, one.custody) for number in NUMBERS[:3] for one in books.item_lives(number)]
    assert kept is not None
    assert b"Rzayev Kamal" in kept
    assert custody == [("accepted", "bag")] * 3
    [body] = stand.bodies(ops.MailBagHandedOver)
    assert isinstance(body, ops.MailBagHandedOver)
    assert len(body.driver) == 64
    # Whoever has it now decides: here it is opened no more.
    refused(lambda: bags.reopen(bag, "kilid", CLERK), "E-118")
    assert [one.state for one in bags.at_hand()] == ["open"]
    assert stand.books.rebuild() == []
    assert stand.books.check().is_sound


def test_a_bag_goes_where_all_bags_of_the_office_go(stand: Stand, bags: MailBags) -> None:
    places = bags.destinations()
    assert ([one.code for one in places.offices.offices], places.usual) == ([HUB], HUB)
    content = msgspec.Raw(
        msgspec.json.encode(
            {"offices": [{"code": c, "name": c, "postcode": ""} for c in (HUB, "3000", "2002")]}
        )
    )
    told = tidings.Reference(name="offices", version=2, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(790, "reference", told)], 1)
    assert bags.destinations().usual == ""
    bags.begin("3000", CLERK)
    assert bags.destinations().usual == "3000"
    bags.begin(HUB, CLERK)
    assert bags.destinations().usual == ""


def test_a_closed_bag_owes_its_label_each_version_one_of_its_own(stand: Stand, bags: MailBags) -> None:
    papers, drawn = stand.desk.papers, []

    def printer(paper: object, _sort: str) -> None:
        drawn.append(paper)

    bag = filled(bags, *NUMBERS[:2])
    bags.close(bag, CloseBag(2, 900, "S-1", is_typed=True), CLERK)
    bags.reopen(bag, "kilid", CLERK)
    bags.put_in(bag, NUMBERS[2], CLERK)
    bags.close(bag, CloseBag(3, 1_300, "S-2"), CLERK)
    jobs = [job for job in iter(lambda: papers.print_next(printer), None) if job.paper == "bag_label"]
    number = bags.one(bag).number
    assert [job.number for job in jobs] == [number] * 2
    first, second = drawn[-2:]
    assert isinstance(first, BagLabelPaper)
    assert isinstance(second, BagLabelPaper)
    assert (first.version, first.grams, first.items, first.seal) == (1, 900, 2, "S-1")
    assert first.weight_typed
    assert (second.version, second.grams, second.weight_typed, second.items) == (2, 1_300, False, 3)
    assert (first.number, first.to_office, first.to_code) == (number, "Bakı 1", HUB)


def test_a_bag_opened_again_is_its_next_version_with_a_new_seal(bags: MailBags) -> None:
    bag = filled(bags, NUMBERS[0])
    bags.close(bag, CloseBag(1, 900, "S-1"), CLERK)
    refused(lambda: bags.reopen(bag, " ", CLERK), "E-119")
    bags.reopen(bag, "bir göndəriş unudulub", CLERK)
    now = bags.one(bag)
    assert (now.state, now.version, now.seal, now.grams) == ("open", 2, "", 0)
    assert bags.put_in(bag, NUMBERS[1], CLERK).verdict == "saved"
    refused(lambda: bags.close(bag, CloseBag(2, 900, "S-1"), CLERK), "E-117", seal="S-1")
    bags.close(bag, CloseBag(2, 1_400, "S-2"), CLERK)
    assert tuple(bags.one(bag).items) == tuple(NUMBERS[:2])


def test_an_item_lies_in_one_bag_and_nothing_else_is_done_with_it(stand: Stand, bags: MailBags) -> None:
    first, second = filled(bags, NUMBERS[0]), filled(bags)
    at_ms = stand.clock.utc_ms()
    answer = bags.put_in(second, NUMBERS[0], CLERK)
    assert (answer.verdict, answer.key) == ("already", "express.scan.in_bag")
    assert answer.facts == {"number": NUMBERS[0], "bag": bags.one(first).number, "at_ms": at_ms}
    for again in (
        bags.put_in(first, NUMBERS[0], CLERK),
        stand.desk.tracking.scan(ScanItem(NUMBERS[0], "EMG"), CLERK),
    ):
        assert again.key == "express.scan.in_bag"
    assert bags.take_out(second, NUMBERS[0], CLERK).key == "express.scan.not_in_bag"
    assert bags.take_out(first, NUMBERS[0], CLERK).verdict == "saved"
    refused(lambda: stand.desk.tracking.void_last(CLERK), "E-123")
    assert bags.put_in(second, NUMBERS[0], CLERK).verdict == "saved"
    refused(lambda: bags.give_up(second, CLERK), "E-120")
    # Into a bag only with a bag, and what is found in none without one.
    refused(lambda: stand.desk.tracking.scan(ScanItem(NUMBERS[1], "bagged"), CLERK), "E-020")
    refused(lambda: stand.desk.tracking.scan(ScanItem(NUMBERS[1], "EDG", bag=first), CLERK), "E-020")
    refused(lambda: bags.close(first, CloseBag(0, 900, "S-1"), CLERK), "E-113")
    bags.give_up(first, CLERK)
    refused(lambda: bags.put_in(first, NUMBERS[1], CLERK), "E-111")
    refused(lambda: bags.one("no such"), "E-110")
    assert stand.books.rebuild() == []


def test_a_wrong_scan_is_taken_back_until_the_bag_is_closed(stand: Stand, bags: MailBags) -> None:
    bag = filled(bags, NUMBERS[0], NUMBERS[1])
    stand.desk.tracking.void_last(CLERK)
    assert tuple(bags.one(bag).items) == (NUMBERS[0],)
    bags.close(bag, CloseBag(1, 900, "S-1"), CLERK)
    refused(lambda: stand.desk.tracking.void_last(CLERK), "E-111")
    [scan, *_] = [one for one in stand.desk.tracking.today() if isinstance(one.body, ops.ItemScanned)][::-1]
    consent = approval("o-1")
    refused(lambda: stand.desk.tracking.void(scan.recorded.operation, "o-1", "səhv", CLERK, consent), "E-111")
    assert stand.books.rebuild() == []


def test_what_lies_in_a_closed_bag_keeps_the_scans_before_it(stand: Stand, bags: MailBags) -> None:
    tracking = stand.desk.tracking
    for event, more in (("EMG", {}), ("EMH", {"reason": "moved", "measure": "forwarded"})):
        stand.clock.pass_ms(1_000)
        assert tracking.scan(ScanItem(NUMBERS[0], event, **more), CLERK).verdict == "saved"
    stand.clock.pass_ms(1_000)
    bag = filled(bags, NUMBERS[0])
    scans = [one for one in tracking.today() if isinstance(one.body, ops.ItemScanned)]

    def none_is_taken_back() -> None:
        for scan, code in zip(scans, (in_bag, "E-044", "E-044"), strict=True):
            operation = stand.desk.counter.new_id()
            void = partial(tracking.void, scan.recorded.operation, operation, "səhv", CLERK)
            refused(partial(void, approval(operation)), code)

    bags.close(bag, CloseBag(1, 900, "S-1"), CLERK)
    in_bag = "E-111"
    none_is_taken_back()
    bags.hand_over(bag, "Rzayev Kamal", INK, CLERK)
    none_is_taken_back()
    assert stand.books.rebuild() == []


@pytest.mark.parametrize("state", ["open", "sealed", "gone"])
def test_a_bag_of_another_desk_keeps_the_scans_of_what_its_list_names(
    stand: Stand, bags: MailBags, state: str
) -> None:
    tracking = stand.desk.tracking
    assert tracking.scan(ScanItem(NUMBERS[0], "EMG"), CLERK).verdict == "saved"
    # The list of the centre comes before the word of the scan into the bag.
    told = tidings.MailBagNews(
        bag="b-1", number=bag_number(9_000, 1, 1), from_office="2002", to_office=HUB, state=state, version=1,
        begun_ms=1, at_ms=stand.clock.utc_ms() + 1, seal="S-7", numbers=(NUMBERS[0],), grams=900,
    )  # fmt: skip
    stand.books.store_news([piece(900, "mail.bag", told)], 1)
    refused(lambda: tracking.void_last(CLERK), "E-044")
    # What is scanned once that bag is elsewhere is its own again.
    stand.books.store_news([piece(901, "mail.bag", msgspec.structs.replace(told, state="done"))], 1)
    tracking.void_last(CLERK)


def test_what_is_elsewhere_or_stopped_goes_into_no_bag(stand: Stand, bags: MailBags) -> None:
    told = [
        tidings.ItemEvent(number=NUMBERS[0], event="EMA", office="1010", at_ms=1, operation="a"),
        tidings.ItemEvent(number=NUMBERS[2], event="EMG", office="2002", at_ms=1, operation="b"),
        tidings.ItemEvent(
            number=NUMBERS[2], event="EMH", office="2002", at_ms=2, operation="c", measure="returned"
        ),
    ]
    orders = [
        tidings.ItemOrder(order=str(at), number=number, kind="recall", state="open", at_ms=1)
        for at, number in enumerate(NUMBERS[1:2])
    ]
    stand.books.store_news([piece(900 + at, "item.event", one) for at, one in enumerate(told)], 1)
    stand.books.store_news([piece(910 + at, "item.order", one) for at, one in enumerate(orders)], 1)
    bag = filled(bags)
    elsewhere = bags.put_in(bag, NUMBERS[0], CLERK)
    assert (elsewhere.verdict, elsewhere.key) == ("misrouted", "express.scan.not_here")
    stopped = bags.put_in(bag, NUMBERS[1], CLERK)
    assert (stopped.verdict, stopped.key) == ("stopped", "express.scan.stopped_recall")
    # What goes back to its sender travels in a bag like any other item.
    assert bags.put_in(bag, NUMBERS[2], CLERK).verdict == "saved"
    assert tuple(bags.one(bag).items) == (NUMBERS[2],)


def test_another_desk_of_the_office_goes_on_with_a_bag_and_one_for_this_office_is_expected(
    stand: Stand, bags: MailBags
) -> None:
    """Desk 2 fills a bag, desk 1 hears so, closes it and hands it over; the centre's word comes late."""
    at = iter(range(900, 990))
    number = bag_number(9_000, 1, 1)

    def told(state: str, version: int = 1, office: str = "2002", **more: object) -> tidings.MailBagNews:
        to = HUB if office == "2002" else "2002"
        known = tidings.MailBagNews(
            bag=f"b-{office}", number=number, from_office=office, to_office=to, state=state, version=version,
            begun_ms=1, at_ms=2,
        )  # fmt: skip
        return msgspec.structs.replace(known, **more)

    def hear(kind: str, news: tidings.Tidings) -> None:
        stand.books.store_news([piece(next(at), kind, news)], 1)

    def scanned(item: str, event: str, operation: str, kind: str = "item.event") -> None:
        said = tidings.ItemEvent(
            number=item, event=event, office="2002", at_ms=3, detail=number, operation=operation,
            desk="2002-2", epoch=1, sequence=next(at),
        )  # fmt: skip
        hear(kind, said)

    hear("mail.bag", told("open"))
    for item, operation in zip(NUMBERS[:4], "abcd", strict=True):
        scanned(item, "bagged", operation)
    scanned(NUMBERS[2], "unbagged", "e")
    scanned(NUMBERS[3], "bagged", "d", "item.voided")
    assert tuple(bags.one("b-2002").items) == tuple(NUMBERS[:2])
    assert bags.put_in(filled(bags), NUMBERS[0], CLERK).key == "express.scan.in_bag"
    bags.close("b-2002", CloseBag(2, 900, "S-7"), CLERK)
    hear("mail.bag", told("open"))
    assert bags.one("b-2002").state == "sealed"
    bags.hand_over("b-2002", "Rzayev", INK, CLERK)
    hear("mail.bag", told("sealed", seal="S-7", numbers=tuple(NUMBERS[:2]), grams=900))
    assert bags.one("b-2002").state == "gone"
    hear("mail.bag", told("arrived", seal="S-7", numbers=tuple(NUMBERS[:2]), grams=900))
    assert bags.one("b-2002").state == "arrived"
    # Of the hub: expected here, none of our own, and what is in it may be scanned.
    hear("mail.bag", told("sealed", office=HUB, seal="H-1", numbers=tuple(NUMBERS[4:]), grams=700))
    expected = bags.one(f"b-{HUB}")
    assert (expected.from_office, expected.state) == (HUB, "sealed")
    assert tuple(expected.items) == tuple(NUMBERS[4:])
    assert [one.from_office for one in bags.at_hand()] == [""]
    refused(lambda: bags.hand_over(f"b-{HUB}", "Rzayev", INK, CLERK), "E-110")
    for strange in ({"state": "flying"}, {"number": "AZG1"}, {"numbers": ("EE1",)}):
        hear("mail.bag", told(**{"state": "sealed", "office": HUB} | strange))  # type: ignore[arg-type]
    assert len(stand.bodies(ops.CaseRaised)) == 3
    assert stand.books.rebuild() == []
    assert stand.books.check().is_sound


def test_a_seal_that_two_desks_closed_with_is_no_reason_to_lose_a_record(
    stand: Stand, bags: MailBags
) -> None:
    first, again = filled(bags, NUMBERS[0]), filled(bags, NUMBERS[1])
    bags.close(first, CloseBag(1, 900, "S-7"), CLERK)
    refused(lambda: bags.close(again, CloseBag(1, 900, "S-7"), CLERK), "E-117", seal="S-7")
    with stand.books.writing() as books:
        # As a machine wrote it that had not heard of the other one.
        twice = ops.MailBagClosed(
            bag=again, version=1, numbers=(NUMBERS[1],), counted=1, grams=900, seal="S-7"
        )
        books.append(twice, actor=CLERK.officer, operation=stand.desk.counter.new_id())
    assert bags.one(again).state == "sealed"
    assert stand.books.rebuild() == []
