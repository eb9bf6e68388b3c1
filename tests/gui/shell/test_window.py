"""Sign-in, lock, basket, one box and paper, played through the real window on real books."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.fields import TextField
from azpost_desk.gui.kit.screens import Screen, Session
from azpost_desk.gui.kit.words import Language, phrase, say
from azpost_desk.gui.shell import window as shell
from azpost_desk.gui.shell.line_panel import pill_words
from azpost_desk.gui.shell.sign_in import PinPad
from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.programs.desk import listen
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.views import LineState
from tests.gui.conftest import scan, type_text
from tests.services.counters import CLERK, MANAGER, OTHER_CLERK, Stand, close_counted, ended, stand_at_work
from tests.services.counters import press as report_press
from tests.storage.desks import DATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.domain.papers import Paper
    from azpost_desk.gui.shell.basket_panel import BasketPanel
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.services.counter import Officer

PIN_PREFIX = "hash-"


class Desk(Screen):
    """A screen with one field, standing for any screen in hand."""

    name = "transfers"
    words = "frame.kind.transfer"
    icon = "send"
    key = "F2"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.field = TextField("frame.box.name", name="note")
        QVBoxLayout(self).addWidget(self.field)
        self.opened: list[object] = []

    def enter(self, argument: object = None) -> None:
        self.opened.append(argument)
        self.field.setFocus()

    def is_dirty(self) -> bool:
        return bool(self.field.text())


class History(Desk):
    name = "history"
    words = "frame.kind.receipt"
    key = "F9"


class Printer:
    """Prints into a list, or fails on demand."""

    def __init__(self) -> None:
        self.papers: list[str] = []
        self.trouble = ""

    def __call__(self, paper: Paper | bytes, sort: str) -> None:
        if self.trouble:
            raise Trouble(self.trouble)
        self.papers.append(sort)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = stand_at_work(tmp_path / "desk")
    yield made
    ended(made)


@pytest.fixture
def printer() -> Printer:
    return Printer()


@pytest.fixture
def window(
    qtbot: QtBot, stand: Stand, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[shell.Window]:
    monkeypatch.setattr(shell, "screens", lambda: [Desk, History])
    runner = Runner()
    made = shell.Window()
    qtbot.addWidget(made)
    session = Session(stand.desk, lambda tone: None, parent=made)
    made.ready(session, printer, ("Gəncə 2", 1), stand.desk.staff.officers(), 300, True)
    made.show()
    made.activateWindow()
    yield made
    made.close()
    runner.close()


def settled(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: Runner.current().under_way == 0)


def press(window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.window().focusWidget() or window, key, held)


def digits(window: QWidget, text: str) -> None:
    for digit in text:
        press(window, Qt.Key(ord(digit)))


def sign_in(qtbot: QtBot, window: shell.Window, stand: Stand, who: Officer = CLERK) -> Frame:
    """Somebody, else the clerk who holds the till, signs in by name and PIN."""
    place = [one.officer for one in stand.desk.staff.officers()].index(who.officer)
    digits(window, str(place + 1))
    digits(window, pin_of(stand, who.officer))
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.frame is not None and window.currentWidget() is window.frame)
    settled(qtbot)
    assert window.frame is not None
    return window.frame


def pin_of(stand: Stand, officer: str) -> str:
    known = next(one for one in stand.desk.staff.officers() if one.officer == officer)
    return known.pin_hash.removeprefix(PIN_PREFIX)


def sell(qtbot: QtBot, window: shell.Window, stand: Stand, quantity: int = 2) -> BasketPanel:
    """Stamps into the basket, as a screen would put them."""
    frame = window.frame
    assert frame is not None
    basket = stand.desk.shop.sell(SellGoods("ST-60", quantity), CLERK)
    frame.basket.show_basket(basket)
    settled(qtbot)
    return frame.basket


def settlements(stand: Stand) -> list[ops.Body]:
    return stand.bodies(ops.Settlement)


def test_a_wrong_pin_says_how_many_tries_are_left(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    digits(window, "1")
    digits(window, "0000")
    press(window, Qt.Key.Key_Return)
    pin = window.sign_in.findChild(QLineEdit)
    qtbot.waitUntil(lambda: "4" in " ".join(_texts(window.sign_in)))
    assert pin is not None
    assert pin.text() == ""
    assert window.frame is None


def test_two_keys_pay_a_basket_and_fifty_enters_pay_it_once(
    qtbot: QtBot, window: shell.Window, stand: Stand, printer: Printer
) -> None:
    """H-04: one basket, one operation id, one record, however often the key is pressed."""
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    for _ in range(50):
        press(window, Qt.Key.Key_Return)
    settled(qtbot)
    assert len(settlements(stand)) == 1
    assert stand.desk.baskets.current() is None
    qtbot.waitUntil(lambda: printer.papers.count("receipt") == 1)


@pytest.mark.parametrize("gap_ms", [4, 40, 100, 200])
def test_a_scan_while_paying_is_no_money_and_enter_pays_exactly(
    qtbot: QtBot, window: shell.Window, stand: Stand, qapp: QApplication, gap_ms: int
) -> None:
    """The first digit of a slow scanner's code paid the basket with the note of that digit."""
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    clock, before = HandClock(), stand.records()
    scanner = listen(qapp, window, clock)
    focus = QApplication.focusWidget()
    assert focus is not None
    scan(focus, "4760991234567", clock, gap_ms)
    clock.advance(2_000)
    settled(qtbot)
    assert (stand.records(), settlements(stand)) == (before, [])
    type_text(focus, "\n", clock, 300)
    settled(qtbot)
    scanner.remove()
    [body] = settlements(stand)
    assert isinstance(body, ops.Settlement)
    assert body.cash_given_qapik == 120


def test_cash_beyond_all_sense_is_taken_only_by_another_key(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    digits(window, "476099")
    for _ in range(3):
        press(window, Qt.Key.Key_Return)
        settled(qtbot)
    assert settlements(stand) == []
    assert any("476.099,00" in text or "476 099,00" in text.replace("\u00a0", " ") for text in _texts(window))
    press(window, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    settled(qtbot)
    [body] = settlements(stand)
    assert isinstance(body, ops.Settlement)
    assert body.cash_given_qapik == 47_609_900


def test_keys_taken_for_a_scan_while_signing_in_are_told(
    qtbot: QtBot, window: shell.Window, stand: Stand, qapp: QApplication
) -> None:
    place = [one.officer for one in stand.desk.staff.officers()].index(CLERK.officer)
    digits(window, str(place + 1))
    clock = HandClock()
    scanner = listen(qapp, window, clock)
    focus = QApplication.focusWidget()
    assert focus is not None
    scan(focus, "471147114711", clock)
    scanner.remove()
    assert window.frame is None
    assert say("kit.scan.refused") in _texts(window)


def test_the_change_is_the_largest_figure_after_paying(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    digits(window, "5")
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    body = settlements(stand)[0]
    assert isinstance(body, ops.Settlement)
    assert body.change_qapik == body.cash_given_qapik - 120
    assert body.change_qapik > 0
    shown = Language.current().texts.amount(azn(body.change_qapik))
    assert any(shown in text for text in _texts(window))


def test_escape_from_paying_changes_no_record(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    """H-02: leaving the sums leaves basket and books as they were."""
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    before, basket = stand.records(), stand.desk.baskets.current()
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Escape)
    settled(qtbot)
    assert stand.records() == before
    assert stand.desk.baskets.current() == basket


def test_the_lock_keeps_the_basket_and_lets_only_its_officer_back(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    """H-09: nothing is settled, nothing is lost, nobody else gets in by this PIN page."""
    frame = sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    desk = frame.current()
    assert isinstance(desk, Desk)
    desk.field.put("yarımçıq")
    before, basket = stand.records(), stand.desk.baskets.current()
    press(window, Qt.Key.Key_F12)
    assert window.currentWidget() is window.sign_in
    digits(window, pin_of(stand, OTHER_CLERK.officer) + "9")
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    assert window.currentWidget() is window.sign_in
    digits(window, pin_of(stand, CLERK.officer))
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.currentWidget() is frame)
    assert stand.desk.baskets.current() == basket
    assert stand.records() == before
    assert desk.field.text() == "yarımçıq"


def test_eight_idle_hours_lock_the_screen_and_write_nothing(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    """H-08: a basket never commits by itself."""
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    before = stand.records()
    stand.clock.pass_ms(8 * 3_600_000)
    qtbot.waitUntil(lambda: window.currentWidget() is window.sign_in)
    settled(qtbot)
    assert stand.records() == before
    assert stand.desk.baskets.current() is not None


def test_a_line_is_voided_by_key_before_it_is_paid(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot)
    assert stand.desk.baskets.current() is None
    assert settlements(stand) == []


def test_a_printer_that_fails_changes_nothing_and_prints_a_duplicate_later(
    qtbot: QtBot, window: shell.Window, stand: Stand, printer: Printer
) -> None:
    """U-06: the sale stands, the queue says why, the reprint is counted as a duplicate."""
    frame = sign_in(qtbot, window, stand)
    printer.trouble = "D-003"
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: say("frame.paper.failed") in frame.notices.text())
    assert len(settlements(stand)) == 1
    printer.trouble = ""
    frame.open_queue()
    qtbot.waitUntil(frame.queue.isVisible)
    frame.queue.reprint.click()
    qtbot.waitUntil(lambda: printer.papers.count("receipt") == 1)
    reprints = stand.bodies(ops.PaperReprinted)
    assert [(one.sort, one.count) for one in reprints if isinstance(one, ops.PaperReprinted)] == [
        ("duplicate", 1)
    ]
    assert len(settlements(stand)) == 1


def test_a_scan_never_throws_the_clerk_out_of_unfinished_work(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    """Rule 0: the scan waits as a card; Ctrl Enter opens it."""
    frame = sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    paid = settlements(stand)[0]
    assert isinstance(paid, ops.Settlement)
    desk = frame.current()
    assert isinstance(desk, Desk)
    desk.field.put("yarımçıq")
    window.heard(read_scan(paid.receipt), paid.receipt, False)
    qtbot.waitUntil(lambda: paid.receipt in frame.notices.text())
    assert frame.current() is desk
    desk.field.setFocus()
    press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot)
    assert isinstance(frame.current(), History)
    assert desk.field.text() == "yarımçıq"


def test_a_day_left_open_past_midnight_is_said_until_it_is_closed(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    """On the sign-in page and in the frame; acts take it away no more than keys do, the close does."""
    said = say(phrase("frame.day.left_open", date=DATE))
    assert said not in _texts(window)
    stand.clock.pass_ms(15 * 3_600_000)
    qtbot.waitUntil(lambda: said in _texts(window.sign_in))
    frame = sign_in(qtbot, window, stand)
    assert said in _texts(frame)
    sell(qtbot, window, stand)
    press(window, Qt.Key.Key_F10)
    press(window, Qt.Key.Key_Return)
    settled(qtbot)
    assert len(settlements(stand)) == 1
    assert said in _texts(frame)
    Language.current().choose("en")
    assert "The business day 23.11.2026 is still open." in frame.day_left.accessibleName()
    with stand.books.reading() as books:
        held = books.till().balance
    close_counted(stand, {1: held.minor})
    stand.desk.reports.close_day(MANAGER, report_press)
    Runner.current().announce("day")
    qtbot.waitUntil(lambda: frame.day_left.text() == "")
    held_keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(window, Qt.Key.Key_Q, held_keys)
    qtbot.waitUntil(lambda: window.currentWidget() is window.sign_in)
    assert window.sign_in.day_left.text() == ""


def test_the_demos_card_stays_in_sight_after_an_officer_was_chosen(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    """At 1366x768, with the PIN, its pad and a notice in the panel, which stays in the middle."""
    page = window.sign_in
    [panel] = [one for one in page.findChildren(QFrame) if one.property("role") == "card"]

    def middle_px() -> int:
        return panel.mapTo(page, panel.rect().center()).x()

    qtbot.waitUntil(lambda: abs(middle_px() - page.width() // 2) <= 4)
    rows = [f"Nigar Əliyeva · əməliyyatçı · PIN {pin}" for pin in range(1_357, 1_361)]
    page.show_card("\n".join(["DEMO", *rows]))
    page.day_left.stand(phrase("frame.day.left_open", date=DATE))
    digits(window, "1")
    assert window.size().toTuple() == (1366, 768)
    [card] = [one for one in page.findChildren(QLabel) if one.text().startswith("DEMO")]
    [pad] = page.findChildren(PinPad)
    qtbot.waitUntil(lambda: pad.height() >= pad.minimumSizeHint().height() >= 4 * 36)
    assert card.visibleRegion().boundingRect() == card.rect()
    assert card.height() >= card.heightForWidth(card.width())
    assert panel.visibleRegion().boundingRect() == panel.rect()
    assert abs(middle_px() - page.width() // 2) <= 4


def test_the_language_changes_live_on_every_label(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    frame = sign_in(qtbot, window, stand)
    assert "Müştərinin səbəti" in _texts(frame)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert "Корзина клиента" in _texts(frame)
    press(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert "Customer's basket" in _texts(frame)


def test_sign_out_waits_for_the_basket(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    frame = sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(window, Qt.Key.Key_Q, held)
    qtbot.waitUntil(lambda: bool(frame.notices.text()))
    assert window.currentWidget() is frame


def test_every_widget_that_takes_the_focus_has_a_name(
    qtbot: QtBot, window: shell.Window, stand: Stand
) -> None:
    frame = sign_in(qtbot, window, stand)
    sell(qtbot, window, stand)
    nameless = []
    for widget in frame.findChildren(QWidget):
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None
        if not takes_focus or not widget.isVisible():
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        if (
            face is not None
            and not face.text(QAccessible.Text.Name)
            and isinstance(widget, QAbstractButton | QLineEdit)
        ):
            nameless.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    assert nameless == []


@pytest.mark.parametrize(
    ("state", "colour", "word"),
    [
        (LineState(True, 0, 0, 0, "", 0, 0, 0), "good", "hamısı göndərilib"),
        (LineState(False, 36_300_000, 61, 0, "L-001", 0, 0, 0), "warn", "14:05"),
        (LineState(True, 0, 0, 0, "L-007", 0, 180_000, 0), "warn", "3 dəq"),
        (LineState(False, 0, 2, 0, "L-006", 0, 0, 0, "L-006"), "bad", "rəhbəri"),
    ],
)
def test_the_pill_is_never_a_mystery(qapp: object, state: LineState, colour: str, word: str) -> None:
    words, shown = pill_words(state)
    assert shown == colour
    assert word in Language.current().say(words)


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_help_says_what_the_law_does_not_permit(qtbot: QtBot, window: shell.Window, stand: Stand) -> None:
    """Loans and deposits stand in the catalogue as not permitted; so is what has no licence here."""
    frame = sign_in(qtbot, window, stand)
    press(window, Qt.Key.Key_F1)
    qtbot.waitUntil(frame.help.isVisible)
    shown = _texts(frame.help)
    denied = {before for before, says in pairwise(shown) if says == "icazə yoxdur"}
    assert denied == {"Kreditlər", "Əmanətlər", "Xaricə köçürmə"}
