"""The staff screen: who may sign in, who is locked out, a new PIN typed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.staff import form
from azpost_desk.gui.screens.staff.screen import StaffScreen
from azpost_desk.services.views import Found
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier


class Office(Hands):
    """The manager at the list of officers."""

    @property
    def screen(self) -> StaffScreen:
        screen = self.frame.current()
        assert isinstance(screen, StaffScreen)
        return screen


@pytest.fixture
def office(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Office:
    session.officer = MANAGER
    return Office(qtbot, runner, session, stand, StaffScreen)


def resets(stand: Stand) -> list[str]:
    return [one.officer for one in stand.bodies(ops.PinReset) if isinstance(one, ops.PinReset)]


def test_a_new_pin_typed_twice_signs_the_officer_in(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_Down)
    picked = office.screen.officers.current()
    assert picked is not None
    office.press(Qt.Key.Key_N, CTRL)
    office.type("4711\n4711\n")
    assert resets(stand) == [picked.officer]
    # It is good for choosing an own one, and for nothing else.
    with pytest.raises(Refused, match="S-006"):
        stand.desk.staff.sign_in(picked.officer, "4711")
    stand.desk.staff.choose_pin(picked.officer, "4711", "471147")
    assert stand.desk.staff.sign_in(picked.officer, "471147").name == picked.name
    assert office.screen.sheet is None


def test_two_pins_that_differ_are_refused_beside_the_second(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_Down)
    office.type("\n4711\n4712\n")
    sheet = office.screen.sheet
    assert sheet is not None
    assert sheet.again.error_text() == language().texts.refusal("S-005")
    office.type("4711\n")
    assert len(resets(stand)) == 1


def test_a_pin_too_short_is_refused_beside_the_first(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_Down)
    office.type("\n12\n12\n")
    sheet = office.screen.sheet
    assert sheet is not None
    assert sheet.pin.error_text() == language().texts.refusal("S-004", digits=4)
    assert resets(stand) == []


def test_escape_gives_no_pin(office: Office, stand: Stand) -> None:
    office.type("\n4711\n")
    office.press(Qt.Key.Key_Escape)
    assert office.screen.sheet is None
    assert resets(stand) == []


def test_fifty_enters_give_one_pin(office: Office, stand: Stand) -> None:
    office.press(Qt.Key.Key_Down)
    office.type("\n4711\n4711")
    hold_enter(office.frame)
    office.settle()
    assert len(resets(stand)) == 1


def test_the_own_pin_is_changed_with_the_old_one(office: Office, stand: Stand) -> None:
    staff = stand.desk.staff
    office.type("\n0000\n4711\n4711\n")
    sheet = office.screen.sheet
    assert sheet is not None
    assert sheet.old is not None
    assert sheet.old.error_text() == language().texts.refusal("S-001", left=4)
    assert resets(stand) == []
    sheet.old.setFocus()
    office.type(MANAGER.officer)
    sheet.again.setFocus()
    office.type("\n")
    assert resets(stand) == [MANAGER.officer]
    assert staff.sign_in(MANAGER.officer, "4711").officer == MANAGER.officer


def test_who_is_locked_out_stands_there_with_the_time(office: Office, stand: Stand) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            stand.desk.staff.sign_in(CLERK.officer, "wrong")
    with pytest.raises(Refused):
        stand.desk.staff.sign_in(OTHER_CLERK.officer, "wrong")
    office.frame.show_screen("staff")
    office.settle()
    standing = {row.officer: row.standing for row in office.screen.officers.rows.records}
    assert standing[CLERK.officer] == "locked"
    assert standing[OTHER_CLERK.officer] == "wrong"
    assert standing[MANAGER.officer] == "works"


def test_an_officer_found_elsewhere_is_picked(office: Office) -> None:
    office.frame.show_screen("staff", Found("officer", OTHER_CLERK.officer, OTHER_CLERK.name, ""))
    office.settle()
    picked = office.screen.officers.current()
    assert picked is not None
    assert picked.officer == OTHER_CLERK.officer


def test_a_clerk_never_gets_here(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> None:
    assert Office(qtbot, runner, session, stand, StaffScreen).frame.current() is None


def test_every_widget_that_takes_the_keyboard_has_a_name(office: Office) -> None:
    office.type("\n")
    assert nameless(office.screen) == []


def test_a_lock_that_has_run_out_is_none(stand: Stand) -> None:
    with pytest.raises(Refused):
        stand.desk.staff.sign_in(CLERK.officer, "wrong")
    rows = form.rows(stand.desk.staff.officers(), stand.clock.utc_ms())
    assert {row.locked_until_ms for row in rows} == {0}
