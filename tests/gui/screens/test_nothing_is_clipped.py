"""Every screen in every language, and in one 40 % longer, at every size it must fit: no word is cut off."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.labels import DataLabel
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Language, Say, phrase, plain
from azpost_desk.gui.shell.card_state import CardState
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.gui.shell.officer_menu import OfficerMenu, PinSheet
from azpost_desk.gui.shell.register import screens
from azpost_desk.gui.shell.side_drawer import SideDrawer
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.services.views import CardStep
from tests.gui.screens.test_nothing_is_a_code import under_way
from tests.services.counters import CLERK, DATE, MANAGER, RECEIVER, SENDER

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

# 1366×768 at 100 % and 125 %, 1920×1080 at 200 %: what is left of them in the pixels that layouts count.
SIZES: Final = ((1366, 768), (1093, 614), (960, 540))
# The padding of a column's heading in the style sheet.
HEADING_PX: Final = 21
# What the style keeps on both sides of a cell's words.
CELL_PX: Final = 22
# Edge and padding of a field on both sides.
FIELD_PX: Final = 24
WIDE_PX: Final = 1200
SPOKEN: Final = ("az", "ru", "en", "az+40")


def longer(words: str) -> str:
    """The same words, each 40 % longer: what another language may need."""
    return " ".join(word + "ş" * round(len(word) * 0.4) for word in words.split(" "))


@pytest.fixture(params=SPOKEN)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    code: str = request.param
    if code == "az+40":
        said = Language.say

        def say_longer(self: Language, words: Say) -> str:
            text = said(self, words)
            return text if not isinstance(words, str) and words.verbatim else longer(text)

        monkeypatch.setattr(Language, "say", say_longer)
    Language.current().choose(code.partition("+")[0])
    return code


@pytest.fixture(params=SIZES, ids=str)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    wanted: tuple[int, int] = request.param
    return wanted


@pytest.fixture
def frame(qtbot: QtBot, session: Session, stand: Stand, spoken: str, size: tuple[int, int]) -> Frame:
    """The whole frame with every screen, at one size in one language."""
    session.officer = MANAGER
    made = Frame(session, screens(), stand.line, lambda _paper, _sort: None, plain("Sumqayıt 2"), True)
    day = phrase("frame.day.open", date=DATE)
    made.show_who(phrase("frame.who", name=plain(MANAGER.name), role=phrase("staff.role.manager"), day=day))
    qtbot.addWidget(made)
    made.resize(*size)
    made.setProperty("wanted", size)
    made.setProperty("examples", size == SIZES[0] and "+" not in spoken)
    made.show()
    return made


def looked_at(frame: Frame, qtbot: QtBot, runner: Runner) -> list[str]:
    """What is wrong once every answer has come and every layout had its turn."""
    wanted = QSize(*frame.property("wanted"))
    qtbot.waitUntil(lambda: runner.under_way == 0)
    for _round in range(4):
        # What one layout decides another hears of in the next round.
        QApplication.sendPostedEvents()
    frame.grab()
    grown = [] if frame.size() == wanted else [f"the frame asks for {frame.size().toTuple()}"]
    # On a narrow screen an example may end early, at a counter's own it stands whole.
    examples = cut_examples(frame) if frame.property("examples") else []
    return grown + cut_off(frame) + cut_headings(frame) + overlapping(frame) + examples


def cut_off(frame: QWidget) -> list[str]:
    """Texts that have less room than they need, or stand beyond what can be scrolled to."""
    found = []
    drawer = frame.findChild(SideDrawer)
    assert drawer is not None
    for widget in frame.findChildren(QWidget):
        if not (isinstance(widget, QLabel | QAbstractButton) and widget.isVisible() and widget.text()):
            continue
        if drawer.closed and drawer.isAncestorOf(widget):
            continue
        words = f"{type(widget).__name__} {widget.objectName()} {widget.text()!r}"
        missing = _too_low(widget) if isinstance(widget, QLabel) and widget.wordWrap() else 0
        if missing > 0:
            found.append(f"{missing} px too low: {words}")
        missing = _too_narrow(widget, frame)
        if missing > 0:
            found.append(f"{missing} px too narrow: {words}")
        if not _within(widget, frame):
            found.append(f"outside: {words}")
        if widget.text().count(".") > 1 and " " not in widget.text() and widget.text().islower():
            found.append(f"a key, not words: {words}")
    return found


def cut_headings(frame: QWidget) -> list[str]:
    """Headings of columns that end in an ellipsis."""
    found = []
    font = QFont(frame.font())
    font.setPixelSize(Theme.current().size("small"))
    font.setBold(True)
    metrics = QFontMetrics(font)
    for header in frame.findChildren(QHeaderView):
        model = header.model()
        if not header.isVisible() or header.orientation() is not Qt.Orientation.Horizontal or model is None:
            continue
        for at in range(header.count()):
            text = str(model.headerData(at, header.orientation()) or "")
            missing = metrics.horizontalAdvance(text) + HEADING_PX - header.sectionSize(at)
            if missing > 0:
                found.append(f"{missing} px too narrow: heading {text!r}")
    return found


def cut_cells(frame: QWidget) -> list[str]:
    """Words of lists that end in an ellipsis."""
    found = []
    plain_font = QFont(frame.font())
    plain_font.setPixelSize(Theme.current().size("body"))
    for view in frame.findChildren(QTableView):
        model = view.model()
        if not view.isVisible() or model is None:
            continue
        for row, at in product(range(model.rowCount()), range(model.columnCount())):
            index = model.index(row, at)
            text = str(index.data() or "")
            font = index.data(Qt.ItemDataRole.FontRole) or plain_font
            missing = QFontMetrics(font).horizontalAdvance(text) + CELL_PX - view.columnWidth(at)
            if missing > 0:
                found.append(f"{missing} px too narrow: cell {text!r}")
    return found


def cut_examples(frame: QWidget) -> list[str]:
    """What stands in an empty field to show what belongs there, and ends in an ellipsis."""
    found = []
    for line in frame.findChildren(QLineEdit):
        if not (line.isVisible() and line.placeholderText()):
            continue
        room = line.width() - FIELD_PX
        missing = line.fontMetrics().horizontalAdvance(line.placeholderText()) - room
        if missing > 0:
            found.append(f"{missing} px too narrow: example {line.placeholderText()!r}")
    return found


def overlapping(frame: QWidget) -> list[str]:
    """Buttons that stand on each other."""
    shown = [one for one in frame.findChildren(Button) if one.isVisible()]
    return [
        f"overlap: {one.text()!r} and {other.text()!r}"
        for one, other in combinations(shown, 2)
        if one.parentWidget() is other.parentWidget() and one.geometry().intersects(other.geometry())
    ]


def _too_low(label: QLabel) -> int:
    return label.heightForWidth(label.width()) - label.height()


def _too_narrow(widget: QLabel | QAbstractButton, frame: QWidget) -> int:
    """Pixels that the text lacks; a text that wraps needs room for its longest word."""
    if widget.property("role") == "rail" and frame.width() < WIDE_PX:
        # The rail of a narrow screen shows icon and key; its names stand in the help sheet.
        return 0
    if isinstance(widget, DataLabel):
        # Data may be shortened: the whole stands in the tooltip.
        return 0 if widget.toolTip() == widget.text() or widget.width() >= widget.sizeHint().width() else 1
    if isinstance(widget, Button):
        return widget.sizeHint().width() - widget.width()
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.wordWrap():
        return max(metrics.horizontalAdvance(word) for word in widget.text().split()) - widget.width()
    return max(metrics.horizontalAdvance(line) for line in widget.text().split("\n")) - widget.width()


def _within(widget: QWidget, frame: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not frame:
        if isinstance(parent, QAbstractScrollArea):
            # What lies below can be scrolled to; what lies to the right can not.
            return widget.mapTo(parent, QPoint(widget.width(), 0)).x() <= parent.viewport().width()
        parent = parent.parentWidget()
    corner = widget.mapTo(frame, QPoint(widget.width(), widget.height()))
    return corner.x() <= frame.width() and corner.y() <= frame.height()


def test_no_word_of_any_screen_is_cut_off(qtbot: QtBot, runner: Runner, frame: Frame) -> None:
    found = []
    for kind in screens():
        frame.show_screen(kind.name)
        screen = frame.current()
        assert screen is not None
        assert screen.name == kind.name
        found += [f"{kind.name}: {one}" for one in looked_at(frame, qtbot, runner)]
    assert not found, "\n".join(found)


def test_no_word_of_a_full_list_is_cut_off_while_another_column_has_room(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    """Who did it and which desk is waited for stand whole: an empty column lends its room."""
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(150_000), "family"), CLERK)
    stand.pay(151_500)
    under_way(stand)
    found, seen = [], set()
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        for kind in screens():
            whole.show_screen(kind.name)
            qtbot.waitUntil(lambda: runner.under_way == 0)
            whole.grab()
            found += [f"{kind.name} {code}: {one}" for one in cut_cells(whole) + cut_headings(whole)]
            views = whole.findChildren(QTableView)
            seen |= {kind.name for view in views if view.isVisible() and view.model().rowCount()}
    assert not found, "\n".join(dict.fromkeys(found))
    assert seen >= {"history", "tills", "recovery", "disputes", "goods", "tracking", "reports", "staff"}


def test_no_word_of_the_basket_is_cut_off(
    qtbot: QtBot, runner: Runner, frame: Frame, session: Session, stand: Stand
) -> None:
    """Lines, the sums to pay with, a card of every state, a basket in the tray: a drawer shows them too."""
    session.officer = CLERK
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    parked = stand.desk.baskets.current()
    assert parked is not None
    stand.desk.parking.park(CLERK, parked.basket)
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    basket = stand.desk.baskets.current()
    assert basket is not None
    frame.show_screen("goods")
    frame.load_basket()
    frame.basket.tray.refresh()
    found = looked_at(frame, qtbot, runner)
    frame._pay()
    found += looked_at(frame, qtbot, runner)
    frame.basket.cash.amount.put("12.345,00")
    asked = phrase("refusal.B-013", given=azn(1_234_500), change=azn(1_234_200))
    frame.basket.cash.ask_back(azn(1_234_500), asked)
    found += [f"asked back: {one}" for one in looked_at(frame, qtbot, runner)]
    frame.basket.cash.offer(azn(123_456), card=True)
    found += [f"a large sum or a card: {one}" for one in looked_at(frame, qtbot, runner)]
    card = frame.findChild(CardState)
    assert card is not None
    step = CardStep("step", basket.basket, "t", azn(123_450), CLERK.officer, "asked", "", "", {}, 0, 0)
    for state in ("asked", "unknown", "approved"):
        card.show_step(replace(step, state=state))
        found += [f"card {state}: {one}" for one in looked_at(frame, qtbot, runner)]
    card.show_step(None)
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    frame.basket._on_paid(stand.pay(10_000))
    found += [f"paid: {one}" for one in looked_at(frame, qtbot, runner)]
    assert not found, "\n".join(found)


def test_no_word_of_the_officers_menu_is_cut_off(
    qtbot: QtBot, runner: Runner, frame: Frame, session: Session, stand: Stand
) -> None:
    """With everything it can say: a customer's papers to choose, and what is open before the program ends."""
    session.officer = CLERK
    stand.desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    found = []
    for at_work in (True, False):
        menu = OfficerMenu(frame, session, at_work=at_work)
        menu.ask()
        qtbot.waitUntil(lambda: runner.under_way == 0)
        menu.quit.click()
        found += looked_at(frame, qtbot, runner)
        assert menu.anyway.isVisible()
        menu.close_sheet()
    sheet = PinSheet(frame, session)
    sheet.ask()
    for refused in (Refused("S-001", left=4), Refused("S-005"), Refused("S-007")):
        sheet._refused(refused)
        found += looked_at(frame, qtbot, runner)
    sheet.close_sheet()
    assert not found, "\n".join(found)
