"""Bills at the counter: delivered once whatever the biller does, or the money goes back to the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from azpost_desk.central import held
from azpost_desk.central.payments import txn_id
from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import accounts as chart
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.desk import report_press
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.counter import Approval
from azpost_desk.services.desk import desk_services
from azpost_desk.services.payments import PayBill
from tests.incidents.test_a04_what_is_doubtful_never_leaves_by_itself import allow, deciding
from tests.services.counters import PlainHasher
from tests.stories.town import ELECTRICITY, METER, MOBILE, PHONE

if TYPE_CHECKING:
    from azpost_desk.services.baskets import Paid
    from tests.stories.town import Seat, Town

INVALID_ACCOUNT = 5  # fatal in the provider protocol


def undo(seat: Seat, operation: str) -> Paid:
    with seat.books.reading() as look:
        line = look.paid_line(operation)
    assert line is not None
    reversal = seat.new_id()
    consent = Approval(seat.supervisor.officer, seat.supervisor.role, reversal)
    return seat.services.baskets.reverse(seat.clerk, line, reversal, "wrong account", consent)


def attempts(place: Town) -> set[str]:
    """Numbers under which the biller was ever asked of a payment."""
    return {form["txn_id"] for form in place.provider.requests if form["command"] in ("pay", "status")}


def test_paid_delivered_and_confirmed_at_the_counter(place: Town, ganja: Seat) -> None:
    """38.45 for electricity, free for the payer: the debt is shown, the money is the biller's, once."""
    checked = ganja.services.payments.check(ELECTRICITY, METER)
    assert (checked.answered, checked.debt) == (True, azn(3_845))
    bill = ganja.take_bill(3_845)
    assert ganja.bill(bill) == "accepted"
    ganja.sync()
    assert ganja.bill(bill) == "confirmed"
    [known] = ganja.services.payments.taken()
    assert known.provider_reference == place.provider.register()[0].provider_reference
    assert place.provider.accounts[METER].debt_qapik == 0
    assert ganja.till_qapik() == 100_000 + 3_845
    country = place.ask("select sum(minor) from postings where account = %s", chart.BILLS_COLLECTED)
    assert country == [(0,)]
    assert place.ask("select sum(minor) from postings where account = %s", chart.BILLS_DUE) == [(-3_845,)]
    with pytest.raises(Refused, match="P-040"):
        undo(ganja, bill)


@pytest.mark.parametrize("fault", ["answer_lost", "no_answer", "truncated"])
def test_the_biller_loses_the_answer_and_is_asked_again_under_the_same_number(
    place: Town, ganja: Seat, fault: str
) -> None:
    place.provider.fail_next(fault)  # type: ignore[arg-type]
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    assert ganja.bill(bill) == "unknown"
    place.clock.pass_ms(3_600_000)
    ganja.sync()
    assert ganja.bill(bill) == "confirmed"
    assert attempts(place) == {str(txn_id(bill))}
    assert [one.sum_qapik for one in place.provider.register()] == [2_000]


def test_a_bill_by_card_that_its_biller_refuses_comes_back_to_the_card(place: Town, ganja: Seat) -> None:
    """No note leaves the drawer by one person's word, and the centre owes nothing any more."""
    place.provider.fail_next("result", code=INVALID_ACCOUNT, account=PHONE)
    before = ganja.till_qapik()
    with SandboxTerminal() as terminal:
        part = EcrTerminal(*terminal.address, purchase_ms=2_000, query_ms=2_000)
        at = replace(ganja.services.counter, terminal=part)
        ganja.services = desk_services(at, PlainHasher(), report_press(lambda: "az"))
        basket = ganja.services.payments.pay(PayBill(MOBILE, PHONE, azn(2_000)), ganja.clerk)
        ganja.services.cards.purchase(ganja.clerk, basket.basket)
        bill = basket.lines[0].line.operation
        ganja.sync()
        assert ganja.bill(bill) == "refused"
        refund = ganja.services.payments.refund(bill, ganja.clerk).basket
        with pytest.raises(Refused, match="B-027"):
            ganja.pay()
        ganja.services.cards.pay_back(ganja.clerk, refund)
        assert list(terminal.charged.values()) == [0]
    ganja.sync()
    assert (ganja.bill(bill), ganja.till_qapik()) == ("refunded", before)
    assert ganja.balance(chart.REFUNDS_PAYABLE, MOBILE) == ganja.balance(chart.CARD_RECEIVABLE) == 0
    assert place.ask("select reason from exceptions") == []


def test_a_refused_bill_is_a_debt_to_the_customer_until_it_is_paid_back(place: Town, ganja: Seat) -> None:
    """20.00 and 0.20 fee: what was taken goes back, and no account keeps anything of it."""
    place.provider.fail_next("result", code=INVALID_ACCOUNT, account=PHONE)
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    ganja.sync()
    assert ganja.bill(bill) == "refused"
    assert ganja.balance(chart.REFUNDS_PAYABLE, MOBILE) == -2_020
    assert ganja.balance(chart.FEES, "mobile") == 0
    assert [one.payment for one in ganja.services.payments.tasks()] == [bill]
    ganja.services.payments.refund(bill, ganja.clerk)
    with pytest.raises(Refused, match="B-006"):
        ganja.services.payments.refund(bill, ganja.clerk)
    assert ganja.pay().change == azn(2_020)
    assert ganja.till_qapik() == 100_000
    for account in (chart.REFUNDS_PAYABLE, chart.BILLS_COLLECTED):
        assert ganja.balance(account, MOBILE) == 0
    assert ganja.services.payments.tasks() == []
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(bill, ganja.clerk)
    place.sync()
    assert place.provider.register() == []
    assert place.ask("select state from payments") == [("refunded",)]


def test_a_bill_that_two_people_rejected_is_paid_back_to_the_customer_once(place: Town, ganja: Seat) -> None:
    """Taken off line beyond what the centre allows by now: held, rejected, then owed as if the biller had
    refused it.
    """
    ganja.go_offline()
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    allow(place, payments=1_000)
    ganja.go_online()
    place.sync()
    assert place.ask("select state from payments") == [("held",)]
    # While two people look at it, nothing is owed and nothing goes back.
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(bill, ganja.clerk)
    with deciding(place) as decide:
        assert decide(bill, held.REJECTED) == "owed"
    ganja.sync()
    [task] = ganja.services.recovery.unfinished()
    assert (task.sort, task.thing, task.amount) == ("refund", bill, azn(2_020))
    ganja.services.payments.refund(bill, ganja.clerk)
    with pytest.raises(Refused, match="B-006"):
        ganja.services.payments.refund(bill, ganja.clerk)
    assert ganja.pay().change == azn(2_020)
    assert ganja.till_qapik() == 100_000
    assert ganja.balance(chart.REFUNDS_PAYABLE, MOBILE) == 0
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(bill, ganja.clerk)
    place.sync()
    assert (ganja.services.recovery.unfinished(), place.provider.register()) == ([], [])
    assert place.ask("select state from payments") == [("refunded",)]
    with deciding(place) as decide, pytest.raises(Refused, match="X-081"):
        decide(bill, held.LET_GO)


def test_what_is_unknown_stays_unknown_and_becomes_a_task(place: Town, ganja: Seat) -> None:
    """A day of silence: asked again with growing waits under one number, never refunded by itself."""
    place.provider.fail_next("no_answer", times=1_000)
    bill = ganja.take_bill(3_845)
    ganja.sync()
    with pytest.raises(Refused, match="P-040"):
        undo(ganja, bill)
    for _ in range(25):
        place.clock.pass_ms(3_600_000)
        ganja.sync()
        assert ganja.bill(bill) == "unknown"
    assert attempts(place) == {str(txn_id(bill))}
    assert [one.payment for one in ganja.services.payments.tasks()] == [bill]
    with pytest.raises(Refused, match="P-030"):
        ganja.services.payments.refund(bill, ganja.clerk)
    assert ganja.balance(chart.BILLS_COLLECTED, ELECTRICITY) == -3_845
    place.provider.mend()
    place.clock.pass_ms(3_600_000)
    ganja.sync()
    assert ganja.bill(bill) == "confirmed"
    assert len(place.provider.register()) == 1


def test_a_bill_undone_before_it_was_sent_never_reaches_the_biller(place: Town, ganja: Seat) -> None:
    ganja.go_offline()
    bill = ganja.take_bill(2_000, MOBILE, PHONE)
    assert undo(ganja, bill).change == azn(2_020)
    assert ganja.till_qapik() == 100_000
    ganja.go_online()
    assert place.ask("select state from payments") == [("reversed",)]
    assert [form for form in place.provider.requests if form["command"] == "pay"] == []
    assert place.ask("select count(*) from exceptions") == [(0,)]
