"""Any figure of any day can be disputed: value and evidence come from the books, nobody is stopped."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import BusinessDay, days_after
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.transfer_codes import read_case_number
from azpost_desk.protocol import news as tidings
from azpost_desk.services.disputes import REPORT_FIGURES, Figure
from azpost_desk.services.goods import SellGoods
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, SUPERVISOR, press
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from tests.services.counters import Stand

WORDS = "Pul kassada idi, mən iki dəfə saydım."


def closed_short(stand: Stand) -> str:
    """Sold for 1.20 and counted 0.50 short; the operation of the close."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(120)
    return stand.desk.tills.close(CLERK, {1: stand.till_qapik() - 50}).recorded.operation


def raised(stand: Stand) -> ops.DisputeRaised:
    body = stand.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    return body


def test_the_value_comes_from_the_books_and_the_words_lie_in_an_attachment(stand: Stand) -> None:
    close = closed_short(stand)
    made = stand.desk.disputes.raise_dispute(CLERK, Figure("till.difference", close), f"  {WORDS} ")
    body = raised(stand)
    assert (body.value, body.unit, body.date, body.about) == (-50, "qapik", DATE, close)
    assert WORDS not in ops.encode(body).decode()
    assert read_case_number(made.number) == made.number == body.dispute
    assert made.number.startswith("D2026-000001-")
    assert made.due == days_after(BusinessDay(stand.desk.counter.today()), 10)
    [row] = stand.desk.disputes.listed().disputes
    assert stand.desk.disputes.words(row.dispute) == WORDS
    assert (row.officer, row.dispute.state, row.overdue) == (CLERK.name, "open", False)


def test_the_evidence_is_taken_by_the_program(stand: Stand) -> None:
    close = closed_short(stand)
    stand.desk.reports.close_day(MANAGER, press)
    with stand.books.reading() as books:
        epoch, sequence, head = books.head()
        hashes = [record.hash for record, _ in books.records(1)]
        by_operation = {record.header().operation: record.hash.hex() for record, _ in books.records(1)}
    stand.desk.disputes.raise_dispute(CLERK, Figure("till.difference", close), WORDS)
    evidence = raised(stand).evidence
    assert (evidence.epoch, evidence.sequence, evidence.head) == (epoch, sequence, head)
    assert evidence.records == (by_operation[close],)
    assert evidence.day_records == len(hashes)
    assert evidence.day_digest == hashlib.sha256(b"".join(hashes)).hexdigest()
    assert evidence.report == hashlib.sha256(stand.desk.reports.stored(MANAGER, DATE)).hexdigest()
    assert evidence.software == "test"
    assert evidence.online == stand.line.state().online


@pytest.mark.parametrize("figure", REPORT_FIGURES)
def test_every_figure_of_a_report_can_be_disputed_open_or_closed(stand: Stand, figure: str) -> None:
    closed_short(stand)
    while_open = stand.desk.disputes.named(Figure(figure, DATE))
    stand.desk.reports.close_day(MANAGER, press)
    made = stand.desk.disputes.raise_dispute(CLERK, Figure(figure, DATE), WORDS)
    assert raised(stand).value == while_open.value
    assert made.number in [one.dispute for one in stand.desk.reports.interim(MANAGER).disputes]


def test_an_amount_and_an_officers_account_too(stand: Stand) -> None:
    close = closed_short(stand)
    with stand.books.reading() as books:
        receipt = books.settlement(books.last_receipt())
    assert receipt is not None
    disputes = stand.desk.disputes
    assert disputes.named(Figure("operation.amount", receipt.recorded.operation)).value == 120
    assert disputes.named(Figure("account.shortage", CLERK.officer)).value == 50
    assert disputes.named(Figure("till.counted", close)).value == 20_070


@pytest.mark.parametrize(
    "figure",
    [
        Figure("till.difference", "nowhere"),
        Figure("report.closing", "2001-01-01"),
        Figure("weather", DATE),
    ],
)
def test_a_figure_that_is_nowhere_is_refused(stand: Stand, figure: Figure) -> None:
    before = stand.records()
    with pytest.raises(Refused, match="D-101"):
        stand.desk.disputes.raise_dispute(CLERK, figure, WORDS)
    assert stand.records() == before


@pytest.mark.parametrize(("words", "code"), [("  ", "D-102"), ("a" * 2_001, "D-103")])
def test_words_are_needed_and_bounded(stand: Stand, words: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), words)


def test_only_who_raised_it_ends_it_and_a_supervisor_may_take_it_further(stand: Stand) -> None:
    disputes = stand.desk.disputes
    number = disputes.raise_dispute(CLERK, Figure("report.closing", DATE), WORDS).number
    with pytest.raises(Refused, match="D-106"):
        disputes.close(MANAGER, number, "withdrawn", WORDS)
    with pytest.raises(Refused, match="D-106"):
        disputes.escalate(OTHER_CLERK, number, "silence", WORDS)
    disputes.escalate(SUPERVISOR, number, "silence", WORDS)
    assert disputes.listed().disputes[0].dispute.state == "escalated"
    with pytest.raises(Refused, match="D-107"):
        disputes.close(CLERK, number, "forgotten", WORDS)
    disputes.close(CLERK, number, "settled", WORDS)
    with pytest.raises(Refused, match="D-105"):
        disputes.close(CLERK, number, "settled", WORDS)
    with pytest.raises(Refused, match="D-104"):
        disputes.close(CLERK, "D2026-000009-1", "settled", WORDS)
    assert disputes.listed().disputes[0].dispute.outcome == "settled"


def test_a_dispute_without_an_answer_in_time_is_overdue(stand: Stand) -> None:
    stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), WORDS)
    stand.clock.pass_ms(10 * 86_400_000)
    assert not stand.desk.disputes.listed().disputes[0].overdue
    stand.clock.pass_ms(86_400_000)
    [row] = stand.desk.disputes.listed().disputes
    assert (row.overdue, row.age_days) == (True, 11)


def answer(stand: Stand, number: str, position: int, verdict: str = "upheld") -> None:
    told = tidings.DisputeAnswer(
        dispute=number, answer=verdict, words="Bağlama tapıldı.", by="Maliyyə", at_ms=stand.clock.utc_ms()
    )
    stand.books.store_news([piece(position, "dispute.answer", told)], 1)


def test_the_centres_answer_stands_beside_it_and_closes_nothing(stand: Stand) -> None:
    number = stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), WORDS).number
    before = stand.records()
    answer(stand, number, 900)
    [row] = stand.desk.disputes.listed().disputes
    assert (row.dispute.state, row.dispute.answer, row.dispute.answer_words) == (
        "answered",
        "upheld",
        "Bağlama tapıldı.",
    )
    assert stand.records() == before
    assert stand.books.rebuild() == []
    stand.desk.disputes.close(CLERK, number, "settled", WORDS)
    answer(stand, number, 901, "rejected")
    assert stand.desk.disputes.listed().disputes[0].dispute.answer == "upheld"


def test_an_answer_to_nobody_changes_nothing(stand: Stand) -> None:
    answer(stand, "D2026-000077-1", 900)
    assert stand.desk.disputes.listed().disputes == ()


def test_cases_of_the_program_are_listed_with_their_age(stand: Stand) -> None:
    stand.books.store_news([piece(900, "journal", tidings.GrantQuestion(grant="g", thing="t"))], 1)
    stand.clock.pass_ms(3 * 86_400_000)
    [(case, age_days)] = stand.desk.disputes.listed().cases
    assert (case.reason, age_days) == ("record", 3)
