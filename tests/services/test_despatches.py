"""Despatches abroad of their owner desk: numbers without gaps, one place for each item, one hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.lanes import Lane, Lanes
from azpost_desk.domain.mail.proof import Signature
from azpost_desk.domain.papers_mail import ReceptacleLabelPaper
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.despatches import Loaded
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.rounds import Signed
from tests.services.counters import CLERK
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.despatches import Despatches
    from azpost_desk.services.views import Recorded
    from tests.services.counters import Stand

NUMBERS = [item_number("EE", 810_000 + serial) for serial in range(6)]
REGISTERED = item_number("RR", 810_100)
INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)), b"png")
NAMES = {"az": "İstanbul", "ru": "Стамбул", "en": "Istanbul"}
LANE = Lane("2002-1", "AZBAKA", "TRISTA", "A", "EN", NAMES, first=7, last=9)


def tell_lanes(stand: Stand, *lanes: Lane) -> None:
    content = msgspec.Raw(msgspec.json.encode(Lanes(lanes=lanes)))
    told = tidings.Reference(name="mail_lanes", version=1, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(880, "reference", told)], 1)


@pytest.fixture
def despatches(stand: Stand) -> Despatches:
    other = msgspec.structs.replace(LANE, desk="2002-2", destination="DEFRAA")
    before = msgspec.structs.replace(LANE, epoch=2, destination="GBLONA")
    tell_lanes(stand, LANE, other, before)
    return stand.desk.despatches


def refused(act: object, code: str, **facts: object) -> None:
    assert callable(act)
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def begun(despatches: Despatches) -> str:
    return despatches.begin("TRISTA", "A", "EN", CLERK).despatch


def sealed(despatches: Despatches, despatch: str, *numbers: str, is_last: bool = False) -> str:
    receptacle = despatches.add(despatch, CLERK).receptacle
    for number in numbers:
        assert despatches.put_in(receptacle, number, CLERK).verdict == "saved"
    said = CloseBag(len(numbers), 1_240, f"D-{numbers[0][4:10]}")
    despatches.seal(receptacle, said, CLERK, is_last=is_last)
    return receptacle


def states(stand: Stand, *numbers: str) -> list[tuple[str, str]]:
    with stand.books.reading() as books:
        return [(life.state, life.custody) for one in numbers for life in books.item_lives(one)]


def test_numbers_run_in_the_range_of_this_desk_and_machine_and_none_comes_twice(
    stand: Stand, despatches: Despatches
) -> None:
    assert despatches.lanes() == (LANE,)
    refused(lambda: despatches.begin("DEFRAA", "A", "EN", CLERK), "E-190")
    refused(lambda: despatches.begin("GBLONA", "A", "EN", CLERK), "E-190")
    refused(lambda: despatches.begin("TRISTA", "A", "UN", CLERK), "E-190")
    first = begun(despatches)
    assert despatches.one(first).name.s8 == "AZBAKATRISTAAEN60007"
    despatches.cancel(first, CLERK)
    refused(lambda: despatches.add(first, CLERK), "E-193")
    assert despatches.one(begun(despatches)).name.number == 8
    assert despatches.one(begun(despatches)).name.number == 9
    refused(lambda: begun(despatches), "E-190")
    assert [one.name.number for one in despatches.at_hand()] == [8, 9]
    assert stand.books.rebuild() == []


def test_a_despatch_leaves_with_a_signature_and_every_item_in_it_with_its_receptacle(
    stand: Stand, despatches: Despatches
) -> None:
    despatch = begun(despatches)
    one = sealed(despatches, despatch, *NUMBERS[:2])
    two = sealed(despatches, despatch, NUMBERS[2], REGISTERED, is_last=True)
    labels = [despatches.receptacle(receptacle).s9 for receptacle in (one, two)]
    assert labels == ["AZBAKATRISTAAEN60007001000012", "AZBAKATRISTAAEN60007002110012"]
    assert states(stand, *NUMBERS[:3]) == [("accepted", "bag")] * 3

    def hand_over(*scans: str) -> Recorded:
        return despatches.hand_over(despatch, Loaded(scans, "Rzayev", INK, "TK 333"), CLERK)

    refused(lambda: hand_over(*labels), "E-193")
    despatches.close(despatch, CLERK)
    refused(lambda: despatches.unseal(one, "kilid", CLERK), "E-193")
    refused(hand_over, "E-199")
    refused(lambda: hand_over(labels[0], "AZBAKATRISTAAEN60008001000012"), "E-199")
    unsigned = Loaded(labels, "Rzayev", Signed(Signature(360, 140, ())))
    refused(lambda: despatches.hand_over(despatch, unsigned, CLERK), "E-122")
    refused(lambda: despatches.hand_over(despatch, Loaded(labels, " ", INK), CLERK), "E-121")
    before = stand.records()
    recorded = hand_over(labels[1].lower(), labels[0], labels[0])
    assert stand.records() == before + 5
    [body] = stand.bodies(ops.DespatchHandedOver)
    assert isinstance(body, ops.DespatchHandedOver)
    assert (body.labels, body.left_behind, body.transport) == (tuple(labels), (), "TK 333")
    with stand.books.reading() as books:
        kept = books.attachment(recorded.operation, "driver")
    assert kept is not None
    assert b"Rzayev" in kept
    assert states(stand, *NUMBERS[:3], REGISTERED) == [("left", "other_post")] * 4
    left = [one for one in stand.bodies(ops.ItemScanned) if isinstance(one, ops.ItemScanned)]
    assert {one.number: one.receptacle for one in left if one.event == "EMC"} == {
        **dict.fromkeys(NUMBERS[:2], labels[0]),
        **dict.fromkeys((NUMBERS[2], REGISTERED), labels[1]),
    }
    assert despatches.at_hand() == ()
    refused(lambda: hand_over(*labels), "E-199")
    # What left with its receptacle is not taken back alone.
    refused(lambda: stand.desk.tracking.void_last(CLERK), "E-044")
    assert stand.books.rebuild() == []
    assert stand.books.check().is_sound


def test_what_is_left_behind_is_named_keeps_its_number_and_follows(
    stand: Stand, despatches: Despatches
) -> None:
    despatch = begun(despatches)
    sealed(despatches, despatch, NUMBERS[0])
    sealed(despatches, despatch, NUMBERS[1], is_last=True)
    first, second = (one.s9 for one in despatches.receptacles(despatch))
    despatches.close(despatch, CLERK)
    despatches.hand_over(despatch, Loaded([second], "Rzayev", INK), CLERK)
    [body] = stand.bodies(ops.DespatchHandedOver)
    assert isinstance(body, ops.DespatchHandedOver)
    assert body.left_behind == (first,)
    assert states(stand, *NUMBERS[:2]) == [("accepted", "bag"), ("left", "other_post")]
    assert [one.despatch for one in despatches.at_hand()] == [despatch]
    refused(lambda: despatches.reopen(despatch, "gec", CLERK), "E-193")
    # A late bag goes into the next one.
    refused(lambda: despatches.add(despatch, CLERK), "E-193")
    despatches.hand_over(despatch, Loaded([first], "Quliyev", INK), CLERK)
    assert states(stand, NUMBERS[0]) == [("left", "other_post")]
    assert despatches.at_hand() == ()
    assert stand.books.rebuild() == []


def test_a_receptacle_opened_again_is_its_next_version_and_its_old_label_says_so(
    stand: Stand, despatches: Despatches
) -> None:
    despatch = begun(despatches)
    one = sealed(despatches, despatch, NUMBERS[0], is_last=True)
    old = despatches.receptacle(one).s9
    assert despatches.labelled(old).receptacle == one
    refused(lambda: despatches.unseal(one, " ", CLERK), "E-119")
    despatches.unseal(one, "kilid qırıldı", CLERK)
    refused(lambda: despatches.unseal(one, "kilid", CLERK), "E-194")
    refused(lambda: despatches.seal(one, CloseBag(1, 1_240, f"D-{NUMBERS[0][4:10]}"), CLERK), "E-117")
    refused(lambda: despatches.seal(one, CloseBag(2, 3_000, "D-2"), CLERK), "E-114")
    despatches.seal(one, CloseBag(1, 3_000, "D-2", is_typed=True), CLERK, is_last=True)
    now = despatches.receptacle(one)
    assert (now.version, now.s9[-4:], now.seal, now.is_typed) == (2, "0030", "D-2", True)
    refused(lambda: despatches.labelled(old), "E-197", version=2, at_ms=now.changed_ms)
    refused(lambda: despatches.labelled("AZBAKATRISTAAEN60999001000012"), "E-192")
    despatches.close(despatch, CLERK)
    refused(lambda: despatches.hand_over(despatch, Loaded([old], "Rzayev", INK), CLERK), "E-197", version=2)
    drawn: list[object] = []

    def printer(paper: object, _sort: str) -> None:
        drawn.append(paper)

    while stand.desk.papers.print_next(printer):
        pass
    labels = [one for one in drawn if isinstance(one, ReceptacleLabelPaper)]
    assert [(one.s9, one.version, one.seal, one.to_office) for one in labels] == [
        (old, 1, f"D-{NUMBERS[0][4:10]}", "Istanbul"),
        (now.s9, 2, "D-2", "Istanbul"),
    ]
    assert stand.books.rebuild() == []


def test_a_despatch_is_closed_when_all_is_sealed_and_the_last_label_alone_says_so(
    stand: Stand, despatches: Despatches
) -> None:
    despatch = begun(despatches)
    refused(lambda: despatches.close(despatch, CLERK), "E-195", receptacles="001")
    one = sealed(despatches, despatch, NUMBERS[0], is_last=True)
    two = despatches.add(despatch, CLERK).receptacle
    refused(lambda: despatches.close(despatch, CLERK), "E-195", receptacles="001, 002")
    refused(lambda: despatches.cancel(despatch, CLERK), "E-196")
    despatches.put_in(two, NUMBERS[1], CLERK)
    refused(lambda: despatches.give_up(two, CLERK), "E-120")
    despatches.take_out(two, NUMBERS[1], CLERK)
    despatches.give_up(two, CLERK)
    despatches.close(despatch, CLERK)
    despatches.reopen(despatch, "gec gəldi", CLERK)
    # Its number is taken up again, by the same receptacle in its next version.
    again = despatches.add(despatch, CLERK)
    assert (again.receptacle, again.name.number, again.version) == (two, 2, 2)
    despatches.put_in(two, NUMBERS[1], CLERK)
    despatches.seal(two, CloseBag(1, 500, "D-9"), CLERK, is_last=True)
    refused(lambda: despatches.close(despatch, CLERK), "E-195", receptacles="001")
    despatches.unseal(one, "etiket", CLERK)
    despatches.seal(one, CloseBag(1, 1_240, "D-10"), CLERK)
    despatches.close(despatch, CLERK)
    assert despatches.one(despatch).version == 2
    assert stand.books.rebuild() == []


def test_an_item_lies_in_one_place_inland_or_abroad(stand: Stand, despatches: Despatches) -> None:
    despatch = begun(despatches)
    one = despatches.add(despatch, CLERK)
    assert despatches.put_in(one.receptacle, NUMBERS[0], CLERK).verdict == "saved"
    bag = stand.desk.mail_bags.begin("1000", CLERK).bag
    twice = stand.desk.mail_bags.put_in(bag, NUMBERS[0], CLERK)
    assert (twice.verdict, twice.facts["bag"]) == ("already", one.name.code)
    assert stand.desk.mail_bags.put_in(bag, NUMBERS[1], CLERK).verdict == "saved"
    assert despatches.put_in(one.receptacle, NUMBERS[1], CLERK).verdict == "already"
    # A receptacle is no inland bag, and no bag a receptacle.
    assert [held.bag for held in stand.desk.mail_bags.at_hand()] == [bag]
    refused(lambda: despatches.put_in(bag, NUMBERS[2], CLERK), "E-192")
    refused(lambda: stand.desk.mail_bags.close(one.receptacle, CloseBag(1, 900, "S-1"), CLERK), "E-110")
    # Taken back within the minute it lies in nothing.
    stand.desk.tracking.void_last(CLERK)
    assert despatches.put_in(one.receptacle, NUMBERS[1], CLERK).verdict == "saved"
    stand.desk.tracking.void_last(CLERK)
    assert tuple(despatches.receptacle(one.receptacle).items) == (NUMBERS[0],)
    despatches.seal(one.receptacle, CloseBag(1, 900, "S-7"), CLERK, is_last=True)
    refused(lambda: despatches.put_in(one.receptacle, NUMBERS[2], CLERK), "E-194")
    assert stand.desk.mail_bags.put_in(bag, NUMBERS[0], CLERK).verdict == "already"
    refused(lambda: stand.desk.mail_bags.close(bag, CloseBag(0, 900, "S-7"), CLERK), "E-113")
    stand.desk.mail_bags.put_in(bag, NUMBERS[3], CLERK)
    # A seal closes one thing.
    refused(lambda: stand.desk.mail_bags.close(bag, CloseBag(1, 900, "S-7"), CLERK), "E-117")


def stop(stand: Stand, number: str, at: int) -> None:
    order = tidings.ItemOrder(order=f"o-{at}", number=number, kind="court", state="open", at_ms=1)
    stand.books.store_news([piece(at, "item.order", order)], 1)


def test_a_stop_order_holds_when_scanned_in_and_when_handed_over(
    stand: Stand, despatches: Despatches
) -> None:
    despatch = begun(despatches)
    stop(stand, NUMBERS[0], 881)
    one = despatches.add(despatch, CLERK).receptacle
    assert despatches.put_in(one, NUMBERS[0], CLERK).verdict == "stopped"
    assert despatches.put_in(one, NUMBERS[1], CLERK).verdict == "saved"
    despatches.seal(one, CloseBag(1, 900, "S-1"), CLERK, is_last=True)
    despatches.close(despatch, CLERK)
    stop(stand, NUMBERS[1], 882)
    [label] = (packing.s9 for packing in despatches.receptacles(despatch))
    before = stand.records()
    said = Loaded([label], "Rzayev", INK)
    refused(lambda: despatches.hand_over(despatch, said, CLERK), "E-198", number=NUMBERS[1])
    assert stand.records() == before
    assert states(stand, NUMBERS[1]) == [("accepted", "bag")]


def test_an_item_at_the_office_of_exchange_goes_into_a_receptacle(
    stand: Stand, despatches: Despatches
) -> None:
    with stand.books.writing() as books:
        seen = ops.ItemScanned(number=NUMBERS[0], event="EMB", office="2002")
        books.append(seen, actor="1002", operation="emb")
    assert states(stand, NUMBERS[0]) == [("outward", "desk")]
    despatch = begun(despatches)
    one = despatches.add(despatch, CLERK).receptacle
    assert despatches.put_in(one, NUMBERS[0], CLERK).verdict == "saved"
    assert states(stand, NUMBERS[0]) == [("outward", "bag")]
