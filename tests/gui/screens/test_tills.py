"""The till screen: acts by role and state, counts that reach the books, a close that is blind."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.tills import form
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.shell.officer_menu import OfficerMenu
from azpost_desk.gui.shell.register import FRAME_KEYS
from azpost_desk.protocol import news as tidings
from azpost_desk.services.goods import SellGoods
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, Stand, new_stand, working
from tests.services.test_preflight import Machine
from tests.storage.desks import DATE, piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.services.counter import Officer

CTRL = Qt.KeyboardModifier.ControlModifier


class Till(Hands):
    """A clerk at the till screen."""

    @property
    def screen(self) -> TillsScreen:
        screen = self.frame.current()
        assert isinstance(screen, TillsScreen)
        return screen

    def shown(self) -> set[str]:
        """Acts that can be done now."""
        buttons = self.screen.buttons
        return {act for act, one in buttons.items() if one.isVisible() and one.isEnabled()}

    def words(self) -> str:
        """Everything that can be read anywhere in the window: a count must be blind everywhere."""
        labels = self.screen.window().findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Stand]:
    made = new_stand(tmp_path / "morning")
    yield made
    made.books.close()


def at(qtbot: QtBot, runner: Runner, stand: Stand, officer: Officer) -> Till:
    session = Session(stand.desk, lambda _tone: None)
    session.officer = officer
    return Till(qtbot, runner, session, stand, TillsScreen)


@pytest.fixture
def till(qtbot: QtBot, runner: Runner, stand: Stand) -> Till:
    return at(qtbot, runner, stand, CLERK)


def test_the_manager_opens_the_day_by_its_key_and_the_till_follows(
    qtbot: QtBot, runner: Runner, morning: Stand
) -> None:
    hands = at(qtbot, runner, morning, MANAGER)
    assert hands.shown() == {form.OPEN_DAY, form.CASH}
    assert language().texts.date(DATE) in hands.words()
    heard: list[frozenset[str]] = []
    runner.changed.connect(heard.append)
    hands.press(Qt.Key.Key_D, CTRL)
    assert morning.desk.days.current().date == DATE
    assert {"day", "till"} <= heard[0]
    hands.press(Qt.Key.Key_O, CTRL)
    acts = {form.CLOSE_TILL, form.TAKE, form.DROP, form.SUPPLY_SAFE, form.ISSUE, form.STOCK}
    acts |= {form.HAND_OVER, form.CASH}
    assert acts == hands.shown()


def test_an_answer_that_comes_late_takes_no_key_from_the_menu_over_the_screen(till: Till) -> None:
    """The menu is opened while the till is still being read: a digit is the menu's."""
    till.screen.enter()
    menu = OfficerMenu(till.frame, till.screen.session, at_work=True)
    menu.ask()
    assert menu.isAncestorOf(till.focus)
    till.settle()
    assert menu.isAncestorOf(till.focus)
    menu.close_sheet()


def test_a_clerk_before_the_day_sees_why_and_nothing_that_only_the_manager_does(
    qtbot: QtBot, runner: Runner, morning: Stand
) -> None:
    hands = at(qtbot, runner, morning, CLERK)
    assert hands.shown() == {form.CASH}
    assert not hands.screen.buttons[form.OPEN_DAY].isVisible()
    assert not hands.screen.buttons[form.SUPPLY_SAFE].isVisible()
    assert language().texts.refusal("C-001") in hands.words()
    before = morning.records()
    hands.press(Qt.Key.Key_D, CTRL)
    assert morning.records() == before


def test_somebody_elses_till_says_whose_it_is(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, OTHER_CLERK)
    assert form.CLOSE_TILL not in hands.shown()
    assert language().texts.refusal("C-011", holder=CLERK.name) in hands.words()


def test_cash_from_the_safe_and_back_by_denomination(till: Till, stand: Stand) -> None:
    till.press(Qt.Key.Key_Up, CTRL)
    till.type("\n\n2\n" + "\n" * 11 + "\n")
    assert stand.till_qapik() == 40_000
    till.press(Qt.Key.Key_Down, CTRL)
    till.type("\n\n1\n" + "\n" * 11 + "\n")
    assert stand.till_qapik() == 30_000
    moves = [move for move in stand.bodies(ops.CashMoved) if isinstance(move, ops.CashMoved)]
    assert [(move.direction, move.purpose) for move in moves] == [
        ("to_till", "float"),
        ("to_till", "supply"),
        ("to_safe", "drop"),
    ]


def test_more_than_lies_in_the_safe_is_refused_in_the_panel(till: Till, stand: Stand) -> None:
    till.press(Qt.Key.Key_Up, CTRL)
    till.type("9\n" + "\n" * 13 + "\n")
    assert language().texts.refusal("C-022", amount=azn(80_000)) in till.words()
    assert till.screen.sheet is not None
    assert stand.till_qapik() == 20_000


def test_the_manager_supplies_the_safe_by_a_document(qtbot: QtBot, runner: Runner, stand: Stand) -> None:
    hands = at(qtbot, runner, stand, MANAGER)
    hands.press(Qt.Key.Key_S, CTRL)
    hands.type("KM-88\n5\n" + "\n" * 13 + "\n")
    supplied = stand.bodies(ops.SafeSupplied)[-1]
    assert isinstance(supplied, ops.SafeSupplied)
    assert (supplied.document, supplied.amount_qapik) == ("KM-88", 250_000)


def test_cash_goes_to_another_desk_and_comes_from_it(
    qtbot: QtBot, runner: Runner, branch_of_two: Stand
) -> None:
    working(branch_of_two)
    told = tidings.RemittanceNews(
        remittance="R-1",
        from_desk="2002-2",
        to_desk="2002-1",
        amount_qapik=5_000,
        pieces={"1000": 5},
        at_ms=branch_of_two.clock.utc_ms(),
    )
    branch_of_two.books.store_news([piece(50, "remittance", told)], 1)
    hands = at(qtbot, runner, branch_of_two, CLERK)
    assert {form.ACCEPT, form.ISSUE} <= hands.shown()
    hands.press(Qt.Key.Key_H, CTRL)
    hands.type("\n" * 5 + "4\n" + "\n" * 8 + "\n")
    assert language().texts.refusal("C-027", announced=azn(5_000), counted=azn(4_000)) in hands.words()
    sheet = hands.screen.sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces({1_000: 5})
    sheet.main.click()
    hands.settle()
    assert branch_of_two.till_qapik() == 25_000
    assert hands.screen.awaited.rows.records == []
    hands.press(Qt.Key.Key_G, CTRL)
    hands.type("\n" * 6 + "7\n" + "\n" * 8 + "\n")
    issued = branch_of_two.bodies(ops.RemittanceIssued)[-1]
    assert isinstance(issued, ops.RemittanceIssued)
    assert (issued.to_desk, issued.from_place, issued.amount_qapik) == ("2002-2", "till", 7_000)


def test_goods_come_in_by_a_document(till: Till, stand: Stand) -> None:
    till.press(Qt.Key.Key_N, CTRL)
    till.type("2\n15\nN-9\n")
    with stand.books.reading() as books:
        assert books.stock()["EN-C5"] == 35


def test_the_till_is_closed_within_its_budget_and_blind_until_then(till: Till, stand: Stand) -> None:
    expected = language().texts.money(azn(20_000))
    assert expected in till.words()
    till.keys = 0
    till.press(Qt.Key.Key_E, CTRL)
    assert expected not in till.words()
    # A drawer with something of nearly everything: each line is a number and Enter.
    till.type("".join(f"{count or ''}\n" for count in (0, 0, 0, 0, 0, 18, 1, 4, 12, 10, 10, 10, 10, 10)))
    assert expected not in till.words()
    assert stand.bodies(ops.TillClosed) == []
    till.type("\n")
    assert till.keys <= 45
    closed = stand.bodies(ops.TillClosed)[-1]
    assert isinstance(closed, ops.TillClosed)
    assert (closed.counted_qapik, closed.expected_qapik, closed.difference_qapik) == (19_890, 20_000, -110)
    read = till.words()
    texts = language().texts
    for amount in (closed.counted_qapik, closed.expected_qapik, closed.difference_qapik):
        assert texts.money(azn(amount)) in read
    till.type("\n")
    assert till.screen.closed is None


@pytest.mark.parametrize(
    ("pieces", "word"),
    [({1_000: 20}, "even"), ({1_000: 20, 100: 5}, "surplus"), ({1_000: 19, 100: 6}, "shortage")],
)
def test_a_difference_is_said_in_words(till: Till, pieces: dict[int, int], word: str) -> None:
    till.press(Qt.Key.Key_E, CTRL)
    sheet = till.screen.sheet
    assert sheet is not None
    assert sheet.count is not None
    sheet.count.set_pieces(pieces)
    sheet.main.click()
    till.settle()
    closed = till.screen.closed
    assert closed is not None
    amount = {"surplus": azn(500), "shortage": azn(400)}.get(word)
    facts = {"amount": amount} if amount else {}
    assert closed.verdict.text() == language().texts.t(f"tills.screen.closed.{word}", **facts)


def test_leaving_a_count_asks_once_and_writes_nothing(till: Till, stand: Stand) -> None:
    before = stand.records()
    till.press(Qt.Key.Key_E, CTRL)
    till.type("3")
    assert till.screen.is_dirty()
    till.press(Qt.Key.Key_Escape)
    assert till.screen.sheet is not None
    assert language().texts.t("tills.screen.escape_again") in till.words()
    till.press(Qt.Key.Key_Escape)
    assert till.screen.sheet is None
    assert stand.records() == before


def test_fifty_enters_close_the_till_once(till: Till, stand: Stand) -> None:
    till.press(Qt.Key.Key_E, CTRL)
    assert till.screen.sheet is not None
    assert till.screen.sheet.count is not None
    till.screen.sheet.count.set_pieces({1_000: 20})
    hold_enter(till.frame)
    till.settle()
    assert len(stand.bodies(ops.TillClosed)) == 1
    # The answer is shown, not lost to the Enters that came after the one that mattered.
    assert till.screen.closed is not None


def test_fifty_enters_are_one_count_and_no_second_one(till: Till, stand: Stand) -> None:
    till.press(Qt.Key.Key_E, CTRL)
    for _ in range(2):
        hold_enter(till.frame)
        till.settle()
    assert len(stand.bodies(ops.CountSetAside)) == 1
    assert stand.bodies(ops.TillClosed) == []
    assert language().texts.refusal("C-021") in till.words()


def test_an_open_basket_keeps_the_till_open(till: Till, stand: Stand) -> None:
    stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK)
    till.press(Qt.Key.Key_E, CTRL)
    till.type("\n" * 15)
    assert language().texts.refusal("C-030") in till.words()
    assert stand.bodies(ops.TillClosed) == []


def test_every_widget_that_takes_the_keyboard_has_a_name(till: Till) -> None:
    till.press(Qt.Key.Key_E, CTRL)
    assert nameless(till.screen) == []


def test_keys_are_one_each_and_none_is_the_frames(till: Till) -> None:
    keys = [action.key for action in till.screen.actions_here()]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(FRAME_KEYS.values())


@given(st.text("0123456789-., ٣x", max_size=6))
def test_a_quantity_is_a_whole_number_or_refused(typed: str) -> None:
    quantity = 0
    with contextlib.suppress(Refused):
        quantity = form.read_quantity(typed)
    assert (quantity != 0) == (re.fullmatch(r" *-?0*[1-9][0-9]* *", typed) is not None)


def test_red_lines_before_the_day_ask_the_manager_for_a_reason(
    qtbot: QtBot, runner: Runner, session: Session, branch_of_two: Stand
) -> None:
    """Esc leaves everything as it is; the reason opens the day, fifty Enters open it once."""
    stand = branch_of_two
    stand.desk = replace(
        stand.desk, preflight=replace(stand.desk.preflight, around=Machine(free=1, trouble="D-003"))
    )
    session.services, session.officer = stand.desk, MANAGER
    hands = Till(qtbot, runner, session, stand, TillsScreen)
    before = stand.records()
    hands.press(Qt.Key.Key_D, CTRL)
    sheet = hands.screen.preflight
    assert sheet is not None
    assert sheet.isVisible()
    assert [one.name for one in sheet.lines[:2]] == ["disk", "printer"]
    hands.press(Qt.Key.Key_Escape)
    assert (stand.records(), stand.desk.days.current().state) == (before, "")
    hands.press(Qt.Key.Key_D, CTRL)
    hands.type("\n")
    assert stand.records() == before
    hands.type("Usta yoldadır")
    hold_enter(hands.focus)
    hands.settle()
    assert stand.desk.days.current().state == "open"
    [seen] = stand.bodies(ops.DayPreflight)
    assert isinstance(seen, ops.DayPreflight)
    assert seen.consented == ("disk", "printer")


def test_a_morning_without_red_lines_opens_by_one_key(
    qtbot: QtBot, runner: Runner, session: Session, branch_of_two: Stand
) -> None:
    session.services, session.officer = branch_of_two.desk, MANAGER
    hands = Till(qtbot, runner, session, branch_of_two, TillsScreen)
    hands.press(Qt.Key.Key_D, CTRL)
    assert branch_of_two.desk.days.current().state == "open"
    assert len(branch_of_two.bodies(ops.DayPreflight)) == 1
