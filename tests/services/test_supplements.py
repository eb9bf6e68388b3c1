"""Supplements of a closed day: what is late, numbered, stored, named by hash; the report never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.payments import PayBill
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, press
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from azpost_desk.services.reports import DayReport
    from tests.services.counters import Stand


def bill_refused_after_the_close(stand: Stand) -> str:
    """A bill is taken, the day is closed, an hour later the biller says no; the payment."""
    fee = stand.desk.payments.fee("0101", azn(2_000)).minor
    basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    payment = basket.lines[0].line.operation
    stand.pay(2_000 + fee)
    stand.desk.tills.close(CLERK, {1: stand.till_qapik()})
    stand.desk.reports.close_day(MANAGER, press)
    stand.clock.pass_ms(3_600_000)
    told = tidings.PaymentResult(
        payment=payment,
        biller="0101",
        outcome="refused",
        provider_reference="",
        reason="no such account",
        at_ms=stand.clock.utc_ms(),
    )
    stand.books.store_news([piece(900, "payment.result", told)], 1)
    return payment


def numbered(report: DayReport) -> bytes:
    return f"supplement {report.supplement} of {report.day.date}: {len(report.late)}".encode()


def test_a_late_result_makes_the_first_supplement_and_none_after_it(stand: Stand) -> None:
    payment = bill_refused_after_the_close(stand)
    supplements = stand.desk.supplements
    [late] = supplements.waiting(MANAGER, DATE)
    assert (late.kind, late.what, late.operation) == ("result", "refused", payment)
    supplements.issue(MANAGER, DATE, numbered)
    assert supplements.stored(SUPERVISOR, DATE, 1) == f"supplement 1 of {DATE}: 1".encode()
    assert stand.desk.reports.stored(MANAGER, DATE) == f"report of {DATE}".encode()
    with pytest.raises(Refused, match="R-020"):
        supplements.issue(MANAGER, DATE, numbered)


def test_a_day_that_is_open_or_never_was_has_none(stand: Stand) -> None:
    for date in (DATE, "2020-01-01"):
        with pytest.raises(Refused, match="R-003"):
            stand.desk.supplements.waiting(MANAGER, date)


def test_only_who_closes_days_makes_one(stand: Stand) -> None:
    bill_refused_after_the_close(stand)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.supplements.issue(SUPERVISOR, DATE, numbered)
    with pytest.raises(Refused, match="S-010"):
        stand.desk.supplements.waiting(CLERK, DATE)


def test_a_result_of_the_same_day_is_not_late(stand: Stand) -> None:
    basket = stand.desk.payments.pay(PayBill("0101", "12345678", azn(2_000)), CLERK)
    stand.pay(2_050)
    told = tidings.PaymentResult(
        payment=basket.lines[0].line.operation,
        biller="0101",
        outcome="confirmed",
        provider_reference="x",
        reason="",
        at_ms=stand.clock.utc_ms(),
    )
    stand.books.store_news([piece(900, "payment.result", told)], 1)
    assert stand.desk.reports.interim(MANAGER).late == ()
