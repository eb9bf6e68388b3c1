"""Sent abroad on the screen: its life in words, asked back with a reason, paid back to who sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.moves import ABROAD_OUT
from azpost_desk.domain.lines import AbroadRefunded
from azpost_desk.domain.money import Money
from azpost_desk.domain.papers import NumberPaper
from azpost_desk.domain.people import AbroadParties
from azpost_desk.gui.kit.words import language, say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.screens.transfers.sent_abroad import SentAbroad, state_words
from azpost_desk.protocol.news import AbroadEvent, DisputeAnswer
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.texts import LANGUAGES, Texts
from tests.fakes.abroad import abroad_at
from tests.fakes.line import PlayedTransfer
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_transfers_abroad import NINO
from tests.services.counters import CLERK, SENDER, Stand
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

SECRET = "481516234"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def transfer(stand: Stand) -> str:
    """100 lari from SENDER to NINO, sent and paid here; the partner gives the number afterwards."""
    abroad_at(stand).more = {"number_follows": True}
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(10_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    basket = stand.desk.abroad.send(command, CLERK)
    stand.pay(10_000)
    return basket.lines[-1].line.operation


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, transfer: str) -> Hands:
    made = Hands(qtbot, runner, session, stand, TransfersScreen)
    made.press(Qt.Key.Key_4, CTRL)
    made.settle()
    return made


def screen(hands: Hands) -> TransfersScreen:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made


def told(stand: Stand, transfer: str, state: str) -> None:
    event = AbroadEvent(transfer=transfer, state=state, at_ms=stand.clock.utc_ms(), reason="AC04")
    stand.books.store_news([piece(9_000, "abroad.event", event)], 1)


def test_every_state_has_its_words_and_a_settlement_is_never_called_paid() -> None:
    states = {after for after in ABROAD_OUT.values()}
    for one in LANGUAGES:
        texts = Texts(one)
        words = {state: texts.t(f"abroad.state.{state}") for state in states}
        assert words["settled"] != words["paid"]
        assert words["frozen"] == words["held"]
        assert words["sent"] == words["unknown"] == words["accepted"]


def test_it_is_asked_back_with_a_reason_and_says_so(hands: Hands, stand: Stand, transfer: str) -> None:
    page = screen(hands).abroad
    [one] = page.table.rows.records
    assert (one.receiver, one.state) == ("Beridze Nino", "queued")
    hands.press(Qt.Key.Key_B, CTRL)
    assert page.asking is not None
    hands.type("sehv")
    hands.press(Qt.Key.Key_Return)
    hands.settle()
    with stand.books.reading() as look:
        bodies = [entry.body for entry in look.entries(look.day().number)]
    assert ops.AbroadStopAsked(transfer=transfer, reason="sehv") in bodies
    # Known here before the centre has said anything.
    words = say(state_words(page.table.rows.records[0]))
    assert words == "geri istənilib · qəbul edildi, hələ göndərilməyib"
    assert page.table.rows.records[0].recall == "asked"


@pytest.mark.parametrize("state", ["owed", "unclaimed"])
def test_what_is_owed_is_paid_back_with_the_senders_document(
    hands: Hands, stand: Stand, transfer: str, state: str
) -> None:
    told(stand, transfer, state)
    parties = AbroadParties(sender=SENDER, sender_latin="Aliyev Vugar", receiver=NINO)
    stand.line.transfers[transfer] = PlayedTransfer(transfer, 6_771, parties)
    page = screen(hands).abroad
    page.refresh()
    hands.settle()
    assert say(state_words(page.table.rows.records[0])) == Texts("az").t(f"abroad.state.{state}")
    hands.press(Qt.Key.Key_Return)
    assert page.refund is not None
    # The Enter that opened the sheet leads nobody back under it.
    assert page.refund.isAncestorOf(hands.focus)
    page.refund.person.fin.put(SENDER.fin)
    page.refund.person.document.put(SENDER.document)
    page.refund.go.click()
    hands.settle()
    basket = stand.desk.baskets.current()
    assert basket is not None, say(page.refund.wrong.words)
    [line] = [planned.line for planned in basket.lines]
    assert isinstance(line, AbroadRefunded)
    assert (line.transfer, line.amount_qapik) == (transfer, 6_771)


def write_document(page: SentAbroad, hands: Hands, name: str) -> None:
    assert page.refund is not None
    page.refund.person.fin.put(SENDER.fin)
    page.refund.person.document.put(SENDER.document)
    page.refund.person.full_name.put(name)
    page.refund.go.click()
    hands.settle()


def test_what_another_desk_sold_is_found_by_its_receipt(hands: Hands, stand: Stand) -> None:
    """No such number is one sentence; a grant that is held stands in the list until it is paid."""
    parties = AbroadParties(sender=SENDER, sender_latin="Aliyev Vugar", receiver=NINO)
    stand.line.transfers["0042-000123"] = PlayedTransfer("0197-elsewhere", 6_771, parties)
    page = screen(hands).abroad
    page.search.setFocus()
    hands.type("0042-000124\n")
    write_document(page, hands, SENDER.name)
    assert page.refund is not None
    assert say(page.refund.wrong.words) == Texts("az").t("refusal.T-010")
    hands.press(Qt.Key.Key_Escape)
    page.search.clear()
    page.search.setFocus()
    hands.type("0042-000123\n")
    # The Enter that opened the sheet leads nobody back under it.
    assert page.refund.isAncestorOf(hands.focus)
    write_document(page, hands, "Quliyev Tural Rauf oğlu")
    assert stand.desk.baskets.current() is None
    assert stand.line.asked[-1].code == "0042-000123"
    hands.press(Qt.Key.Key_Escape)
    page.search.clear()
    page.refresh()
    hands.settle()
    held = page.table.rows.records[-1]
    assert (held.transfer, held.state, held.amount) == ("0197-elsewhere", "refunding", Money(6_771))
    page.open_one(held)
    write_document(page, hands, SENDER.name)
    basket = stand.desk.baskets.current()
    assert basket is not None, say(page.refund.wrong.words)
    [line] = [planned.line for planned in basket.lines]
    assert isinstance(line, AbroadRefunded)
    assert (line.transfer, line.amount_qapik) == ("0197-elsewhere", 6_771)


def number_came(stand: Stand, transfer: str, state: str = "accepted") -> None:
    event = AbroadEvent(transfer=transfer, state=state, at_ms=stand.clock.utc_ms(), number=SECRET)
    stand.books.store_news([piece(9_001, "abroad.event", event)], 1)


def slips(stand: Stand) -> list[NumberPaper]:
    """Every slip with a number that was printed, as its job says it."""
    with stand.books.reading() as books:
        jobs = books.print_jobs()
    made = [stand.desk.papers.of_job(job) for job in jobs if job.paper == "abroad_number"]
    return [paper for paper in made if isinstance(paper, NumberPaper)]


def shown(hands: Hands) -> str:
    """Every word on the window, its tables' cells with them."""
    words = [label.text() for label in hands.frame.findChildren(QLabel)]
    rows = screen(hands).abroad.table.view.model()
    cells = [
        str(rows.index(row, column).data())
        for row in range(rows.rowCount())
        for column in range(rows.columnCount())
    ]
    return " ".join([*words, *cells])


def test_ma_18_the_number_that_came_is_said_until_its_second_slip_is_printed_and_stands_only_on_it(
    hands: Hands, runner: Runner, stand: Stand, transfer: str, caplog: pytest.LogCaptureFixture
) -> None:
    page, notice = screen(hands).abroad, hands.frame.numbers
    page.refresh()
    hands.settle()
    assert (notice.text(), Texts("az").t("abroad.sent.number_follows") in shown(hands)) == ("", True)
    # Before it has come there is nothing to print.
    hands.press(Qt.Key.Key_N, CTRL)
    hands.settle()
    assert (hands.frame.notices.text(), slips(stand)) == (Texts("az").t("refusal.A-055"), [])
    number_came(stand, transfer)
    runner.announce("news")
    page.refresh()
    hands.settle()
    [one] = page.table.rows.records
    assert notice.text() == Texts("az").t("frame.number_came", receipts=one.receipt)
    assert SECRET not in shown(hands)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.settle()
    [first] = slips(stand)
    assert (first.secret, first.number, first.copy.kind) == (SECRET, one.receipt, "original")
    runner.announce("paper")
    hands.settle()
    assert notice.text() == ""
    hands.press(Qt.Key.Key_N, CTRL)
    hands.settle()
    [_, again] = slips(stand)
    assert (again.secret, again.copy.kind, again.copy.number) == (SECRET, "copy", 1)
    assert SECRET not in shown(hands) + caplog.text


def test_ma_18_a_number_that_nobody_can_use_any_more_is_not_asked_to_be_printed(
    hands: Hands, runner: Runner, stand: Stand, transfer: str
) -> None:
    number_came(stand, transfer, "owed")
    runner.announce("news")
    hands.settle()
    assert (hands.frame.numbers.text(), stand.desk.numbers.waiting()) == ("", [])


def test_enter_in_the_search_leads_into_the_list_and_a_refused_one_awaits_no_number(
    hands: Hands, stand: Stand, transfer: str
) -> None:
    """Two are found: the arrows choose, Enter opens; nobody is fetched back into the search."""
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(20_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    stand.desk.abroad.send(command, CLERK)
    stand.pay(20_000)
    page = screen(hands).abroad
    told(stand, transfer, "owed")
    page.refresh()
    hands.settle()
    page.search.setFocus()
    hands.type("\n")
    assert (hands.focus, page.table.view.currentIndex().row()) == (page.table.view, 0)
    hands.press(Qt.Key.Key_Down)
    assert page.table.current() == page.table.rows.records[1]
    number = next(one for one in page.table.rows.columns if one.words == "abroad.sent.number")
    follows = Texts("az").t("abroad.sent.number_follows")
    assert {one.state: number.show(one) for one in page.table.rows.records} == {"owed": "", "queued": follows}


def test_where_is_it_two_keys_open_an_enquiry_whose_number_is_said_and_printed(
    hands: Hands, stand: Stand, transfer: str
) -> None:
    told(stand, transfer, "settled")
    page = screen(hands).abroad
    page.refresh()
    hands.settle()
    hands.press(Qt.Key.Key_S, CTRL)
    assert page.enquiry is not None
    assert page.enquiry.isAncestorOf(hands.focus)
    hands.press(Qt.Key.Key_Return)
    [one] = [row.dispute for row in stand.desk.disputes.listed().disputes]
    assert (one.figure, one.about, one.state) == ("enquiry.sent", transfer, "open")
    due = language().texts.date(one.due)
    assert one.dispute in hands.frame.notices.text()
    assert due in hands.frame.notices.text()
    with stand.books.reading() as books:
        assert [job.paper for job in books.print_jobs()][-1] == "abroad_enquiry"
    # Asked again: the number that is open already, beside how the transfer stands.
    hands.press(Qt.Key.Key_S, CTRL)
    hands.press(Qt.Key.Key_Return)
    assert one.dispute in hands.frame.notices.text()
    assert len(stand.desk.disputes.listed().disputes) == 1
    page.open_one(page.table.rows.records[0])
    hands.settle()
    said = hands.frame.notices.text()
    assert Texts("az").t("abroad.state.settled") in said
    assert due in said
    answer = DisputeAnswer(dispute=one.dispute, answer="received", words="", by="tbilisi", at_ms=1)
    stand.books.store_news([piece(9_002, "dispute.answer", answer)], 1)
    page.open_one(page.table.rows.records[0])
    hands.settle()
    assert Texts("az").t("dispute.answer.received") in hands.frame.notices.text()


def test_enter_at_a_search_that_found_nothing_stays_there_in_both_lists(hands: Hands) -> None:
    here = screen(hands)
    for key, mode in ((Qt.Key.Key_3, here.sent), (Qt.Key.Key_4, here.abroad)):
        hands.press(key, CTRL)
        hands.type("zzz\n")
        assert mode.table.rows.records == []
        assert mode.search.isAncestorOf(hands.focus)
        hands.type("y")
        assert mode.search.text() == "zzzy"
