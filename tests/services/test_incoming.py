"""Money from abroad at the counter: claimed by its number, paid at the manat that the grant fixed."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from azpost_desk.domain import papers
from azpost_desk.domain.lines import AbroadPaid
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.services.incoming import ClaimIncoming
from tests.fakes.abroad import CAME_RATE, abroad_at
from tests.services.counters import CLERK, SENDER, Stand

pytestmark = pytest.mark.fast
ASKED = ClaimIncoming("GE-IN", "tb 1234-5678", Money(10_000, "GEL"), "Nino Beridze")


@pytest.fixture
def at(stand: Stand) -> Stand:
    abroad_at(stand)
    return stand


def test_it_is_paid_out_at_the_manat_of_the_grant_and_its_paper_says_so(at: Stand) -> None:
    claimed = at.desk.incoming.claim(ASKED, CLERK)
    assert (claimed.amount, claimed.parties.code) == (azn(6_221), "TB12345678")
    (asked,) = at.line.asked
    assert (asked.purpose, asked.way, asked.figure_minor) == ("pay_abroad", "GE-IN", 10_000)
    fixed = at.desk.incoming.fixed(claimed.grant)
    assert fixed is not None
    assert (fixed.arrived, fixed.rate) == (Money(10_000, "GEL"), CAME_RATE)
    before = at.till_qapik()
    basket = at.desk.incoming.plan_payout(claimed.grant, SENDER, CLERK)
    (line,) = (one.line for one in basket.lines)
    assert isinstance(line, AbroadPaid)
    at.pay(0)
    assert at.till_qapik() == before - 6_221
    voucher = next(one for one in at.desk.papers.waiting() if one.paper == "voucher")
    paper = at.desk.papers.of_job(voucher)
    assert isinstance(paper, papers.VoucherPaper)
    assert (paper.code, paper.sender.name, paper.amount) == ("TB12345678", "Nino Beridze", azn(6_221))
    assert at.desk.transfers.held() == []


def test_a_grant_that_is_held_answers_the_same_question_without_the_centre(at: Stand) -> None:
    first = at.desk.incoming.claim(ASKED, CLERK)
    assert at.desk.incoming.claim(ASKED, CLERK).grant == first.grant
    assert len(at.line.asked) == 1


def test_ma_26_manat_that_stand_no_more_are_asked_for_anew(at: Stand) -> None:
    first = at.desk.incoming.claim(ASKED, CLERK)
    at.clock.now_ms += 900_001
    with pytest.raises(Refused, match="A-073"):
        at.desk.incoming.plan_payout(first.grant, SENDER, CLERK)
    again = at.desk.incoming.renew(first.grant, CLERK)
    assert again.grant != first.grant
    assert [one.grant for one in at.desk.transfers.held()] == [again.grant]
    assert len(at.desk.incoming.plan_payout(again.grant, SENDER, CLERK).lines) == 1


def test_m0_7_a_line_whose_manat_ran_out_in_the_basket_is_not_paid(at: Stand) -> None:
    claimed = at.desk.incoming.claim(ASKED, CLERK)
    at.desk.incoming.plan_payout(claimed.grant, SENDER, CLERK)
    at.clock.now_ms += 900_001
    with pytest.raises(Refused, match="A-041"):
        at.pay(0)


def test_another_persons_document_is_refused(at: Stand) -> None:
    claimed = at.desk.incoming.claim(ASKED, CLERK)
    other = msgspec.structs.replace(SENDER, name="Həsənov Tural")
    with pytest.raises(Refused, match="T-022"):
        at.desk.incoming.plan_payout(claimed.grant, other, CLERK)


def test_what_cannot_be_asked_is_refused_before_the_line(at: Stand) -> None:
    for wrong, code in (
        ({"number": "TB 12"}, "A-025"),
        ({"way": "TR-IN"}, "A-010"),
        ({"amount": Money(10_000, "KZT")}, "A-010"),
        ({"amount": Money(0, "GEL")}, "T-001"),
        ({"sender_name": "Nino"}, "I-009"),
    ):
        with pytest.raises(Refused, match=code):
            at.desk.incoming.claim(replace(ASKED, **wrong), CLERK)
    assert at.line.asked == []


def test_an_answer_that_was_lost_is_asked_for_again_under_its_own_id(at: Stand) -> None:
    at.line.lose_answers = 1
    with pytest.raises(Trouble, match="L-001"):
        at.desk.incoming.claim(ASKED, CLERK)
    (open_one,) = at.desk.transfers.unanswered()
    assert (open_one.code, open_one.amount) == ("TB12345678", Money(10_000, "GEL"))
    claimed = at.desk.transfers.ask_again(open_one.request, CLERK)
    assert claimed.purpose == "pay_abroad"
    assert {one.request for one in at.line.asked} == {open_one.request}


def test_given_back_it_is_held_no_more(at: Stand) -> None:
    claimed = at.desk.incoming.claim(ASKED, CLERK)
    at.desk.transfers.release(claimed.grant, CLERK, "no agreement")
    assert at.desk.transfers.held() == []
    assert at.desk.incoming.fixed(claimed.grant) is None
