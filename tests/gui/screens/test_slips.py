"""A slip scanned anywhere: its cash is counted in at the till screen, a close counts in the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.named import found_title
from azpost_desk.gui.kit.words import language, say
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.screens.reports.screen import ReportsScreen
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.shell.frame import Frame
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, MANAGER, Stand
from tests.services.paper import NEIGHBOUR, QAPIK, STRANGER, close, remittance, signed, tell_key

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner


class Elsewhere(Hands):
    """Somebody who works on another screen when the slip comes."""

    def __init__(self, qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> None:
        super().__init__(qtbot, runner, session, stand, GoodsScreen)
        self.frame._kinds += [TillsScreen, ReportsScreen]

    def words(self) -> str:
        labels = self.frame.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def said(self) -> list[str]:
        return [say(words) for words in self.notices]  # type: ignore[arg-type]


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Elsewhere:
    tell_key(stand.books)
    return Elsewhere(qtbot, runner, session, stand)


def test_a_remittance_opens_its_count_with_what_was_announced_and_is_counted_in_by_keys(
    hands: Elsewhere, stand: Stand
) -> None:
    hands.scan(signed(remittance()))
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    assert screen.sheet is not None
    shown = hands.words()
    assert "10 × 2 · 5 × 1" in shown
    assert "25,00" in shown
    # Nothing is counted for the clerk; only what lies there may be typed.
    assert screen.sheet.pieces() == {}
    count = screen.sheet.count
    assert count is not None
    count.line(1_000).setFocus()
    hands.type("2\n")
    count.line(500).setFocus()
    hands.type("1\n")
    screen.sheet.main.setFocus()
    hands.type("\n")
    assert stand.till_qapik() == 20_000 + QAPIK
    assert len(stand.bodies(ops.RemittanceAccepted)) == 1


def test_a_forged_slip_is_refused_aloud_and_opens_nothing(
    hands: Elsewhere, stand: Stand, tones: list[str]
) -> None:
    before = stand.records()
    hands.scan(signed(remittance(), STRANGER))
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    assert screen.sheet is None
    assert hands.said() == [language().texts.refusal("C-165", desk="İş yeri 2")]
    assert tones == ["refused"]
    assert stand.records() == before


def test_a_slip_while_the_till_is_closed_says_what_is_missing(hands: Elsewhere, stand: Stand) -> None:
    stand.desk.tills.close(CLERK, {1_000: 20})
    hands.scan(signed(remittance()))
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    assert screen.sheet is None
    assert hands.said() == [language().texts.refusal("C-010")]
    # Announced it is: it waits for the till.
    assert len(stand.desk.tills.awaited()) == 1


def test_a_close_counts_in_the_managers_report(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    tell_key(stand.books)
    session.officer = MANAGER
    hands = Elsewhere(qtbot, runner, session, stand)
    code = signed(close(), NEIGHBOUR)
    hands.scan(code)
    assert isinstance(hands.frame.current(), ReportsScreen)
    assert stand.desk.reports.interim(MANAGER).missing == ()
    hands.scan(code)
    assert [words.split(":")[0] for words in hands.said()] == ["Talon oxundu", "Bu bağlanış artıq məlumdur"]
    assert len(stand.bodies(ops.CloseAnnounced)) == 1


def test_the_code_itself_is_nowhere_to_be_read(hands: Elsewhere) -> None:
    code = signed(remittance())
    (found,) = hands.frame._session.services.finding.find(code)
    assert (found.kind, found.key, say(found_title(found))) == ("remittance", code, "İş yeri 2")


def test_pasted_into_the_one_box_it_is_not_cut(hands: Elsewhere) -> None:
    code = signed(close(services={name: (99, 10**9, 10**9, 10**9) for name in "abcdefgh"}))
    hands.frame.box.setText(code)
    assert hands.frame.box.text() == code
    hands.frame.box.setFocus(Qt.FocusReason.OtherFocusReason)
    assert isinstance(hands.frame, Frame)
