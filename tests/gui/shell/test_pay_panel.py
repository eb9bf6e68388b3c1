"""F10: digits are what the customer gave, the change stands at once, and nothing but Enter pays."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.scans import read_scan
from azpost_desk.domain.transfer_codes import check_transfer_code, transfer_code
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.scanner import ScanBus, ScannerFilter
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import ClaimTransfer, SendTransfer
from tests.fakes.line import PlayedTransfer
from tests.gui.conftest import scan, type_text
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.conftest import session as session
from tests.gui.screens.conftest import stand as stand
from tests.gui.screens.conftest import tones as tones
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_pasted_over_every_form import PASTED
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.shell.pay_panel import PayPanel
    from azpost_desk.gui.work.runner import Runner

DUE_QAPIK = 300
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """Five stamps in the basket, and F10."""
    stand.desk.shop.sell(SellGoods("ST-60", 5), CLERK)
    made = Hands(qtbot, runner, session, stand, GoodsScreen)
    made.press(Qt.Key.Key_F10)
    return made


def panel(hands: Hands) -> PayPanel:
    return hands.frame.basket.cash


def paid(stand: Stand) -> list[tuple[int, int]]:
    """What was given and what went back, of every settlement."""
    bodies = [body for body in stand.bodies(ops.Settlement) if isinstance(body, ops.Settlement)]
    return [(body.cash_given_qapik, body.change_qapik) for body in bodies]


def shown(hands: Hands) -> list[str]:
    return [label.text() for label in hands.frame.findChildren(QLabel) if label.isVisible()]


def money(qapik: int) -> str:
    return Language.current().texts.money(azn(qapik))


def test_digits_are_what_the_customer_gave_and_only_enter_pays(hands: Hands, stand: Stand) -> None:
    for typed, back in (("1", None), ("10", 700), ("100", 9_700)):
        hands.type(typed[-1])
        assert paid(stand) == [], "no digit pays"
        assert panel(hands).change.amount == azn(DUE_QAPIK - 100 if back is None else back)
    hands.type("\n")
    assert paid(stand) == [(10_000, 9_700)]


def test_tab_then_digits_then_enter_is_the_sum_that_was_typed(hands: Hands, stand: Stand) -> None:
    """`F10 Tab 100` paid "exact" at the 1."""
    hands.press(Qt.Key.Key_Tab)
    hands.type("100")
    assert paid(stand) == []
    hands.type("\n")
    assert paid(stand) == [(10_000, 9_700)]


def test_enter_with_nothing_typed_is_the_exact_sum(hands: Hands, stand: Stand) -> None:
    assert panel(hands).change.amount == azn(0)
    hands.type("\n")
    assert paid(stand) == [(DUE_QAPIK, 0)]


@pytest.mark.parametrize("key", [*"1234567890kyKл "])
def test_no_digit_no_letter_and_no_space_pays_wherever_the_focus_is(
    hands: Hands, stand: Stand, key: str
) -> None:
    for _ in range(5):
        hands.type(key)
        assert hands.focus is not panel(hands).card
        hands.press(Qt.Key.Key_Tab)
    assert paid(stand) == []
    assert panel(hands).isAncestorOf(hands.focus), "Tab goes round in the panel"


def test_up_and_down_step_through_the_notes_and_back_to_the_exact_sum(hands: Hands, stand: Stand) -> None:
    seen = []
    for _ in range(6):
        hands.press(Qt.Key.Key_Down)
        seen.append(panel(hands).amount.money())
    assert seen == [azn(q) for q in (500, 1_000, 2_000, 5_000, 10_000, 10_000)]
    for _ in range(4):
        hands.press(Qt.Key.Key_Up)
    assert panel(hands).change.amount == azn(200)
    hands.press(Qt.Key.Key_Up)
    assert panel(hands).amount.is_empty()
    hands.press(Qt.Key.Key_Down)
    hands.type("\n")
    assert paid(stand) == [(500, 200)]


def test_a_digit_replaces_the_note_that_was_proposed(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_Down)
    hands.type("20\n")
    assert paid(stand) == [(2_000, 1_700)]


def test_too_little_says_what_is_missing_and_pays_nothing(hands: Hands, stand: Stand) -> None:
    hands.type("2")
    assert {say("frame.basket.missing"), money(100)} <= set(shown(hands))
    hands.type("\n")
    assert paid(stand) == []
    assert panel(hands).amount.error_text()


def test_more_than_the_sum_and_the_largest_note_is_asked_back(hands: Hands, stand: Stand) -> None:
    hands.type("500\n\n\n")
    assert paid(stand) == []
    assert money(50_000) in panel(hands).amount.error_text()
    hands.press(Qt.Key.Key_F10, SHIFT)
    assert paid(stand) == [(50_000, 49_700)]


def test_what_was_asked_back_is_forgotten_when_another_sum_is_typed(hands: Hands, stand: Stand) -> None:
    hands.type("500\n")
    panel(hands).amount.line.selectAll()
    hands.type("5")
    hands.press(Qt.Key.Key_F10, SHIFT)
    assert paid(stand) == []


def test_the_change_is_the_largest_figure_while_paying(hands: Hands) -> None:
    hands.type("10")
    sizes = {
        label.text(): label.font().pixelSize()
        for label in hands.frame.findChildren(QLabel)
        if label.isVisible() and label.text() in (money(DUE_QAPIK), money(700))
    }
    assert sizes[money(700)] > sizes[money(DUE_QAPIK)]
    assert sizes[money(700)] == max(
        label.font().pixelSize() for label in hands.frame.findChildren(QLabel) if label.isVisible()
    )


def test_the_notes_stand_clear_of_each_other_at_the_first_look(hands: Hands) -> None:
    hands.frame.grab()
    notes = [one for one in panel(hands).findChildren(Button) if one.text().endswith(",00")]
    places = [QRect(one.mapTo(hands.frame, QPoint()), one.size()) for one in notes if one.isVisible()]
    assert len(places) == 5
    assert not [pair for pair in combinations(places, 2) if pair[0].intersects(pair[1])]
    assert all(one.parentWidget().rect().contains(one.geometry()) for one in notes)


def test_a_pay_out_says_what_to_hand_over_and_asks_nothing(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    code, before = transfer_code("900000001"), stand.till_qapik()
    parties = Parties(code=code, sender=SENDER, receiver=RECEIVER)
    stand.line.transfers[code] = PlayedTransfer("0197-elsewhere", DUE_QAPIK, parties)
    claimed = stand.desk.transfers.claim(ClaimTransfer(code, azn(DUE_QAPIK), SENDER.name), CLERK)
    stand.desk.transfers.plan_payout(claimed.grant, RECEIVER, CLERK)
    hands = Hands(qtbot, runner, session, stand, GoodsScreen)
    hands.press(Qt.Key.Key_F10)
    assert not panel(hands).amount.isVisible()
    assert say("frame.basket.cash_given") not in shown(hands)
    hands.type("1")
    assert stand.till_qapik() == before
    hands.type("\n")
    assert stand.till_qapik() == before - DUE_QAPIK


def test_afterwards_stand_what_was_paid_the_change_and_print_again(hands: Hands, stand: Stand) -> None:
    hands.type("10\n")
    texts = shown(hands)
    assert money(700) in texts
    assert any(money(DUE_QAPIK) in text for text in texts)
    assert any(money(1_000) in text for text in texts)
    hands.press(Qt.Key.Key_P, CTRL | SHIFT)
    copies = [one for one in stand.bodies(ops.PaperReprinted) if isinstance(one, ops.PaperReprinted)]
    assert [(one.sort, one.count) for one in copies] == [("copy", 1)]


def test_the_number_of_a_transfer_stands_large_until_the_next_customer(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(5_000), "family"), CLERK)
    hands = Hands(qtbot, runner, session, stand, GoodsScreen)
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    number = re.compile(r"[0-9]{3}[ \u00a0][0-9]{3}[ \u00a0][0-9]{4}")
    sizes = [
        (label.text(), label.font().pixelSize())
        for label in hands.frame.findChildren(QLabel)
        if label.isVisible() and number.fullmatch(label.text())
    ]
    [(text, size)] = sizes
    assert check_transfer_code(text).valid
    assert size == Theme.current().size("huge")
    hands.frame.basket.show_basket(stand.desk.shop.sell(SellGoods("ST-60", 1), CLERK))
    assert not any(number.fullmatch(label) for label in shown(hands))


# --- a scanner -------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(qapp: QApplication, hands: Hands) -> Iterator[tuple[HandClock, list[bool]]]:
    """The scanner's filter over the panel, and whether something was said."""
    clock, bus, told = HandClock(), ScanBus(), list[bool]()
    bus.refused.connect(lambda: told.append(True))
    bus.scanned.connect(lambda *_: told.append(True))
    filtering = ScannerFilter(qapp, read_scan, bus, clock)
    yield clock, told
    filtering.remove()


@pytest.mark.parametrize("gap_ms", [4, 40, 200])
@pytest.mark.parametrize("code", ["AZB100110123456788", "00000500", "ST-60"])
def test_a_scan_is_never_money_however_slow(
    hands: Hands, stand: Stand, scanner: tuple[HandClock, list[bool]], code: str, gap_ms: int
) -> None:
    clock, told = scanner
    scan(hands.focus, code, clock, gap_ms)
    clock.advance(2_000)
    hands.settle()
    assert (paid(stand), panel(hands).amount.text()) == ([], "")
    assert told, "it is said"


def test_a_hand_pays_what_it_types_at_any_pace(
    hands: Hands, stand: Stand, scanner: tuple[HandClock, list[bool]]
) -> None:
    clock, _told = scanner
    type_text(hands.focus, "12,50", clock, 60)
    assert panel(hands).change.amount == azn(950)
    type_text(hands.focus, "\n", clock, 60)
    hands.settle()
    assert paid(stand) == [(1_250, 950)]


def test_a_paste_is_an_amount_or_is_refused_and_pays_nothing(hands: Hands, stand: Stand) -> None:
    amount = panel(hands).amount
    for what, pasted in PASTED.items():
        amount.line.insert(pasted)
        assert (amount.line.text(), bool(amount.error_text())) == ("", True), what
    hands.settle()
    assert (paid(stand), hands.notices) == ([], [])


@pytest.mark.parametrize(("keys", "given"), [("5\n", 500), ("\b\n", DUE_QAPIK)])
def test_enter_behind_a_refused_paste_pays_nothing_until_a_person_writes_or_deletes(
    hands: Hands, stand: Stand, keys: str, given: int
) -> None:
    amount = panel(hands).amount
    amount.line.insert(PASTED["lines"])
    refused = amount.error_text()
    assert "one two three" in refused
    assert panel(hands).change.amount is None, "nothing given is known"
    hands.type("\n\n")
    hands.press(Qt.Key.Key_Y, CTRL)
    assert (paid(stand), amount.error_text()) == ([], refused)
    assert stand.desk.baskets.current() is not None
    for key in keys:
        if key == "\b":
            hands.press(Qt.Key.Key_Backspace)
            assert (amount.error_text(), panel(hands).change.amount) == ("", azn(0))
        else:
            hands.type(key)
    assert paid(stand) == [(given, given - DUE_QAPIK)]
