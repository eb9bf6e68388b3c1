"""A biller's register against the line: due by both, proof of a no, every difference a task (MC-12, M0-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from azpost_desk.central import deliveries
from azpost_desk.central.book import Book
from azpost_desk.central.payments import txn_id
from azpost_desk.central.registers import keeping, matching
from azpost_desk.central.registry.reference import publish
from azpost_desk.central.storage.database import one
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.days import days_after
from azpost_desk.domain.delivery_moves import ABSENT
from azpost_desk.domain.registers import Register, RegisterRow
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from azpost_desk.rehearsal.town import billers
from tests.central.bill_office import ACCOUNT, BILLER, Office
from tests.central.register_office import DAY_S, FATAL, said, state, take, take_days, tasks, today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.central.desks import ManualClock


@pytest.fixture
def office(postgres: str, clock: ManualClock) -> Iterator[Office]:
    """Its biller can only be sent the same again: no question of it is a true one."""
    from azpost_desk.central.checking import check

    with SandboxProvider(DEMO_BILLERS) as provider:
        office = Office(postgres, clock, provider, has_status=False)
        with office.centre.database.transaction() as conn:
            publish(conn, billers(), clock.utc_ms())
        yield office
        office.centre.stop()
    assert [verdict.broken for verdict in check(postgres) if not verdict.ok] == []


PAYER = "+994501234567"


def lost_then_refused(office: Office, *, is_done: bool) -> ops.PaymentAccepted:
    """Nobody heard the first answer, the repetition was refused for good."""
    office.provider.fail_next("answer_lost" if is_done else "no_answer")
    line = office.pay(contact=PAYER)
    office.provider.fail_next("denied", code=FATAL)
    office.later(3_600)
    assert state(office, line) == "unproven"
    return line


def test_mc_12_what_line_and_register_both_have_is_due_and_the_same_bytes_change_nothing(
    office: Office,
) -> None:
    day = today(office)
    line = office.pay()
    assert state(office, line) == "confirmed"
    office.later(DAY_S)
    assert take(office, said(office, day))
    assert state(office, line) == "due"
    assert tasks(office) == []
    assert not take(office, said(office, day))
    # Another process had asked before; only now the biller's yes reaches it: nothing new.
    due = (line.operation, BILLER, ACCOUNT, "", "", line.amount_qapik, office.clock.now_ms)
    book = Book(office.dsn, office.clock)
    late = deliveries.Due(*due, txn_id(line.operation), 1, False, "sent")
    deliveries.deliver(office.centre.database, book, office.clock, office.biller, late)
    book.close()
    office.hear()
    assert (state(office, line), office.reasons()) == ("due", [])
    # By whichever register it comes, the desk and the book have heard it once.
    assert office.results() == [(line.operation, "confirmed")]
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik


def test_mc_12_what_the_register_of_its_days_lacks_is_disputed_with_a_term_and_not_given_back(
    office: Office,
) -> None:
    day = today(office)
    line = office.pay()
    office.provider.paid.clear()
    # Late: while a register of its days is missing nothing is said of it.
    take_days(office, day, 2)
    office.later(9 * DAY_S)
    take(office, said(office, days_after(day, 3)))
    assert (state(office, line), tasks(office)) == ("confirmed", [])
    take(office, said(office, days_after(day, 2)))
    assert state(office, line) == "lacked"
    term = days_after(today(office), 10)
    assert tasks(office) == [("register_lacks", line.operation, "finance", term)]
    assert office.results() == [(line.operation, "confirmed")]
    # The correction has it: the difference is applied and the task is done.
    row = RegisterRow(txn_id=txn_id(line.operation), account=ACCOUNT, amount_qapik=line.amount_qapik)
    take(office, Register(biller=BILLER, day=day, version=2, rows=(row,)))
    assert (state(office, line), tasks(office)) == ("due", [])
    # And another takes it back.
    take(office, Register(biller=BILLER, day=day, version=3))
    assert state(office, line) == "lacked"
    # Two people agree with the biller that it never came: the customer is owed it.
    assert office.decide(line.operation, ABSENT) == "owed"
    assert office.results()[1:] == [(line.operation, ops.RETURNED)]
    assert (office.balance(chart.BILLS_DUE), tasks(office)) == (0, [])


def test_m0_6_a_no_to_be_proven_is_proven_by_the_registers_of_its_days(office: Office) -> None:
    day = today(office)
    line = lost_then_refused(office, is_done=False)
    take_days(office, day, 2)
    assert state(office, line) == "unproven"
    assert office.messages() == []
    take_days(office, days_after(day, 2), 1)
    assert state(office, line) == "owed"
    assert office.messages() == [(line.operation, PAYER, "created")]
    assert office.results()[-1] == (line.operation, "refused")
    office.refund(line)
    assert state(office, line) == "refunded"
    assert office.balance(chart.BILLS_DUE) == 0


def test_mc_12_a_payment_the_line_had_no_word_of_is_delivered_when_the_register_has_it(
    office: Office,
) -> None:
    day = today(office)
    line = lost_then_refused(office, is_done=True)
    take_days(office, day, 1)
    assert state(office, line) == "due"
    assert office.results()[-1] == (line.operation, "confirmed")
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik


@pytest.mark.parametrize("refund", ["none", "before", "crossing"])
def test_mc_12_paid_there_and_refused_here_is_delivered_after_all_or_claimed(
    office: Office, refund: str
) -> None:
    day = today(office)
    office.provider.fail_next("result", code=FATAL)
    line = office.pay()
    assert state(office, line) == "owed"
    row = RegisterRow(txn_id=txn_id(line.operation), account=ACCOUNT, amount_qapik=line.amount_qapik)
    register = Register(biller=BILLER, day=day, rows=(row,))
    if refund == "before":
        office.refund(line)
    office.later(DAY_S)
    take(office, register)
    if refund == "none":
        assert state(office, line) == "due"
        assert office.results()[-1] == (line.operation, ops.DELIVERED_AFTER_ALL)
        assert office.balance(chart.BILLER_CLAIMS) == 0
    else:
        if refund == "crossing":
            # The desk had not heard of it yet.
            office.refund(line)
        assert state(office, line) == "claimed"
        assert office.balance(chart.BILLER_CLAIMS) == line.amount_qapik
        # A correction that has it still claims nothing anew.
        take(office, replace(register, version=2))
        assert office.balance(chart.BILLER_CLAIMS) == line.amount_qapik
    assert office.balance(chart.BILLS_DUE) == -line.amount_qapik


def test_mc_12_what_differs_is_a_task_and_moves_nothing_until_a_correction_agrees(office: Office) -> None:
    day = today(office)
    lines = [office.pay(amount) for amount in (2_500, 2_600, 2_700)]
    office.later(DAY_S)
    good = said(office, day)
    rows = {row.amount_qapik: row for row in good.rows}
    strange = RegisterRow(txn_id=7, account=ACCOUNT, amount_qapik=100)
    take(
        office,
        replace(
            good,
            rows=(
                replace(rows[2_500], amount_qapik=2_499),
                replace(rows[2_600], account="1023456789"),
                rows[2_700],
                strange,
            ),
        ),
    )
    # Doubled: the next day has it once more.
    office.later(DAY_S)
    take(office, replace(good, day=days_after(day, 1), rows=(rows[2_700],)))
    assert [state(office, line) for line in lines] == ["confirmed", "confirmed", "due"]
    assert {task[:2] for task in tasks(office)} == {
        ("register_other_sum", str(rows[2_500].txn_id)),
        ("register_other_account", str(rows[2_600].txn_id)),
        ("register_unknown", "7"),
        ("register_twice", str(rows[2_700].txn_id)),
    }
    assert {task[2] for task in tasks(office)} == {"finance"}
    take(office, replace(good, version=2))
    assert [state(office, line) for line in lines] == ["due"] * 3
    take(office, replace(good, day=days_after(day, 1), version=2, rows=()))
    # What a correction does not have any more is nobody's task.
    assert tasks(office) == []


def test_mc_12_a_payment_that_comes_after_its_register_is_matched_the_next_day(office: Office) -> None:
    day = today(office)
    line = office.desk.take_bill(ACCOUNT, 2_500, BILLER)
    row = RegisterRow(txn_id=txn_id(line.operation), account=ACCOUNT, amount_qapik=line.amount_qapik)
    office.clock.now_ms += DAY_S * 1000
    book = Book(office.dsn, office.clock)
    with office.centre.database.transaction() as conn:
        register = Register(biller=BILLER, day=day, rows=(row,))
        keeping.take(conn, register, b"", "A", office.clock.utc_ms())
        matching.match(conn, book, BILLER, office.clock.utc_ms())
        assert one(conn, "select item from register_rows")[0] == "register_unknown"
    book.close()
    office.hear()
    assert state(office, line) == "confirmed"
    office.later(DAY_S + 60)
    assert (state(office, line), tasks(office)) == ("due", [])


def test_m0_11_of_a_paused_biller_no_register_proves_a_no(office: Office) -> None:
    day = today(office)
    line = lost_then_refused(office, is_done=False)
    with office.centre.database.transaction() as conn:
        conn.execute("insert into biller_breakers (biller, paused_ms) values (%s, 1)", (BILLER,))
    take_days(office, day)
    assert state(office, line) == "unproven"
