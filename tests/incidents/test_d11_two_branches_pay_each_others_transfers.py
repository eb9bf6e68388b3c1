"""D-11: two opposite batches of two branches arrive at the centre at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.stories.town import ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

EACH = 5


def push(seat: Seat) -> None:
    """Exchange as the desk does, without waiting for the centre's own work."""
    while seat.exchanges.once().again:
        pass


def test_opposite_batches_neither_lock_each_other_nor_lose_anything(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Each branch pays out five transfers of the other; both push at the same moment, again and again."""
    for round_number in range(3):
        sent = {seat.name: [seat.send_money(1_000 + round_number).code for _ in range(EACH)]
                for seat in (ganja, baku)}  # fmt: skip
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(push, (ganja, baku)))
        for seat, other in ((ganja, baku), (baku, ganja)):
            for code in sent[other.name]:
                claimed = seat.ask_for(code, 1_000 + round_number)
                seat.transfers.plan_payout(claimed.grant, ORXAN, seat.clerk)
                seat.pay()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(push, (ganja, baku)))
    place.sync()
    assert place.ask("select state, count(*) from transfers group by 1") == [("paid", 2 * 3 * EACH)]
    assert place.ask("select reason, about from exceptions") == []
    fees = 2 * 3 * EACH * 100
    assert ganja.till_qapik() + baku.till_qapik() == 200_000 + fees
