"""A refund goes back the way the money came: to the card first, in cash only when a second person agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.baskets import Paid
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from tests.services.counters import CLERK, Stand, approval, ended, stand_at_work, with_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "1234 5678"


@pytest.fixture
def terminal() -> Iterator[SandboxTerminal]:
    with SandboxTerminal() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, terminal: SandboxTerminal) -> Iterator[Stand]:
    stand = with_terminal(stand_at_work(tmp_path / "desk"), terminal)
    yield stand
    ended(stand)


def refused_bills(stand: Stand, *sums: int, card: int) -> list[str]:
    """Bills paid together, `card` qəpik of it on a card, and then refused by their biller."""
    for qapik in sums:
        basket = stand.desk.payments.pay(PayBill("0101", ACCOUNT, azn(qapik)), CLERK)
    bills = [planned.line.operation for planned in basket.lines]
    done = stand.desk.cards.purchase(CLERK, basket.basket, azn(card)) if card else None
    if not isinstance(done, Paid):
        stand.pay(100_000)
    for bill in bills:
        with stand.books.writing() as books:
            known = books.payment(bill)
            assert known is not None
            body = ops.PaymentResolved(
                payment=bill,
                biller=known.biller,
                outcome="refused",
                amount_qapik=known.amount.minor,
                fee_qapik=known.fee.minor,
                service=known.service,
            )
            books.append(body, actor="sync", actor_kind="sync", operation=stand.desk.counter.new_id())
    return bills


def planned(stand: Stand, bill: str) -> tuple[str, str]:
    """The refund in the basket: (basket, operation of its line)."""
    basket = stand.desk.payments.refund(bill, CLERK)
    return basket.basket, basket.lines[-1].line.operation


def last(stand: Stand) -> list[tuple[str, int]]:
    body = stand.bodies(ops.Settlement)[-1]
    assert isinstance(body, ops.Settlement)
    return [(one.tender, one.amount_qapik) for one in body.tenders]


def claims(stand: Stand) -> int:
    with stand.books.reading() as books:
        return books.balance(chart.CARD_RECEIVABLE).minor


def test_a_refused_bill_paid_by_card_goes_back_to_the_card(desk: Stand, terminal: SandboxTerminal) -> None:
    (bill,) = refused_bills(desk, 2_000, card=2_050)
    before = desk.till_qapik()
    basket, _ = planned(desk, bill)
    line = desk.desk.baskets.current().lines[0]  # type: ignore[union-attr]
    assert (line.electronic_qapik, line.is_to_card) == (2_050, True)
    with pytest.raises(Refused, match="B-027") as no:
        desk.pay()
    assert no.value.facts["amount"] == azn(2_050)
    # It stands alone: what else the customer has is another basket.
    with pytest.raises(Refused, match="B-026"):
        desk.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    paid = desk.desk.cards.pay_back(CLERK, basket)
    assert (paid.to_pay, paid.change) == (azn(-2_050), azn(0))
    assert (last(desk), desk.till_qapik(), claims(desk)) == ([("card", -2_050)], before, 0)
    assert sum(terminal.charged.values()) == 0
    assert desk.desk.cards.under_way() == []
    with pytest.raises(Refused, match="P-030"):
        desk.desk.payments.refund(bill, CLERK)


def test_a_refund_that_joins_a_full_basket_is_told_to_stand_alone(desk: Stand) -> None:
    (bill,) = refused_bills(desk, 2_000, card=2_050)
    desk.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    with pytest.raises(Refused, match="B-026"):
        desk.desk.payments.refund(bill, CLERK)
    desk.pay(60)
    basket, _ = planned(desk, bill)
    desk.desk.cards.pay_back(CLERK, basket)


def test_cash_needs_a_second_person_and_a_reason_and_both_stand_in_the_journal(desk: Stand) -> None:
    (bill,) = refused_bills(desk, 2_000, card=2_050)
    before = desk.till_qapik()
    _, operation = planned(desk, bill)
    agree = desk.desk.baskets.agree_to_cash
    for consent, reason, code in (
        (None, "kart bağlanıb", "S-012"),
        (approval("another"), "kart bağlanıb", "S-012"),
        (approval(operation, CLERK), "kart bağlanıb", "S-01"),
        (approval(operation), " ", "K-009"),
    ):
        with pytest.raises(Refused, match=code):
            agree(CLERK, operation, reason, consent)
    agree(CLERK, operation, " kart bağlanıb ", approval(operation))
    assert desk.pay().change == azn(2_050)
    assert (last(desk), desk.till_qapik(), claims(desk)) == ([("cash", -2_050)], before - 2_050, 2_050)
    body = desk.bodies(ops.Settlement)[-1]
    assert isinstance(body, ops.Settlement)
    (line,) = body.lines
    assert isinstance(line, ops.PaymentRefunded)
    assert (line.in_cash_qapik, line.approved_by, line.reason) == (2_050, "1004", "kart bağlanıb")
    with desk.books.reading() as books:
        entry = books.settlement(body.receipt)
    assert entry is not None
    assert entry.approved_by == "1004"


@pytest.mark.parametrize("cash_first", [False, True])
def test_all_refunds_of_a_card_never_exceed_it(
    desk: Stand, terminal: SandboxTerminal, cash_first: bool
) -> None:
    """20.50 and 10.50 paid with 25 by card: the second refund finds what the first has left, either way."""
    first, second = refused_bills(desk, 2_000, 1_000, card=2_500)
    basket, operation = planned(desk, first)
    if cash_first:
        desk.desk.baskets.agree_to_cash(CLERK, operation, "kart itib", approval(operation))
        desk.pay()
        assert last(desk) == [("cash", -2_050)]
    else:
        desk.desk.cards.pay_back(CLERK, basket)
        assert last(desk) == [("card", -2_050)]
    basket, _ = planned(desk, second)
    paid = desk.desk.cards.pay_back(CLERK, basket)
    assert (last(desk), paid.change) == ([("card", -450), ("cash", -600)], azn(600))
    assert sum(terminal.charged.values()) == claims(desk) == (2_050 if cash_first else 0)


def test_a_bill_paid_in_cash_is_given_back_in_cash_by_one_person(desk: Stand) -> None:
    (bill,) = refused_bills(desk, 2_000, card=0)
    basket, operation = planned(desk, bill)
    with pytest.raises(Refused, match="B-029"):
        desk.desk.cards.pay_back(CLERK, basket)
    with pytest.raises(Refused, match="B-004"):
        desk.desk.baskets.agree_to_cash(CLERK, operation, "boş", approval(operation))
    assert desk.pay().change == azn(2_050)


def test_a_lost_answer_is_asked_and_the_card_never_gets_it_twice(
    desk: Stand, terminal: SandboxTerminal
) -> None:
    (bill,) = refused_bills(desk, 2_000, card=2_050)
    basket, operation = planned(desk, bill)
    terminal.plan(["charge_silent"])
    with pytest.raises(Trouble, match="K-002"):
        desk.desk.cards.pay_back(CLERK, basket)
    # Nobody knows whether the card has it: neither out of the basket nor in cash, by nobody's word.
    for forbidden, code in (
        (lambda: desk.desk.baskets.void(CLERK, operation), "B-050"),
        (lambda: desk.desk.baskets.agree_to_cash(CLERK, operation, "r", approval(operation)), "B-050"),
        (desk.pay, "B-027"),
    ):
        with pytest.raises(Refused, match=code):
            forbidden()
    desk.desk.parking.park(CLERK, basket)
    assert [one.waits for one in desk.desk.parking.tray()] == ["card"]
    desk.desk.parking.resume(CLERK, basket)
    (step,) = desk.desk.cards.under_way()
    assert desk.desk.cards.ask_again(CLERK, step.step).state == "approved"  # type: ignore[union-attr]
    assert {one.state for one in desk.desk.recovery.unfinished()} == {"card_returned", "refused"}
    # What the card has is not taken from it again: the refund is finished with it.
    with pytest.raises(Refused, match="K-004"):
        desk.desk.cards.give_back(CLERK, step.step, "recovery")
    desk.desk.cards.pay_back(CLERK, basket)
    assert (last(desk), claims(desk)) == ([("card", -2_050)], 0)
    assert max(terminal.asked.values()) == 1


def test_a_terminal_that_says_no_leaves_the_second_person(desk: Stand, terminal: SandboxTerminal) -> None:
    (bill,) = refused_bills(desk, 2_000, card=2_050)
    basket, operation = planned(desk, bill)
    terminal.plan(["decline"])
    with pytest.raises(Refused, match="K-006"):
        desk.desk.cards.pay_back(CLERK, basket)
    desk.desk.baskets.agree_to_cash(CLERK, operation, "terminal imtina etdi", approval(operation))
    desk.pay()
    assert last(desk) == [("cash", -2_050)]
