"""The recovery screen (F11): what is open, what was told, the act to take; and the centre's acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.recovery import actions
from azpost_desk.gui.screens.recovery.answering import DeclineSheet, KeepSheet
from azpost_desk.gui.screens.recovery.screen import RecoveryScreen
from azpost_desk.protocol import news as tidings
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import ClaimTransfer
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, MANAGER, RECEIVER, SENDER, Stand, close_counted
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

CODE = transfer_code("123456789")
CTRL = Qt.KeyboardModifier.ControlModifier


def bill(stand: Stand, outcome: str = "") -> str:
    command = PayBill("0101", "12345678", azn(2_000), contact="0501234567")
    payment = stand.desk.payments.pay(command, CLERK).lines[0].line.operation
    stand.pay(10_000)
    if outcome:
        told = tidings.PaymentResult(
            payment=payment, biller="0101", outcome=outcome, provider_reference="", reason="r",
            at_ms=stand.clock.utc_ms(),
        )  # fmt: skip
        stand.books.store_news([piece(900, "payment.result", told)], 1)
    return payment


def claimed(stand: Stand, lost: int = 0) -> None:
    stand.line.transfers[CODE] = PlayedTransfer(
        "t-1", 7_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    )
    stand.line.lose_answers = lost
    try:
        stand.desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK)
    except Trouble:
        assert lost


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    bill(stand, "refused")
    return Hands(qtbot, runner, session, stand, RecoveryScreen)


def screen(hands: Hands) -> RecoveryScreen:
    shown = hands.frame.current()
    assert isinstance(shown, RecoveryScreen)
    return shown


def test_a_refused_bill_shows_whom_to_call_and_what_was_told(hands: Hands) -> None:
    panel = screen(hands).panel
    assert panel.step is not None
    assert (panel.step.sort, panel.amount.amount) == ("refund", azn(2_050))
    assert panel.step.contact == "+994501234567"
    assert panel.main.text() == say("recovery.do.refund")
    assert not panel.other.isVisible()


def test_one_key_puts_the_refund_into_the_basket_and_the_task_stays_until_it_is_paid(
    hands: Hands, stand: Stand
) -> None:
    hands.press(Qt.Key.Key_G, CTRL)
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert isinstance(basket.lines[0].line, ops.PaymentRefunded)
    assert len(screen(hands).table.rows.records) == 1
    stand.pay()
    screen(hands).reload()
    hands.settle()
    assert screen(hands).table.rows.records == []
    assert screen(hands).panel.step is None


def test_an_open_request_is_asked_again_under_its_own_number(hands: Hands, stand: Stand) -> None:
    claimed(stand, lost=1)
    screen(hands).reload()
    hands.settle()
    screen(hands).table.view.selectRow(1)
    assert screen(hands).panel.step is not None
    hands.press(Qt.Key.Key_G, CTRL)
    assert {one.request for one in stand.line.asked} == {stand.line.asked[0].request}
    assert [one.sort for one in screen(hands).table.rows.records] == ["refund", "grant"]


def test_the_centre_is_asked_and_its_answer_stands_beside_ours(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    payment = bill(stand)
    stand.line.steps["payment", payment] = ("unknown", 1)
    hands = Hands(qtbot, runner, session, stand, RecoveryScreen)
    hands.press(Qt.Key.Key_R, CTRL)
    step = screen(hands).panel.step
    assert step is not None
    assert step.says == "unknown"
    stand.line.online = False
    hands.press(Qt.Key.Key_R, CTRL)
    assert len(hands.notices) == 2


def test_a_wanted_grant_is_kept_by_a_digit_or_given_back(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    claimed(stand)
    grant = stand.desk.transfers.held()[0].grant
    asked = tidings.GrantQuestion(grant=grant, thing="t-1", at_ms=stand.clock.utc_ms())
    stand.books.store_news([piece(900, "grant.question", asked)], 1)
    hands = Hands(qtbot, runner, session, stand, RecoveryScreen)
    hands.press(Qt.Key.Key_D, CTRL)
    assert isinstance(screen(hands).sheet, KeepSheet)
    hands.press(Qt.Key.Key_Escape)
    assert stand.bodies(ops.GrantKept) == []
    hands.press(Qt.Key.Key_D, CTRL)
    hands.press(Qt.Key.Key_1)
    [kept] = stand.bodies(ops.GrantKept)
    assert kept == ops.GrantKept(grant=grant, thing="t-1", reason="customer_here")
    assert [one.sort for one in screen(hands).table.rows.records] == ["grant"]
    hands.press(Qt.Key.Key_D, CTRL)
    assert stand.desk.transfers.held() == []


@pytest.fixture
def proposed(stand: Stand) -> str:
    close_counted(stand, {1_000: 19})
    stand.desk.tills.open(CLERK)
    told = tidings.CorrectionProposal(
        proposal="p-1", sort="shortage_cleared", amount_qapik=1_000, holder=CLERK.officer, reason="kisə 17",
        evidence="", who="hq", at_ms=stand.clock.utc_ms(),
    )  # fmt: skip
    stand.books.store_news([piece(905, "correction.proposal", told)], 1)
    return "p-1"


def test_a_clerk_reads_a_proposal_and_answers_nothing(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, proposed: str
) -> None:
    hands = Hands(qtbot, runner, session, stand, RecoveryScreen)
    assert not screen(hands).panel.main.isVisible()
    before = stand.records()
    hands.press(Qt.Key.Key_G, CTRL)
    hands.press(Qt.Key.Key_D, CTRL)
    assert stand.records() == before


def test_the_manager_accepts_by_a_key(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, proposed: str
) -> None:
    session.officer = MANAGER
    hands = Hands(qtbot, runner, session, stand, RecoveryScreen)
    for _ in range(5):
        hands.press(Qt.Key.Key_G, CTRL)
    assert len(stand.bodies(ops.CorrectionAccepted)) == 1


def test_the_manager_disputes_with_words(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, proposed: str
) -> None:
    session.officer = MANAGER
    hands = Hands(qtbot, runner, session, stand, RecoveryScreen)
    hands.press(Qt.Key.Key_D, CTRL)
    sheet = screen(hands).sheet
    assert isinstance(sheet, DeclineSheet)
    hands.press(Qt.Key.Key_Return)
    assert stand.bodies(ops.CorrectionDeclined) == []
    sheet.answer.put("disputed")
    hands.type("Kisə açılmayıb\n")
    assert [one.state for one in stand.desk.corrections.proposals()] == ["disputed"]


def test_what_the_centre_did_is_a_list_of_its_own(hands: Hands, stand: Stand) -> None:
    act = tidings.CentreAct(act_id="a", act="records_read", who="auditor", why="iş 7", at_ms=5)
    stand.books.store_news([piece(901, "centre.act", act)], 1)
    hands.press(Qt.Key.Key_2, CTRL)
    assert screen(hands).mode == actions.ACTS
    assert [one.who for one in screen(hands).acts.rows.records] == ["auditor"]


@pytest.mark.parametrize("code", ["az", "ru", "en"])
def test_every_sort_has_its_words_in_every_language(
    hands: Hands, stand: Stand, code: str, proposed: str
) -> None:
    claimed(stand, lost=1)
    Language.current().choose(code)
    screen(hands).reload()
    hands.settle()
    for row in range(len(screen(hands).table.rows.records)):
        screen(hands).table.view.selectRow(row)
        assert screen(hands).panel.title.text()
    assert {one.sort for one in screen(hands).table.rows.records} == {"refund", "request", "proposal"}
