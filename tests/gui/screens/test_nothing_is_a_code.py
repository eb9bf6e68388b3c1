"""Whatever is under way, every screen says it by the names people use: no id of a desk, code of an event,
number of a biller or of an officer, no word of the books.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QTableView

from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Parties
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.transfer_codes import transfer_code
from azpost_desk.gui.kit.cards import Sheet
from azpost_desk.gui.kit.named import case_words, desk_and_office, found_detail, found_title
from azpost_desk.gui.kit.words import Language, phrase, say
from azpost_desk.gui.screens.recovery.screen import RecoveryScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.shell.register import screens
from azpost_desk.protocol import news as tidings
from azpost_desk.services.payments import PayBill
from azpost_desk.services.scan_items import ScanItem
from azpost_desk.services.transfers import ClaimTransfer
from azpost_desk.services.views import Found
from tests.fakes.line import PlayedTransfer
from tests.gui.conftest import press
from tests.services.counters import CLERK, RECEIVER, SENDER
from tests.storage.desks import piece

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

CODE: Final = transfer_code("123456789")
ITEM: Final = item_number("EE", 500_000)
ONLY_FOR_MACHINES: Final = {
    "a desk": r"\b\d{4}-\d\b",
    "an event": r"\bE[MDX][A-Z]\b",
    "an id": r"\b[0-9a-f]{8}-[0-9a-f]{4}|\b[tp]-1\b",
    "a word of the books": r"\b[a-z]+_[a-z_]+\b",
    "a biller": r"\b0101\b",
    "an officer": r"\b100[1-4]\b",
}
# Who administers officers and who searches by number needs the number itself.
NUMBERED: Final = {("staff", "an officer")}


def under_way(stand: Stand) -> None:
    """Something of everything: bills, cash, an item, a proposal, a case, an act of the centre."""
    desk, now_ms = stand.desk, stand.clock.utc_ms()
    for account in ("12345678", "87654321"):
        payment = desk.payments.pay(PayBill("0101", account, azn(2_000)), CLERK).lines[0].line.operation
        stand.pay(10_000)
    desk.tills.issue(CLERK, "2002-2", "till", {1_000: 1})
    desk.tracking.scan(ScanItem(ITEM, "EMG"), CLERK)
    stand.line.transfers[CODE] = PlayedTransfer(
        "t-1", 7_000, Parties(code=CODE, sender=SENDER, receiver=RECEIVER)
    )
    stand.line.lose_answers = 1
    with pytest.raises(Trouble):
        desk.transfers.claim(ClaimTransfer(CODE, azn(7_000), SENDER.name), CLERK)
    told = {
        "payment.result": tidings.PaymentResult(
            payment=payment, biller="0101", outcome="refused", provider_reference="", reason="r", at_ms=now_ms
        ),
        "remittance": tidings.RemittanceNews(
            remittance="R-1", from_desk="2002-2", to_desk="2002-1", amount_qapik=5_000,
            pieces={"1000": 5}, at_ms=now_ms,
        ),
        "correction.proposal": tidings.CorrectionProposal(
            proposal="p-1", sort="shortage_cleared", amount_qapik=1_000, holder=CLERK.officer,
            reason="kisə 17", evidence="", who="Səfərov", at_ms=now_ms,
        ),
        "centre.act": tidings.CentreAct(
            act_id="a", act="correction_proposed", who="Səfərov", why="kisə 17", at_ms=now_ms, about="p-1"
        ),
        "item.event": tidings.ItemEvent(
            number=ITEM, event="EMF", office="1000", at_ms=now_ms, postcode="AZ5002"
        ),
        "exception": tidings.OnExceptionsList(epoch=1, sequence=3, reason="unreadable"),
    }  # fmt: skip
    pieces = [piece(900 + at, kind, body) for at, (kind, body) in enumerate(told.items())]
    stand.books.store_news(pieces, 1)


def read(widget: QWidget) -> list[str]:
    """Every text that is seen: labels, buttons, cells."""
    shown = [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]
    shown += [one.text() for one in widget.findChildren(QAbstractButton) if one.isVisible()]
    for table in widget.findChildren(QTableView):
        model = table.model()
        if table.isVisible() and model is not None:
            rows, columns = range(model.rowCount()), range(model.columnCount())
            shown += [
                str(model.index(row, at).data(Qt.ItemDataRole.DisplayRole) or "")
                for row in rows
                for at in columns
            ]
    return shown


def found_in(name: str, texts: list[str]) -> list[str]:
    return [
        f"{name}: {what} in {text!r}"
        for text in texts
        for what, pattern in ONLY_FOR_MACHINES.items()
        if (name, what) not in NUMBERED and re.search(pattern, text)
    ]


def test_no_screen_shows_what_only_machines_read(
    qtbot: QtBot, runner: Runner, whole: Frame, stand: Stand
) -> None:
    Language.current().choose("en")
    under_way(stand)
    stand.line.online = False
    whole.load_basket()
    wrong, seen = [], {}
    for kind in screens():
        for sheet in whole.findChildren(Sheet):
            sheet.close_sheet()
        whole.show_screen(kind.name)
        qtbot.waitUntil(lambda: runner.under_way == 0)
        screen = whole.current()
        assert screen is not None
        texts = read(whole)
        if isinstance(screen, RecoveryScreen):
            for row in range(len(screen.table.rows.records)):
                screen.table.view.selectRow(row)
                texts += read(whole)
            press(screen.table.view, "Ctrl+2")
            qtbot.waitUntil(lambda: runner.under_way == 0)
            texts += read(whole)
        if isinstance(screen, TrackingScreen):
            screen.enter(Found("item", ITEM, ITEM, ""))
            qtbot.waitUntil(screen.item.isVisible)
            texts += [*read(whole), screen.item.timeline.accessibleDescription()]
        seen[kind.name] = "\n".join(texts)
        wrong += found_in(kind.name, texts)
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    for name, words in (
        ("tracking", "Arrived at the delivery office"),
        ("recovery", "Desk 2"),
        ("recovery", f"{CLERK.name} · kisə 17"),
        ("tills", "Desk 2 has to count it in"),
        ("disputes", "The centre could not accept a record"),
    ):
        assert words in seen[name], (name, words)


def test_answers_of_the_one_box_are_named(stand: Stand) -> None:
    Language.current().choose("en")
    under_way(stand)
    by_account, by_number = (stand.desk.finding.find(text, "en")[0] for text in ("1234567", ITEM))
    assert (say(found_title(by_account)), say(found_detail(by_account))) == ("12345678", "Azərişıq")
    assert say(found_detail(by_number)) == "Arrived at the delivery office"
    begun = stand.desk.finding.find(ITEM[:6], "en")[0]
    assert say(found_detail(begun)) == "Arrived at the delivery office"


def test_a_desk_is_named_in_every_sentence_and_language() -> None:
    for language, said in (("az", "İş yeri 2"), ("ru", "Рабочее место 2"), ("en", "Desk 2")):
        Language.current().choose(language)
        for code in ("C-162", "C-163", "C-164", "C-165", "C-167"):
            words = say(phrase(f"refusal.{code}", desk="2002-2"))
            assert said in words, code
            assert "2002" not in words, code
        assert say(desk_and_office("3001-4")).count("3001") == 1
        reasons = ("grant unknown here", "slip differs", "contested lost", "uncountable cash")
        cases = [say(case_words(reason)) for reason in reasons]
        assert len(set(cases)) == len(cases)
        assert not set(cases) & set(reasons)
