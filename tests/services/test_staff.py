"""Signing in: wrong PINs lock for a growing time; a second person is really a second person (U-07)."""

from __future__ import annotations

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Role
from azpost_desk.services.staff import consent
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, Stand, approval


def refusal(stand: Stand, officer: str, pin: str) -> tuple[str, object]:
    with pytest.raises(Refused) as refused:
        stand.desk.staff.sign_in(officer, pin)
    return refused.value.code, refused.value.facts.get("left", refused.value.facts.get("seconds"))


def test_signing_in_is_recorded_and_says_who_it_is(morning: Stand) -> None:
    officer = morning.desk.staff.sign_in("1002", "1002")
    assert (officer.name, officer.role) == ("Həsənov Rauf", Role.CLERK)
    [signed_in] = morning.bodies(ops.SignedIn)
    assert isinstance(signed_in, ops.SignedIn)
    assert (signed_in.officer, signed_in.role) == ("1002", "clerk")
    assert refusal(morning, "9999", "1002")[0] == "S-003"


def test_five_wrong_pins_lock_and_each_lock_is_twice_as_long(morning: Stand) -> None:
    assert [refusal(morning, "1002", "0000") for _ in range(4)] == [
        ("S-001", 4), ("S-001", 3), ("S-001", 2), ("S-001", 1),
    ]  # fmt: skip
    for seconds in (60, 120, 240):
        assert refusal(morning, "1002", "0000") == ("S-002", seconds)
        # The right PIN does not open it either, until the time is over.
        assert refusal(morning, "1002", "1002") == ("S-002", seconds)
        morning.clock.pass_ms(seconds * 1000 - 1)
        assert refusal(morning, "1002", "1002") == ("S-002", 1)
        morning.clock.pass_ms(1)
    locks = [body.seconds for body in morning.bodies(ops.LockedOut) if isinstance(body, ops.LockedOut)]
    assert locks == [60, 120, 240]
    morning.desk.staff.sign_in("1002", "1002")
    assert refusal(morning, "1002", "0000") == ("S-001", 4)


def test_one_officers_lock_is_nobody_elses(morning: Stand) -> None:
    for _ in range(5):
        refusal(morning, "1002", "0000")
    assert morning.desk.staff.sign_in("1003", "1003").officer == "1003"


def test_a_manager_gives_a_new_pin_which_is_nowhere_in_the_journal(morning: Stand) -> None:
    for _ in range(5):
        refusal(morning, "1002", "0000")
    with pytest.raises(Refused, match="S-010"):
        morning.desk.staff.reset_pin(SUPERVISOR, "1002", "482915")
    for pin in ("12", "12a4", "1" * 13, "١٢٣٤"):
        with pytest.raises(Refused, match="S-004"):
            morning.desk.staff.reset_pin(MANAGER, "1002", pin)
    morning.desk.staff.reset_pin(MANAGER, "1002", "482915")
    with pytest.raises(Refused, match="S-006"):
        morning.desk.staff.sign_in("1002", "482915")
    morning.desk.staff.choose_pin("1002", "482915", "519284")
    assert morning.desk.staff.sign_in("1002", "519284").officer == "1002"
    with morning.books.reading() as books:
        assert all(pin not in record.body for record, _ in books.records() for pin in (b"482915", b"519284"))


def test_the_idle_lock_opens_for_whom_it_locked(stand: Stand) -> None:
    stand.desk.staff.unlock(CLERK, "1002")
    with pytest.raises(Refused, match="S-001"):
        stand.desk.staff.unlock(CLERK, "1003")


def test_a_second_person_is_somebody_else_who_may_and_for_one_operation(morning: Stand) -> None:
    """U-07."""
    staff = morning.desk.staff
    for approver, code in (("1002", "S-011"), ("1003", "S-010")):
        with pytest.raises(Refused, match=code):
            staff.approve(CLERK, approver, approver, "op-1")
    given = staff.approve(CLERK, "1004", "1004", "op-1")
    assert consent(given, "op-1", CLERK) == "1004"
    for asker, operation, code in ((CLERK, "op-2", "S-012"), (SUPERVISOR, "op-1", "S-011")):
        with pytest.raises(Refused, match=code):
            consent(given, operation, asker)
    with pytest.raises(Refused, match="S-012"):
        consent(None, "op-1", CLERK)
    with pytest.raises(Refused, match="S-010"):
        consent(approval("op-1", CLERK), "op-1", SUPERVISOR)


def test_a_wrong_pin_of_the_second_person_counts_as_one(morning: Stand) -> None:
    for _ in range(4):
        with pytest.raises(Refused, match="S-001"):
            morning.desk.staff.approve(CLERK, "1004", "0000", "op-1")
    with pytest.raises(Refused, match="S-002"):
        morning.desk.staff.approve(CLERK, "1004", "0000", "op-1")


@pytest.mark.parametrize("pin", ["0000", "1111", "1234", "4321", "345678", "7890", "9876", "999999", "1002"])
def test_a_pin_that_anybody_would_guess_is_neither_given_nor_chosen(morning: Stand, pin: str) -> None:
    with pytest.raises(Refused, match="S-009"):
        morning.desk.staff.reset_pin(MANAGER, "1002", pin)
    morning.desk.staff.reset_pin(MANAGER, "1002", "482915")
    with pytest.raises(Refused, match="S-009"):
        morning.desk.staff.choose_pin("1002", "482915", pin)
    # Whoever has such a PIN from before goes on with it: here it is each officer's own number.
    assert morning.desk.staff.sign_in(MANAGER.officer, MANAGER.officer).officer == MANAGER.officer
