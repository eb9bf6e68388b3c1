"""Money by a code when the centre was restored or the rail changes its word: nothing stuck, nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.services.baskets import Paid
from azpost_desk.services.qr import Closed, Shown
from tests.incidents.test_d03_a_centre_restored_to_before_a_grant import snapshot as snapshot
from tests.stories.test_codes import BILL, last_rail_id, looked, plan, shown, step_of
from tests.stories.test_codes import ganja as ganja
from tests.stories.test_codes import place as place

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.services.qr_views import QrStep
    from tests.stories.test_codes import RailTown
    from tests.stories.town import Seat

    Snapshot = tuple[Callable[[], None], Callable[[], None]]


def told_again(place: RailTown) -> None:
    """The rail tells its newest credit once more, in a message of its own."""
    place.rail.queue(place.rail._credit(place.rail.credits[-1]))


def closed_then_paid(place: RailTown, seat: Seat) -> QrStep:
    """A code that its clerk closed and whose money came all the same."""
    plan(seat)
    code = shown(seat)
    assert isinstance(seat.services.qr.close(code.step.request), Closed)
    place.rail.pay(last_rail_id(place), late=True)
    place.sync()
    assert step_of(seat, code.step.request) == "late"
    return code.step


@pytest.mark.parametrize("when", ["given_up", "late and given up", "late and settled"])
def test_m0_10_what_a_desk_has_ended_ends_at_a_restored_centre_and_its_payer_has_it_back(
    place: RailTown, ganja: Seat, snapshot: Snapshot, when: str
) -> None:
    """The restored centre knows neither the request nor the credit: the desk's records say what they were to
    it, and the rail's second telling who paid.
    """
    keep, restore = snapshot
    place.sync()
    keep()
    if when == "given_up":
        plan(ganja)
        code = shown(ganja)
        place.rail.pay(code.code)
        step = looked(place, ganja, code.step).step
    else:
        step = closed_then_paid(place, ganja)
    if when == "late and settled":
        assert isinstance(ganja.services.qr.take(step.request), Shown)
        assert isinstance(ganja.services.qr.settle(ganja.clerk, step.request), Paid)
    else:
        ganja.services.qr.give_up(ganja.clerk, step.request, "customer")
    ganja.sync()
    restore()
    # Told before the desk has spoken: nobody knows yet what it is to that desk.
    told_again(place)
    place.explained()
    assert place.rail.account_qapik == (BILL if when == "late and settled" else 0)
    assert place.ask("select reason from exceptions where reason <> 'qr_unpaid'") == []
    [(state,)] = place.ask("select state from qr_requests")
    assert state == ("settled" if when == "late and settled" else "owed")
    if when != "late and settled":
        ganja.pay(BILL)


def test_m0_10_money_for_what_a_desk_has_closed_is_late_at_a_restored_centre_too(
    place: RailTown, ganja: Seat, snapshot: Snapshot
) -> None:
    keep, restore = snapshot
    place.sync()
    keep()
    plan(ganja)
    code = shown(ganja)
    assert isinstance(ganja.services.qr.close(code.step.request), Closed)
    place.sync()
    restore()
    place.sync()
    place.rail.pay(last_rail_id(place), late=True)
    place.sync()
    assert step_of(ganja, code.step.request) == "late"
    ganja.services.qr.give_up(ganja.clerk, code.step.request, "customer")
    ganja.pay(BILL)
    place.explained()
    assert place.rail.account_qapik == 0


def test_m0_6_a_rail_that_sends_back_after_its_no_is_believed_and_the_case_stays(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    place.rail.fail_next("reject", code="AC04")
    ganja.services.qr.give_up(ganja.clerk, code.step.request, "customer")
    ganja.pay(BILL)
    place.explained(-BILL)
    [back] = place.rail.backs
    assert place.ask("select state from qr_backs") == [("owed",)]
    for _ in range(2):
        place.rail.book(back)
        place.explained()
    assert place.ask("select state, next_ms from qr_backs") == [("back", None)]
    assert place.rail.account_qapik == 0
    assert place.ask("select reason, ended_ms from exceptions") == [("qr_back_refused", 0)]
