"""What recovery hears over the real line: where a step stands, who wants a grant, what the centre holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.protocol.messages import StepsAsked
from azpost_desk.protocol.questions import STEPS
from tests.stories.town import GANJA, METER

if TYPE_CHECKING:
    from azpost_desk.services.recovery import Unfinished
    from tests.stories.town import Seat, Town


def listed(seat: Seat) -> list[tuple[str, str]]:
    return [(one.sort, one.state) for one in seat.services.recovery.unfinished()]


def asked(seat: Seat) -> list[Unfinished]:
    return seat.services.recovery.asked_now()


def test_the_centre_says_where_a_bill_stands_and_delivers_it_no_second_time(place: Town, ganja: Seat) -> None:
    place.provider.fail_next("answer_lost", account=METER)
    ganja.take_bill(2_000)
    ganja.sync()
    [one] = asked(ganja)
    assert (one.sort, one.state) == ("payment", one.says)
    before = len(place.provider.register())
    for _ in range(5):
        asked(ganja)
    assert len(place.provider.register()) == before == 1


def test_a_request_whose_answer_was_lost_is_known_there_and_asked_again_under_its_number(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    baku.road.calm()
    baku.sync()
    # The grant lies in the centre's book and its answer has not come: one open request, nothing else.
    assert listed(baku) == [("request", "asked")]
    [one] = asked(baku)
    assert one.says == "granted"
    assert place.ask("select count(*) from grants") == [(1,)]
    baku.transfers.ask_again(one.thing, baku.clerk)
    assert place.ask("select count(*) from grants") == [(1,)]
    [held] = asked(baku)
    assert (held.sort, held.says) == ("grant", "grant_open")


def test_a_desk_is_told_of_its_own_steps_only(place: Town, ganja: Seat, baku: Seat) -> None:
    payment = ganja.take_bill(2_000)
    ganja.sync()
    assert ganja.line.ask(STEPS, StepsAsked(steps=(("payment", payment),))).steps
    assert baku.line.ask(STEPS, StepsAsked(steps=(("payment", payment), ("settlement", payment)))).steps == ()


@pytest.mark.parametrize("keeps", [True, False])
def test_a_grant_that_is_wanted_elsewhere_is_kept_with_a_reason_or_given_back(
    place: Town, ganja: Seat, baku: Seat, keeps: bool
) -> None:
    second = place.seat(f"{GANJA}-2")
    sent = ganja.send_money()
    ganja.sync()
    grant = baku.ask_for(sent.code).grant
    with pytest.raises(Refused, match="T-015"):
        second.ask_for(sent.code)
    place.sync()
    assert listed(baku) == [("question", "wanted")]
    if keeps:
        baku.services.recovery.keep(baku.clerk, grant, "customer_here")
        assert listed(baku) == [("grant", "held_pay")]
        place.sync()
        with pytest.raises(Refused, match="T-015"):
            second.ask_for(sent.code)
        baku.sync()
        assert listed(baku) == [("question", "wanted")]
    else:
        baku.transfers.release(grant, baku.clerk, "wanted")
        assert listed(baku) == []
        place.sync()
        assert second.ask_for(sent.code).amount == sent.amount


def test_the_branch_that_opens_after_a_bad_end_has_said_so_to_the_centre(place: Town, ganja: Seat) -> None:
    ganja.go_offline()
    payment = ganja.take_bill(2_000)
    ganja.kill()
    ganja.reopen()
    assert ganja.services.recovery.shows_itself()
    ganja.services.recovery.note_start()
    ganja.go_online()
    said = place.ask("select convert_from(body, 'UTF8') from journal where desk = %s", ganja.name)
    found = [text for (text,) in said if '"ended_after"' in text]
    assert len(found) == 1
    assert payment in found[0]
    assert ops.decode("recovery.found", 1, found[0].encode()).steps[0].sort == "payment"
