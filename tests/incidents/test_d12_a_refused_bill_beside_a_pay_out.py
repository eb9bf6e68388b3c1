"""D-12: a pay-out was netted against a bill that the biller later refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.money import azn
from azpost_desk.services.payments import PayBill
from tests.stories.town import ELECTRICITY, METER, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town

INVALID_ACCOUNT = 5  # fatal in the provider protocol


def test_a_pay_out_netted_against_a_bill_that_is_refused_owes_the_bill_alone(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """250.00 out, 38.45 in, 211.55 handed over; the refusal owes 38.45 and leaves the pay-out alone."""
    sent = ganja.send_money()
    ganja.sync()
    place.provider.fail_next("result", code=INVALID_ACCOUNT, account=METER)
    claimed = baku.ask_for(sent.code)
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.services.payments.pay(PayBill(ELECTRICITY, METER, azn(3_845), contact="050 123 45 67"), baku.clerk)
    baku.pay()
    place.sync()
    assert place.state(sent.transfer) == "paid"
    assert baku.balance(chart.REFUNDS_PAYABLE, ELECTRICITY) == -3_845
    assert baku.balance(chart.BILLS_COLLECTED, ELECTRICITY) == 0
    assert baku.balance(chart.TRANSFERS_PAYABLE) == 25_000
    assert baku.till_qapik() == 100_000 - 21_155
    [owed] = baku.services.refunds.owed()
    assert (owed.amount, owed.contact) == (azn(3_845), "+994501234567")
    assert [one.sort for one in baku.services.recovery.unfinished()] == ["refund"]
    [task] = baku.services.payments.tasks()
    baku.services.payments.refund(task.payment, baku.clerk)
    assert baku.pay().change == azn(3_845)
    assert baku.services.refunds.owed() == []
    assert baku.till_qapik() == 100_000 - 25_000
    assert baku.balance(chart.REFUNDS_PAYABLE, ELECTRICITY) == 0
