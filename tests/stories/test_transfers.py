"""Leyla sends 250.00 ₼ from Gəncə to Orxan in Bakı: whatever happens on the way, it is paid exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.transfer_codes import check_transfer_code
from azpost_desk.services.counter import Approval
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import TOLD_AVAILABLE, TOLD_WAITING
from tests.stories.town import BAKU, ELECTRICITY, LEYLA, METER, ORXAN

if TYPE_CHECKING:
    from tests.stories.town import Seat, Town


def undo(seat: Seat, operation: str) -> None:
    """Reverse a line with the supervisor's consent."""
    with seat.books.reading() as look:
        line = look.paid_line(operation)
    assert line is not None
    reversal = seat.new_id()
    approval = Approval(seat.supervisor.officer, seat.supervisor.role, reversal)
    seat.services.baskets.reverse(seat.clerk, line, reversal, "customer changed her mind", approval)


def test_sent_in_ganja_paid_in_baku_with_code_amount_and_senders_name(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Fee 1.2 % = 3.00; Leyla hands over 253.00, Orxan gets 250.00 and shows his identity card."""
    sent = ganja.send_money()
    assert (sent.amount, sent.fee, sent.state) == (azn(25_000), azn(300), "available")
    assert check_transfer_code(sent.code).valid
    assert ganja.till_qapik() == 100_000 + 25_300
    ganja.sync()
    given = place.ask("select desk from transfer_codes where code = %s", sent.code)
    assert given == [("2002-1",)]
    claimed = baku.ask_for(sent.code)
    assert (claimed.amount, claimed.parties.receiver.name) == (azn(25_000), ORXAN.name)
    basket = baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    paid = baku.pay()
    assert (paid.to_pay, paid.change) == (azn(-25_000), azn(25_000))
    assert baku.till_qapik() == 100_000 - 25_000
    with baku.books.reading() as look:
        line = look.paid_line(basket.lines[0].line.operation)
    assert line is not None
    shown = b"".join(line.attachments.values()).decode()
    assert ORXAN.document in shown
    assert ORXAN.fin in shown
    place.sync()
    assert place.state(sent.transfer) == "paid"
    assert place.ask("select reason, about from exceptions") == []
    with ganja.books.reading() as look:
        known = look.transfer(sent.transfer)
    assert known is not None
    assert known.state == "paid"
    for again in (ganja, baku):
        with pytest.raises(Refused, match="T-014"):
            again.ask_for(sent.code)


@pytest.mark.parametrize(
    "name",
    ["Məmmədova Leyla", "MƏMMƏDOVA LEYLA Kamil qızı", "Məmmədova Leyla Rauf qızı", "Маммадова Лейла",
     "Мәммәдова Лејла"],
)  # fmt: skip
def test_the_senders_name_counts_without_patronymic_and_in_either_script(
    ganja: Seat, baku: Seat, name: str
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    assert baku.ask_for(sent.code, sender=name).amount == azn(25_000)


def test_a_near_miss_is_no_try_and_the_fifth_wrong_try_closes_the_code(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    for _ in range(6):
        with pytest.raises(Refused, match="T-013"):
            baku.ask_for(sent.code, sender="Mamedova Leyla")
    left = []
    for sender, amount in (
        ("Quliyeva Leyla", 25_000), ("Məmmədova Nərmin", 25_000), ("Məmmədova Leyla", 25_100),
        ("Əliyeva Sevda", 25_000), ("Əliyeva Sevda", 25_000),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            baku.ask_for(sent.code, amount, sender)
        left.append((refused.value.code, refused.value.facts.get("left")))
    assert left == [("T-011", 4), ("T-011", 3), ("T-011", 2), ("T-011", 1), ("T-012", 0)]
    with pytest.raises(Refused, match="T-012"):
        baku.ask_for(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "closed"
    assert baku.till_qapik() == 100_000


def test_a_wrong_try_asked_again_after_a_lost_answer_is_one_try(ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code, sender="Quliyeva Leyla")
    with pytest.raises(Refused, match="T-011") as refused:
        baku.ask_for(sent.code, sender="Quliyeva Leyla")
    assert refused.value.facts["left"] == 4


def test_a_pay_out_and_a_bill_in_one_basket_are_netted_in_cash_only(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """250.00 to Orxan, 38.45 for electricity: 211.55 go over the counter; both stand gross in the books."""
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.services.payments.pay(PayBill(ELECTRICITY, METER, azn(3_845)), baku.clerk)
    paid = baku.pay()
    assert paid.to_pay == azn(3_845 - 25_000)
    assert baku.till_qapik() == 100_000 - 21_155
    assert baku.balance(chart.TRANSFERS_PAYABLE) == 25_000
    assert baku.balance(chart.BILLS_COLLECTED, ELECTRICITY) == -3_845
    place.sync()
    assert place.state(sent.transfer) == "paid"
    assert [one.sum_qapik for one in place.provider.register()] == [3_845]


def test_sent_off_line_it_is_paid_when_the_centre_has_heard_of_it(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    ganja.go_offline()
    sent = ganja.send_money()
    with ganja.books.reading() as look:
        line = look.paid_line(sent.transfer)
    assert line is not None
    assert isinstance(line.line, ops.TransferSent)
    assert (line.line.offline, line.line.told) == (True, TOLD_WAITING)
    assert line.line.told != TOLD_AVAILABLE
    with pytest.raises(Refused, match="T-010"):
        baku.ask_for(sent.code)
    ganja.go_online()
    baku.pay_out(sent.code)
    place.sync()
    assert place.state(sent.transfer) == "paid"


def test_a_transfer_for_a_named_office_is_refused_elsewhere_naming_it(ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money(office=BAKU)
    ganja.sync()
    with pytest.raises(Refused, match="T-017") as refused:
        ganja.ask_for(sent.code)
    assert refused.value.facts["office"] == f"{BAKU} Bakı 10"
    assert baku.pay_out(sent.code).change == azn(25_000)


def test_only_the_receiver_named_is_paid(ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    with pytest.raises(Refused, match="T-022"):
        baku.transfers.plan_payout(claimed.grant, replace(ORXAN, name="Hüseynov Rauf"), baku.clerk)
    assert baku.services.baskets.current() is None
    assert [one.grant for one in baku.transfers.held()] == [claimed.grant]


def test_refunded_at_the_senders_desk_once_the_other_desk_lets_go(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """Bakı holds the grant and names its holder; the voided pay-out lets Gəncə refund 250.00, not the fee."""
    sent = ganja.send_money()
    ganja.sync()
    claimed = baku.ask_for(sent.code)
    basket = baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    with pytest.raises(Refused, match="T-015") as refused:
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    assert refused.value.facts["holder"] == "1010-1 Bakı 10"
    baku.services.baskets.void(baku.clerk, basket.lines[0].line.operation)
    assert baku.transfers.held() == []
    baku.sync()
    assert place.state(sent.transfer) == "available"
    refund = ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    with pytest.raises(Refused, match="T-022"):
        ganja.transfers.plan_refund(refund.grant, ORXAN, ganja.clerk)
    ganja.transfers.plan_refund(refund.grant, LEYLA, ganja.clerk)
    assert ganja.pay().change == azn(25_000)
    assert ganja.till_qapik() == 100_000 + 300
    assert ganja.balance(chart.TRANSFERS_PAYABLE) == 0
    place.sync()
    assert place.state(sent.transfer) == "refunded"
    with pytest.raises(Refused, match="T-014"):
        baku.ask_for(sent.code)


def test_a_transfer_paid_elsewhere_is_not_refunded(place: Town, ganja: Seat, baku: Seat) -> None:
    sent = ganja.send_money()
    ganja.sync()
    baku.pay_out(sent.code)
    with pytest.raises(Refused, match="T-015"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    baku.sync()
    with pytest.raises(Refused, match="T-014"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    ganja.sync()
    with pytest.raises(Refused, match="T-024"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)


def test_a_send_never_offered_is_reversed_and_never_payable(place: Town, ganja: Seat, baku: Seat) -> None:
    ganja.go_offline()
    sent = ganja.send_money()
    undo(ganja, sent.transfer)
    assert ganja.till_qapik() == 100_000
    assert ganja.balance(chart.TRANSFERS_PAYABLE) == ganja.balance(chart.FEES, "transfers") == 0
    ganja.go_online()
    assert place.state(sent.transfer) == "reversed"
    with pytest.raises(Refused, match="T-018"):
        baku.ask_for(sent.code)
    assert place.ask("select count(*) from exceptions") == [(0,)]


def test_an_answer_lost_after_the_grant_is_asked_again_and_is_one_grant(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    waiting = baku.transfers.unanswered()
    assert [(one.code, one.amount) for one in waiting] == [(sent.code, azn(25_000))]
    claimed = baku.transfers.ask_again(waiting[0].request, baku.clerk)
    assert place.ask('select "grant" from grants') == [(claimed.grant,)]
    assert baku.transfers.unanswered() == []
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()


def test_a_desk_killed_between_question_and_answer_lists_it_after_the_restart(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    sent = ganja.send_money()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    baku.kill()
    baku.reopen()
    waiting = baku.transfers.unanswered()
    assert [(one.code, one.sender_name) for one in waiting] == [(sent.code, "Məmmədova Leyla")]
    assert baku.services.baskets.current() is None
    baku.sync()
    with pytest.raises(Refused, match="T-015"):
        ganja.transfers.claim_refund(sent.transfer, ganja.clerk)
    claimed = baku.transfers.ask_again(waiting[0].request, baku.clerk)
    baku.transfers.plan_payout(claimed.grant, ORXAN, baku.clerk)
    baku.pay()
    assert place.ask('select "grant" from grants') == [(claimed.grant,)]


def test_a_question_left_open_at_the_close_is_listed_the_next_morning(
    place: Town, ganja: Seat, baku: Seat
) -> None:
    """I-09: the centre holds the transfer for Bakı until Bakı speaks; the new day must still say so."""
    sent = ganja.send_money()
    ganja.sync()
    baku.road.plan("answer_lost")
    with pytest.raises(Trouble):
        baku.ask_for(sent.code)
    baku.close_day()
    place.clock.pass_ms(24 * 3_600_000)
    baku.sync()
    baku.open("2026-11-24")
    assert [one.code for one in baku.transfers.unanswered()] == [sent.code]
    baku.pay_out(sent.code)
