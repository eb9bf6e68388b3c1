"""The basket: paid once, netted, voided before and reversed after; nothing commits by itself."""

from __future__ import annotations

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.products import due_qapik
from azpost_desk.domain.refusals import NeedsConfirmation, Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from tests.fakes.line import PlayedTransfer
from tests.services.counters import CLERK, OTHER_CLERK, RECEIVER, SENDER, SUPERVISOR, Stand, approval


def played(stand: Stand, amount_qapik: int = 5_000, code: str = "0000000019") -> str:
    """A transfer the centre knows; answers its code."""
    from azpost_desk.domain.transfer_codes import transfer_code

    code = transfer_code("900000001")
    parties = Parties(code=code, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[code] = PlayedTransfer("0197-transfer", amount_qapik, parties)
    return code


def bill(account: str, qapik: int) -> PayBill:
    return PayBill("0101", account, azn(qapik))


def test_two_bills_and_a_pay_out_are_netted_and_paid_once_in_cash(stand: Stand) -> None:
    """20.00 + 0.50 and 35.00 + 0.50 in, 50.00 out: the customer adds 6.00 and gets 4.00 back from a ten."""
    desk = stand.desk
    desk.payments.pay(bill("12345678", 2_000), CLERK)
    desk.payments.pay(bill("87654321", 3_500), CLERK)
    claimed = desk.transfers.claim(ClaimTransfer(played(stand), azn(5_000), "Əliyev Vüqar"), CLERK)
    desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    before = stand.till_qapik()
    paid = stand.pay(1_000)
    assert (paid.to_pay, paid.change) == (azn(600), azn(400))
    assert stand.till_qapik() == before + 600
    [settlement] = stand.bodies(ops.Settlement)
    assert isinstance(settlement, ops.Settlement)
    assert [due_qapik(line) for line in settlement.lines] == [2_050, 3_550, -5_000]
    assert [tender.amount_qapik for tender in settlement.tenders] == [600]
    assert desk.baskets.current() is None


def test_fifty_presses_of_pay_make_one_record(stand: Stand) -> None:
    """H-04."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    basket = stand.desk.baskets.current()
    assert basket is not None
    outcomes = []
    for _ in range(50):
        try:
            stand.desk.baskets.pay(CLERK, basket.basket, azn(200))
            outcomes.append("paid")
        except Refused as refused:
            outcomes.append(refused.code)
    assert outcomes == ["paid"] + ["B-005"] * 49
    assert len(stand.bodies(ops.Settlement)) == 1


def test_an_idle_basket_writes_nothing(stand: Stand) -> None:
    """H-08: filled, looked at, left alone for an hour: the journal is as long as before."""
    before = stand.records()
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.desk.payments.pay(bill("12345678", 2_000), CLERK)
    stand.clock.pass_ms(3_600_000)
    assert stand.desk.baskets.current() is not None
    assert stand.records() == before


def test_a_voided_line_is_gone_and_the_last_one_takes_the_basket_with_it(stand: Stand) -> None:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    basket = stand.desk.shop.sell(SellGoods("EN-C5", 1), CLERK)
    first, second = (planned.line.operation for planned in basket.lines)
    assert len(stand.desk.baskets.void(CLERK, first).lines) == 1
    stand.desk.baskets.void(CLERK, second)
    assert stand.desk.baskets.current() is None
    with pytest.raises(Refused, match="B-004"):
        stand.desk.baskets.void(CLERK, second)


def test_a_voided_pay_out_gives_its_grant_back(stand: Stand) -> None:
    claimed = stand.desk.transfers.claim(ClaimTransfer(played(stand), azn(5_000), "Əliyev Vüqar"), CLERK)
    basket = stand.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    stand.desk.baskets.void(CLERK, basket.lines[0].line.operation)
    assert stand.desk.transfers.held() == []
    [released] = stand.bodies(ops.GrantReleased)
    assert isinstance(released, ops.GrantReleased)
    assert released.reason == "voided"


def sold(stand: Stand, given: int = 200) -> ops.AnyLine:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.pay(given)
    return basket.lines[0].line


def test_a_reversal_makes_zero_once_with_one_approval_for_one_operation(stand: Stand) -> None:
    before = stand.till_qapik()
    line = sold(stand)
    with stand.books.reading() as books:
        stored = books.paid_line(line.operation)
    assert stored is not None
    operation = stand.desk.counter.new_id()
    with pytest.raises(Refused, match="S-012"):
        stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", None)
    with pytest.raises(Refused, match="S-012"):
        stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval("another operation"))
    with pytest.raises(Refused, match="S-011"):
        stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval(operation, by=CLERK))
    with pytest.raises(Refused, match="S-010"):
        stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval(operation, by=OTHER_CLERK))
    with pytest.raises(Refused, match="B-021"):
        stand.desk.baskets.reverse(CLERK, stored, operation, " ", approval(operation))
    paid = stand.desk.baskets.reverse(CLERK, stored, operation, "yanlış", approval(operation))
    assert paid.change == azn(120)
    assert stand.till_qapik() == before
    with stand.books.reading() as books:
        assert books.stock()["ST-60"] == 100
        postings = [posting for _, posting in books.postings() if posting.account == "4020"]
    assert sum(posting.amount.minor for posting in postings) == 0
    with pytest.raises(Refused, match="B-023"):
        stand.desk.baskets.reverse(CLERK, stored, "again", "yanlış", approval("again"))


def test_a_line_is_reversed_on_its_own_day_only(stand: Stand) -> None:
    line = sold(stand)
    with stand.books.reading() as books:
        stored = books.paid_line(line.operation)
    assert stored is not None
    stand.clock.pass_ms(24 * 60 * 60_000 + 1)
    with pytest.raises(Refused, match="B-024"):
        stand.desk.baskets.reverse(CLERK, stored, "op", "yanlış", approval("op"))


def test_receipts_have_no_gap(stand: Stand) -> None:
    for _ in range(5):
        sold(stand)
        with pytest.raises(Refused):
            stand.desk.baskets.pay(CLERK, "no such basket", azn(100))
    receipts = [body.receipt for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    assert [int(number[-6:]) for number in receipts] == [1, 2, 3, 4, 5]
    assert len({number[:-6] for number in receipts}) == 1


def test_cash_beyond_all_sense_is_asked_back_before_anything_is_paid(stand: Stand) -> None:
    """A scan over the sum given was cash: 4 760 991 234 manat for a stamp, change and all."""
    basket = stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    before, pay = stand.records(), stand.desk.baskets.pay
    for given in (azn(20_120), azn(476_099_123_456)):
        with pytest.raises(NeedsConfirmation, match="B-013") as asked:
            pay(CLERK, basket.basket, given)
        assert asked.value.facts == {"given": given, "change": given - azn(120)}
        assert stand.records() == before
        assert stand.desk.baskets.current() == basket
    assert pay(CLERK, basket.basket, azn(20_120), frozenset({"B-013"})).change == azn(20_000)


def test_change_below_a_note_is_nobodys_question(stand: Stand) -> None:
    basket = stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    assert stand.desk.baskets.pay(CLERK, basket.basket, azn(20_119)).change == azn(19_999)


@pytest.mark.parametrize(("given", "code"), [(119, "B-010"), (0, "B-010")])
def test_too_little_money_pays_nothing(stand: Stand, given: int, code: str) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    before = stand.records()
    with pytest.raises(Refused, match=code):
        stand.pay(given)
    assert stand.records() == before
    assert stand.desk.baskets.current() is not None


def test_a_till_pays_out_no_more_than_lies_in_it(stand: Stand) -> None:
    code = played(stand, amount_qapik=20_001)
    claimed = stand.desk.transfers.claim(ClaimTransfer(code, azn(20_001), "Əliyev Vüqar"), CLERK)
    stand.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    with pytest.raises(Refused, match="B-012") as refused:
        stand.pay()
    assert refused.value.facts["balance"] == Money(20_000)


def test_a_stranded_basket_is_handed_over_by_a_supervisor(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.baskets.hand_over(OTHER_CLERK, OTHER_CLERK.officer)
    stand.desk.baskets.hand_over(SUPERVISOR, OTHER_CLERK.officer)
    with pytest.raises(Refused, match="B-003") as refused:
        stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    assert refused.value.facts["officer"] == OTHER_CLERK.name
    stand.desk.baskets.hand_over(SUPERVISOR, None)
    assert stand.desk.baskets.current() is None


def test_the_drawer_agrees_with_the_stock(stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("EN-C5", 15), CLERK)
    with pytest.raises(Refused, match="B-031") as refused:
        stand.desk.shop.sell(SellGoods("EN-C5", 6), CLERK)
    assert refused.value.facts["left"] == 5
    stand.pay(15 * 118)
    assert {one.article.sku: one.left for one in stand.desk.shop.shelf()} == {"ST-60": 100, "EN-C5": 5}


def test_allowances_off_line_are_consumed_by_the_basket_too(stand: Stand) -> None:
    """5,000.00 are allowed: 3,000.00 wait in the basket, another 2,000.01 are too much (PROTOCOL.md 7)."""
    stand.line.online = False
    stand.desk.payments.pay(bill("12345678", 300_000), CLERK)
    with pytest.raises(Refused, match="L-020"):
        stand.desk.payments.pay(bill("12345678", 200_001), CLERK)
    stand.desk.payments.pay(bill("12345678", 200_000), CLERK)
    stand.pay(600_000)
    with pytest.raises(Refused, match="L-020") as refused:
        stand.desk.payments.pay(bill("12345678", 100), CLERK)
    assert refused.value.facts["left"] == azn(0)


def test_what_was_planned_on_line_must_fit_the_allowance_when_the_line_is_gone(stand: Stand) -> None:
    stand.desk.payments.pay(bill("12345678", 500_000), CLERK)
    stand.desk.payments.pay(bill("12345678", 100), CLERK)
    stand.line.online = False
    with pytest.raises(Refused, match="L-020"):
        stand.pay(600_000)
