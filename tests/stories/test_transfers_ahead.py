"""Orxan's village has no line in the afternoon: what was reserved in the morning is paid, and only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.protocol.questions import TRANSFER_CLAIM
from tests.stories.town import BAKU, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def grants(place: Town, transfer: str) -> list[object]:
    return place.ask("select state from grants where thing = %s order by number", transfer)


def test_a_transfer_to_a_named_office_is_paid_there_without_a_line(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    named, anywhere = ganja.send_money(office=BAKU), ganja.send_money(30_000)
    ganja.sync()
    assert baku.services.ahead.take(baku.clerk) == 1
    # Asked again there is nothing more: a transfer to any office waits for its receiver.
    assert baku.services.ahead.take(baku.clerk) == 0
    baku.sync()
    baku.go_offline()
    baku.pay_out(named.code)
    assert baku.till_qapik() == 100_000 - 25_000
    with pytest.raises(Trouble):
        baku.ask_for(anywhere.code, 30_000)
    assert place.state(named.transfer) == "reserved"
    baku.go_online()
    place.sync()
    assert (place.state(named.transfer), place.state(anywhere.transfer)) == ("paid", "available")
    assert grants(place, named.transfer) == [("paid",)]


def test_its_sender_waits_until_the_holder_gives_it_back(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office=BAKU)
    ganja.sync()
    baku.services.ahead.take(baku.clerk)
    with pytest.raises(Refused, match="T-015"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    baku.services.ahead.release(baku.clerk)
    place.sync()
    claimed = ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    assert claimed.purpose == "refund"


def test_a_desk_that_dies_with_its_list_has_it_when_it_comes_back(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money(office=BAKU)
    ganja.sync()
    baku.road.plan("none", "answer_lost")
    with pytest.raises(Trouble):
        baku.services.ahead.take(baku.clerk)
    baku.kill()
    baku.reopen()
    for asked in baku.transfers.unanswered():
        baku.transfers.ask_again(asked.request, baku.clerk)
    baku.services.ahead.take(baku.clerk)
    assert [one.amount for one in baku.services.ahead.list()] == [azn(25_000)]
    baku.go_offline()
    baku.pay_out(sent.code)
    baku.go_online()
    assert grants(place, sent.transfer) == [("paid",)]


def test_the_centre_caps_number_and_value(place: Town, ganja: Seat, baku: Seat) -> None:
    with place.centre.database.transaction() as conn:
        capped = Settings(ahead_count_max=2, ahead_qapik_max=30_000, ahead_payout_qapik_max=26_000)
        reference.publish(conn, capped, place.clock.utc_ms(), branch=BAKU)
    sent = []
    for qapik in (25_000, 27_000, 6_000, 4_000, 1_000):
        sent.append(ganja.send_money(qapik, office=BAKU))
        place.clock.now_ms += 1_000
    ganja.sync()
    assert baku.services.ahead.take(baku.clerk) == 2
    assert {one.amount.minor for one in baku.services.ahead.list()} == {25_000, 4_000}
    # Whoever stands at the counter is served whatever is reserved ahead.
    assert baku.ask_for(sent[2].code, 6_000).amount == azn(6_000)


def test_only_the_office_it_is_addressed_to_may_reserve_it(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office="5500")
    ganja.sync()
    assert baku.services.ahead.take(baku.clerk) == 0
    for qapik in (25_000, 24_999):
        question = TransferClaim(
            request=f"r-{qapik}", purpose="pay", transfer=sent.transfer, amount_qapik=qapik
        )
        assert baku.line.ask(TRANSFER_CLAIM, question).code == "T-010"


def test_at_the_close_of_the_day_it_all_goes_back(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office=BAKU)
    ganja.sync()
    baku.services.ahead.take(baku.clerk)
    assert ORXAN.name in {one.receiver for one in baku.services.ahead.list()}
    baku.close_day()
    place.sync()
    assert place.state(sent.transfer) == "available"
