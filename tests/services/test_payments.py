"""Bills: checked, taken on line or off, given back once when the biller refuses."""

from __future__ import annotations

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.messages import BillChecked
from azpost_desk.services.payments import TOLD_DELIVERING, TOLD_WAITING, PayBill
from tests.services.codes import with_values
from tests.services.counters import CLERK, Stand


def taken(stand: Stand, qapik: int = 2_000) -> str:
    """A bill paid at this desk; its id."""
    line = stand.desk.payments.pay(PayBill("0101", "1234 5678", azn(qapik), "Ə***v"), CLERK).lines[-1].line
    stand.pay(qapik + 500)
    return line.operation


def resolved(stand: Stand, payment: str, outcome: str) -> None:
    """The centre's word on a bill, as the line records it."""
    with stand.books.writing() as books:
        known = books.payment(payment)
        assert known is not None
        body = ops.PaymentResolved(
            payment=payment,
            biller=known.biller,
            outcome=outcome,
            amount_qapik=known.amount.minor,
            fee_qapik=known.fee.minor,
            service=known.service,
            reason="account_not_found",
        )
        books.append(body, actor="sync", actor_kind="sync", operation=stand.desk.counter.new_id())


def test_billers_are_found_by_group_name_and_number(stand: Stand) -> None:
    payments = stand.desk.payments
    assert [(group.group, len(group.billers)) for group in payments.groups()] == [("power", 1)]
    for typed in ("azer", "AZƏRİŞIQ", "азериш", "0101"):
        assert [biller.biller for biller in payments.search(typed)] == ["0101"], typed
    assert payments.search("su") == []
    assert payments.search("  ") == []


def test_a_subscriber_is_checked_with_the_biller(stand: Stand) -> None:
    stand.line.bills["0101", "12345678"] = BillChecked(ok=True, debt_qapik=3_450, holder="Ə***v V.")
    checked = stand.desk.payments.check("0101", " 1234 5678 ")
    assert (checked.answered, checked.debt, checked.holder) == (True, azn(3_450), "Ə***v V.")
    with pytest.raises(Refused, match="P-006") as refused:
        stand.desk.payments.check("0101", "99999999")
    assert refused.value.field == "account"


@pytest.mark.parametrize(
    ("account", "code"), [(one, "P-001") for one in ("123", "1234567a", "", "١٢٣٤٥٦٧٨", "1234567²")]
)
def test_an_account_that_is_none_is_refused_with_an_example(stand: Stand, account: str, code: str) -> None:
    for ask in (
        lambda: stand.desk.payments.check("0101", account),
        lambda: stand.desk.payments.pay(PayBill("0101", account, azn(100)), CLERK),
    ):
        with pytest.raises(Refused, match=code) as refused:
            ask()
        assert refused.value.facts == {"example": "12345678"}


def test_without_a_line_or_an_answer_the_bill_may_still_be_taken(stand: Stand) -> None:
    stand.line.bills["0101", "12345678"] = BillChecked(ok=False, code="X-031")
    assert not stand.desk.payments.check("0101", "12345678").answered
    stand.line.online = False
    assert not stand.desk.payments.check("0101", "12345678").answered
    line = stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK).lines[0].line
    assert isinstance(line, ops.PaymentAccepted)
    assert line.told == TOLD_WAITING


@pytest.mark.parametrize(
    ("biller", "qapik", "code"),
    [("0999", 100, "P-002"), ("0101", 99, "P-003"), ("0101", 500_001, "P-004"), ("0101", 0, "P-003")],
)
def test_bounds_are_the_billers(stand: Stand, biller: str, qapik: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        stand.desk.payments.pay(PayBill(biller, "12345678", azn(qapik)), CLERK)


def test_the_subscriber_is_not_in_the_record(stand: Stand) -> None:
    payment = taken(stand)
    with stand.books.reading() as books:
        stored, entry = books.payment(payment), books.entry(payment)
    assert stored is not None
    assert entry is not None
    assert (stored.account, stored.state, stored.fee) == ("12345678", "accepted", azn(50))
    assert "12345678" not in ops.encode(entry.body).decode()
    assert entry.body.lines[0].told == TOLD_DELIVERING


def test_a_refused_bill_goes_back_to_the_customer_with_its_fee_once(stand: Stand) -> None:
    payment = taken(stand)
    before = stand.till_qapik()
    with pytest.raises(Refused, match="P-030"):
        stand.desk.payments.refund(payment, CLERK)
    resolved(stand, payment, "refused")
    assert [task.payment for task in stand.desk.payments.tasks()] == [payment]
    stand.desk.payments.refund(payment, CLERK)
    with pytest.raises(Refused, match="B-006"):
        stand.desk.payments.refund(payment, CLERK)
    assert stand.pay().change == azn(2_050)
    assert stand.till_qapik() == before - 2_050
    with pytest.raises(Refused, match="P-030") as refused:
        stand.desk.payments.refund(payment, CLERK)
    assert refused.value.facts["reason"] == "refunded"
    assert stand.desk.payments.tasks() == []
    with stand.books.reading() as books:
        assert books.balance("2070", "0101") == azn(0)
        assert books.balance("2030", "0101") == azn(0)


def test_a_bill_without_a_result_becomes_a_task_after_a_day(stand: Stand) -> None:
    payment = taken(stand)
    resolved(stand, payment, "unknown")
    assert stand.desk.payments.tasks() == []
    stand.clock.pass_ms(24 * 60 * 60_000 + 1)
    assert [task.payment for task in stand.desk.payments.tasks()] == [payment]
    resolved(stand, payment, "confirmed")
    assert stand.desk.payments.tasks() == []


def test_no_refund_for_a_bill_of_another_desk(stand: Stand) -> None:
    with pytest.raises(Refused, match="P-031"):
        stand.desk.payments.refund("elsewhere", CLERK)


def test_a_mistyped_digit_is_refused_at_the_field_before_anybody_is_asked(stand: Stand) -> None:
    stand.line.online = False
    for ask in (
        lambda: stand.desk.payments.check("0101", "12345679"),
        lambda: stand.desk.payments.pay(PayBill("0101", "12345679", azn(100)), CLERK),
    ):
        with pytest.raises(Refused, match="P-073") as refused:
            ask()
        assert (refused.value.field, refused.value.facts) == ("account", {"example": "12345678"})


def test_what_has_no_check_rule_is_never_taken_off_line(stand: Stand) -> None:
    """MC-14."""
    with_values(stand, check=None)
    stand.line.online = False
    for ask in (
        lambda: stand.desk.payments.check("0101", "12345679"),
        lambda: stand.desk.payments.pay(PayBill("0101", "12345679", azn(100)), CLERK),
    ):
        with pytest.raises(Refused, match="P-005"):
            ask()


def test_a_fee_on_the_billers_side_costs_the_payer_nothing(stand: Stand) -> None:
    assert stand.desk.payments.fee("0101", azn(5_000)) == azn(50)
    with_values(stand, fee_from="biller")
    assert stand.desk.payments.fee("0101", azn(5_000)) == azn(0)
    line = stand.desk.payments.pay(PayBill("0101", "12345678", azn(5_000)), CLERK).lines[0].line
    assert isinstance(line, ops.PaymentAccepted)
    assert line.fee_qapik == 0


def test_less_than_the_debt_is_taken_only_where_the_biller_allows_it(stand: Stand) -> None:
    with_values(stand, part=False)
    with pytest.raises(Refused, match="P-074") as refused:
        stand.desk.payments.pay(PayBill("0101", "12345678", azn(3_614), debt=azn(3_615)), CLERK)
    assert (refused.value.field, refused.value.facts) == ("amount", {"debt": azn(3_615)})
    for amount in (3_615, 4_000):
        stand.desk.payments.pay(PayBill("0101", "12345678", azn(amount), debt=azn(3_615)), CLERK)
