"""Recovery: what is open is listed, what was told is shown, the outside is asked and nothing is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Account, Parties
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.protocol import news as tidings
from azpost_desk.protocol.news import PaymentResult
from azpost_desk.services import recovery
from azpost_desk.services.counter import Counter
from azpost_desk.services.desk import desk_services
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
from tests.fakes.line import PlayedTransfer
from tests.services.counters import CLERK, RECEIVER, SENDER, PlainHasher, Stand, press
from tests.storage.desks import piece

if TYPE_CHECKING:
    from azpost_desk.services.recovery import Unfinished

CODE = transfer_code("123456789")
PHONE = "+994501234567"


def bill(stand: Stand, contact: str = "050 123 45 67") -> str:
    basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000), contact=contact), CLERK)
    stand.pay(10_000)
    return basket.lines[0].line.operation


def told(stand: Stand, payment: str, outcome: str, position: int = 900) -> None:
    result = PaymentResult(
        payment=payment, biller="0101", outcome=outcome, provider_reference="", reason="no such account",
        at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(position, "payment.result", result)], 1)


def claim(stand: Stand, lost: int = 0) -> None:
    stand.line.transfers[CODE] = PlayedTransfer(
        "t-1", 7_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    )
    stand.line.lose_answers = lost
    stand.desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK)


def killed(stand: Stand) -> None:
    """The program is gone without a word; another one opens the books."""
    stand.books._desk.connection.close()
    stand.books._lock.release()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    stand.desk = desk_services(Counter(stand.books, stand.clock, stand.line), PlainHasher(), press)


def only(stand: Stand) -> Unfinished:
    [one] = stand.desk.recovery.unfinished()
    return one


def test_a_bill_on_its_way_is_listed_with_what_the_customer_was_told(stand: Stand) -> None:
    payment = bill(stand)
    one = only(stand)
    assert (one.sort, one.thing, one.state, one.amount) == ("payment", payment, "accepted", azn(2_000))
    assert one.told == "papers.receipt.state.delivering"
    assert one.about == "Azərişıq · 12345678"
    assert not one.overdue
    stand.clock.pass_ms(24 * 3_600_000 + 1)
    assert only(stand).overdue
    told(stand, payment, "confirmed")
    assert stand.desk.recovery.unfinished() == []


def test_what_is_owed_is_listed_with_whom_to_call_until_it_is_paid(stand: Stand) -> None:
    payment = bill(stand)
    told(stand, payment, "refused")
    [owed] = stand.desk.refunds.owed()
    assert (owed.amount, owed.contact, owed.account) == (azn(2_050), PHONE, "12345678")
    one = only(stand)
    assert (one.sort, one.overdue, one.contact) == ("refund", True, PHONE)
    stand.desk.payments.refund(payment, CLERK)
    assert [one.sort for one in stand.desk.recovery.unfinished()] == ["refund"]
    stand.pay()
    assert stand.desk.refunds.owed() == []
    assert stand.desk.recovery.unfinished() == []


def test_the_contact_lies_in_the_erasable_attachment_and_nowhere_else(stand: Stand) -> None:
    payment = bill(stand)
    with stand.books.reading() as books:
        content = books.attachment(payment, "account")
        assert all(PHONE.encode() not in record.body for record, _ in books.records())
    assert content is not None
    assert msgspec.json.decode(content, type=Account).contact == PHONE


def test_a_phone_that_is_none_is_refused_beside_its_field(stand: Stand) -> None:
    with pytest.raises(Refused, match="I-004") as refused:
        bill(stand, contact="12")
    assert refused.value.field == "contact"


def test_a_bill_without_a_phone_is_taken(stand: Stand) -> None:
    told(stand, bill(stand, contact=""), "refused")
    assert [one.contact for one in stand.desk.refunds.owed()] == [""]


def test_a_request_without_an_answer_and_a_grant_not_in_a_basket_are_listed(stand: Stand) -> None:
    with pytest.raises(Trouble, match="L-001"):
        claim(stand, lost=1)
    one = only(stand)
    assert (one.sort, one.about, one.opens) == ("request", CODE, ("payout", CODE))
    claim(stand)
    assert (only(stand).sort, only(stand).state) == ("grant", "held_pay")
    stand.desk.transfers.plan_payout(only(stand).thing, RECEIVER, CLERK)
    assert stand.desk.recovery.unfinished() == []


def test_asking_repeats_no_act_and_writes_nothing(stand: Stand) -> None:
    payment = bill(stand)
    stand.line.steps["payment", payment] = ("sent", 1)
    before, asked = stand.records(), len(stand.line.asked)
    [one] = stand.desk.recovery.asked_now()
    assert one.says == "sent"
    stand.line.steps.clear()
    assert [one.says for one in stand.desk.recovery.asked_now()] == ["no_answer"]
    stand.line.online = False
    with pytest.raises(Trouble, match="L-001"):
        stand.desk.recovery.asked_now()
    assert (stand.records(), len(stand.line.asked)) == (before, asked)


def test_after_a_bad_end_what_is_open_is_recorded_by_no_person(stand: Stand) -> None:
    payment = bill(stand)
    assert stand.desk.recovery.note_start() is None
    killed(stand)
    stand.desk.recovery.note_start()
    [found] = stand.bodies(ops.RecoveryFound)
    assert isinstance(found, ops.RecoveryFound)
    assert [(one.sort, one.thing) for one in found.steps] == [("payment", payment)]
    with stand.books.reading() as books:
        said = books.entries(books.day().number, 1)[0]
    assert (said.recorded.actor, said.actor_kind, said.source) == ("recovery", "recovery", "program")
    assert stand.desk.recovery.shows_itself()


def test_thousands_of_waiting_bills_are_counted_and_the_oldest_shown(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "BILLS_SHOWN_MAX", 3)
    monkeypatch.setattr(recovery, "FOUND_MAX", 2)
    payments = []
    for _ in range(5):
        stand.clock.pass_ms(1_000)
        payments.append(bill(stand))
    steps = stand.desk.recovery.unfinished()
    assert [one.thing for one in steps] == payments[:3]
    assert [one.more for one in steps] == [0, 0, 2]
    killed(stand)
    stand.desk.recovery.note_start()
    [found] = stand.bodies(ops.RecoveryFound)
    assert isinstance(found, ops.RecoveryFound)
    assert (found.open_steps, [one.thing for one in found.steps]) == (5, payments[:2])


def test_after_a_good_end_nothing_is_recorded_and_nothing_shows_itself(stand: Stand) -> None:
    bill(stand)
    stand.books.close()
    stand.books = DeskBooks.open(stand.books.folder, stand.clock, keep=FileVault(stand.books.folder))
    stand.desk = desk_services(Counter(stand.books, stand.clock, stand.line), PlainHasher(), press)
    assert stand.desk.recovery.note_start() is None
    assert not stand.desk.recovery.shows_itself()
    assert stand.bodies(ops.RecoveryFound) == []


def test_the_centres_question_for_a_grant_is_answered_by_keeping_or_releasing(stand: Stand) -> None:
    claim(stand)
    grant = only(stand).thing
    question = tidings.GrantQuestion(grant=grant, thing="t-1", at_ms=stand.clock.utc_ms())
    stand.books.store_news([piece(900, "grant.question", question)], 1)
    assert (only(stand).sort, only(stand).state) == ("question", "wanted")
    with pytest.raises(Refused, match="G-094"):
        stand.desk.recovery.keep(CLERK, grant, "because")
    stand.desk.recovery.keep(CLERK, grant, "customer_here")
    assert only(stand).sort == "grant"
    stand.books.store_news([piece(901, "grant.question", question)], 1)
    assert only(stand).sort == "question"
    stand.desk.transfers.release(grant, CLERK, "asked for")
    assert stand.desk.recovery.unfinished() == []


def test_a_grant_that_only_the_centre_knows_is_shown_and_reported_once(stand: Stand) -> None:
    before = stand.records()
    stand.books.note_open_grants(("g-1",))
    assert (only(stand).sort, only(stand).thing) == ("centre_grant", "g-1")
    assert stand.records() == before
    stand.desk.recovery.report_unknown_grant(CLERK, "g-1")
    assert len(stand.bodies(ops.CaseRaised)) == 1
    stand.books.note_open_grants(())
    assert stand.desk.recovery.unfinished() == []
    with pytest.raises(Refused, match="T-020"):
        stand.desk.recovery.report_unknown_grant(CLERK, "g-1")


def test_paper_that_did_not_come_out_is_listed(stand: Stand) -> None:
    payment = bill(stand)
    told(stand, payment, "confirmed")

    def broken(_paper: object, _sort: str) -> None:
        raise Trouble("D-003")

    for _ in range(9):
        stand.desk.papers.print_next(broken)
    assert {one.sort for one in stand.desk.recovery.unfinished()} == {"paper"}
