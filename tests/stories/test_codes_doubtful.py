"""Money by a code when the centre was restored or the rail changes its word: nothing stuck, nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.instant import QrAsk
from azpost_desk.protocol.questions import QR_REQUEST
from azpost_desk.rehearsal.instant_rail import PAYER, PAYER_ACCOUNT
from azpost_desk.services.baskets import Paid
from azpost_desk.services.qr import Closed, Shown
from tests.incidents.test_d03_a_centre_restored_to_before_a_grant import snapshot as snapshot
from tests.stories.test_codes import BILL, RailTown, last_rail_id, looked, plan, shown, step_of
from tests.stories.test_codes import ganja as ganja
from tests.stories.test_codes import place as place
from tests.stories.town import DAY_MS, GANJA, Town, town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azpost_desk.central.app import Centre
    from azpost_desk.services.qr_views import QrStep
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


def test_m0_10_money_that_waits_for_a_desk_holds_up_nobody_elses(
    place: RailTown, ganja: Seat, snapshot: Snapshot
) -> None:
    """After a restore a desk that stays away keeps a stranger's credits waiting, not those of the others."""
    place.seat(f"{GANJA}-2", float_qapik=0)
    plan(ganja)
    first = shown(ganja)
    assert isinstance(ganja.services.qr.close(first.step.request), Closed)
    place.sync()
    keep, restore = snapshot
    keep()
    restore()
    ganja.sync()
    place.rail.fail_next("stranger", times=51)
    for _ in range(51):
        place.rail.pay(last_rail_id(place), late=True)
    place.centre.settle()
    assert place.ask("select count(*) from qr_credits") == [(0,)]
    code = shown(ganja)
    place.rail.pay(code.code)
    told = looked(place, ganja, code.step)
    assert told.step.state == "paid"
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    # The other desk speaks: what was nobody's goes back, each once.
    place.explained()
    assert place.rail.account_qapik == BILL


def test_mc_3_late_money_is_not_taken_while_another_code_may_pay_the_same_basket(
    place: RailTown, ganja: Seat
) -> None:
    late = closed_then_paid(place, ganja)
    code = shown(ganja)
    with pytest.raises(Refused, match="B-050"):
        ganja.services.qr.take(late.request)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    with pytest.raises(Refused, match="B-050"):
        ganja.services.qr.take(late.request)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    ganja.services.qr.give_up(ganja.clerk, late.request, "customer")
    place.explained()
    assert place.rail.account_qapik == BILL


@pytest.mark.parametrize("qapik", [0, 10**12, 2**63 - 1])
def test_a_desk_that_asks_for_a_sum_no_code_can_carry_is_told_so(
    place: RailTown, ganja: Seat, qapik: int
) -> None:
    asked = QrAsk(request="r", act="ask", basket="b", tender="t", digest="d", amount_qapik=qapik)
    for act in ("ask", "look", "close"):
        told = ganja.services.counter.line.ask(QR_REQUEST, replace(asked, act=act))
        assert told.refused == "X-132"
    assert place.ask("select count(*) from qr_requests") == [(0,)]


class RaillessTown(RailTown):
    """Its settings promise codes, and its centre reaches no rail."""

    def _centre(self) -> Centre:
        return Town._centre(self)


def test_a_centre_without_a_rail_frees_the_basket_it_can_show_no_code_for(
    postgres: str, tmp_path: Path
) -> None:
    with town(postgres, tmp_path, RaillessTown) as place:
        ganja = place.seat(f"{GANJA}-1")
        basket = plan(ganja)
        with pytest.raises(Refused, match="Q-021"):
            ganja.services.qr.ask(ganja.clerk, basket)
        assert ganja.services.qr.under_way() == []
        ganja.pay(BILL)
        place.explained()
    place.rail.__exit__()


def test_who_paid_by_code_is_forgotten_when_it_has_ended_and_its_term_is_over(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code, times=2)
    looked(place, ganja, code.step)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    late = closed_then_paid(place, ganja)
    ganja.pay(BILL)
    place.explained(-BILL)

    def forgotten(after_days: int) -> list[tuple[str, str, bool]]:
        place.clock.now_ms += after_days * DAY_MS
        place.centre.settle()
        who = "select account, payer from qr_credits order by reference"
        [(has_bytes,)] = place.ask("select bool_or(raw <> '') from rail_messages")
        return [(account, payer, has_bytes) for account, payer in place.ask(who)]

    held = (PAYER_ACCOUNT, PAYER, True)
    assert forgotten(4 * 366) == [held] * 3
    # What still waits for a key keeps its payer: it may go back. The bytes may speak of it too.
    assert forgotten(2 * 366) == [("erased", "", True)] * 2 + [held]
    assert place.ask("select count(*) from qr_backs where document is not null") == [(0,)]
    told_again(place)
    ganja.services.qr.give_up(ganja.clerk, late.request, "customer")
    place.explained()
    assert place.rail.account_qapik == BILL
    assert forgotten(6 * 366) == [("erased", "", False)] * 3
    # The rail tells of old money once more: it brings nobody's name back, and sends nothing.
    place.rail.queue(place.rail._credit(place.rail.credits[0]))
    place.explained()
    assert place.ask("select distinct account, payer from qr_credits") == [("erased", "")]
    assert place.ask("select reason from exceptions where reason = 'rail_word'") == []
