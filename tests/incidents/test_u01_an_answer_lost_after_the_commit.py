"""U-01: the same sale twice after a lost answer, the commonest complaint about open point-of-sale systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Trouble
from tests.stories.town import MOBILE, ORXAN, PHONE

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def test_sale_claim_and_bill_with_every_first_answer_lost_happen_once(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Each answer is lost after the centre, or the biller, has done its part; each is then asked again."""
    place.provider.fail_next("answer_lost", account=PHONE)
    sent = ganja.send_money()
    ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.road.plan("answer_lost", "answer_lost")
    for _ in range(2):
        with pytest.raises(Trouble):
            ganja.exchanges.once()
    place.centre.settle()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    claimed = baku.ask_for(sent.code)
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.exchanges.once()
    place.clock.pass_ms(3_600_000)
    place.sync()
    assert place.state(sent.transfer) == "paid"
    assert place.ask('select count(*), count(distinct "grant") from grants') == [(1, 1)]
    assert [one.sum_qapik for one in place.provider.register()] == [2_000]
    assert place.ask("select reason, about from exceptions") == []
    assert (ganja.till_qapik(), baku.till_qapik()) == (100_000 + 25_300 + 2_020, 100_000 - 25_000)


def test_a_desk_that_dies_before_it_hears_the_answer_sells_pays_and_claims_once(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Not the answer is lost but the desk itself, after the centre has done its part; both start again."""
    sent = ganja.send_money()
    ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.road.plan("answer_lost")
    with pytest.raises(Trouble):
        ganja.exchanges.once()
    ganja.kill()
    ganja.reopen()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    baku.kill()
    baku.reopen()
    [asked] = baku.transfers.unanswered()
    claimed = baku.transfers.ask_again(asked.request, baku.clerk)
    assert baku.transfers.unanswered() == []
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.exchanges.once()
    baku.kill()
    baku.reopen()
    place.clock.pass_ms(3_600_000)
    place.sync()
    assert place.state(sent.transfer) == "paid"
    assert place.ask('select count(*), count(distinct "grant") from grants') == [(1, 1)]
    assert [one.sum_qapik for one in place.provider.register()] == [2_000]
    assert place.ask("select reason, about from exceptions") == []
