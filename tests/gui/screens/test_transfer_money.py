"""The money of a transfer on the screen: either figure is typed, services are added, prices are told."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.words import Phrase, say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.work.runner import Lane, Runner
from azpost_desk.services.transfers import SendTransfer
from tests.gui.conftest import type_text
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.transfers.sending import SendForm


@pytest.fixture
def known(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """SENDER is known here, with one receiver."""
    receiver = replace(RECEIVER, phone="+994502123344")
    stand.desk.transfers.send(SendTransfer(SENDER, receiver, azn(5_000), "family"), CLERK)
    stand.pay(10_000)
    return Hands(qtbot, runner, session, stand, TransfersScreen)


def form(hands: Hands) -> SendForm:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made.send


def lines(stand: Stand) -> list[object]:
    basket = stand.desk.baskets.current()
    return [planned.line for planned in basket.lines] if basket else []


def test_fee_and_total_are_shown_before_agreement(known: Hands) -> None:
    money = form(known).money
    money.amount.editor.setFocus()
    known.type("200")
    assert (money.fee.money(), money.total.money()) == (azn(200), azn(20_200))
    for _ in "200":
        known.press(Qt.Key.Key_Backspace)
    assert money.fee.is_empty()
    assert money.total.is_empty()


def test_a_sum_in_hand_is_sent_with_its_fee(known: Hands, stand: Stand) -> None:
    """The sender has 202.00 and wants to send what that buys: Enter passes the empty amount by."""
    known.scan("5ZK9XYZ")
    known.type("1\n202\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)
    assert line.terms is not None
    assert (line.amount_qapik, line.fee_qapik, line.terms.named) == (20_000, 200, "sender")


def test_enter_right_behind_the_sum_waits_for_the_price(known: Hands, stand: Stand) -> None:
    """The books were slower than the clerk: Enter was taken for the end of a form with an empty amount."""
    known.scan("5ZK9XYZ")
    known.type("1\n")
    may_answer = Event()
    Runner.current().submit(Lane.DATABASE, may_answer.wait, lambda _done: None)
    for key in "202\n":
        type_text(known.focus, key)
    money = form(known).money
    before = (money.amount.text(), money.amount.error_text())
    may_answer.set()
    known.settle()
    assert before == ("", "")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)
    assert (line.amount_qapik, line.fee_qapik) == (20_000, 200)


def test_a_sum_that_buys_nothing_is_refused_beside_itself(known: Hands, stand: Stand) -> None:
    known.scan("5ZK9XYZ")
    known.type("1\n0,3\n")
    money = form(known).money
    assert money.total.error_text() == say(Phrase("refusal.G-040", {"amount": azn(30)}))
    assert lines(stand) == []


def test_delivery_is_added_by_a_key_and_asks_for_the_address(known: Hands, stand: Stand) -> None:
    stand.change_tariffs(transfer_extras_qapik={"delivery": 300, "advice": 50}, transfer_ordinary_hours=24)
    known.frame.current().enter()
    known.settle()
    send = form(known)
    chips = send.money.extras
    assert {extra: chip.isHidden() for extra, chip in chips.items()} == {
        "express": True, "delivery": False, "advice": False,
    }  # fmt: skip
    known.scan("5ZK9XYZ")
    known.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert not send.address.isHidden()
    known.type("1bakı\n")
    known.type("Bakı, Nizami 5\n")
    known.type("200\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)
    assert line.terms is not None
    assert (line.fee_qapik, line.office, line.terms.extras_qapik) == (500, "1000", {"delivery": 300})
    assert line.terms.available_ms == stand.clock.now_ms + 24 * 3_600_000
    assert send.address.isHidden()


def test_advice_asks_for_the_number_of_a_sender_who_gave_none(known: Hands, stand: Stand) -> None:
    stand.change_tariffs(transfer_extras_qapik={"advice": 50})
    known.frame.current().enter()
    known.settle()
    send = form(known)
    known.scan("5ZK9XYZ")
    known.press(Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    send.person.phone.clear()
    known.type("1\n200\n")
    assert lines(stand) == []
    assert send.person.phone.error_text() == say(Phrase("refusal.T-073"))
    assert send.person.phone.isAncestorOf(known.focus)
    known.type("0501234567\n\n\n")
    (line,) = lines(stand)
    assert isinstance(line, ops.TransferSent)
    assert line.terms is not None
    assert line.terms.extras_qapik == {"advice": 50}


def test_a_price_that_changed_meanwhile_is_told_again(known: Hands, stand: Stand) -> None:
    known.scan("5ZK9XYZ")
    known.type("1200")
    stand.change_tariffs(transfer_fees=())
    known.type("\n")
    money = form(known).money
    assert lines(stand) == []
    assert money.fee.money() == azn(0)
    assert money.amount.error_text()
    known.type("\n")
    assert [line.fee_qapik for line in lines(stand) if isinstance(line, ops.TransferSent)] == [0]
