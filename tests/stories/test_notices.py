"""State fees and fines through desk, centre and a portal over real sockets: paid once, proven, or owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import disputes
from azpost_desk.central.app import Centre
from azpost_desk.central.payments import txn_id
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import papers
from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.delivery_moves import AGREED, DECLINED
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal import notice_town
from azpost_desk.rehearsal.notice_town import FINE, PORTAL, TAX
from azpost_desk.rehearsal.portals import SandboxPortal
from azpost_desk.services.notices import PayNotice
from tests.incidents.test_a04_what_is_doubtful_never_leaves_by_itself import deciding
from tests.stories.town import GANJA, Town, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.rehearsal.portals import FaultKind
    from azpost_desk.rehearsal.providers import SandboxProvider
    from tests.stories.town import Seat


class NoticeTown(Town):
    """A town whose centre reaches a state portal."""

    def __init__(self, dsn: str, folder: Path, provider: SandboxProvider) -> None:
        self.portal = SandboxPortal(notice_town.notices())
        self.portal.__enter__()
        super().__init__(dsn, folder, provider)

    def _centre(self) -> Centre:
        billers = super()._centre()._billers | notice_town.reached(self.portal, self.clock.utc_ms)
        return Centre(self.dsn, clock=self.clock, billers=billers, connections_max=12)


@pytest.fixture
def place(postgres: str, tmp_path: Path) -> Iterator[NoticeTown]:
    with town(postgres, tmp_path, NoticeTown) as place:
        yield place
    place.portal.__exit__()


@pytest.fixture
def ganja(place: NoticeTown) -> Seat:
    return place.seat(f"{GANJA}-1")


def take(seat: Seat, number: str = FINE, qapik: int | None = None) -> str:
    """A notice found, planned and paid; its operation."""
    found = seat.services.state_notices.find(PORTAL, number, seat.clerk)
    amount = None if qapik is None else azn(qapik)
    basket = seat.services.state_notices.pay(PayNotice(found, found.notices[0], amount), seat.clerk)
    line = basket.lines[-1].line.operation
    settle(seat)
    return line


def settle(seat: Seat) -> None:
    """The customer gives exactly what the basket costs."""
    basket = seat.services.baskets.current()
    assert basket is not None
    seat.pay(to_pay([one.line for one in basket.lines]).minor)


def statements(seat: Seat) -> list[papers.StatementPaper]:
    jobs = [job for job in seat.services.papers.waiting() if job.paper == "statement"]
    made = [seat.services.papers.of_job(job) for job in jobs]
    return [paper for paper in made if isinstance(paper, papers.StatementPaper)]


def test_a_fine_is_paid_confirmed_and_its_statement_bears_the_central_number(
    place: NoticeTown, ganja: Seat
) -> None:
    """40.00 and the post's 0.50: taken, not confirmed; seconds later the portal's own number is on paper."""
    before = ganja.till_qapik()
    fine = take(ganja)
    assert ganja.till_qapik() == before + 4_050
    assert statements(ganja) == []
    with pytest.raises(Refused, match="P-051"):
        ganja.services.statements.print_one(fine)
    ganja.sync()
    assert ganja.bill(fine) == "confirmed"
    [paid] = place.portal.register()
    assert (paid.txn, paid.notice, paid.amount) == (str(txn_id(fine)), "dyp-4711", "40.00")
    [statement] = statements(ganja)
    assert (statement.central_number, statement.notice) == (paid.central_number, FINE)
    assert (statement.amount, statement.budget_code, statement.payer) == (azn(4_000), "163121", "Ə*** V***")
    # Once more at any time, as a copy.
    ganja.services.statements.print_one(fine)
    assert [paper.copy.kind for paper in statements(ganja)] == ["original", "copy"]
    assert place.ask("select sum(minor) from postings where account = %s", chart.BILLS_DUE) == [(-4_000,)]
    with pytest.raises(Refused, match="P-061"):
        take(ganja)


@pytest.mark.parametrize("fault", ["answer_lost", "no_answer", "no_number"])
def test_what_the_portal_leaves_open_is_asked_for_by_our_number(
    place: NoticeTown, ganja: Seat, fault: FaultKind
) -> None:
    found = ganja.services.state_notices.find(PORTAL, FINE, ganja.clerk)
    place.portal.fail_next(fault)
    basket = ganja.services.state_notices.pay(PayNotice(found, found.notices[0]), ganja.clerk)
    settle(ganja)
    ganja.sync()
    fine = basket.lines[-1].line.operation
    assert (ganja.bill(fine), statements(ganja)) == ("unknown", [])
    place.clock.pass_ms(3_600_000)
    ganja.sync()
    assert ganja.bill(fine) == "confirmed"
    assert len(place.portal.register()) == len(statements(ganja)) == 1


def test_mc_9_two_desks_take_the_same_fine_and_the_loser_gets_the_money_back(
    place: NoticeTown, ganja: Seat
) -> None:
    other = place.seat(f"{GANJA}-2")
    found = other.services.state_notices.find(PORTAL, FINE, other.clerk)
    place.portal.fail_next("no_answer")
    first = take_found(ganja)
    ganja.sync()
    basket = other.services.state_notices.pay(PayNotice(found, found.notices[0]), other.clerk)
    second = basket.lines[-1].line.operation
    settle(other)
    other.sync()
    assert (ganja.bill(first), other.bill(second)) == ("unknown", "refused")
    other.services.payments.refund(second, other.clerk)
    before = other.till_qapik()
    other.pay()
    assert other.till_qapik() == before - 4_050
    place.clock.pass_ms(3_600_000)
    place.sync()
    assert ganja.bill(first) == "confirmed"
    assert [one.txn for one in place.portal.register()] == [str(txn_id(first))]


def take_found(seat: Seat) -> str:
    """As `take`, where the next request to the portal is the payment: it is found by its number before."""
    from azpost_desk.domain.notices import Notice
    from azpost_desk.services.notices import Found

    owing = notice_town.notices()[0]
    notice = Notice(
        notice=owing.notice,
        version="1",
        number=owing.number,
        sort=owing.sort,
        authority=owing.authority,
        purpose=owing.purpose,
        budget_code=owing.budget_code,
        amount_qapik=owing.amount_qapik,
    )
    found = Found(notice_town.portal(), FINE, (notice,), seat.services.counter.line.trusted_ms())
    basket = seat.services.state_notices.pay(PayNotice(found, notice), seat.clerk)
    settle(seat)
    return basket.lines[-1].line.operation


def test_mc_8_interest_that_grew_after_the_tender_is_refused_and_owed(place: NoticeTown, ganja: Seat) -> None:
    found = ganja.services.state_notices.find(PORTAL, FINE, ganja.clerk)
    basket = ganja.services.state_notices.pay(PayNotice(found, found.notices[0]), ganja.clerk)
    place.portal.notices["dyp-4711"].change(4_500)
    settle(ganja)
    ganja.sync()
    fine = basket.lines[-1].line.operation
    assert ganja.bill(fine) == "refused"
    ganja.services.payments.refund(fine, ganja.clerk)
    assert ganja.pay().change == azn(4_050)
    assert place.portal.register() == []


def test_a_part_of_a_tax_leaves_the_rest_as_the_portals_figure(place: NoticeTown, ganja: Seat) -> None:
    part = take(ganja, TAX, 10_000)
    ganja.sync()
    assert ganja.bill(part) == "confirmed"
    [rest] = ganja.services.state_notices.find(PORTAL, TAX, ganja.clerk).notices
    assert (rest.amount_qapik, rest.version) == (20_000, "2")


def test_without_the_line_nothing_is_looked_for_and_nothing_taken(place: NoticeTown, ganja: Seat) -> None:
    found = ganja.services.state_notices.find(PORTAL, FINE, ganja.clerk)
    ganja.go_offline()
    with pytest.raises(Trouble, match="L-"):
        ganja.services.state_notices.find(PORTAL, FINE, ganja.clerk)
    with pytest.raises(Refused, match="P-005"):
        ganja.services.state_notices.pay(PayNotice(found, found.notices[0]), ganja.clerk)
    ganja.go_online()


def test_the_centre_that_restarts_between_asks_before_it_sends_again(place: NoticeTown, ganja: Seat) -> None:
    found = ganja.services.state_notices.find(PORTAL, FINE, ganja.clerk)
    place.portal.fail_next("answer_lost")
    basket = ganja.services.state_notices.pay(PayNotice(found, found.notices[0]), ganja.clerk)
    settle(ganja)
    ganja.sync()
    place.restart()
    place.clock.pass_ms(3_600_000)
    ganja.sync()
    fine = basket.lines[-1].line.operation
    assert ganja.bill(fine) == "confirmed"
    asked = [(method, path) for method, path in place.portal.requests if path.startswith("/payments/")]
    assert [method for method, _ in asked] == ["PUT", "GET"]


def asked_back(place: NoticeTown, seat: Seat) -> tuple[str, str]:
    """A fine is paid and confirmed, its payer wants the money back: payment and number of the request."""
    fine = take(seat)
    with pytest.raises(Refused, match="P-053"):
        seat.services.enquiries.open_refund(fine, "by mistake", seat.clerk)
    seat.sync()
    raised = seat.services.enquiries.open_refund(fine, "by mistake", seat.clerk)
    with pytest.raises(Refused, match="P-054"):
        seat.services.enquiries.open_refund(fine, "by mistake", seat.clerk)
    seat.sync()
    assert place.ask("select state from payments") == [("refund_asked",)]
    return fine, raised.number


def test_mc_10_the_budgets_money_comes_back_by_the_authoritys_decision_and_without_the_posts_fee(
    place: NoticeTown, ganja: Seat
) -> None:
    fine, number = asked_back(place, ganja)
    slips = [job for job in ganja.services.papers.waiting() if job.paper == "abroad_enquiry"]
    assert len(slips) == 1
    # Not the clerk's to give back, and no one person's at the centre to promise.
    assert ganja.bill(fine) == "confirmed"
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(fine, ganja.clerk)
    with place.centre.database.transaction() as conn, pytest.raises(Refused, match="D-107"):
        disputes.answer(conn, f"{GANJA}-1", number, "agreed", "yes", "officer", place.clock.utc_ms())
    with deciding(place) as decide:
        assert decide(fine, AGREED) == "owed"
    ganja.sync()
    assert ganja.bill(fine) == "refused"
    listed = [one.dispute for one in ganja.services.disputes.listed().disputes]
    [request] = [one for one in listed if one.dispute == number]
    assert request.state == "answered"
    assert ganja.balance(chart.REFUNDS_PAYABLE, PORTAL) == -4_000
    before = ganja.till_qapik()
    ganja.services.payments.refund(fine, ganja.clerk)
    assert ganja.pay().change == azn(4_000)
    assert ganja.till_qapik() == before - 4_000
    place.sync()
    assert place.ask("select state from payments") == [("refunded",)]
    for account in (chart.BILLS_DUE, chart.BILLS_COLLECTED, chart.REFUNDS_PAYABLE):
        assert place.ask("select coalesce(sum(minor), 0) from postings where account = %s", account) == [(0,)]
    assert place.ask("select count(*) from exceptions where ended_ms = 0") == [(0,)]


def test_mc_10_what_the_authority_keeps_stays_paid_and_the_payer_is_told(
    place: NoticeTown, ganja: Seat
) -> None:
    fine, number = asked_back(place, ganja)
    with deciding(place) as decide:
        assert decide(fine, DECLINED) == "confirmed"
    ganja.sync()
    assert ganja.bill(fine) == "confirmed"
    assert place.ask("select answer from dispute_answers") == [("declined",)]
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(fine, ganja.clerk)
    # A second time, with more to say.
    with ganja.books.reading() as look:
        assert look.dispute(number) is not None
