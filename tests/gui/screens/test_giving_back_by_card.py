"""F10 on a refund of what came by card: Enter gives it back there, cash takes a reason and a second PIN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.devices.card_terminals import EcrTerminal
from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.approval import ApprovalSheet
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.shell.consent_sheet import ConsentSheet
from azpost_desk.rehearsal.terminals import SandboxTerminal
from azpost_desk.services.desk import desk_services
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, SUPERVISOR, PlainHasher, Stand, press
from tests.services.test_giving_back import last, refused_bills

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.work.runner import Runner

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def terminal() -> Iterator[SandboxTerminal]:
    with SandboxTerminal() as made:
        yield made


def at_refund(
    qtbot: QtBot, runner: Runner, stand: Stand, terminal: SandboxTerminal, card: int, has_card: bool = True
) -> Hands:
    """The refund of a bill of 20.50, `card` qəpik of it paid by card, stands in the basket."""
    part = EcrTerminal(*terminal.address, purchase_ms=400, query_ms=400)
    stand.desk = desk_services(replace(stand.desk.counter, terminal=part), PlainHasher(), press)
    (bill,) = refused_bills(stand, 2_000, card=card)
    if not has_card:
        stand.desk = desk_services(replace(stand.desk.counter, terminal=None), PlainHasher(), press)
    stand.desk.payments.refund(bill, CLERK)
    session = Session(stand.desk, lambda _tone: None)
    session.officer = CLERK
    return Hands(qtbot, runner, session, stand, PaymentsScreen)


def agreed(hands: Hands) -> None:
    """Why, and the supervisor's PIN."""
    assert any(one.isVisible() for one in hands.frame.findChildren(ConsentSheet))
    # Without a reason nobody is asked.
    hands.type("\n")
    assert not any(one.isVisible() for one in hands.frame.findChildren(ApprovalSheet))
    hands.type("itib\n")
    (sheet,) = [one for one in hands.frame.findChildren(ConsentSheet) if one.isVisible()]
    consent = sheet.approval
    assert consent is not None
    names = [one.value.officer for one in consent.people.candidates]  # type: ignore[attr-defined]
    assert CLERK.officer not in names
    hands.type(str(names.index(SUPERVISOR.officer) + 1))
    hands.type("1004\n")


def test_enter_gives_it_back_to_the_card_and_says_so_before(
    qtbot: QtBot, runner: Runner, stand: Stand, terminal: SandboxTerminal
) -> None:
    hands = at_refund(qtbot, runner, stand, terminal, 1_500)
    before, panel = stand.till_qapik(), hands.frame.basket
    hands.press(Qt.Key.Key_F10)
    assert "15,00" in panel.cash._pay.text()
    assert panel.cash.rest.isVisible()
    assert "5,50" in panel.cash.rest.text()
    # No digit and no letter pays, and no second press is more than the first.
    hands.type("1k")
    assert last(stand)[0][1] > 0
    hands.type("\n")
    assert last(stand) == [("card", -1_500), ("cash", -550)]
    assert stand.till_qapik() == before - 550
    assert panel._due.text().startswith("5,50")
    assert sum(terminal.charged.values()) == 0


def test_cash_takes_a_reason_and_a_second_pin(
    qtbot: QtBot, runner: Runner, stand: Stand, terminal: SandboxTerminal
) -> None:
    hands = at_refund(qtbot, runner, stand, terminal, 2_050)
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Y, BOTH)
    agreed(hands)
    # The consent is there: what is left is to hand it out.
    assert last(stand) == [("card", 2_050)]
    assert hands.frame.basket.cash.isVisible()
    hands.type("\n")
    assert last(stand) == [("cash", -2_050)]
    body = stand.bodies(ops.Settlement)[-1]
    assert isinstance(body, ops.Settlement)
    (line,) = body.lines
    assert isinstance(line, ops.PaymentRefunded)
    assert (line.in_cash_qapik, line.reason, line.approved_by) == (2_050, "itib", SUPERVISOR.officer)


def test_without_a_terminal_enter_asks_for_the_second_person(
    qtbot: QtBot, runner: Runner, stand: Stand, terminal: SandboxTerminal
) -> None:
    hands = at_refund(qtbot, runner, stand, terminal, 2_050, has_card=False)
    hands.press(Qt.Key.Key_F10)
    assert not hands.frame.basket.cash.cash.isVisible()
    hands.type("\n")
    assert last(stand) == [("card", 2_050)]
    agreed(hands)
    hands.type("\n")
    assert last(stand) == [("cash", -2_050)]
