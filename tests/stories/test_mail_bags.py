"""A bag from Gəncə to the hub in Bakı, quicker than the word of it: one item missing, one on no list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azpost_desk.domain.mail.proof import Signature
from azpost_desk.services.mail_bags import CloseBag
from azpost_desk.services.mail_bags_in import AsFound
from azpost_desk.services.rounds import Signed
from azpost_desk.services.scan_items import ScanItem
from tests.stories.test_express import accept, becomes, events, states
from tests.stories.town import BAKU

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

INK = Signed(Signature(360, 140, ((20, 20, 100, 100),)), b"png")


def filled(seat: Seat, *numbers: str) -> tuple[str, str]:
    """A bag with these items, closed and handed over; its id and number."""
    bags = seat.services.mail_bags
    begun = bags.begin(BAKU, seat.clerk)
    for number in numbers:
        assert bags.put_in(begun.bag, number, seat.clerk).verdict == "saved"
    bags.close(begun.bag, CloseBag(len(numbers), 1_500, f"S-{begun.number[-5:]}"), seat.clerk)
    bags.hand_over(begun.bag, "Rzayev Kamal", INK, seat.clerk)
    return begun.bag, begun.number


def tasks(place: Town) -> list[tuple[Any, ...]]:
    return place.ask(
        "select reason, about, ended_ms > 0 from exceptions where reason like 'mail_bag%%' order by exception"
    )


def minute(place: Town) -> None:
    place.clock.pass_ms(60_000)


def test_a_bag_filled_off_line_is_opened_at_the_hub_before_anybody_has_heard_of_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    becomes(place, baku, BAKU, "exchange", "sorting")
    listed = [accept(ganja, 400) for _ in range(3)]
    surplus = accept(ganja, 400)
    place.sync()
    ganja.go_offline()
    minute(place)
    bag, number = filled(ganja, *listed)
    minute(place)
    hub = baku.services.mail_bags_in
    taken = hub.take_in(number, baku.clerk)
    assert (taken.verdict, taken.key) == ("saved", "express.bag.unheard")
    arrival = taken.arrival.arrival
    hub.open(arrival, baku.clerk)
    assert hub.events() == ("EMB", "EDD")
    event = "EDD"
    for item in (listed[0], listed[1], surplus):
        minute(place)
        assert hub.found(arrival, item, event, baku.clerk).verdict == "saved"
    # Nobody here knows the list: what is missing is known as soon as it comes.
    ended = hub.end(arrival, baku.clerk)
    assert (ended.listed, ended.held.is_even) == (None, True)
    baku.sync()
    assert tasks(place) == []
    ganja.go_online()
    place.sync()
    assert sorted(tasks(place)) == [
        ("mail_bag_missing", f"{listed[2]} {number}", False),
        ("mail_bag_surplus", f"{surplus} {number}", False),
    ]
    now = hub.content(arrival)
    assert (now.held.missing, now.held.surplus) == ((listed[2],), (surplus,))
    assert ganja.services.mail_bags.one(bag).state == "done"
    assert place.ask("select state, office, arrival from mail_bags") == [("done", BAKU, arrival)]
    for item in (listed[0], surplus):
        assert events(ganja, item)[-1] == events(baku, item)[-1] == (event, BAKU)
        assert len(states(place, item, ganja, baku)) == 1
    assert states(place, listed[2], ganja, baku) == {("accepted", "bag")}
    # It had fallen behind the table of the hub.
    minute(place)
    baku.services.tracking.scan(ScanItem(listed[2], event), baku.clerk)
    place.sync()
    # What was on no list is a person's to explain.
    assert {one[0]: one[2] for one in tasks(place)} == {"mail_bag_missing": True, "mail_bag_surplus": False}
    assert len(states(place, listed[2], ganja, baku)) == 1


def test_a_bag_that_was_announced_is_awaited_and_whoever_sealed_it_anew_is_seen(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    items = [accept(ganja, 400) for _ in range(2)]
    minute(place)
    bag, number = filled(ganja, *items)
    place.sync()
    hub = baku.services.mail_bags_in
    assert [(one.bag, one.state, tuple(one.items)) for one in hub.expected()] == [(bag, "gone", tuple(items))]
    baku.go_offline()
    minute(place)
    taken = hub.take_in(number, baku.clerk, AsFound("resealed", "X-99"))
    assert (taken.verdict, taken.key) == ("differs", "express.bag.resealed")
    assert hub.expected() == ()
    baku.go_online()
    place.sync()
    assert ganja.services.mail_bags.one(bag).state == "arrived"
    assert place.ask("select state, condition from mail_bags") == [("arrived", "resealed")]
    assert tasks(place) == []
