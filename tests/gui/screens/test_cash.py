"""Bags, counts and notes at the screen: by keys, blind, with a second person where it takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.tills import cash_form as form
from azpost_desk.gui.screens.tills import form as till_form
from azpost_desk.gui.screens.tills.cash_screen import CashScreen
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.services.cash_bags import Seal
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, SUPERVISOR, Stand
from tests.services.test_cash_bags import announce

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.services.counter import Officer

CTRL = Qt.KeyboardModifier.ControlModifier
ROWS = 14


def at(
    qtbot: QtBot, runner: Runner, stand: Stand, officer: Officer, kind: type[Screen] = CashScreen
) -> Hands:
    session = Session(stand.desk, lambda _tone: None)
    session.officer = officer
    return Hands(qtbot, runner, session, stand, kind)


def cash(hands: Hands) -> CashScreen:
    screen = hands.frame.current()
    assert isinstance(screen, CashScreen)
    return screen


def count(**rows: str) -> str:
    """A count sheet by Enter: ``n3="80"`` types 80 in the third line."""
    return "".join(f"{rows.get(f'n{number}', '')}\n" for number in range(1, ROWS + 1))


def words(hands: Hands) -> str:
    return "\n".join(one.text() for one in hands.frame.findChildren(QLabel) if one.isVisible())


def sign(hands: Hands, officer: Officer) -> None:
    """The second person picks their name, when there are several, and types the PIN."""
    [sheet] = [one for one in hands.frame.findChildren(ApprovalSheet) if one.isVisible()]
    names = [candidate.value for candidate in sheet.people.candidates]
    if len(names) > 1:
        at_place = [one.officer for one in names].index(officer.officer)
        hands.type(str(at_place + 1))
    hands.type(f"{officer.officer}\n")


def test_a_bag_is_sealed_by_keys_and_only_with_the_sum_on_its_label(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    hands = at(qtbot, runner, stand, MANAGER)
    hands.press(Qt.Key.Key_S, CTRL)
    # The sort is chosen already: number, label, count, Enter.
    hands.type("pl-55\n300\n" + count(n3="2") + "\n")
    assert language().texts.refusal("C-042", total=azn(30_000), counted=azn(20_000)) in words(hands)
    assert stand.bodies(ops.BagSealed) == []
    sheet = cash(hands).sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces({10_000: 3})
    sheet.main.click()
    hands.settle()
    [body] = stand.bodies(ops.BagSealed)
    assert isinstance(body, ops.BagSealed)
    assert (body.number, body.amount_qapik) == ("PL-55", 30_000)
    assert cash(hands).bags.rows.records[0].state == "sealed"
    hands.press(Qt.Key.Key_G, CTRL)
    hands.type("Rzayev Kamal\nINK-4411\n")
    assert cash(hands).bags.rows.records[0].state == "on_its_way"


def test_a_bag_of_8000_is_received_and_fifty_enters_receive_it_once(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    announce(stand)
    hands = at(qtbot, runner, stand, MANAGER)
    hands.press(Qt.Key.Key_H, CTRL)
    # The number of the selected bag stands there already.
    sheet = cash(hands).sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces({10_000: 80})
    sheet.main.setFocus()
    hold_enter(hands.frame)
    hands.settle()
    assert len(stand.bodies(ops.BagReceived)) == 1
    assert stand.desk.baskets.safe_balance() == azn(880_000)


def test_a_bag_that_differs_goes_by_an_act_with_a_second_person(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    announce(stand)
    hands = at(qtbot, runner, stand, MANAGER)
    hands.press(Qt.Key.Key_H, CTRL)
    sheet = cash(hands).sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces({10_000: 79})
    sheet.main.click()
    hands.settle()
    assert language().texts.refusal("C-045", announced=azn(800_000), counted=azn(790_000)) in words(hands)
    assert stand.bodies(ops.BagDiffered) == []
    hands.press(Qt.Key.Key_A, CTRL)
    sign(hands, SUPERVISOR)
    [body] = stand.bodies(ops.BagDiffered)
    assert isinstance(body, ops.BagDiffered)
    assert (body.amount_qapik, body.approved_by) == (790_000, SUPERVISOR.officer)
    assert cash(hands).bags.rows.records[0].missing == azn(10_000)


def test_worn_notes_and_a_suspect_note(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, CLERK)
    hands.press(Qt.Key.Key_W, CTRL)
    hands.type(count(n6="2") + "\n")
    with stand.books.reading() as books:
        assert books.worn() == {1_000: 2}
    hands.press(Qt.Key.Key_N, CTRL)
    # The third note of the list is the ten.
    hands.type("3\nAB1234567\n2\nRzayev Kamal\n\n\n")
    [note] = stand.desk.notes.register()
    assert (note.denomination, note.series) == (azn(1_000), "AB1234567")
    assert not cash(hands).buttons[form.SEAL].isVisible()


def test_a_surprise_count_is_blind_and_shows_its_result(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, SUPERVISOR)
    expected = language().texts.money(azn(20_000))
    hands.press(Qt.Key.Key_E, CTRL)
    assert expected not in words(hands)
    hands.type(count(n6="19"))
    assert expected not in words(hands)
    hands.type("\n")
    [body] = stand.bodies(ops.TillCounted)
    assert isinstance(body, ops.TillCounted)
    assert body.difference_qapik == -1_000
    assert expected in words(hands)
    hands.type("\n")
    assert cash(hands).result is None
    assert stand.till_qapik() == 20_000


def test_making_good_shows_its_warning_and_takes_a_cause_and_a_second_person(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    stand.desk.tills.close(CLERK, {1_000: 19, 100: 8})
    stand.desk.tills.open(CLERK)
    hands = at(qtbot, runner, stand, CLERK)
    hands.press(Qt.Key.Key_P, CTRL)
    assert language().texts.t("cash.made_good.warning") in words(hands)
    sheet = cash(hands).sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces({100: 2})
    sheet.main.click()
    hands.settle()
    # Without a cause nobody is asked.
    assert stand.bodies(ops.DifferenceMadeGood) == []
    sheet.form.field("cause").put("wrong_change")
    sheet.main.click()
    hands.settle()
    sign(hands, SUPERVISOR)
    [body] = stand.bodies(ops.DifferenceMadeGood)
    assert isinstance(body, ops.DifferenceMadeGood)
    assert (body.amount_qapik, body.cause) == (200, "wrong_change")
    assert not cash(hands).buttons[form.MAKE_GOOD].isVisible()


def test_without_the_safe_bags_say_where_it_is(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, CLERK)
    assert not cash(hands).buttons[form.SEAL].isVisible()
    assert not cash(hands).buttons[form.SURPRISE].isVisible()
    assert not cash(hands).buttons[form.MAKE_GOOD].isVisible()
    hands = at(qtbot, runner, stand, MANAGER)
    assert not cash(hands).buttons[form.WORN].isEnabled()
    assert language().texts.refusal("C-011", holder=CLERK.name) in words(hands)


# --- the till's page --------------------------------------------------------------------------------------


def test_a_till_is_handed_over_by_the_takers_own_pin(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, CLERK, TillsScreen)
    hands.press(Qt.Key.Key_W, CTRL)
    assert language().texts.money(azn(20_000)) not in words(hands)
    hands.type(count(n6="20") + "\n")
    assert stand.bodies(ops.TillHandedOver) == []
    sign(hands, OTHER_CLERK)
    [body] = stand.bodies(ops.TillHandedOver)
    assert isinstance(body, ops.TillHandedOver)
    assert (body.holder, body.taker) == (CLERK.officer, OTHER_CLERK.officer)
    assert language().texts.t("tills.screen.handed.title") in words(hands)
    hands.type("\n")
    assert language().texts.refusal("C-011", holder=OTHER_CLERK.name) in words(hands)


def test_above_the_limit_the_close_is_counted_twice_and_signed_by_the_manager_and_stays_blind(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    hands = at(qtbot, runner, stand, CLERK, TillsScreen)
    expected = language().texts.money(azn(20_000))
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type(count(n6="10") + "\n")
    assert language().texts.refusal("C-060", limit=azn(500)) in words(hands)
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    assert screen.sheet is not None
    # What was counted is not copied: the sheet is empty again.
    assert screen.sheet.pieces() == {}
    assert expected not in words(hands)
    hands.type(count(n6="10") + "\n")
    assert language().texts.t("tills.screen.manager.words", limit=azn(500)) in words(hands)
    assert expected not in words(hands)
    # Only the manager is offered, and picked at once.
    sign(hands, MANAGER)
    [closed] = stand.bodies(ops.TillClosed)
    assert isinstance(closed, ops.TillClosed)
    assert closed.difference_qapik == -10_000
    [consented] = stand.bodies(ops.DifferenceConsented)
    assert isinstance(consented, ops.DifferenceConsented)
    assert consented.approved_by == MANAGER.officer
    assert expected in words(hands)


def test_a_count_that_was_left_hides_the_balance_until_it_has_ended(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    hands = at(qtbot, runner, stand, CLERK, TillsScreen)
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type(count(n6="10") + "\n")
    hands.press(Qt.Key.Key_Escape)
    assert language().texts.money(azn(20_000)) not in words(hands)
    assert language().texts.t("frame.strip.till_counting") in words(hands)
    assert language().texts.refusal("C-013") in words(hands)
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    able = {act for act, one in screen.buttons.items() if one.isVisible() and one.isEnabled()}
    assert able == {till_form.CLOSE_TILL, till_form.HAND_OVER, till_form.STOCK, till_form.CASH}


def test_cash_that_waits_for_the_other_desk_stands_there_with_its_age(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    stand.desk.tills.issue(CLERK, "2002-2", "till", {1_000: 3})
    stand.clock.pass_ms(95 * 60_000)
    hands = at(qtbot, runner, stand, CLERK, TillsScreen)
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    [one] = screen.awaited.rows.records
    assert (one.to_desk, one.state) == ("2002-2", "issued")
    assert till_form.age(stand.clock.utc_ms(), one.at_ms) == (
        "tills.screen.age.hours",
        {"hours": 1, "minutes": 35},
    )
    assert not screen.buttons[till_form.ACCEPT].isVisible()


@pytest.mark.parametrize(
    ("waited_ms", "said"),
    [
        (-5, ("tills.screen.age.minutes", {"minutes": 0})),
        (59 * 60_000, ("tills.screen.age.minutes", {"minutes": 59})),
        (26 * 3_600_000, ("tills.screen.age.days", {"days": 1, "hours": 2})),
    ],
)
def test_an_age_is_said_in_its_unit(waited_ms: int, said: tuple[str, dict[str, int]]) -> None:
    assert till_form.age(10**12 + waited_ms, 10**12) == said


def test_a_drawer_above_its_limit_calls_once_with_the_key_that_drops_cash(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    hands = at(qtbot, runner, stand, CLERK, TillsScreen)
    stand.desk.tills.supply_safe(MANAGER, "Q-18", {10_000: 60})
    hands.notices.clear()
    for _ in range(2):
        stand.desk.tills.move(CLERK, "to_till", "supply", {10_000: 25})
        runner.announce("till")
        hands.settle()
    called = language().texts.t("frame.strip.over_limit", amount=azn(20_000))
    assert called in words(hands)
    runner.announce("till")
    hands.settle()
    assert len(hands.notices) == 1


def test_every_widget_that_takes_the_keyboard_has_a_name(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    for officer, acts in ((MANAGER, form.BAGS), (CLERK, (form.WORN, form.SUSPECT))):
        hands = at(qtbot, runner, stand, officer)
        for act in acts:
            cash(hands).begin(act)
            assert nameless(cash(hands)) == []
            sheet = cash(hands).sheet
            if sheet is not None:
                sheet.close_sheet()


def test_keys_are_one_each_and_none_is_the_frames(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    keys = list(form.KEYS.values())
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(FRAME_KEYS.values())


def test_a_scanned_bag_opens_to_be_received_and_says_who_did_it_when_it_was(
    qtbot: QtBot, runner: Runner, stand: Stand
) -> None:
    announce(stand)
    hands = at(qtbot, runner, stand, MANAGER)
    hands.scan("pl-7")
    sheet = cash(hands).sheet
    assert sheet is not None
    assert sheet.values() == {"number": "PL-7"}
    hands.press(Qt.Key.Key_Escape)
    stand.desk.bags.receive(MANAGER, "PL-7", {10_000: 80})
    at_ms = stand.clock.utc_ms()
    stand.clock.pass_ms(3_600_000)
    hands.scan("PL-7")
    assert cash(hands).sheet is None
    said = language().texts.refusal("C-044", number="PL-7", officer=MANAGER.name, at_ms=at_ms)
    assert said in words(hands)


@pytest.mark.parametrize(
    ("act", "officer", "kind", "values", "pieces"),
    [
        (form.SEAL, MANAGER, ops.BagSealed, {"number": "PL-9", "total": "200"}, {10_000: 2}),
        (form.COLLECT, MANAGER, ops.BagHandedOver, {"name": "Rzayev Kamal", "document": "INK-1"}, {}),
        (form.WORN, CLERK, ops.CashMoved, {}, {1_000: 1}),
        (form.SURPRISE, SUPERVISOR, ops.TillCounted, {}, {1_000: 20}),
        (
            form.SUSPECT,
            CLERK,
            ops.NoteSuspected,
            {"denomination": "5000", "series": "AB1234567", "name": "Rzayev Kamal"},
            {},
        ),
    ],
)
def test_fifty_enters_on_a_button_are_one_record(
    qtbot: QtBot,
    runner: Runner,
    stand: Stand,
    act: str,
    officer: Officer,
    kind: type[ops.Body],
    values: dict[str, str],
    pieces: dict[int, int],
) -> None:
    stand.desk.bags.seal(MANAGER, Seal("PL-1", "cash", azn(10_000), {10_000: 1}))
    hands = at(qtbot, runner, stand, officer)
    before = len(stand.bodies(kind))
    cash(hands).begin(act)
    sheet = cash(hands).sheet
    assert sheet is not None
    for name, value in values.items():
        sheet.form.field(name).put(value)
    if sheet.count is not None:
        sheet.count.set_pieces(pieces)
    sheet.main.setFocus()
    hold_enter(hands.frame)
    hands.settle()
    assert len(stand.bodies(kind)) == before + 1
