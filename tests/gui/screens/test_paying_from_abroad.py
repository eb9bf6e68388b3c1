"""Money from abroad at the counter's screen: the number tells where it is from, the manat stand in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain.lines import AbroadPaid
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import Parties
from azpost_desk.gui.kit.words import language
from azpost_desk.gui.screens.disputes.form import rows
from azpost_desk.gui.screens.disputes.table import value_words
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.services.incoming import ClaimIncoming
from tests.fakes.abroad import abroad_at
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_transfers import sent_before
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.transfers.paying_out import PayOutForm
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier
CODE = "1234567897"


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    abroad_at(stand)
    sent_before(stand, RECEIVER.name)
    made = Hands(qtbot, runner, session, stand, TransfersScreen)
    made.press(Qt.Key.Key_2, CTRL)
    made.settle()
    return made


def payout(hands: Hands) -> PayOutForm:
    screen = hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    return screen.payout


def test_number_sum_sender_document_and_it_is_paid_in_manat(hands: Hands, stand: Stand) -> None:
    before = stand.till_qapik()
    form = payout(hands)
    hands.type("tb12345678\n")
    assert form.amount.currency == "GEL"
    hands.type("100\n")
    hands.type("Nino Beridze\n")
    claimed = form.claimed
    assert claimed is not None
    assert (claimed.amount, form.amount.money()) == (azn(6_221), Money(10_000, "GEL"))
    assert not form.fixed.isHidden()
    assert form.fixed.worth.text().endswith("1 GEL = 0,622083 ₼")
    hands.scan("5ZK9XYZ")
    hands.press(Qt.Key.Key_Return, CTRL)
    hands.type("\n")
    basket = stand.desk.baskets.current()
    assert basket is not None
    (line,) = (one.line for one in basket.lines)
    assert isinstance(line, AbroadPaid)
    hands.press(Qt.Key.Key_F10)
    hands.type("\n")
    assert stand.till_qapik() == before - 6_221


def test_ma_18_a_number_that_fits_two_asks_which(hands: Hands, stand: Stand) -> None:
    parties = Parties(code=CODE, sender=RECEIVER, receiver=SENDER)
    stand.line.transfers[CODE] = PlayedTransfer("0197-elsewhere", 5_000, parties)
    form = payout(hands)
    hands.type(f"{CODE}\n")
    assert not form.origin.isHidden()
    assert hands.focus is form.origin or form.origin.isAncestorOf(hands.focus)
    hands.type("2\n")
    assert form.amount.currency == "KZT"
    form.origin.put("home")
    assert form.amount.currency == "AZN"
    form.code.put("tb12345678")
    assert form.origin.isHidden()
    assert form.amount.currency == "GEL"


def test_what_is_neither_our_code_nor_a_partners_number_is_refused_beside_the_field(hands: Hands) -> None:
    form = payout(hands)
    hands.type("tb1\n")
    assert form.code.error_text()
    assert form.claimed is None


def test_ma_26_run_out_the_manat_are_asked_for_anew(hands: Hands, stand: Stand) -> None:
    asked = ClaimIncoming("GE-IN", "TB12345678", Money(10_000, "GEL"), "Nino Beridze")
    first = stand.desk.incoming.claim(asked, CLERK)
    form = payout(hands)
    form.show_grant(first)
    hands.settle()
    assert form.again.isHidden()
    stand.clock.now_ms += 900_001
    form.fixed.count_down()
    assert form.add.isHidden()
    hands.press(Qt.Key.Key_R, CTRL)
    assert form.claimed is not None
    assert form.claimed.grant != first.grant
    assert not form.add.isHidden()
    assert form.again.isHidden()


def test_what_somebody_came_for_and_did_not_get_is_enquired_about_and_its_number_is_nowhere(
    hands: Hands, stand: Stand
) -> None:
    del stand.line.transfers["TB12345678"]
    form = payout(hands)
    assert form.enquire.isHidden()
    hands.type("tb12345678\n100\nNino Beridze\n")
    assert not form.enquire.isHidden()
    hands.press(Qt.Key.Key_S, CTRL)
    assert form.enquiry is not None
    hands.press(Qt.Key.Key_Return)
    [one] = [row.dispute for row in stand.desk.disputes.listed().disputes]
    assert (one.figure, one.value, one.unit) == ("enquiry.coming", 10_000, "GEL")
    assert one.dispute in hands.frame.notices.text()
    assert "12345678" not in hands.frame.notices.text() + stand.desk.disputes.words(one)
    assert [value_words(row) for row in rows(stand.desk.disputes.listed())] == [
        language().texts.money(Money(10_000, "GEL"))
    ]
    # Another number is another question.
    form.code.put("tb12345679")
    assert form.enquire.isHidden()
