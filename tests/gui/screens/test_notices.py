"""Notices on the screen: a scan and three keys, the person's own document, the portal's word of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.payments import actions
from azpost_desk.gui.screens.payments.screen import PaymentsScreen
from azpost_desk.gui.shell import basket_panel
from azpost_desk.protocol import news as tidings
from azpost_desk.services.notices import PayNotice
from azpost_desk.services.views import Found
from tests.fakes.portal import NOTICE, NUMBER, PORTAL, portal_at
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, SENDER, Stand
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.payments.noticing import NoticeForm
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    portal_at(stand)
    return Hands(qtbot, runner, session, stand, PaymentsScreen)


def screen(hands: Hands) -> PaymentsScreen:
    made = hands.frame.current()
    assert isinstance(made, PaymentsScreen)
    return made


def form(hands: Hands) -> NoticeForm:
    return screen(hands).notices


def taken(stand: Stand) -> list[tuple[str, int]]:
    basket = stand.desk.baskets.current()
    return [
        (one.line.notice, one.line.amount_qapik)
        for one in (basket.lines if basket else ())
        if isinstance(one.line, ops.NoticePaid)
    ]


def test_a_scanned_notice_is_paid_in_at_most_eight_keys(hands: Hands, stand: Stand) -> None:
    """The sum stands there and is nowhere to be typed; Enter, F10, Enter."""
    before = stand.till_qapik()
    screen(hands).enter(Found("notice", f"{PORTAL}:{NUMBER}", "", ""))
    hands.settle()
    assert screen(hands).mode == actions.NOTICE
    shown = form(hands)
    assert (shown.amount.isHidden(), shown.notice) == (True, NOTICE)
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == [("n-1", 4_000)]
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert [one.source for one in basket.lines] == ["scan"]
    hands.press(Qt.Key.Key_F10)
    hands.press(Qt.Key.Key_Return)
    assert stand.till_qapik() == before + 4_050
    assert hands.keys <= 8


def test_what_was_found_stays_when_the_days_facts_are_read_anew(hands: Hands, runner: Runner) -> None:
    screen(hands).enter(Found("notice", f"{PORTAL}:{NUMBER}", "", ""))
    hands.settle()
    runner.announce("line", "news")
    hands.settle()
    assert form(hands).notice == NOTICE
    # Nor does the news take away what is being typed.
    form(hands).clear()
    form(hands).focus()
    hands.type(SENDER.fin)
    runner.announce("line", "news")
    hands.settle()
    assert form(hands).number.text() == SENDER.fin
    assert not form(hands).payer.fin.isHidden()


def test_what_is_typed_says_by_its_form_what_it_is(hands: Hands) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(NUMBER)
    assert form(hands).number._below.text() == say("notices.screen.way.notice")
    assert form(hands).payer.isHidden()
    hands.press(Qt.Key.Key_Return)
    assert form(hands).notice == NOTICE


def test_mc_10_by_fin_the_persons_document_is_asked_for_and_the_list_is_theirs(
    hands: Hands, stand: Stand
) -> None:
    fine = msgspec.structs.replace(NOTICE, notice="n-2", number="EB2026000124", amount_qapik=1_500)
    paid = msgspec.structs.replace(NOTICE, notice="n-3", number="EB2026000125", state="paid")
    stand.line.notices[SENDER.fin] = (paid, NOTICE, fine)
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(SENDER.fin)
    shown = form(hands)
    assert not shown.payer.isHidden()
    assert shown.payer.fin.text() == SENDER.fin
    shown.payer.document.fill(SENDER.document)
    shown.payer.full_name.fill(SENDER.name)
    shown.ask.click()
    hands.settle()
    assert [one.notice for one in shown.table.rows.records] == ["n-3", "n-1", "n-2"]
    assert len(stand.bodies(ops.NoticesSearched)) == 1
    # The first that can be paid is chosen; the next one of the same person needs no new question.
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == [("n-1", 4_000)]
    asked = len(stand.line.sought)
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == [("n-1", 4_000), ("n-2", 1_500)]
    assert len(stand.line.sought) == asked


def test_mc_10_a_list_that_grew_old_is_asked_for_again_with_the_document_that_was_shown(
    hands: Hands, stand: Stand
) -> None:
    stand.line.notices[SENDER.fin] = (NOTICE,)
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(SENDER.fin)
    shown = form(hands)
    shown.payer.document.fill(SENDER.document)
    shown.payer.full_name.fill(SENDER.name)
    shown.ask.click()
    hands.settle()
    assert "31.12.2026" in shown._about.text()
    stand.clock.now_ms += 121_000
    stand.line.notices[SENDER.fin] = (msgspec.structs.replace(NOTICE, version="2", amount_qapik=4_100),)
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    assert taken(stand) == []
    assert shown.notice is not None
    assert shown.notice.amount_qapik == 4_100
    assert len(stand.bodies(ops.NoticesSearched)) == 2
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == [("n-1", 4_100)]


def test_a_part_is_offered_only_where_the_notice_says_so(hands: Hands, stand: Stand) -> None:
    stand.line.notices[NUMBER] = (msgspec.structs.replace(NOTICE, least_qapik=1_000),)
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(NUMBER)
    hands.press(Qt.Key.Key_Return)
    assert not form(hands).amount.isHidden()
    hands.type("5")
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == []
    assert form(hands).amount.error_text()


def test_mc_7_the_portal_is_asked_again_by_f10_and_the_tender_waits_for_it(
    hands: Hands, stand: Stand
) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(NUMBER)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    asked = len(stand.line.sought)
    # The centre's clock a minute and more behind the desk's is no age of its word.
    stand.line.ahead_ms = 119_000
    hands.press(Qt.Key.Key_F10)
    assert len(stand.line.sought) == asked
    hands.press(Qt.Key.Key_Escape)
    stand.clock.now_ms += 100_000
    hands.press(Qt.Key.Key_F10)
    assert len(stand.line.sought) == asked + 1
    hands.press(Qt.Key.Key_Return)
    assert taken(stand) == []
    assert len(stand.desk.payments.taken()) == 1


def test_mc_8_a_sum_that_changed_is_said_before_any_money(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(NUMBER)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    stand.clock.now_ms += 130_000
    stand.line.notices[NUMBER] = (msgspec.structs.replace(NOTICE, version="2", amount_qapik=5_000),)
    hands.press(Qt.Key.Key_F10)
    [told] = [say(one) for one in hands.notices]  # type: ignore[arg-type]
    assert "40,00" in told
    assert "50,00" in told
    assert not hands.frame.basket.cash.isVisible()
    hands.notices.clear()


def test_the_one_box_knows_a_notices_number(stand: Stand) -> None:
    portal_at(stand)
    [found] = stand.desk.finding.ask(NUMBER)
    assert (found.kind, found.key) == ("notice", f"{PORTAL}:{NUMBER}")


def test_a_portal_whose_word_stands_shorter_than_paying_takes_is_asked_once_by_f10(
    hands: Hands, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basket_panel, "_TO_PAY_MS", 200_000)
    hands.press(Qt.Key.Key_3, CTRL)
    hands.type(NUMBER)
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    asked = len(stand.line.sought)
    hands.press(Qt.Key.Key_F10)
    assert len(stand.line.sought) == asked + 1
    hands.press(Qt.Key.Key_Return)
    assert len(stand.desk.payments.taken()) == 1


def confirmed(stand: Stand) -> str:
    """A notice was paid here and the portal has confirmed it."""
    found = stand.desk.state_notices.find(PORTAL, NUMBER, CLERK)
    stand.desk.state_notices.pay(PayNotice(found, NOTICE), CLERK)
    stand.pay(4_050)
    (one,) = stand.desk.payments.taken()
    told = tidings.PaymentResult(
        payment=one.payment,
        biller=PORTAL,
        outcome="confirmed",
        provider_reference="HOP1",
        reason="",
        at_ms=stand.clock.now_ms,
    )
    stand.books.store_news([piece(3_000, "payment.result", told)], 1)
    return one.payment


def test_the_statement_is_printed_again_and_the_money_asked_back_by_their_keys(
    hands: Hands, stand: Stand
) -> None:
    payment = confirmed(stand)
    hands.press(Qt.Key.Key_2, CTRL)
    hands.press(Qt.Key.Key_P, CTRL)
    # The first came by itself with the portal's word.
    made = [one for one in stand.desk.papers_made.today(CLERK) if one.paper == "statement"]
    assert [(one.key, one.sort) for one in made] == [(payment, "copy"), (payment, "original")]
    hands.notices.clear()
    hands.press(Qt.Key.Key_B, CTRL)
    asking = screen(hands).asking
    assert asking is not None
    assert asking.isVisible()
    hands.press(Qt.Key.Key_Return)
    [raised] = stand.bodies(ops.DisputeRaised)
    assert isinstance(raised, ops.DisputeRaised)
    assert (raised.figure, raised.about, raised.value) == ("notice.refund", payment, 4_000)
    hands.notices.clear()
