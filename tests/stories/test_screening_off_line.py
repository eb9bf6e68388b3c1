"""The lists stand at the desk too: a name is screened in a village whose line is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central import list_versions
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.screening import Screener
from azpost_desk.services.transfers import SendTransfer
from tests.stories.test_screening import ASLANOV, ENTRY, OTHER, told_list
from tests.stories.town import BAKU, LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.domain.people import Person
    from azpost_desk.rehearsal.faults import Fault
    from azpost_desk.services.screening import Screening
    from tests.stories.town import Seat, Town


def screened(screener: Screener, seat: Seat, person: Person) -> Screening:
    with seat.books.reading() as look:
        return screener.screened(look, person)


def test_a_list_reaches_the_desk_and_is_asked_off_line(place: Town, ganja: Seat, baku: Seat) -> None:
    screener = Screener()
    assert screened(screener, ganja, ASLANOV).hits == ()
    done = told_list(place, ENTRY, OTHER)
    ganja.go_offline()
    found = screened(screener, ganja, ASLANOV)
    assert [(hit.entry.id, hit.name) for hit in found.hits] == [("23951", "ASLANOV, Dzheykhun Nasimi Ogly")]
    [here] = found.lists.lists
    assert (here.source, here.version, here.entries) == ("ofac", done.version, 2)
    assert screened(screener, ganja, ORXAN).hits == ()
    ganja.go_online()


def test_who_was_taken_off_the_list_is_nobody_at_the_desk_either(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    screener = Screener()
    told_list(place, ENTRY, OTHER)
    assert screened(screener, ganja, ASLANOV).hits
    told_list(place, OTHER)
    found = screened(screener, ganja, ASLANOV)
    assert (found.hits, found.lists.lists[0].version) == ((), 2)


@pytest.mark.parametrize("fault", ["answer_lost", "answer_cut", "answer_damaged"])
def test_a_bad_line_costs_pieces_and_no_entry(place: Town, ganja: Seat, baku: Seat, fault: Fault) -> None:
    many = [replace(OTHER, id=str(number)) for number in range(2, 1_400)]
    with place.centre.database.connection() as conn:
        list_versions.import_list(
            conn, [ENTRY, *many], "compliance", place.clock.utc_ms(), may_lose_many=True
        )
    place.centre.settle()
    # The exchange gets through, its first piece does not; next time one piece does and the second does not.
    first: tuple[Fault, ...] = ()
    second: tuple[Fault, ...] = ("none", "none")
    for before, here in ((first, 0), (second, 1)):
        ganja.road.plan(*before, "none", fault)
        ganja.line._step()
        assert not ganja.line.state().online
        with ganja.books.reading() as look:
            assert (len(look.watch_ways()), look.watch_copy().lists) == (here, ())
    ganja.road.calm()
    ganja.sync()
    found = screened(Screener(), ganja, ASLANOV)
    assert [hit.entry.id for hit in found.hits] == ["23951"]
    assert found.lists.lists[0].entries == 1_399


def test_a_receiver_who_came_on_the_list_is_not_paid_without_the_line(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Reserved in the morning, listed at noon: the village asks its own copy in the afternoon."""
    told_list(place, OTHER)
    command = SendTransfer(LEYLA, ASLANOV, azn(25_000), "family", BAKU)
    ganja.transfers.send(command, ganja.clerk)
    ganja.pay(25_300)
    other = ganja.send_money(30_000, office=BAKU)
    ganja.sync()
    assert baku.services.ahead.take(baku.clerk) == 2
    told_list(place, OTHER, ENTRY)
    baku.go_offline()
    held = {one.amount.minor: one for one in baku.transfers.held()}
    with pytest.raises(Refused, match="T-071"):
        baku.transfers.plan_payout(held[25_000].grant, ASLANOV, baku.clerk)
    baku.pay_out(other.code, 30_000)
    baku.go_online()
