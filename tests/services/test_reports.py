"""The day's report: two routines agree on any day, and a wrong posting rule makes them differ (D-09)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from azpost_desk.domain import operations as ops
from azpost_desk.domain import postings
from azpost_desk.domain.baskets import to_pay
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from tests.services.counters import (
    CLERK,
    MANAGER,
    RECEIVER,
    SENDER,
    Stand,
    approval,
    stand_at_work,
)

if TYPE_CHECKING:
    from pathlib import Path

_COUNT = itertools.count(1)
# What a clerk may do next: (what, how much).
_DEED = st.tuples(
    st.sampled_from(["stamps", "bill", "transfer", "pay", "reverse", "drop", "refuse", "refund"]),
    st.integers(1, 5),
)


def do(stand: Stand, what: str, much: int) -> None:
    """One deed; a refusal by rule is a fine answer."""
    desk = stand.desk
    try:
        match what:
            case "stamps":
                desk.shop.sell(SellGoods("EN-C5", much), CLERK)
            case "bill":
                desk.payments.pay(PayBill("0101", "12345678", azn(much * 317)), CLERK)
            case "transfer":
                desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(much * 1_111), "family"), CLERK)
            case "pay":
                pay_whatever_it_comes_to(stand)
            case "drop":
                desk.tills.move(CLERK, "to_safe", "drop", {1_000: much})
            case "reverse":
                reverse_newest(stand)
            case "refuse":
                refuse_a_bill(stand)
            case "refund":
                for payment in desk.payments.taken(["refused"]):
                    desk.payments.refund(payment.payment, CLERK)
    except Refused:
        pass


def pay_whatever_it_comes_to(stand: Stand) -> None:
    """The customer hands in a note too much, or nothing when the post pays."""
    basket = stand.desk.baskets.current()
    due = to_pay([planned.line for planned in basket.lines]).minor if basket else 0
    if basket:
        stand.pay(due + 100 if due > 0 else 0)


def reverse_newest(stand: Stand) -> None:
    settlement = stand.bodies(ops.Settlement)[-1:]
    for body in settlement:
        assert isinstance(body, ops.Settlement)
        with stand.books.reading() as books:
            stored = books.paid_line(body.lines[0].operation)
        assert stored is not None
        operation = stand.desk.counter.new_id()
        stand.desk.baskets.reverse(CLERK, stored, operation, "səhv", approval(operation))


def refuse_a_bill(stand: Stand) -> None:
    """The centre's news: the biller said no."""
    for payment in stand.desk.payments.taken(["accepted"])[:1]:
        body = ops.PaymentResolved(
            payment=payment.payment,
            biller=payment.biller,
            outcome="refused",
            amount_qapik=payment.amount.minor,
            fee_qapik=payment.fee.minor,
            service=payment.service,
        )
        with stand.books.writing() as books:
            books.append(body, actor="sync", actor_kind="sync", operation=stand.desk.counter.new_id())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deeds=st.lists(_DEED, min_size=1, max_size=14))
def test_both_routines_agree_on_any_day(tmp_path: Path, deeds: list[tuple[str, int]]) -> None:
    stand = stand_at_work(tmp_path / f"desk-{next(_COUNT)}")
    try:
        for what, much in [*deeds, ("pay", 1)]:
            do(stand, what, much)
        report = stand.desk.reports.interim(MANAGER)
        assert report.differences == ()
        assert report.own_a == report.own_b
        assert report.own_a.till_closing_qapik == stand.till_qapik()
    finally:
        stand.books.close()


def test_a_planted_wrong_posting_rule_makes_them_disagree(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-09: fees posted ten times too small; the ledger still balances, the second routine still sees it."""
    right = postings.RULES["settlement", 1]
    stand.spoilt = True

    def wrong(desk: str, operation: str, body: ops.Settlement) -> list[postings.Posting]:
        found = right(desk, operation, body)
        fee = next(one for one in found if one.account == "4010")
        other = next(one for one in found if one.account == "2030")
        moved = Money(fee.amount.minor * 9 // 10)
        found.remove(fee)
        found.remove(other)
        found.append(postings.Posting(fee.operation, fee.account, fee.sub, fee.amount - moved))
        found.append(postings.Posting(other.operation, other.account, other.sub, other.amount + moved))
        return found

    monkeypatch.setitem(postings.RULES, ("settlement", 1), wrong)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(2_050)
    report = stand.desk.reports.interim(MANAGER)
    assert report.differences
    with pytest.raises(Refused, match="R-002"):
        stand.desk.reports.printable(MANAGER)
    stand.desk.tills.close(CLERK, {1_000: 22, 50: 1})
    with pytest.raises(Refused, match="R-002"):
        stand.desk.reports.close_day(MANAGER, stand.desk.press)
    assert stand.desk.days.current().state == "open"


def test_a_report_of_real_figures(stand: Stand) -> None:
    """Stamps 1.20, a bill 20.00 + 0.50, a transfer 100.00 + 1.00: 122.70 came in."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    stand.pay(12_270)
    report = stand.desk.reports.interim(MANAGER)
    figures = report.own_a
    assert {name: (row.in_qapik, row.income_qapik) for name, row in figures.services.items()} == {
        "goods": (0, 120), "payments": (2_000, 50), "transfers": (10_000, 100),
    }  # fmt: skip
    assert figures.till_closing_qapik == 32_270
    assert (report.stage, report.demo, [one.account for one in report.pending]) == (
        "interim",
        True,
        ["12345678"],
    )
    assert [(hour.hour, hour.receipts, hour.cash_qapik) for hour in report.hours] == [(9, 1, 12_270)]
    assert report.cut[0].desk == "2002-1"
    with pytest.raises(Refused, match="S-010"):
        stand.desk.reports.interim(CLERK)


def test_before_the_first_day_there_is_no_report(morning: Stand) -> None:
    with pytest.raises(Refused, match="R-001"):
        morning.desk.reports.interim(MANAGER)


def test_a_report_asks_for_its_billers_once_however_many_bills_wait(stand: Stand) -> None:
    """It asked anew for every bill that waited: after a year of them that cost more than all else."""
    asked: list[int] = []
    # What a document holds is read once; from here on only which of them is in force is asked.
    stand.desk.payments.pay(PayBill("0101", "87654321", azn(100)), CLERK)
    stand.pay(150)
    stand.desk.reports.interim(MANAGER)
    connection = stand.books._desk.connection
    for account in ("12345678", "11110009", "33330005"):
        stand.desk.payments.pay(PayBill("0101", account, azn(100)), CLERK)
        stand.pay(150)
        statements: list[str] = []

        def seen(
            _c: object, _cursor: object, statement: str, *_more: object, to: list[str] = statements
        ) -> None:
            to.append(statement)

        event.listen(connection, "before_cursor_execute", seen)
        report = stand.desk.reports.interim(MANAGER)
        event.remove(connection, "before_cursor_execute", seen)
        assert report.billers["0101"]["az"]
        asked.append(sum("FROM documents" in one for one in statements))
    assert len(report.pending) == 4
    assert asked[0] == asked[1] == asked[2] > 0
