"""A manager resets the supervisor's PIN to consent to the own operation in the supervisor's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.words import language, plain
from azpost_desk.gui.shell.sign_in import SignIn
from azpost_desk.gui.work.runner import Runner
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, SUPERVISOR, press
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.services.counters import Stand

GIVEN, OWN = "4711", "471147"
NEXT = "2026-11-24"
DAY_MS = 24 * 3_600_000


def test_a_given_pin_opens_nothing_and_consents_to_nothing(stand: Stand) -> None:
    staff = stand.desk.staff
    staff.reset_pin(MANAGER, "1004", GIVEN)
    records = stand.records()
    for asker in (MANAGER, CLERK):
        with pytest.raises(Refused, match="S-013"):
            staff.approve(asker, "1004", GIVEN, "op-1")
        with pytest.raises(Refused, match="S-013"):
            staff.co_sign(asker, "1004", GIVEN, "op-1", Permission.APPROVE)
    with pytest.raises(Refused, match="S-006"):
        staff.sign_in("1004", GIVEN)
    # Nor does it open a screen that the officer has locked.
    with pytest.raises(Refused, match="S-006"):
        staff.unlock(SUPERVISOR, GIVEN)
    assert stand.records() == records


def test_who_gave_a_pin_gets_no_consent_that_day_though_another_was_chosen(stand: Stand) -> None:
    staff = stand.desk.staff
    staff.reset_pin(MANAGER, "1004", GIVEN)
    staff.choose_pin("1004", GIVEN, OWN)
    assert staff.sign_in("1004", OWN).officer == "1004"
    with pytest.raises(Refused, match="S-014"):
        staff.approve(MANAGER, "1004", OWN, "op-1")
    with pytest.raises(Refused, match="S-014"):
        staff.co_sign(MANAGER, "1004", OWN, "op-1", Permission.HOLD_TILL)
    assert staff.approve(CLERK, "1004", OWN, "op-1").approver == "1004"
    # Choosing once more on that day, or the rows folded anew, forget nothing.
    staff.choose_pin("1004", OWN, "4004")
    stand.books.rebuild()
    with pytest.raises(Refused, match="S-014"):
        staff.approve(MANAGER, "1004", "4004", "op-1")


def test_the_next_business_day_it_is_a_pin_like_any_other(stand: Stand) -> None:
    desk = stand.desk
    desk.staff.reset_pin(MANAGER, "1004", GIVEN)
    desk.staff.choose_pin("1004", GIVEN, OWN)
    # Past midnight the business day is the same.
    stand.clock.pass_ms(DAY_MS)
    with pytest.raises(Refused, match="S-014"):
        desk.staff.approve(MANAGER, "1004", OWN, "op-1")
    desk.tills.close(CLERK, {100: 200})
    desk.reports.close_day(MANAGER, press)
    assert desk.days.current().date == DATE
    desk.days.open(MANAGER, NEXT)
    assert desk.staff.approve(MANAGER, "1004", OWN, "op-1").approver == "1004"


def test_a_pin_given_after_the_close_counts_for_the_day_that_comes(stand: Stand) -> None:
    desk = stand.desk
    desk.tills.close(CLERK, {100: 200})
    desk.reports.close_day(MANAGER, press)
    desk.staff.reset_pin(MANAGER, "1004", GIVEN)
    desk.staff.choose_pin("1004", GIVEN, OWN)
    stand.clock.pass_ms(DAY_MS)
    desk.days.open(MANAGER, NEXT)
    with pytest.raises(Refused, match="S-014"):
        desk.staff.approve(MANAGER, "1004", OWN, "op-1")


def test_an_own_pin_is_another_one_and_needs_the_old_one(stand: Stand) -> None:
    staff = stand.desk.staff
    staff.reset_pin(MANAGER, "1002", GIVEN)
    for old, new, code in (
        (GIVEN, GIVEN, "S-007"),
        (GIVEN, "12", "S-004"),
        (GIVEN, "12a4", "S-004"),
        ("0000", OWN, "S-001"),
    ):
        with pytest.raises(Refused, match=code):
            staff.choose_pin("1002", old, new)
    with pytest.raises(Refused, match="S-006"):
        staff.sign_in("1002", GIVEN)
    with pytest.raises(Refused, match="S-008"):
        staff.reset_pin(MANAGER, MANAGER.officer, OWN)
    staff.choose_pin(MANAGER.officer, MANAGER.officer, OWN)
    assert staff.sign_in(MANAGER.officer, OWN).officer == MANAGER.officer
    said = [(one.officer, one.reset_by, one.temporary) for one in stand.bodies(ops.PinReset)]
    assert said == [("1002", "1001", True), ("1001", "1001", False)]


def test_resets_of_before_are_read_and_were_never_temporary() -> None:
    old = b'{"officer":"1002","reset_by":"1001"}'
    body = ops.decode("staff.pin_reset", 1, old)
    assert body == ops.PinReset(officer="1002", reset_by="1001", temporary=False)


@pytest.fixture
def page(qtbot: QtBot, stand: Stand) -> Iterator[SignIn]:
    """The sign-in page over the desk's own people."""
    runner = Runner()
    made = SignIn()
    qtbot.addWidget(made)
    made.show()
    staff = stand.desk.staff
    made.offer(plain("2002"), staff.officers(), staff.sign_in, staff.choose_pin)
    yield made
    runner.close()


@pytest.mark.parametrize("spoken", ["az", "ru", "en"])
def test_who_was_given_a_pin_chooses_one_by_keyboard_and_is_in(
    qtbot: QtBot, stand: Stand, page: SignIn, spoken: str
) -> None:
    language().choose(spoken)
    stand.desk.staff.reset_pin(MANAGER, OTHER_CLERK.officer, GIVEN)
    page._on_picked(next(one for one in stand.desk.staff.officers() if one.officer == OTHER_CLERK.officer))
    entered: list[str] = []
    page.signed_in.connect(lambda officer: entered.append(officer.officer))

    def types(text: str) -> None:
        QTest.keyClicks(page.focusWidget(), text)
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Return)

    own = page._own
    types(GIVEN)
    qtbot.waitUntil(own.isVisible)
    assert language().texts.refusal("S-006") in own._why.text()
    for first, again, code in ((OWN, "999999", "S-005"), (GIVEN, GIVEN, "S-007"), ("12", "12", "S-004")):
        qtbot.waitUntil(own.first.line.hasFocus)
        types(first)
        types(again)
        told = language().texts.refusal(code, digits=4)
        qtbot.waitUntil(lambda told=told: own.first.error_text() == told)
    assert entered == []
    types(OWN)
    types(OWN)
    qtbot.waitUntil(lambda: entered == [OTHER_CLERK.officer])
    assert not own.isVisible()
    language().choose("az")
