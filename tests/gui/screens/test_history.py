"""What was done is found again, copied and undone; nothing is undone without a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.history import form as decide
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.services.views import Found
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, RECEIVER, SENDER, SUPERVISOR

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from azpost_desk.services.baskets import Paid
    from tests.services.counters import Stand


@pytest.fixture
def sold(stand: Stand) -> Paid:
    """Two stamps and an envelope, paid with ten manat."""
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    stand.desk.shop.sell(SellGoods("EN-C5", 1), CLERK)
    return stand.pay(1_000)


@pytest.fixture
def sent(stand: Stand, sold: Paid) -> Paid:
    """A transfer, paid exactly."""
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    return stand.pay(5_050)


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, sent: Paid) -> Hands:
    return Hands(qtbot, runner, session, stand, HistoryScreen)


def screen_of(hands: Hands) -> HistoryScreen:
    current = hands.frame.current()
    assert isinstance(current, HistoryScreen)
    return current


def test_the_day_stands_newest_first(hands: Hands, stand: Stand, sold: Paid, sent: Paid) -> None:
    rows = screen_of(hands).table.rows.records
    assert [one.receipt for one in rows if one.receipt] == [sent.receipt, sold.receipt]
    assert (rows[0].into, rows[0].out, rows[0].about) == (azn(5_050), None, RECEIVER.name)
    assert rows[1].into == azn(238)
    assert {one.sort for one in rows} >= {"day_opened", "till_opened", "cash_moved", "safe_supplied"}


def test_who_did_it_stands_whole_in_a_day_so_long_that_it_scrolls(qtbot: QtBot, hands: Hands) -> None:
    table = screen_of(hands).table
    many = [replace(one, officer="Quliyeva Aynur") for one in 4 * table.rows.records]
    font = QFont(table.view.font())
    font.setPixelSize(Theme.current().size("body"))
    # With what the style keeps on both sides.
    need = QFontMetrics(font).horizontalAdvance("Quliyeva Aynur") + 22
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        hands.settle()
        # Read anew in another language, the day is as short as it was.
        table.show_records(many)
        qtbot.waitUntil(table.view.verticalScrollBar().isVisible)
        assert table.rows.index(0, 5).data() == "Quliyeva Aynur"
        assert table.view.columnWidth(5) >= need, code


@pytest.mark.parametrize(
    ("typed", "found"), [("quliyeva", 1), ("50,50", 1), ("2,38", 1), ("Həsənov Marka", 1), ("Vaqif", 0)]
)
def test_typing_finds_by_name_amount_and_receipt(hands: Hands, typed: str, found: int) -> None:
    hands.type(typed)
    assert len(screen_of(hands).table.rows.records) == found


def test_a_receipt_number_finds_its_sale(hands: Hands, sold: Paid) -> None:
    hands.type(sold.receipt)
    [one] = screen_of(hands).table.rows.records
    assert one.receipt == sold.receipt


def test_a_chosen_one_says_everything_beside(hands: Hands, sold: Paid) -> None:
    hands.type(f"{sold.receipt}\n")
    panel = screen_of(hands).panel
    assert panel.isVisible()
    detail = panel.detail
    assert detail is not None
    assert [line.amount for line in detail.lines] == [azn(120), azn(118)]
    assert detail.tenders == (("cash", azn(238)),)
    assert (detail.given, detail.change) == (azn(1_000), azn(762))
    assert detail.mark == sold.recorded.mark
    assert [job.paper for job in detail.prints] == ["receipt"]


def test_a_receipt_of_the_one_box_opens(hands: Hands, sold: Paid) -> None:
    hands.frame.show_screen("history", Found("receipt", sold.receipt, sold.receipt, ""))
    hands.settle()
    screen = screen_of(hands)
    assert screen.panel.detail is not None
    assert screen.panel.detail.done.receipt == sold.receipt
    current = screen.table.current()
    assert current is not None
    assert current.receipt == sold.receipt


def test_a_copy_is_counted_and_the_frame_is_told_that_paper_waits(
    qtbot: QtBot, hands: Hands, session: Session, stand: Stand, sold: Paid
) -> None:
    hands.type(f"{sold.receipt}\n")
    with qtbot.waitSignal(session.paper_waits):
        hands.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    detail = screen_of(hands).panel.detail
    assert detail is not None
    assert detail.copies == 1
    assert len(stand.bodies(ops.PaperReprinted)) == 1


def reverse_key(hands: Hands) -> None:
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.press(Qt.Key.Key_Delete, modifiers)


def test_a_line_is_reversed_with_a_second_person(hands: Hands, stand: Stand, sold: Paid) -> None:
    before = stand.till_qapik()
    hands.type(f"{sold.receipt}\n")
    reverse_key(hands)
    screen = screen_of(hands)
    sheet = screen.sheet
    assert sheet is not None
    hands.type("2\n")
    assert sheet.amount.amount == azn(118)
    hands.type("Zərf cırıq idi\n")
    approval = sheet.approval
    assert approval is not None
    names = [one.value.officer for one in approval.people.candidates]  # type: ignore[attr-defined]
    assert CLERK.officer not in names
    hands.type(str(names.index(SUPERVISOR.officer) + 1))
    hands.type("1004\n")
    [_first, settlement] = [
        body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)
    ][-2:]
    [line] = settlement.lines
    assert isinstance(line, ops.LineReversed)
    assert (line.reason, line.approved_by) == ("Zərf cırıq idi", SUPERVISOR.officer)
    assert stand.till_qapik() == before - 118
    assert "1,18" in say(hands.notices[-1])  # type: ignore[arg-type]
    states = {one.receipt: one.state for one in screen.table.rows.records if one.kinds}
    assert states[sold.receipt] == "partly"
    assert "reversal" in states.values()


def test_esc_leaves_everything_as_it_is(hands: Hands, stand: Stand, sold: Paid) -> None:
    before = stand.records()
    hands.type(f"{sold.receipt}\n")
    reverse_key(hands)
    hands.type("1\n")
    hands.type("Səhv\n")
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Escape)
    assert screen_of(hands).sheet is None
    assert stand.records() == before


def test_a_reversal_is_not_reversed_and_a_reason_is_asked(hands: Hands, stand: Stand, sent: Paid) -> None:
    hands.type(f"{sent.receipt}\n")
    reverse_key(hands)
    sheet = screen_of(hands).sheet
    assert sheet is not None
    assert sheet.line.text()
    hands.type("\n")
    assert sheet.approval is None
    assert sheet.amount.amount == azn(5_050)
    hands.press(Qt.Key.Key_Escape)
    detail = stand.desk.history.opened(sent.receipt)
    assert decide.reversible(detail)


def test_every_focusable_widget_is_named(hands: Hands) -> None:
    screen = screen_of(hands)
    widgets = [one for one in (*screen.findChildren(QWidget), *screen.panel.findChildren(QWidget))]
    takes = [
        one
        for one in widgets
        if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.focusProxy()
    ]
    assert len(takes) >= 2
    assert [one for one in takes if not one.accessibleName()] == []
