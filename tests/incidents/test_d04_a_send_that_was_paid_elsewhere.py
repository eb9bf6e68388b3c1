"""D-04: the sender's desk, off line, reverses a send that was paid out elsewhere in the meantime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.counter import Approval
from tests.stories.town import ORXAN

if TYPE_CHECKING:
    from azpost_desk.services.views import PaidLine
    from tests.stories.town import Seat, Town


def line_of(seat: Seat, operation: str) -> PaidLine:
    with seat.books.reading() as look:
        line = look.paid_line(operation)
    assert line is not None
    return line


def reverse(seat: Seat, operation: str) -> None:
    reversal = seat.new_id()
    consent = Approval(seat.supervisor.officer, seat.supervisor.role, reversal)
    seat.services.baskets.reverse(seat.clerk, line_of(seat, operation), reversal, "mistake", consent)


def test_once_offered_it_is_not_reversed_without_the_grant_on_line_or_off(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    ganja.go_offline()
    baku.pay_out(sent.code)
    baku.sync()
    with pytest.raises(Refused, match="T-040"):
        reverse(ganja, sent.transfer)
    with pytest.raises(Trouble, match="L-001"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    assert ganja.till_qapik() == 100_000 + 25_300
    ganja.go_online()
    with pytest.raises(Refused, match="T-040"):
        reverse(ganja, sent.transfer)
    assert place.state(sent.transfer) == "paid"


def test_offered_into_a_line_that_broke_counts_as_offered(place: Town, ganja: Seat, baku: Seat) -> None:
    """The desk cannot know that nothing arrived: the grant decides, and here it gives the money back."""
    sent = ganja.send_money()
    ganja.road.plan("request_lost")
    with pytest.raises(Trouble):
        ganja.exchanges.once()
    with pytest.raises(Refused, match="T-040"):
        reverse(ganja, sent.transfer)
    ganja.sync()
    baku.pay_out(sent.code)


def test_a_pay_out_is_not_undone_at_the_counter(ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    line = baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk).lines[0].line
    baku.pay()
    with pytest.raises(Refused, match="T-041"):
        reverse(baku, line.operation)
