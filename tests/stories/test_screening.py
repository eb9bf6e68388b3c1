"""Somebody on a watch list sends or receives: nothing is paid before two people have decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central import held, list_versions, screening
from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.watch_lists import Listed
from azpost_desk.services.transfers import SendTransfer
from tests.stories.test_transfer_life import DAY_MS, decide, given_back, seen
from tests.stories.town import LEYLA, ORXAN

if TYPE_CHECKING:
    from azpost_desk.services.views import Transfer
    from tests.stories.town import Seat, Town

ASLANOV = replace(ORXAN, name="Aslanov Ceyhun Nəsimi oğlu")
ENTRY = Listed(
    source="ofac",
    id="23951",
    kind="person",
    names=(("ASLANOV, Dzheykhun Nasimi Ogly", "name"), ("ASLANOV, Jayhoon", "aka")),
)
OTHER = Listed(source="ofac", id="1", kind="person", names=(("SOMEBODY, Else", "name"),))


def told_list(place: Town, *entries: Listed) -> list_versions.Imported:
    """The centre imports this list; everybody hears how old it is."""
    with place.centre.database.connection() as conn:
        done = list_versions.import_list(
            conn, entries, "compliance", place.clock.utc_ms(), may_lose_many=True
        )
    place.sync()
    return done


def send_to(seat: Seat, receiver: object) -> Transfer:
    command = SendTransfer(LEYLA, receiver, azn(25_000), "family")  # type: ignore[arg-type]
    operation = seat.transfers.send(command, seat.clerk).lines[-1].line.operation
    seat.pay(25_300)
    seat.sync()
    with seat.books.reading() as look:
        sent = look.transfer(operation)
    assert sent is not None
    return sent


def why(place: Town, transfer: str) -> list[tuple[str, str, str]]:
    with place.centre.database.connection() as conn:
        return [(one.party, one.id, one.name) for one in screening.suspicions(conn, transfer)]


def test_a_hit_is_held_and_paid_only_after_two_people_let_it_go(place: Town, ganja: Seat, baku: Seat) -> None:
    told_list(place, ENTRY, OTHER)
    sent = send_to(ganja, ASLANOV)
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("held", "held")
    assert why(place, sent.transfer) == [("receiver", "23951", "ASLANOV, Dzheykhun Nasimi Ogly")]
    with pytest.raises(Refused, match="T-018"):
        baku.ask_for(sent.code)
    # What the desk hears names no list and nobody on it.
    heard = place.ask(
        "select convert_from(payload, 'UTF8') from tidings where kind in ('exception', 'transfer.event')"
    )
    assert not any("ASLANOV" in row[0] or "23951" in row[0] or "ofac" in row[0] for row in heard)
    assert decide(place, sent.transfer, held.LET_GO) == "available"
    claimed = baku.ask_for(sent.code)
    baku.transfers.plan_payout(claimed.grant, ASLANOV, baku.clerk)
    baku.pay()
    place.sync()
    assert (place.state(sent.transfer), seen(ganja, sent.transfer)) == ("paid", "paid")


def test_a_hit_that_is_rejected_stays_frozen(place: Town, ganja: Seat, baku: Seat) -> None:
    told_list(place, ENTRY)
    sent = send_to(ganja, ASLANOV)
    place.sync()
    assert decide(place, sent.transfer, held.REJECTED) == "rejected"
    with pytest.raises(Refused, match="T-018"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    decide(place, sent.transfer, held.LET_BACK)
    given_back(ganja, sent)
    place.sync()
    assert place.state(sent.transfer) == "refunded"


def test_everybody_else_is_paid_at_once(place: Town, ganja: Seat, baku: Seat) -> None:
    told_list(place, ENTRY, OTHER)
    sent = send_to(ganja, ORXAN)
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"


def test_sent_off_line_it_is_screened_before_anybody_can_have_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    told_list(place, ENTRY)
    ganja.go_offline()
    command = SendTransfer(LEYLA, ASLANOV, azn(25_000), "family")
    operation = ganja.transfers.send(command, ganja.clerk).lines[-1].line.operation
    ganja.pay(25_300)
    ganja.go_online()
    assert place.state(operation) == "held"


def test_a_new_entry_is_held_against_what_may_still_be_paid(place: Town, ganja: Seat, baku: Seat) -> None:
    told_list(place, OTHER)
    waiting, free = send_to(ganja, ASLANOV), send_to(ganja, ORXAN)
    reserved = send_to(ganja, ASLANOV)
    claimed = baku.ask_for(reserved.code)
    done = told_list(place, OTHER, ENTRY)
    assert (done.version, done.added, done.changed, done.removed, done.held) == (2, 1, 0, 0, 1)
    states = [place.state(one.transfer) for one in (waiting, free, reserved)]
    # What somebody holds cannot be taken from them (PROTOCOL.md 5).
    assert states == ["held", "available", "reserved"]
    assert seen(ganja, waiting.transfer) == "held"
    baku.transfers.release(claimed.grant, baku.clerk, "asked by the centre")
    place.sync()
    assert place.state(reserved.transfer) == "held"


def test_lists_that_are_too_old_stop_desk_and_centre(place: Town, ganja: Seat, baku: Seat) -> None:
    told_list(place, OTHER)
    place.clock.pass_ms(31 * DAY_MS)
    with pytest.raises(Refused, match="T-069"):
        send_to(ganja, ORXAN)
    told_list(place, OTHER)
    sent = send_to(ganja, ORXAN)
    assert place.state(sent.transfer) == "available"


def test_where_lists_are_required_nothing_is_sent_without_one(place: Town, ganja: Seat, baku: Seat) -> None:
    with place.centre.database.transaction() as conn:
        known = reference.newest(conn, Settings) or Settings()
        reference.publish(conn, replace(known, screening_required=True), place.clock.utc_ms())
    place.sync()
    with pytest.raises(Refused, match="T-069"):
        send_to(ganja, ORXAN)


def test_versions_say_what_changed(place: Town, ganja: Seat) -> None:
    first = told_list(place, ENTRY, OTHER)
    assert (first.version, first.added, first.removed) == (1, 2, 0)
    changed = replace(ENTRY, born=("1990",))
    second = told_list(place, changed)
    assert (second.version, second.added, second.changed, second.removed) == (2, 0, 1, 1)
    with place.centre.database.connection() as conn:
        assert [(one.source, one.version, one.entries) for one in screening.lists(conn)] == [("ofac", 2, 1)]
    rows = place.ask("select id, first, gone from watch_entries order by id, first")
    assert rows == [("1", 1, 2), ("23951", 1, 2), ("23951", 2, None)]
