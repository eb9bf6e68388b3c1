"""A recorded count is explained from the journal: each cause opens its record, of older days too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.protocol import news as tidings
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.cash_counts import Ending
from azpost_desk.services.counter import Approval
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.texts import Texts
from tests.services.counters import (
    CLERK,
    MANAGER,
    OTHER_CLERK,
    close_counted,
    ended,
    press,
    stand_at_work,
    with_terminal,
)
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.counters import Stand


def bill(stand: Stand, qapik: int) -> str:
    """Paid exactly; the receipt."""
    fee = stand.desk.payments.fee("0101", azn(qapik)).minor
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(qapik)), CLERK)
    return stand.pay(qapik + fee).receipt


def close(stand: Stand, difference: int) -> str:
    pieces = {1: stand.till_qapik() + difference}
    return close_counted(stand, pieces).recorded.operation


def test_exchanged_digits_lead_to_the_bill(stand: Stand) -> None:
    bill(stand, 1_111)
    receipt = bill(stand, 3_540)
    found = stand.desk.explaining.of_close(close(stand, 1_800))
    [swapped] = [one for one in found.likely if one.reason == "swapped"]
    assert swapped.facts == {"typed": azn(3_540), "meant": azn(5_340)}
    assert swapped.done is not None
    assert swapped.done.receipt == receipt
    assert stand.desk.history.opened(swapped.opens).done.receipt == receipt


def test_cash_announced_and_not_accepted_stands_first_and_stays_so_for_that_day(stand: Stand) -> None:
    told = tidings.RemittanceNews(
        remittance="r-1",
        from_desk="2002-2",
        to_desk="2002-1",
        amount_qapik=7_000,
        pieces={"1000": 7},
        at_ms=stand.clock.utc_ms(),
    )
    stand.books.store_news([piece(900, "remittance", told)], 1)
    stand.clock.pass_ms(60_000)
    operation = close(stand, 7_000)
    first = stand.desk.explaining.of_close(operation).likely[0]
    assert (first.reason, first.facts) == ("unaccepted", {"amount": azn(7_000)})
    stand.desk.reports.close_day(MANAGER, press)
    stand.clock.pass_ms(86_400_000)
    stand.desk.days.open(MANAGER, "2026-11-24")
    stand.desk.tills.open(CLERK)
    stand.desk.tills.accept(CLERK, "r-1", {1_000: 7})
    assert stand.desk.explaining.of_close(operation).likely[0].reason == "unaccepted"


def test_a_count_that_agreed_needs_nothing(stand: Stand) -> None:
    bill(stand, 3_540)
    assert stand.desk.explaining.of_close(close(stand, 0)).likely == ()


def test_only_the_shift_of_that_count_is_searched(stand: Stand) -> None:
    bill(stand, 3_540)
    close(stand, 0)
    stand.desk.tills.open(CLERK)
    bill(stand, 2_002)
    found = stand.desk.explaining.of_close(close(stand, 1_800))
    assert "swapped" not in {one.reason for one in found.likely}


def test_before_the_count_there_is_nothing_to_explain(stand: Stand) -> None:
    receipt = bill(stand, 3_540)
    with stand.books.reading() as books:
        sale = books.settlement(receipt)
    assert sale is not None
    for operation in (sale.recorded.operation, "nowhere"):
        with pytest.raises(Refused, match="B-040"):
            stand.desk.explaining.of_close(operation)


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_every_cause_has_its_sentence(stand: Stand, language: str) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 7), CLERK)
    stand.pay(500)
    bill(stand, 3_540)
    texts = Texts(language)
    for one in stand.desk.explaining.of_close(close(stand, -500), language).likely:
        sentence = texts.t(f"explain.reason.{one.reason}", **one.facts)
        assert "{" not in sentence
        assert "explain" not in sentence


def test_a_hand_over_that_differs_is_explained_to_who_leaves(stand: Stand) -> None:
    bill(stand, 1_111)
    receipt = bill(stand, 354)
    ending = Ending(stand.desk.counter.new_id(), {1: stand.till_qapik() + 180})
    taker = Approval(OTHER_CLERK.officer, Role.CLERK, ending.operation)
    found = stand.desk.explaining.of_close(
        stand.desk.counts.hand_over(CLERK, ending, taker).recorded.operation
    )
    [swapped] = [one for one in found.likely if one.reason == "swapped"]
    assert swapped.done is not None
    assert swapped.done.receipt == receipt


def test_a_card_that_said_no_and_cash_a_minute_later_belong_together(tmp_path: Path) -> None:
    """The customer was told to pay in cash, and the drawer lacks exactly that."""
    with SandboxTerminal() as terminal:
        stand = with_terminal(stand_at_work(tmp_path / "desk"), terminal)
        terminal.plan(["decline"])
        basket = stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
        with pytest.raises(Refused, match="K-001"):
            stand.desk.cards.purchase(CLERK, basket.basket)
        stand.clock.pass_ms(60_000)
        receipt = stand.pay(300).receipt
        found = stand.desk.explaining.of_close(close(stand, -300))
        [card] = [one for one in found.likely if one.reason == "card_then_cash"]
        assert card.done is not None
        assert card.done.receipt == receipt
        ended(stand)
