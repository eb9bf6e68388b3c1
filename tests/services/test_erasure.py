"""The rule at one desk: what is due, what a person who asks is answered, who looked at whom."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from azpost_desk.domain import operations as ops
from azpost_desk.domain.erasure import due_before
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol import news as tidings
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.storage.people import customer_of
from tests.services.counters import CLERK, MANAGER, MORNING_MS, RECEIVER, SENDER, SUPERVISOR, Stand, approval
from tests.storage.desks import acknowledge, piece

YEAR_MS = 366 * 24 * 3_600_000


@pytest.fixture
def sold(stand: Stand) -> str:
    """A transfer was sent and undone before anybody could pay it; its names are here."""
    basket = stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family", None), CLERK)
    operation = basket.lines[-1].line.operation
    stand.pay(20_000)
    with stand.books.reading() as books:
        line = books.paid_line(operation)
    assert line is not None
    undoing = stand.desk.counter.new_id()
    stand.desk.baskets.reverse(CLERK, line, undoing, "Müştəri imtina etdi", approval(undoing))
    return operation


def heard(stand: Stand, years: int = 0) -> None:
    """The centre acknowledges everything, so many years later by its own signed time."""
    with stand.books.writing() as books:
        signed_in = ops.SignedIn(officer=MANAGER.officer, role="manager")
        books.append(signed_in, actor=MANAGER.officer, operation=stand.desk.counter.new_id())
    stand.clock.now_ms = MORNING_MS + years * YEAR_MS
    stand.books.mark_offered(stand.records())
    acknowledge(stand.books, MORNING_MS + years * YEAR_MS)


def names_here(stand: Stand) -> list[str]:
    with stand.books.reading() as books:
        return [one.name for one in books.customers("aliyev")]


def test_nothing_goes_before_the_centre_has_it_nor_before_its_term(stand: Stand, sold: str) -> None:
    erasure = stand.desk.erasure
    for years in (0, 4):
        heard(stand, years)
        assert erasure.run(MANAGER) == 0
    assert names_here(stand) == [SENDER.name]
    heard(stand, 6)
    (due,) = [one for one in erasure.due(MANAGER) if one.count]
    assert (due.group, due.years, due.demo, due.held) == ("parties", 5, False, 0)
    assert erasure.run(MANAGER) == 1
    assert names_here(stand) == []
    (body,) = stand.bodies(ops.AttachmentsErased)
    assert isinstance(body, ops.AttachmentsErased)
    assert (body.group, body.years, len(body.erased)) == ("parties", 5, 1)
    assert body.before == due_before("2032-11-27", 5)
    assert SENDER.name not in str(body)
    assert erasure.run(MANAGER) == 0
    assert stand.books.rebuild() == []


def test_a_pc_in_the_year_2062_erases_nothing(stand: Stand, sold: str) -> None:
    heard(stand)
    stand.clock.pass_ms(36 * YEAR_MS)
    assert stand.desk.erasure.run(MANAGER) == 0
    assert names_here(stand) == [SENDER.name]


def test_a_centre_that_lies_about_the_time_erases_nothing(stand: Stand, sold: str) -> None:
    heard(stand, 36)
    stand.clock.now_ms = MORNING_MS
    assert stand.desk.erasure.run(MANAGER) == 0
    with stand.books.reading() as books:
        (one,) = books.personal_of(customer_of(SENDER))
    asked = tidings.ErasureDue(commitments=(one.commitment,))
    stand.books.store_news([piece(stand.books.news_position() + 1, "erasure.due", asked)], 1)
    assert names_here(stand) == [SENDER.name]
    assert stand.bodies(ops.AttachmentsErased) == []


def test_what_the_centre_asks_for_in_time_is_erased_without_anybody(stand: Stand, sold: str) -> None:
    heard(stand, 6)
    with stand.books.reading() as books:
        (one,) = books.personal_of(customer_of(SENDER))
    asked = tidings.ErasureDue(commitments=(one.commitment, "0" * 64))
    stand.books.store_news([piece(stand.books.news_position() + 1, "erasure.due", asked)], 1)
    assert names_here(stand) == []
    (body,) = stand.bodies(ops.AttachmentsErased)
    assert isinstance(body, ops.AttachmentsErased)
    assert [entry[3] for entry in body.erased] == [one.commitment]


def test_a_person_who_asks_early_is_told_the_term_and_it_is_recorded(stand: Stand, sold: str) -> None:
    heard(stand, 1)
    answer = stand.desk.erasure.asked(MANAGER, customer_of(SENDER))
    assert (answer.answer, answer.until, answer.erased) == ("refused", "2031-11-24", 0)
    assert "fiu.az" in answer.basis
    (body,) = stand.bodies(ops.ErasureRequested)
    assert isinstance(body, ops.ErasureRequested)
    assert (body.answer, body.until) == ("refused", "2031-11-24")
    assert names_here(stand) == [SENDER.name]


def test_a_person_who_asks_in_time_is_erased_at_once_and_nobody_else(stand: Stand, sold: str) -> None:
    heard(stand, 6)
    assert stand.desk.erasure.asked(MANAGER, "nobody").answer == "nothing"
    assert names_here(stand) == [SENDER.name]
    answer = stand.desk.erasure.asked(MANAGER, customer_of(SENDER))
    assert (answer.answer, answer.until, answer.erased) == ("erased", "", 1)
    assert names_here(stand) == []


def test_a_case_that_names_the_operation_holds_it(stand: Stand, sold: str) -> None:
    with stand.books.writing() as books:
        case = ops.CaseRaised(case=books.next_case(), reason="test", about=sold)
        books.append(case, actor=MANAGER.officer, operation=stand.desk.counter.new_id())
    heard(stand, 6)
    (due,) = [one for one in stand.desk.erasure.due(MANAGER) if one.held]
    assert (due.count, due.held) == (0, 1)
    assert stand.desk.erasure.run(MANAGER) == 0
    stand.desk.erasure.lift(MANAGER, sold, "İş bağlandı")
    assert stand.desk.erasure.run(MANAGER) == 1


def test_a_hold_needs_a_reason_and_an_operation(stand: Stand, sold: str) -> None:
    records = stand.records()
    for operation, reason, code in ((sold, "  ", "S-090"), ("none", "x", "S-091")):
        with pytest.raises(Refused) as no:
            stand.desk.erasure.hold(MANAGER, operation, reason)
        assert no.value.code == code
    assert stand.records() == records


def test_only_the_manager_erases_and_sees_who_looked(stand: Stand, sold: str) -> None:
    erasure = stand.desk.erasure
    for by in (CLERK, SUPERVISOR):
        for act in (erasure.run, erasure.due, erasure.looks):
            with pytest.raises(Refused, match="S-010"):
                act(by)


def test_the_manager_sees_who_looked_at_whom_and_why(stand: Stand, sold: str) -> None:
    (customer,) = stand.desk.customers.find("aliyev")
    stand.desk.customers.view(customer, CLERK, "transfer")
    stand.clock.pass_ms(1_000)
    stand.desk.customers.view(customer, SUPERVISOR, "express")
    looks = stand.desk.erasure.looks(MANAGER)
    assert [(one.officer, one.customer, one.purpose) for one in looks] == [
        (SUPERVISOR.name, SENDER.name, "express"),
        (CLERK.name, SENDER.name, "transfer"),
    ]
    heard(stand, 6)
    stand.desk.erasure.run(MANAGER)
    looks = stand.desk.erasure.looks(MANAGER)
    assert [(one.officer, one.customer) for one in looks] == [(SUPERVISOR.name, ""), (CLERK.name, "")]


def test_remarks_and_looks_of_all_years_are_found_without_reading_every_record(
    stand: Stand, sold: str
) -> None:
    """Each file opened read the journal from its first record to its last."""
    (customer,) = stand.desk.customers.find("aliyev")
    stand.desk.customers.file(customer.customer, CLERK)
    stand.desk.customers.note(customer.customer, "Kiçik əskinas istəyir", CLERK)
    asked: list[tuple[str, object]] = []
    with stand.books.reading() as books:

        def seen(_c: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
            asked.append((statement, values))

        event.listen(books.connection, "before_cursor_execute", seen)
        assert len(books.notes(customer.customer)) == 1
        assert "file" in {one.purpose for one in books.looks()}
        event.remove(books.connection, "before_cursor_execute", seen)
        of_journal = [one for one in asked if "FROM journal" in one[0]]
        assert len(of_journal) == 2
        for statement, values in of_journal:
            plan = books.connection.exec_driver_sql(f"explain query plan {statement}", values)
            steps = [step[3] for step in plan]
            assert "SEARCH journal USING INDEX ix_journal_day_kind (day=? AND kind=?)" in steps
            assert not [step for step in steps if step.startswith("SCAN journal")]


def test_a_note_goes_by_its_own_term_and_with_whoever_asks(stand: Stand, sold: str) -> None:
    """Three years are kept of what an officer wrote; of what they sent, the law's five."""
    (customer,) = stand.desk.customers.find("aliyev")
    with pytest.raises(Refused, match="S-093"):
        stand.desk.customers.note(customer.customer, "  ", CLERK)
    with pytest.raises(Refused, match="G-014"):
        stand.desk.customers.note(customer.customer, "a" * 401, CLERK)
    stand.desk.customers.note(customer.customer, "Kiçik əskinas istəyir", CLERK)
    [note] = stand.desk.customers.notes(customer.customer)
    assert (note.remark, note.officer) == ("Kiçik əskinas istəyir", CLERK.name)
    heard(stand, 2)
    assert stand.desk.erasure.run(MANAGER) == 0
    heard(stand, 4)
    asked = stand.desk.erasure.asked(MANAGER, customer.customer)
    assert (asked.answer, asked.erased) == ("refused", 1)
    assert stand.desk.customers.notes(customer.customer) == []
    # What the law keeps is still there, and so is the file.
    assert names_here(stand) == [SENDER.name]
