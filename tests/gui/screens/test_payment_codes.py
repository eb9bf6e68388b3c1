"""A payment code scanned or typed: a biller's opens its bill, another says what it is and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain.azqr import write_azqr
from azpost_desk.domain.crc import crc16
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.protocol.messages import BillChecked
from tests.gui.conftest import type_text
from tests.gui.screens.hands import Hands
from tests.services.codes import CAFE, bill_payload, with_codes

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

POWER, ACCOUNT = "0101", "12345678"


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    stand.line.bills[POWER, ACCOUNT] = BillChecked(ok=True, debt_qapik=3_615, holder="Ə***** V****")
    with_codes(stand)
    return Hands(qtbot, runner, session, stand, PaymentsScreen)


def shown(hands: Hands) -> set[str]:
    """The words on the sheet of a code."""
    return {one.text() for one in hands.frame.asking.code.findChildren(QLabel) if one.isVisible()}


def test_where_the_biller_tells_no_debt_the_codes_sum_is_proposed(hands: Hands, stand: Stand) -> None:
    stand.line.bills[POWER, ACCOUNT] = BillChecked(ok=True)
    hands.scan(bill_payload(ACCOUNT))
    screen = hands.frame.current()
    assert isinstance(screen, PaymentsScreen)
    assert screen.take.amount.money() == azn(4_105)


def test_a_billers_code_opens_its_bill_and_its_check_decides(hands: Hands) -> None:
    hands.scan(bill_payload(ACCOUNT))
    screen = hands.frame.current()
    assert isinstance(screen, PaymentsScreen)
    assert (screen.take.biller.text(), screen.take.account.text()) == ("Azərişıq", ACCOUNT)
    # The code asks for 41,05, the biller says 36,15.
    assert screen.take.amount.money() == azn(3_615)
    assert "41,05" in hands.frame.notices.text()
    assert hands.frame.asking.code.isHidden()
    hands.type("\n")
    assert not screen.is_dirty()
    # One whose time is over is the same bill, and proposes nothing.
    over = {**CAFE, "26": {"03": "X", "07": "20200101000000"}, "38": {"00": "100101", "04": ACCOUNT}}
    hands.scan(write_azqr(over))
    assert screen.take.account.text() == ACCOUNT
    assert hands.frame.notices.text() == ""
    # A form filled by hand is never thrown away: the code waits at the side.
    screen.take.clear()
    type_text(screen.take.biller.line, "Az")
    hands.scan(bill_payload("87654321"))
    assert screen.take.biller.text() == "Az"
    assert hands.frame.notices.text()


def test_another_code_says_whom_it_pays_how_much_and_until_when(hands: Hands) -> None:
    for language in ("az", "ru", "en"):
        Language.current().choose(language)
        hands.scan(write_azqr(CAFE))
        words = shown(hands)
        assert {"Portofino Gənclik", "BAKI", "NBA0W4C2HPZC", "30.11.2099 23:59"} <= words
        assert any("12,30" in one or "12.30" in one for one in words)
        assert say("frame.azqr.no_biller") in words
        hands.press(Qt.Key.Key_Escape)
        assert hands.frame.asking.code.isHidden()
    # One that is typed or pasted into the one box is the same; a payer's own and an open sum are said.
    payers = {tag: CAFE[tag] for tag in ("39", "40", "00", "01", "26")} | {"39": "CPV002", "01": "11"}
    hands.frame.box.setFocus()
    hands.frame.box.setText(write_azqr(payers))
    hands.type("\n")
    assert {say("frame.kind.azqr"), say("frame.azqr.payers"), say("frame.azqr.amount_open")} <= shown(hands)
    hands.press(Qt.Key.Key_Escape)
    # No biller of the day: another organisation, an account that is none of its.
    for payload in (bill_payload(ACCOUNT, organisation="999999"), bill_payload("1")):
        hands.scan(payload)
        assert "AZƏRİŞIQ" in shown(hands)
        hands.press(Qt.Key.Key_Escape)


def test_a_code_that_nobody_may_pay_says_why(hands: Hands) -> None:
    row = write_azqr(CAFE)[:-4].replace("5303944", "5303840")
    hands.scan(f"{row}{crc16(row):04X}")
    assert hands.frame.notices.text() == say("refusal.Q-009")
    hands.scan(write_azqr({**CAFE, "26": {"03": "X", "07": "20261101120000"}}))
    assert "01.11.2026 12:00" in hands.frame.notices.text()
    assert "Portofino Gənclik" in hands.frame.notices.text()
    assert hands.frame.asking.code.isHidden()
