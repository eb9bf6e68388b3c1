"""Disputes on the screen: raised where the figure stands, listed with their clock, ended by their owner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.causes import Causes
from azpost_desk.gui.kit.disputing import DisputeSheet
from azpost_desk.gui.kit.words import Language, language
from azpost_desk.gui.screens.disputes import form
from azpost_desk.gui.screens.disputes.screen import DisputesScreen
from azpost_desk.gui.screens.disputes.table import value_words
from azpost_desk.gui.screens.tills.form import CLOSE_TILL
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.shell.register import FRAME_KEYS, screens
from azpost_desk.services.disputes import Figure
from azpost_desk.services.payments import PayBill
from azpost_desk.services.views import Found
from azpost_desk.texts import Texts
from tests.fakes.abroad import abroad_at
from tests.gui.screens.hands import Hands
from tests.gui.screens.walking import hold_enter, nameless
from tests.services.counters import CLERK, MANAGER, SUPERVISOR, close_counted
from tests.services.test_disputes import WORDS, answer
from tests.services.test_enquiries import sent

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CTRL = Qt.KeyboardModifier.ControlModifier
DATE = "2026-11-23"


@pytest.fixture
def number(stand: Stand) -> str:
    return stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), WORDS).number


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, number: str) -> Hands:
    return Hands(qtbot, runner, session, stand, DisputesScreen)


def screen_of(hands: Hands) -> DisputesScreen:
    current = hands.frame.current()
    assert isinstance(current, DisputesScreen)
    return current


def states(stand: Stand) -> list[str]:
    return [one.dispute.state for one in stand.desk.disputes.listed().disputes]


def test_a_dispute_is_listed_with_its_words_and_clock(hands: Hands, number: str) -> None:
    screen = screen_of(hands)
    [row] = screen.table.rows.records
    assert (row.number, row.standing, row.officer) == (number, "open", CLERK.name)
    assert screen.panel.opened is not None
    assert screen.panel.opened.words == WORDS


def test_a_sum_says_its_currency_beside_counts_in_every_language(hands: Hands, stand: Stand) -> None:
    screen = screen_of(hands)
    [row] = screen.table.rows.records
    figures = {"az": "200,00 ₼", "ru": "200,00 ₼", "en": "200.00 ₼"}
    assert row.value == azn(20_000)
    for code, figure in figures.items():
        Language.current().choose(code)
        assert screen.table.rows.index(0, 2).data().replace("\N{NO-BREAK SPACE}", " ") == figure
    # What is counted and no money stays a number.
    assert value_words(replace(row, value=3)) == "3"


def test_the_centres_answer_is_shown_and_its_giver_named(hands: Hands, stand: Stand, number: str) -> None:
    answer(stand, number, 900)
    screen_of(hands).refresh()
    hands.settle()
    opened = screen_of(hands).panel.opened
    assert opened is not None
    assert opened.row.standing == "answered"
    assert opened.row.dispute is not None
    assert opened.row.dispute.answer_words == "Bağlama tapıldı."


def test_only_an_enquiry_has_a_slip_and_one_key_prints_it_with_its_answer(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    abroad_at(stand)
    transfer = sent(stand)
    asked = stand.desk.enquiries.open_sent(transfer, WORDS, CLERK).number
    stand.clock.pass_ms(1_000)
    figure = stand.desk.disputes.raise_dispute(CLERK, Figure("report.closing", DATE), WORDS).number
    hands = Hands(qtbot, runner, session, stand, DisputesScreen)
    screen = screen_of(hands)
    assert [row.number for row in screen.table.rows.records] == [figure, asked]
    assert not screen.panel.slip.isVisible()
    hands.press(Qt.Key.Key_P, CTRL)
    assert hands.frame.notices.text() == Texts("az").t("abroad.enquiry.not_one")
    hands.press(Qt.Key.Key_Down)
    assert screen.panel.slip.isVisible()
    hands.press(Qt.Key.Key_P, CTRL)
    with stand.books.reading() as books:
        jobs = [(job.paper, job.sort) for job in books.print_jobs()][-2:]
        sale = books.paid_line(transfer)
    assert jobs == [("abroad_enquiry", "original"), ("abroad_enquiry", "copy")]
    # Its record is the sale, as the history knows it.
    assert sale is not None
    assert screen.table.rows.records[1].opens == sale.recorded.operation


def test_who_raised_it_closes_it_by_keys(hands: Hands, stand: Stand) -> None:
    hands.press(Qt.Key.Key_E, CTRL)
    hands.type("1\nRazıyam.\n")
    assert states(stand) == ["closed"]
    closed = stand.bodies(ops.DisputeClosed)[-1]
    assert isinstance(closed, ops.DisputeClosed)
    assert closed.outcome == "settled"


def test_fifty_enters_close_it_once_and_escape_never(hands: Hands, stand: Stand) -> None:
    before = stand.records()
    hands.press(Qt.Key.Key_E, CTRL)
    hands.press(Qt.Key.Key_Escape)
    assert stand.records() == before
    hands.press(Qt.Key.Key_G, CTRL)
    hands.type("Cavab yoxdur.")
    hold_enter(hands.frame)
    hands.settle()
    assert states(stand) == ["escalated"]
    assert len(stand.bodies(ops.DisputeEscalated)) == 1


def test_a_manager_takes_it_further_but_never_closes_anothers(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand, number: str
) -> None:
    session.officer = MANAGER
    hands = Hands(qtbot, runner, session, stand, DisputesScreen)
    panel = screen_of(hands).panel
    assert (panel.close_it.isEnabled(), panel.escalate.isEnabled()) == (False, True)
    hands.press(Qt.Key.Key_E, CTRL)
    assert screen_of(hands).sheet is None
    assert states(stand) == ["open"]


def test_what_is_overdue_stands_first(stand: Stand, number: str) -> None:
    stand.clock.pass_ms(12 * 86_400_000)
    later = stand.desk.disputes.raise_dispute(SUPERVISOR, Figure("report.vat", DATE), WORDS).number
    rows = form.rows(stand.desk.disputes.listed())
    assert [(row.number, row.standing) for row in rows] == [(number, "overdue"), (later, "open")]


def test_keys_are_one_each_and_none_is_the_frames_or_a_screens(hands: Hands) -> None:
    keys = [action.key for action in screen_of(hands).actions_here()]
    assert len(keys) == len(set(keys))
    # A screen without a key is not in the rail: bags of cash, a customer's file.
    taken = [*FRAME_KEYS.values(), *(kind.key for kind in screens() if kind.key)]
    assert not set(keys) & set(taken)
    assert len(taken) == len(set(taken))


def test_every_widget_that_takes_the_keyboard_has_a_name(hands: Hands) -> None:
    hands.press(Qt.Key.Key_E, CTRL)
    assert nameless(hands.frame) == []


# --- from the count of a till -------------------------------------------------------------------------------


@pytest.fixture
def differs(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """A bill of 35.40 typed for 53.40; the till has just been counted 18.00 over."""
    fee = stand.desk.payments.fee("0101", azn(3_540)).minor
    stand.desk.payments.pay(PayBill("0101", "12345678", azn(3_540)), CLERK)
    stand.pay(3_540 + fee)
    hands = Hands(qtbot, runner, session, stand, TillsScreen)
    screen = hands.frame.current()
    assert isinstance(screen, TillsScreen)
    screen._on_counted(CLOSE_TILL, close_counted(stand, {1: stand.till_qapik() + 1_800}))
    hands.settle()
    return hands


def test_the_sheet_of_the_count_says_what_may_explain_it_and_opens_the_record(
    differs: Hands, session: Session, stand: Stand
) -> None:
    screen = differs.frame.current()
    assert isinstance(screen, TillsScreen)
    assert screen.closed is not None
    causes = screen.closed.causes
    assert isinstance(causes, Causes)
    assert causes.isVisible()
    assert causes.table.rows.records[0].reason == "swapped"
    asked: list[tuple[str, object]] = []
    session.opened.disconnect()
    session.opened.connect(lambda name, argument: asked.append((name, argument)))
    causes.table.view.selectRow(0)
    causes.table.view.setFocus()
    differs.press(Qt.Key.Key_Return)
    with stand.books.reading() as books:
        receipt = books.last_receipt()
    assert asked == [("history", Found("receipt", receipt, receipt, ""))]


def test_the_difference_is_disputed_by_one_key_from_its_sheet(differs: Hands, stand: Stand) -> None:
    differs.press(Qt.Key.Key_D, CTRL)
    [sheet] = differs.frame.findChildren(DisputeSheet)
    assert sheet.isVisible()
    differs.type("Pul artiqdir\n")
    body = stand.bodies(ops.DisputeRaised)[-1]
    assert isinstance(body, ops.DisputeRaised)
    assert (body.figure, body.value) == ("till.difference", 1_800)
    words = language().texts.t("dispute.sheet.done", number=body.dispute, due=body.due)
    assert any(
        words in str(getattr(one, "values", "")) or body.dispute in str(one) for one in differs.notices
    )


def test_without_words_no_dispute_is_raised(differs: Hands, stand: Stand) -> None:
    differs.press(Qt.Key.Key_D, CTRL)
    differs.type("\n\n")
    assert stand.bodies(ops.DisputeRaised) == []
