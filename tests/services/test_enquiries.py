"""Where is the money? An enquiry at the counter: its number and term, its slip, its answer on the slip."""

from __future__ import annotations

import datetime as dt

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, days_after
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.papers import EnquiryPaper, Say
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.services.incoming import ClaimIncoming
from tests.fakes.abroad import abroad_at
from tests.gui.screens.test_transfers_abroad import NINO
from tests.services.counters import CLERK, SENDER, Stand
from tests.storage.desks import piece

pytestmark = pytest.mark.fast
WORDS = "Alan pulu almayıb"


@pytest.fixture
def at(stand: Stand) -> Stand:
    abroad_at(stand)
    return stand


def sent(at: Stand) -> str:
    quote = at.desk.abroad.quote("GE-CASH", "arrives", Money(10_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    basket = at.desk.abroad.send(command, CLERK)
    at.pay(10_000)
    return basket.lines[-1].line.operation


def slips(at: Stand) -> list[EnquiryPaper]:
    with at.books.reading() as books:
        jobs = [job for job in books.print_jobs() if job.paper == "abroad_enquiry"]
    made = [at.desk.papers.of_job(job) for job in jobs]
    return [paper for paper in made if isinstance(paper, EnquiryPaper)]


def test_an_enquiry_has_a_number_the_corridors_term_and_a_slip(at: Stand) -> None:
    transfer = sent(at)
    made = at.desk.enquiries.open_sent(transfer, f" {WORDS} ", CLERK)
    due = days_after(BusinessDay(at.desk.counter.today()), 10)
    body = at.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    assert (body.figure, body.about, body.value, body.due) == ("enquiry.sent", transfer, 6_771 - 500, due)
    assert WORDS not in ops.encode(body).decode()
    (slip,) = slips(at)
    assert (slip.number, slip.due) == (made.number, dt.date.fromisoformat(due))
    assert slip.receipt
    assert (slip.person[1], slip.country["az"], slip.answer) == ("Beridze Nino", "Gürcüstan", None)
    assert slip.amount == azn(body.value)
    known = at.desk.enquiries.of_sent(transfer)
    assert known is not None
    assert known.dispute == made.number


def test_one_enquiry_is_open_at_a_time_and_its_number_is_said(at: Stand) -> None:
    transfer = sent(at)
    made = at.desk.enquiries.open_sent(transfer, WORDS, CLERK)
    before = at.records()
    with pytest.raises(Refused, match="A-093") as no:
        at.desk.enquiries.open_sent(transfer, WORDS, CLERK)
    assert (no.value.facts["dispute"], at.records()) == (made.number, before)
    at.desk.disputes.close(CLERK, made.number, "settled", WORDS)
    assert at.desk.enquiries.open_sent(transfer, WORDS, CLERK).number != made.number


def test_the_answer_stands_on_the_slip_that_is_printed_again(at: Stand) -> None:
    made = at.desk.enquiries.open_sent(sent(at), WORDS, CLERK)
    told = tidings.DisputeAnswer(
        dispute=made.number, answer="under_way", words="", by="tbilisi", at_ms=at.clock.utc_ms()
    )
    at.books.store_news([piece(9_000, "dispute.answer", told)], 1)
    at.desk.enquiries.print_one(made.number)
    again = slips(at)[-1]
    assert (again.answer, again.copy.kind) == ((Say("dispute.answer.under_way"), ""), "copy")


def test_money_that_did_not_come_is_asked_about_by_the_number_that_was_refused(at: Stand) -> None:
    del at.line.transfers["TB12345678"]
    asked = ClaimIncoming("GE-IN", "tb 1234-5678", Money(10_000, "GEL"), "Nino Beridze")
    with pytest.raises(Refused, match="A-094"):
        at.desk.enquiries.open_coming("TB12345678", WORDS, CLERK)
    for _ in range(2):
        with pytest.raises(Refused, match="T-010"):
            at.desk.incoming.claim(asked, CLERK)
    made = at.desk.enquiries.open_coming("tb 12345678", WORDS, CLERK)
    body = at.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    assert (body.figure, body.value, body.unit) == ("enquiry.coming", 10_000, "GEL")
    # The number its receiver says stands neither in the record nor on the slip (MA-18).
    (slip,) = slips(at)
    assert "TB12345678" not in ops.encode(body).decode() + repr(slip)
    assert (slip.number, slip.person[1], slip.amount) == (made.number, "Nino Beridze", Money(10_000, "GEL"))
    with pytest.raises(Refused, match="T-010"):
        at.desk.incoming.claim(asked, CLERK)
    with pytest.raises(Refused, match="A-093"):
        at.desk.enquiries.open_coming("TB12345678", WORDS, CLERK)


def test_what_was_not_sold_here_and_what_is_no_enquiry_is_refused(at: Stand) -> None:
    with pytest.raises(Refused, match="A-051"):
        at.desk.enquiries.open_sent("elsewhere", WORDS, CLERK)
    with pytest.raises(Refused, match="D-104"):
        at.desk.enquiries.print_one("D2026-000009-1")
    with pytest.raises(Refused, match="D-102"):
        at.desk.enquiries.open_sent(sent(at), "  ", CLERK)
