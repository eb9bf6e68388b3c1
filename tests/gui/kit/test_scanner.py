"""Scans are heard everywhere and leak nowhere; a hand's typing arrives whole, in order and at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.fields import AmountField, PinField
from azpost_desk.gui.kit.scanner import ALONE_MS, DOUBLED_MS, GAP_MS, SCAN_MIN, ScanBus, ScannerFilter
from azpost_desk.gui.work.guards import guarded
from azpost_desk.gui.work.timers import HandClock
from tests.gui.conftest import STX, press, scan, send_key, type_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

CODE = "EE473124829AZ"


@dataclass
class Desk:
    """A window with a line, an amount and a PIN, and what the bus announced."""

    window: QWidget
    line: QLineEdit
    amount: AmountField
    pin: PinField
    clock: HandClock
    filter: ScannerFilter
    heard: list[tuple[str, bool]]
    broken: list[bool]
    refused: list[bool]


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    line, amount, pin = QLineEdit(), AmountField("kit.count.sum", name="amount"), PinField("kit.count.sum")
    for widget in (line, amount, pin):
        column.addWidget(widget)
    clock, bus = HandClock(), ScanBus()
    heard: list[tuple[str, bool]] = []
    broken: list[bool] = []
    refused: list[bool] = []
    bus.refused.connect(lambda: refused.append(True))
    bus.scanned.connect(lambda _scan, raw, doubled: heard.append((raw, doubled)))
    bus.broken.connect(lambda: broken.append(True))
    listening = ScannerFilter(qapp, read_scan, bus, clock)
    yield Desk(window, line, amount, pin, clock, listening, heard, broken, refused)
    listening.remove()


def test_a_scan_is_announced_and_writes_nothing(desk: Desk) -> None:
    scan(desk.line, CODE, desk.clock)
    assert desk.heard == [(CODE, False)]
    assert desk.line.text() == ""


@pytest.mark.parametrize("gap_ms", [0, 5, 20, GAP_MS])
@pytest.mark.parametrize("frame", [False, True])
def test_no_scan_reaches_an_amount_or_a_pin(desk: Desk, gap_ms: int, frame: bool) -> None:
    for line in (desk.amount.line, desk.pin.line):
        scan(line, "4760991234567", desk.clock, gap_ms, frame)
        desk.clock.advance(2_000)
    # A PIN is nobody's business: what came there unframed is refused, not announced.
    assert [raw for raw, _ in desk.heard] == ["4760991234567"] * (2 if frame else 1)
    assert len(desk.refused) == (0 if frame else 1)
    assert (desk.amount.line.text(), desk.pin.line.text()) == ("", "")


def test_even_a_short_code_is_kept_out_of_an_amount(desk: Desk) -> None:
    """Five digits would be a perfectly good amount."""
    scan(desk.amount.line, "12345", desk.clock)
    assert desk.amount.line.text() == ""
    assert desk.heard == [("12345", False)]


def test_a_short_pin_typed_in_a_hurry_or_while_the_window_was_busy_is_taken(desk: Desk, qtbot: QtBot) -> None:
    """Four digits and an Enter in one lump vanished without a word."""
    with qtbot.waitSignal(desk.pin.line.returnPressed):
        type_text(desk.pin.line, "4711\n", desk.clock, gap_ms=0)
    assert (desk.pin.take(), desk.heard, desk.refused) == ("4711", [], [])


def test_a_long_pin_taken_for_a_scan_is_told_and_shown_to_nobody(desk: Desk) -> None:
    type_text(desk.pin.line, "4711471147\n", desk.clock, gap_ms=5)
    assert (desk.pin.take(), desk.heard, desk.refused) == ("", [], [True])


def test_a_sum_that_stalls_like_a_scan_is_told_and_not_half_taken(desk: Desk) -> None:
    type_text(desk.amount.line, "47609", desk.clock, gap_ms=8)
    desk.clock.advance(60)
    assert (desk.amount.line.text(), desk.refused) == ("", [True])
    entered: list[bool] = []
    desk.amount.line.returnPressed.connect(lambda: entered.append(True))
    type_text(desk.amount.line, "12\n", desk.clock, gap_ms=8)
    assert (desk.amount.line.text(), entered, desk.refused) == ("", [], [True, True])
    desk.clock.advance(2_000)
    type_text(desk.amount.line, "12\n", desk.clock, gap_ms=90)
    assert (desk.amount.line.text(), entered) == ("12", [True])


@pytest.fixture
def paying(desk: Desk) -> tuple[QPushButton, list[str]]:
    """Something that pays at the first key it gets."""
    paid: list[str] = []

    class Pays(QPushButton):
        @guarded
        def keyPressEvent(self, event: QKeyEvent) -> None:
            paid.append(event.text())

    around = QWidget(desk.window)
    around.setProperty("scans", "alone")
    return Pays(around), paid


@pytest.mark.parametrize("gap_ms", [4, GAP_MS, 40, 60, 100, ALONE_MS])
@pytest.mark.parametrize("code", [CODE, "4760991234567", "12"])
def test_a_burst_never_pays_however_slow_the_scanner(
    desk: Desk, paying: tuple[QPushButton, list[str]], gap_ms: int, code: str
) -> None:
    pays, paid = paying
    scan(pays, code, desk.clock, gap_ms)
    desk.clock.advance(2_000)
    assert paid == []
    assert desk.heard or desk.refused, "it is said"


@pytest.mark.parametrize("stall_ms", [36, 60, ALONE_MS, ALONE_MS + 50, 450])
@pytest.mark.parametrize("at", [2, 5, 8, 12])
@pytest.mark.parametrize("enter", [True, False])
def test_a_scan_that_stalls_pays_nothing(
    desk: Desk, paying: tuple[QPushButton, list[str]], stall_ms: int, at: int, enter: bool
) -> None:
    pays, paid = paying
    type_text(pays, "4760991234567"[:at], desk.clock, gap_ms=8)
    desk.clock.advance(stall_ms)
    type_text(pays, "4760991234567"[at:] + ("\n" if enter else ""), desk.clock, gap_ms=8)
    desk.clock.advance(2_000)
    assert [key for key in paid if key.strip()] == []


def test_one_key_alone_pays_as_ever(desk: Desk, paying: tuple[QPushButton, list[str]]) -> None:
    pays, paid = paying
    type_text(pays, "1", desk.clock, gap_ms=ALONE_MS)
    assert paid == []
    desk.clock.advance(2)
    type_text(pays, "2", desk.clock, gap_ms=ALONE_MS + 1)
    assert (paid, desk.refused) == (["1", "2"], [])


@pytest.fixture
def given_line(desk: Desk) -> tuple[QLineEdit, list[str]]:
    """An amount where Enter pays, and what it paid."""
    paid: list[str] = []
    desk.amount.line.setProperty("scans", "pays")
    desk.amount.line.returnPressed.connect(lambda: paid.append(desk.amount.line.text()))
    return desk.amount.line, paid


@pytest.mark.parametrize("gap_ms", [4, GAP_MS, 40, 60, 100, ALONE_MS])
@pytest.mark.parametrize("code", [CODE, "4760991234567", "00000012", "ST-60", "A1"])
@pytest.mark.parametrize("enter", ["\n", "", "\n\n"])
def test_a_burst_leaves_nothing_where_enter_pays(
    desk: Desk, given_line: tuple[QLineEdit, list[str]], gap_ms: int, code: str, enter: str
) -> None:
    line, paid = given_line
    type_text(line, code + enter, desk.clock, gap_ms)
    desk.clock.advance(2_000)
    assert (line.text(), paid) == ("", [])
    assert desk.heard or desk.refused, "it is said"


@pytest.mark.parametrize("stall_ms", [36, 60, ALONE_MS, ALONE_MS + 50, 450])
@pytest.mark.parametrize("at", [1, 2, 5, 8, 12])
@pytest.mark.parametrize("gap_ms", [8, 100])
def test_a_scan_that_stalls_leaves_no_sum_that_pays(
    desk: Desk, given_line: tuple[QLineEdit, list[str]], gap_ms: int, at: int, stall_ms: int
) -> None:
    """Whole it may stand there when every part of it was as slow as a hand: no such sum is ever given."""
    line, paid = given_line
    code = "4760991234567"
    type_text(line, code[:at], desk.clock, gap_ms)
    desk.clock.advance(stall_ms)
    type_text(line, code[at:] + "\n", desk.clock, gap_ms)
    desk.clock.advance(2_000)
    assert paid in ([], [code])
    assert line.text() in ("", code)
    assert not paid or gap_ms > GAP_MS


@pytest.mark.parametrize("stall_ms", [40, 120, 450])
def test_the_late_enter_of_a_scan_pays_nothing(
    desk: Desk, given_line: tuple[QLineEdit, list[str]], stall_ms: int
) -> None:
    line, paid = given_line
    type_text(line, "4760991", desk.clock, 8)
    desk.clock.advance(stall_ms)
    type_text(line, "\n", desk.clock, 8)
    assert (line.text(), paid) == ("", [])


@pytest.mark.parametrize("gap_ms", [50, 90, 150, ALONE_MS, 400])
@pytest.mark.parametrize("typed", ["5", "100", "12,50", "1234,50"])
def test_a_hand_pays_what_it_typed_at_any_pace(
    desk: Desk, given_line: tuple[QLineEdit, list[str]], typed: str, gap_ms: int
) -> None:
    line, paid = given_line
    type_text(line, typed + "\n", desk.clock, gap_ms)
    assert (paid, desk.refused, desk.heard) == ([typed], [], [])


def test_a_slower_gap_is_a_setting(qtbot: QtBot, qapp: QApplication, desk: Desk) -> None:
    desk.filter.remove()
    slow = ScannerFilter(qapp, read_scan, desk.filter.bus, desk.clock, gap_ms=60)
    scan(desk.amount.line, CODE, desk.clock, gap_ms=60)
    slow.remove()
    assert (desk.heard, desk.amount.line.text()) == ([(CODE, False)], "")


def test_a_hand_waits_at_most_one_gap_for_its_letter(desk: Desk) -> None:
    type_text(desk.line, "ə", desk.clock, gap_ms=0)
    assert desk.line.text() == ""
    desk.clock.advance(GAP_MS + 1)
    assert desk.line.text() == "ə"


def test_enter_after_fast_fingers_comes_after_their_letters(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.line.returnPressed) as entered:
        type_text(desk.line, "abc\n", desk.clock, gap_ms=10)
    assert entered.signal_triggered
    assert desk.line.text() == "abc"


def test_a_quick_space_still_clicks_a_button(desk: Desk, qtbot: QtBot) -> None:
    """The release must not overtake the press that is held back."""
    button = QPushButton(desk.window)
    clicks: list[bool] = []
    button.clicked.connect(lambda: clicks.append(True))
    send_key(button, int(Qt.Key.Key_Space), " ")
    desk.clock.advance(50)
    assert clicks == [True]
    assert not button.isDown()


def test_a_scanner_without_suffix_is_heard_after_the_gap(desk: Desk) -> None:
    type_text(desk.amount.line, "47609912", desk.clock, gap_ms=5)
    desk.clock.advance(GAP_MS)
    assert desk.heard == [("47609912", False)]
    assert desk.amount.line.text() == ""


def test_a_late_enter_of_a_scanner_presses_nothing(desk: Desk) -> None:
    entered: list[bool] = []
    desk.line.returnPressed.connect(lambda: entered.append(True))
    type_text(desk.line, CODE, desk.clock, gap_ms=5)
    desk.clock.advance(60)
    press(desk.line, "Return")
    assert (entered, desk.heard) == ([], [(CODE, False)])
    press(desk.line, "Return")
    assert entered == [True], "the next Enter is the clerk's"


def test_the_same_label_swept_twice_is_told_as_doubled(desk: Desk) -> None:
    scan(desk.line, CODE, desk.clock)
    scan(desk.line, CODE, desk.clock)
    desk.clock.advance(DOUBLED_MS + 1)
    scan(desk.line, CODE, desk.clock)
    assert [doubled for _, doubled in desk.heard] == [False, True, False]


def test_after_stx_everything_is_swallowed_until_the_end(desk: Desk) -> None:
    scan(desk.line, "0104\x1d" + CODE, desk.clock, gap_ms=60, frame=True)
    assert desk.heard == [("0104\x1d" + CODE, False)]
    assert desk.line.text() == ""


def test_ctrl_b_pressed_by_a_hand_costs_it_nothing(desk: Desk) -> None:
    send_key(desk.line, int(Qt.Key.Key_B), STX, Qt.KeyboardModifier.ControlModifier)
    desk.clock.advance(120)
    type_text(desk.line, "salam", desk.clock, gap_ms=110)
    desk.clock.advance(300)
    type_text(desk.line, "!", desk.clock)
    assert (desk.line.text(), desk.broken) == ("salam!", [])


def test_a_torn_scan_is_thrown_away_and_told(desk: Desk) -> None:
    send_key(desk.line, int(Qt.Key.Key_B), STX, Qt.KeyboardModifier.ControlModifier)
    type_text(desk.line, "EE4731", desk.clock, gap_ms=5)
    desk.clock.advance(5_000)
    assert (desk.line.text(), desk.heard, desk.broken) == ("", [], [True])


def test_copying_is_still_copying(desk: Desk) -> None:
    """Ctrl C is ETX: outside a scan it belongs to the line."""
    desk.line.setText("AZN")
    desk.line.selectAll()
    QApplication.clipboard().clear()
    send_key(desk.line, int(Qt.Key.Key_C), "\x03", Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "AZN"


def test_no_shortcut_steals_the_frame(desk: Desk) -> None:
    fired: list[bool] = []
    QShortcut("Ctrl+B", desk.window, lambda: fired.append(True))
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier, STX)
    override.ignore()
    QApplication.sendEvent(desk.line, override)
    assert override.isAccepted()
    assert fired == []


def test_a_held_key_repeats_as_ever(desk: Desk) -> None:
    type_text(desk.line, "0", desk.clock, gap_ms=0)
    for _ in range(12):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_0, Qt.KeyboardModifier.NoModifier, "0", True)
        QApplication.sendEvent(desk.line, event)
        desk.clock.advance(30)
    assert (desk.line.text(), desk.heard) == ("0" * 13, [])


def test_slow_scanners_may_need_a_gap_for_shift(desk: Desk) -> None:
    for char in CODE:
        send_key(desk.line, int(Qt.Key.Key_Shift), "", Qt.KeyboardModifier.ShiftModifier)
        desk.clock.advance(25)
        type_text(desk.line, char, desk.clock, gap_ms=25)
    press(desk.line, "Return")
    assert desk.heard == [(CODE, False)]


def test_keys_that_waited_while_the_window_was_busy_keep_their_own_times(desk: Desk) -> None:
    """Ten keys of a hand, delivered in one lump, with the platform's time stamps 80 ms apart."""
    for at, char in enumerate("1234567890"):
        event = QKeyEvent(QEvent.Type.KeyPress, ord(char), Qt.KeyboardModifier.NoModifier, char)
        event.setTimestamp(1_000_000 + at * 80)
        QApplication.sendEvent(desk.line, event)
    desk.clock.advance(GAP_MS + 1)
    assert (desk.line.text(), desk.heard) == ("1234567890", [])


@pytest.mark.parametrize("received", ["RB167995284İT", "КИ123456785ПИ"])
def test_a_wrong_keyboard_layout_is_repaired_by_the_check_digit(desk: Desk, received: str) -> None:
    values: list[tuple[str, str | None]] = []
    desk.filter.bus.scanned.connect(
        lambda found, _raw, _doubled: values.append((found.value, found.repaired))
    )
    scan(desk.line, received, desk.clock)
    wanted = {"RB167995284İT": ("RB167995284IT", "az"), "КИ123456785ПИ": ("RB123456785GB", "ru")}[received]
    assert values == [wanted]
    assert desk.line.text() == ""


letters = st.sampled_from(list("abcÜüöğıİəşçŞя7 ,.-9ZЯ@#"))
rolled = st.tuples(st.text(letters, min_size=1, max_size=SCAN_MIN - 1), st.integers(0, GAP_MS))
steady = st.tuples(st.text(letters, min_size=1, max_size=30), st.integers(GAP_MS + 1, 400))
scanned = st.tuples(
    st.text(st.sampled_from(list("ABEZ0123456789İÜКИ]")), min_size=SCAN_MIN, max_size=40),
    st.integers(0, GAP_MS),
    st.booleans(),
)


@given(acts=st.lists(st.tuples(st.one_of(rolled, steady, scanned), st.booleans()), max_size=12))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_typed_letter_is_lost_and_no_scanned_one_leaks(desk: Desk, acts: list[tuple[tuple, bool]]) -> None:
    """Whatever hands and scanners do one after the other, with a pause between them, in a line or a PIN."""
    desk.heard.clear()
    desk.refused.clear()
    desk.line.clear()
    desk.pin.clear()
    desk.clock.advance(5_000)
    typed = {desk.line: "", desk.pin.line: ""}
    scans, refusals = list[str](), 0
    for act, in_pin in acts:
        widget = desk.pin.line if in_pin else desk.line
        if len(act) == 2:
            type_text(widget, act[0], desk.clock, act[1])
            typed[widget] += act[0]
        else:
            scan(widget, act[0], desk.clock, act[1], frame=act[2])
            # A PIN is looked up nowhere: what is no code there is refused aloud.
            secret = in_pin and not act[2] and read_scan(act[0]).kind == "unknown"
            refusals += secret
            scans += [] if secret else [act[0]]
        desk.clock.advance(GAP_MS + 1)
    assert {widget: widget.text() for widget in typed} == {
        w: text[: w.maxLength()] for w, text in typed.items()
    }
    assert [raw for raw, _ in desk.heard] == scans
    assert len(desk.refused) == refusals
