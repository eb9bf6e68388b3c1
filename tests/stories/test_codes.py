"""A basket paid by a code on the screen, through desk, centre and an instant rail over real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import held
from azpost_desk.central.app import Centre
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.staff import Role
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.rehearsal import instant_town
from azpost_desk.rehearsal.instant_rail import NotPayableError
from azpost_desk.services.baskets import Paid
from azpost_desk.services.counter import Approval
from azpost_desk.services.payments import PayBill
from azpost_desk.services.qr import Closed, Shown
from tests.incidents.test_a04_what_is_doubtful_never_leaves_by_itself import deciding
from tests.incidents.test_d03_a_centre_restored_to_before_a_grant import snapshot as snapshot
from tests.stories.town import ELECTRICITY, GANJA, METER, Town, town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.providers import SandboxProvider
    from azpost_desk.services.qr_views import QrStep
    from tests.stories.town import Seat

BILL = 3_000
INVALID_ACCOUNT = 5  # fatal in the provider protocol


class RailTown(Town):
    """A town whose centre reaches an instant rail."""

    qr_minutes = 5

    def __init__(self, dsn: str, folder: Path, provider: SandboxProvider) -> None:
        self.key = SigningKey.new()
        self.rail = instant_town.sandbox(self.key, lambda: self.clock.utc_ms())
        self.rail.__enter__()
        super().__init__(dsn, folder, provider)

    def _centre(self) -> Centre:
        billers = super()._centre()._billers
        rail = instant_town.reached(self.rail, self.key)
        return Centre(self.dsn, clock=self.clock, billers=billers, rail=rail, connections_max=12)

    def explained(self, left_qapik: int = 0) -> None:
        """What the rail has of ours is what the centre's book says; what desks settled stands against it."""
        self.sync()
        booked = self.ask("select account, sum(minor) from postings group by account")
        of = {account: int(minor) for account, minor in booked}
        assert of.get(chart.RAIL, 0) == self.rail.account_qapik
        assert of.get(chart.QR_RECEIVABLE, 0) == left_qapik


@pytest.fixture
def place(postgres: str, tmp_path: Path) -> Iterator[RailTown]:
    with town(postgres, tmp_path, RailTown) as place:
        yield place
    place.rail.__exit__()


@pytest.fixture
def ganja(place: RailTown) -> Seat:
    return place.seat(f"{GANJA}-1")


def plan(seat: Seat) -> str:
    """A bill in the basket; the basket."""
    return seat.services.payments.pay(PayBill(ELECTRICITY, METER, azn(BILL)), seat.clerk).basket


def in_hand(seat: Seat) -> str:
    """The first line of the basket in hand."""
    basket = seat.services.baskets.current()
    assert basket is not None
    return basket.lines[0].line.operation


def last_rail_id(place: RailTown) -> str:
    """The newest request as the rail knows it."""
    return list(place.rail.requests)[-1]


def shown(seat: Seat, qapik: int | None = None) -> Shown:
    """A code on the screen for the basket in hand."""
    basket = seat.services.baskets.current()
    assert basket is not None
    told = seat.services.qr.ask(seat.clerk, basket.basket, None if qapik is None else azn(qapik))
    assert isinstance(told, Shown)
    assert told.code
    return told


def looked(place: RailTown, seat: Seat, step: QrStep) -> Shown | Closed:
    place.centre.settle()
    return seat.services.qr.look(step.request)


def step_of(seat: Seat, request: str) -> str:
    from azpost_desk.services.qr_views import QR

    with seat.books.reading() as look:
        found = look.of(QR).step(request)
    assert found is not None
    return found.state


def test_mc_1_a_bill_is_paid_by_a_code_and_the_centres_word_settles_it_once(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    till = ganja.till_qapik()
    code = shown(ganja)
    assert code.left_ms == 5 * 60_000
    # While the customer may be paying nothing of the basket moves, and nothing else pays it (MC-2).
    for act in (
        lambda: ganja.services.baskets.void(ganja.clerk, in_hand(ganja)),
        lambda: plan(ganja),
        lambda: ganja.pay(BILL),
    ):
        with pytest.raises(Refused, match="B-050"):
            act()
    place.rail.pay(code.code)
    told = looked(place, ganja, code.step)
    assert isinstance(told, Shown)
    assert told.step.state == "paid"
    paid = ganja.services.qr.settle(ganja.clerk, code.step.request)
    assert isinstance(paid, Paid)
    assert ganja.till_qapik() == till
    assert ganja.balance(chart.QR_RECEIVABLE) == BILL
    # A second key, and the same word once more, settle nothing.
    for again in (ganja.services.qr.settle, ganja.services.qr.ask):
        with pytest.raises(Refused, match=r"Q-022|B-005"):
            again(ganja.clerk, code.step.request)
    place.explained()
    assert place.ask("select state from qr_requests") == [("settled",)]
    assert place.ask("select count(*) from qr_backs") == [(0,)]


def test_mc_3_twice_another_sum_and_a_stranger_go_back_whole(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code, times=2)
    looked(place, ganja, code.step)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    # Another basket: a sum that is short frees it, and the money goes back.
    plan(ganja)
    short = shown(ganja)
    place.rail.fail_next("other_sum")
    place.rail.pay(short.code)
    told = looked(place, ganja, short.step)
    assert isinstance(told, Closed)
    assert told.reason == "wrong_sum"
    ganja.pay(BILL)
    plan(ganja)
    lost = shown(ganja)
    place.rail.fail_next("stranger")
    place.rail.pay(lost.code)
    place.explained()
    assert place.rail.account_qapik == BILL
    assert sorted(one.amount.minor for one in place.rail.backs.values()) == [BILL - 1, BILL, BILL]
    assert all(one.status == "ACSC" for one in place.rail.backs.values())
    # The rail says that somebody was quicker, and no credit ever names this request: nobody knows. Cash only
    # by two people's word, and whatever comes then goes back (MC-4).
    told = ganja.services.qr.close(lost.step.request)
    assert isinstance(told, Shown)
    assert told.state == "closing"
    with pytest.raises(Refused, match="S-012"):
        ganja.services.qr.abandon(ganja.clerk, lost.step.request, "müştəri gözləmir", None)
    consent = Approval(ganja.manager.officer, Role.MANAGER, lost.step.request)
    ganja.services.qr.abandon(ganja.clerk, lost.step.request, "müştəri gözləmir", consent)
    ganja.pay(BILL)
    place.sync()
    place.rail.pay(last_rail_id(place), late=True)
    place.explained()
    assert place.rail.account_qapik == BILL


def test_mc_2_only_the_rails_close_frees_the_basket(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.fail_next("no_answer")
    told = ganja.services.qr.close(code.step.request)
    assert isinstance(told, Shown)
    assert told.code == ""
    with pytest.raises(Refused, match="B-050"):
        ganja.pay(BILL)
    told = ganja.services.qr.close(code.step.request)
    assert isinstance(told, Closed)
    with pytest.raises(NotPayableError):
        place.rail.pay(code.code)
    ganja.pay(BILL)
    place.explained()


def test_mc_3_late_money_pays_the_same_basket_by_the_clerks_key_or_goes_back(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    code = shown(ganja)
    assert isinstance(ganja.services.qr.close(code.step.request), Closed)
    place.rail.pay(last_rail_id(place), late=True)
    place.sync()
    assert step_of(ganja, code.step.request) == "late"
    # Late money settles nothing by itself; the basket may go on in cash, or be paid by it.
    told = ganja.services.qr.take(code.step.request)
    assert isinstance(told, Shown)
    assert told.step.state == "paid"
    assert isinstance(ganja.services.qr.settle(ganja.clerk, code.step.request), Paid)
    place.explained()
    plan(ganja)
    other = shown(ganja)
    assert isinstance(ganja.services.qr.close(other.step.request), Closed)
    ganja.pay(BILL)
    place.rail.pay(last_rail_id(place), late=True)
    place.sync()
    # Its basket is paid in cash: what came late is for no other one.
    with pytest.raises(Refused, match="Q-024"):
        ganja.services.qr.take(other.step.request)
    ganja.services.qr.give_up(ganja.clerk, other.step.request, "customer")
    place.explained()
    assert place.rail.account_qapik == BILL


def test_mc_4_the_line_breaks_while_the_customer_pays(place: RailTown, ganja: Seat) -> None:
    """Nobody takes cash for a basket whose code may be paid; when the line is back it is asked by its id."""
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    ganja.go_offline()
    with pytest.raises(Trouble):
        ganja.services.qr.look(code.step.request)
    with pytest.raises(Refused, match="B-050"):
        ganja.pay(BILL)
    with pytest.raises(Refused, match="Q-020"):
        ganja.services.qr.ask(ganja.clerk, code.step.basket)
    ganja.go_online()
    # The news brought it: the basket waits for a key, and was settled by nobody.
    assert step_of(ganja, code.step.request) == "paid"
    assert ganja.services.baskets.current() is not None
    assert [one.state for one in ganja.services.recovery.unfinished("az") if one.sort == "qr"] == ["qr_paid"]
    ganja.go_offline()
    # What was engaged stands, though the line is gone (M0-7).
    assert isinstance(ganja.services.qr.settle(ganja.clerk, code.step.request), Paid)
    ganja.go_online()
    place.explained()


def test_mc_5_a_parked_basket_waits_in_the_tray_and_is_given_up_by_a_record(
    place: RailTown, ganja: Seat
) -> None:
    basket = plan(ganja)
    code = shown(ganja)
    ganja.services.parking.park(ganja.clerk, basket)
    assert [one.waits for one in ganja.services.parking.tray()] == ["qr"]
    place.rail.pay(code.code)
    place.sync()
    assert [one.waits for one in ganja.services.parking.tray()] == ["qr_paid"]
    with pytest.raises(Refused, match="Q-024"):
        ganja.services.qr.settle(ganja.clerk, code.step.request)
    assert place.rail.backs == {}
    ganja.services.qr.give_up(ganja.clerk, code.step.request, "customer")
    place.explained()
    assert place.rail.account_qapik == 0
    ganja.services.parking.resume(ganja.clerk, basket)
    ganja.pay(BILL)


def test_a_part_by_code_and_the_rest_in_cash(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    till = ganja.till_qapik()
    code = shown(ganja, 1_000)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    left = ganja.services.qr.settle(ganja.clerk, code.step.request)
    assert isinstance(left, Shown)
    ganja.pay(BILL - 1_000)
    assert ganja.till_qapik() == till + BILL - 1_000
    place.explained()


def test_a_payer_declines_and_the_basket_is_free(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.decline(next(iter(place.rail.requests)))
    told = looked(place, ganja, code.step)
    assert isinstance(told, Closed)
    assert told.reason == "CUST"
    ganja.pay(BILL)


def test_mc_6_money_goes_back_once_whatever_the_rail_answers(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    place.rail.fail_next("never")
    ganja.services.qr.give_up(ganja.clerk, code.step.request, "customer")
    place.sync()
    place.clock.pass_ms(60_000)
    place.explained()
    assert len(place.rail.backs) == 1
    assert place.rail.account_qapik == 0
    assert len({raw for raw in place.rail.received}) == 1
    ganja.pay(BILL)


def test_an_answer_that_never_came_is_asked_again_under_the_same_request(
    place: RailTown, ganja: Seat
) -> None:
    """The rail has it, the centre heard nothing: shown only when the rail's word is here, and once there."""
    basket = plan(ganja)
    place.rail.fail_next("never")
    told = ganja.services.qr.ask(ganja.clerk, basket)
    assert isinstance(told, Shown)
    assert (told.code, told.state) == ("", "unknown")
    again = ganja.services.qr.look(told.step.request)
    assert isinstance(again, Shown)
    assert again.code
    assert len(place.rail.requests) == 1
    place.rail.pay(again.code)
    looked(place, ganja, again.step)
    ganja.services.qr.settle(ganja.clerk, again.step.request)
    place.explained()


def test_mc_6_what_a_code_paid_goes_back_to_its_payer_and_never_into_cash(
    place: RailTown, ganja: Seat
) -> None:
    """A part by code, the rest in cash: undone, the code's part goes back to its account, without a line."""
    plan(ganja)
    till = ganja.till_qapik()
    code = shown(ganja, 1_000)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    operation = in_hand(ganja)
    ganja.go_offline()
    ganja.pay(BILL - 1_000)
    with ganja.books.reading() as look:
        line = look.paid_line(operation)
    assert line is not None
    undo = ganja.services.counter.new_id()
    consent = Approval(ganja.manager.officer, Role.MANAGER, undo)
    ganja.services.cards.reverse(ganja.clerk, line, undo, "səhv hesab", consent)
    assert ganja.till_qapik() == till
    assert ganja.balance(chart.QR_RECEIVABLE) == 0
    assert place.rail.backs == {}
    ganja.go_online()
    place.explained()
    assert [(one.amount.minor, one.status) for one in place.rail.backs.values()] == [(1_000, "ACSC")]
    assert place.rail.account_qapik == 0


def test_m0_9_a_refused_bill_paid_by_code_goes_back_by_code(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    place.provider.fail_next("result", code=INVALID_ACCOUNT, account=METER)
    code = shown(ganja)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    place.sync()
    with ganja.books.reading() as look:
        [bill] = look.payments(("refused",))
    till = ganja.till_qapik()
    basket = ganja.services.payments.refund(bill.payment, ganja.clerk)
    assert (basket.lines[0].electronic_qapik, basket.lines[0].is_to_code) == (BILL, True)
    ganja.pay(0)
    assert ganja.till_qapik() == till
    place.explained()
    assert place.rail.account_qapik == 0


def test_m0_10_what_a_restore_has_lost_is_proven_by_the_centres_own_word(
    place: RailTown, ganja: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    keep, restore = snapshot
    place.sync()
    keep()
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    looked(place, ganja, code.step)
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    place.sync()
    restore()
    assert place.ask("select count(*) from qr_requests") == [(0,)]
    place.explained()
    assert place.ask("select state from qr_requests") == [("settled",)]
    assert place.ask("select reason from exceptions") == []


def test_m0_10_after_a_restore_money_waits_for_the_desk_that_asked(
    place: RailTown, ganja: Seat, snapshot: tuple[Callable[[], None], Callable[[], None]]
) -> None:
    keep, restore = snapshot
    place.sync()
    keep()
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    restore()
    place.centre.settle()
    # Nobody knows whose it is before that desk has spoken: it neither pays nor goes back.
    assert place.rail.backs == {}
    assert place.ask("select count(*) from qr_credits") == [(0,)]
    place.sync()
    assert step_of(ganja, code.step.request) == "paid"
    ganja.services.qr.settle(ganja.clerk, code.step.request)
    place.explained()


def test_a_code_whose_time_is_over_is_closed_at_the_rail_and_nobody_pays_it(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    code = shown(ganja)
    place.clock.pass_ms(5 * 60_000)
    told = ganja.services.qr.look(code.step.request)
    assert isinstance(told, Closed)
    with pytest.raises(NotPayableError):
        place.rail.pay(code.code)
    ganja.pay(BILL)


def test_a_code_that_no_desk_asks_about_any_more_is_closed_by_the_rails_word(
    place: RailTown, ganja: Seat
) -> None:
    plan(ganja)
    code = shown(ganja)
    ganja.go_offline()
    place.clock.pass_ms(5 * 60_000)
    place.centre.settle()
    assert place.ask("select state from qr_requests") == [("shown",)]
    place.clock.pass_ms(60_000)
    place.centre.settle()
    assert place.ask("select state, reason from qr_requests") == [("closed", "expired")]
    with pytest.raises(NotPayableError):
        place.rail.pay(code.code)
    ganja.go_online()
    assert step_of(ganja, code.step.request) == "closed"
    ganja.pay(BILL)


def test_mc_5_money_of_a_desk_that_is_lost_is_decided_by_two_people(place: RailTown, ganja: Seat) -> None:
    plan(ganja)
    code = shown(ganja)
    place.rail.pay(code.code)
    place.centre.settle()
    ganja.sync()
    with place.centre.database.transaction() as conn:
        conn.execute("update chain_heads set state = 'lost' where desk = %s", (f"{GANJA}-1",))
    place.centre.settle()
    assert place.ask("select state from qr_requests") == [("in_doubt",)]
    assert place.rail.backs == {}
    with place.centre.database.transaction() as conn:
        [waits] = [one for one in held.waiting(conn) if one.service == "qr"]
    with deciding(place) as decide:
        with pytest.raises(Refused, match="X-044"):
            decide(waits.transfer, held.LET_BACK, ("a", "a"))
        decide(waits.transfer, held.LET_BACK)
    assert place.rail.account_qapik == 0
    with place.centre.database.transaction() as conn:
        conn.execute("update chain_heads set state = 'active' where desk = %s", (f"{GANJA}-1",))
    ganja.services.qr.give_up(ganja.clerk, code.step.request, "customer")
    ganja.pay(BILL)
    place.explained()
