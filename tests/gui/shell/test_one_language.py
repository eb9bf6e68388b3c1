"""One choice of language: what stands in the basket, what the books are told in, the customer's papers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from azpost_desk.domain.catalogue import Goods
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.gui.kit.words import language, say, translated, written
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.programs.desk_parts import paper_drawer
from azpost_desk.protocol.news import Reference
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.payments import PayBill
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.services.views import Basket, PlannedLine
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.conftest import session as session
from tests.gui.screens.conftest import stand as stand
from tests.gui.screens.conftest import tones as tones
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, RECEIVER, SENDER, Stand
from tests.storage.desks import documents, piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.domain.papers import Paper
    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """One of everything that is sold stands in the basket, sold while the desk spoke Azerbaijani."""
    desk = stand.desk
    desk_learns_names(stand)
    desk.shop.sell(SellGoods("ST-60", 2), CLERK)
    desk.payments.pay(PayBill("0101", "12345678", azn(123_450)), CLERK)
    desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family"), CLERK)
    sender = Person(name="Əliyev Vüqar", phone="+994501234567", address="Nizami 1")
    addressee = Person(name="Quliyeva Leyla", address="Cavid 5", postcode="AZ1000")
    desk.express.accept(AcceptItem(sender, addressee, 1_240, "ems"), CLERK)
    return Hands(qtbot, runner, session, stand, HistoryScreen)


def desk_learns_names(stand: Stand) -> None:
    """The centre calls an article something else in each language."""
    first = documents()["goods"].articles[0]
    stamp = msgspec.structs.replace(
        first, names={"az": "Marka", "ru": "Марка", "en": "Stamp"}, barcode="4760991234567"
    )
    goods = msgspec.Raw(msgspec.json.encode(Goods(articles=(stamp,))))
    told = Reference(name="goods", version=2, valid_from="2026-01-01", content=goods)
    stand.books.store_news([piece(1_000, "reference", told)], 1)


def shown(widget: QWidget) -> str:
    texts = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join(texts).replace("\u00a0", " ")


def read(paper: Paper | bytes) -> str:
    assert not isinstance(paper, bytes)
    pdf = paper_drawer(lambda: "az")(paper)
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u00a0", " ")


def test_the_basket_and_its_papers_follow_the_one_language(hands: Hands, stand: Stand) -> None:
    basket = stand.desk.baskets.current()
    assert basket is not None
    assert "1.356,05" in shown(hands.frame.basket)
    for code, money, stamp in (("ru", "1 356,05", "Марка"), ("en", "1,356.05", "Stamp")):
        hands.press(Qt.Key.Key_L, CTRL)
        assert language().code == code
        now = shown(hands.frame.basket)
        assert money in now
        assert stamp in now
        for line in basket.lines:
            assert line.titles[code] in now
            assert line.details[code].replace("\u00a0", " ") in now
    stand.pay(200_000, hands.frame._session.by)
    jobs = {job.paper: job for job in stand.desk.papers.waiting()}
    papers = {sort: stand.desk.papers.of_job(jobs[sort]) for sort in ("receipt", "application", "label")}
    assert {getattr(paper, "language", "") for paper in papers.values()} == {"en"}
    assert "1,234.50" in read(papers["receipt"])
    assert "100.00" in read(papers["application"])


def test_what_the_books_put_into_words_changes_with_the_language(hands: Hands, stand: Stand) -> None:
    stand.pay(200_000)
    screen = hands.frame.current()
    assert isinstance(screen, HistoryScreen)
    screen.refresh()
    hands.settle()
    assert "Marka ×" in screen._done[0].about
    hands.press(Qt.Key.Key_L, CTRL)
    assert "Марка ×" in screen._done[0].about
    hands.scan("4760991234567")
    hands.settle()
    assert "Марка" in hands.frame.notices.text()


def test_a_basket_of_an_older_desk_is_shown_as_it_was_stored() -> None:
    """Its bytes know one title and one detail, and a language of its own."""
    old = b'{"basket":"b","officer":"1","lines":[],"started_ms":1,"language":"ru"}'
    assert msgspec.json.decode(old, type=Basket).language == "ru"
    line = (
        b'{"line":{"line":"goods.sold","operation":"o","sku":"ST-60","quantity":1,"price_qapik":60,'
        b'"amount_qapik":60,"vat_qapik":9,"tariff":"1"},'
        b'"attachments":[],"title":"Marka 60","detail":"1","source":"keys"}'
    )
    planned = msgspec.json.decode(line, type=PlannedLine)
    assert say(translated(planned.titles, planned.title)) == "Marka 60"


def test_what_has_no_name_in_this_language_is_called_as_another_calls_it_before_a_number() -> None:
    language().choose("ru")
    assert say(translated({"az": "Gürcüstan", "en": "Georgia"}, "GE")) == "Gürcüstan"
    assert say(translated({}, "GE")) == "GE"


def test_a_figure_is_written_as_the_language_writes_it() -> None:
    figure = written("amount", azn(123_450))
    for code, text in (("az", "1.234,50"), ("ru", "1 234,50"), ("en", "1,234.50")):
        language().choose(code)
        assert say(figure).replace("\u00a0", " ") == text
