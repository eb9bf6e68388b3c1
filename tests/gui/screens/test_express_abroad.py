"""An item for abroad at the counter: the country first, the price before Enter, few keys, no fireworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail import advance
from azpost_desk.domain.money import azn
from azpost_desk.domain.papers import LabelPaper
from azpost_desk.domain.papers_mail import CustomsPaper
from azpost_desk.domain.people import Addresses, Person
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.protocol import news as tidings
from azpost_desk.services.express import AcceptItem
from tests.gui.conftest import type_text
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK
from tests.services.test_mail_abroad import told
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.screens.express.abroad import AbroadForm
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

FROM = Person(name="Əliyev Vüqar", fin="5ZK9XYZ", phone="+994501234567", address="Nizami 5, m. 12")
TO = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="1000")
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    """FROM has sent something within the country; the centre has told what mail abroad needs."""
    stand.desk.express.accept(AcceptItem(FROM, TO, 400, "ems"), CLERK)
    stand.pay(10_000)
    told(stand)
    session.weigh = lambda: 900
    return Hands(qtbot, runner, session, stand, ExpressScreen)


def form(hands: Hands) -> AbroadForm:
    shown = express(hands).destination.abroad
    assert shown is not None
    return shown


def express(hands: Hands) -> ExpressScreen:
    current = hands.frame.current()
    assert isinstance(current, ExpressScreen)
    return current


def to_turkey(hands: Hands) -> AbroadForm:
    hands.press(Qt.Key.Key_0, ALT)
    hands.type("tr\n")
    return form(hands)


def addressed(hands: Hands) -> AbroadForm:
    """Up to the goods, as somebody who sends abroad for the first time."""
    made = to_turkey(hands)
    hands.scan("5ZK9XYZ")
    hands.type("Sumqayıt\n")
    hands.type("Yılmaz Ayşe\nBağdat Cad 12\n34710\nIstanbul\n\n\n")
    hands.type("30 20 10\n")
    return made


def accepted(stand: Stand) -> tuple[ops.ItemAccepted, advance.ItemAttributes]:
    basket = stand.desk.baskets.current()
    assert basket is not None
    [planned] = basket.lines
    assert isinstance(planned.line, ops.ItemAccepted)
    [(_, _, content)] = planned.attachments
    return planned.line, advance.read(msgspec.json.decode(content, type=Addresses).declared.encode())


def test_the_first_item_abroad_of_two_lines_takes_120_keys_and_a_scan(hands: Hands, stand: Stand) -> None:
    made = addressed(hands)
    assert made.price.total.amount == azn(5_100)
    hands.type("çay\n1")
    assert made.goods.code.text() == "090230"
    hands.type("2\n500\n12\n")
    hands.type("ipək şərf\n1")
    hands.type("1\n120\n60\n")
    assert "CN 23" in made.price.form.text()
    assert "Türkiyə" in made.price.checked.text()
    assert "620" in made.goods.sums.text()
    assert "72,00" in made.goods.sums.text()
    assert stand.desk.baskets.current() is None
    hands.type("\n1\n")
    line, message = accepted(stand)
    assert (line.country, line.weight_grams, line.amount_qapik) == ("TR", 900, 5_100)
    assert not line.weight_typed
    assert (message.addressee.name, message.addressee.street) == ("Yilmaz Ayse", "Bagdat Cad 12")
    assert [(one.description, one.hs, one.net_grams) for one in message.lines] == [
        ("tea (çay)", "090230", 500),
        ("silk scarf (ipək şərf)", "621410", 120),
    ]
    assert (hands.keys <= 120, hands.scans) == (True, 1)
    # The next customer's item stays in the country; this one's label and form come out together.
    assert express(hands).destination.abroad is None
    assert hands.focus is express(hands).from_whom.search.editor
    stand.pay(6_000)
    jobs = [job for job in stand.desk.papers.waiting() if job.key == line.operation]
    label, customs = (stand.desk.papers.of_job(job) for job in jobs)
    assert isinstance(label, LabelPaper)
    assert isinstance(customs, CustomsPaper)
    made = stand.desk.papers_made
    while stand.desk.papers.print_next(lambda _paper, _sort: None) is not None:
        pass
    [in_drawer] = [one for one in made.today(CLERK) if one.paper == "customs"]
    made.again(in_drawer, CLERK)
    [once_more] = stand.desk.papers.waiting()
    again = stand.desk.papers.of_job(once_more)
    assert isinstance(again, CustomsPaper)
    assert (again.copy.kind, again.copy.number) == ("copy", 1)


def tea(hands: Hands, net: str = "500") -> None:
    hands.type(f"çay\n12\n{net}\n12\n")


def test_sender_and_addressee_sent_to_before_and_their_goods_take_35_keys(hands: Hands, stand: Stand) -> None:
    addressed(hands)
    tea(hands)
    hands.type("ipək şərf\n11\n120\n60\n")
    hands.type("\n1\n")
    stand.pay(6_000)
    hands.keys = hands.scans = 0
    made = to_turkey(hands)
    hands.scan("5ZK9XYZ")
    assert made.from_whom.settlement.text() == "Sumqayıt"
    hands._qtbot.waitUntil(lambda: not made.to_whom.before.visibleRegion().isEmpty())
    hands.type("1")
    assert [made.to_whom.parts[part].text() for part in ("name", "city", "postcode")] == [
        "Yilmaz Ayse", "Istanbul", "34710",
    ]  # fmt: skip
    hands.type("30 20 9\n")
    hands._qtbot.waitUntil(lambda: not made.goods.used.visibleRegion().isEmpty())
    # What it is is known; how much of it and its worth are said anew.
    for digit, worth in (("1", "250\n6\n"), ("2", "130\n70\n")):
        hands.type(digit)
        assert made.goods.net.is_empty()
        assert made.goods.value.is_empty()
        hands.type(worth)
    hands.type("\n1\n")
    line, message = accepted(stand)
    assert (line.country, message.addressee.name, message.total_minor) == ("TR", "Yilmaz Ayse", 7_600)
    assert [(one.hs, one.quantity, one.net_grams) for one in message.lines] == [
        ("090230", 2, 250),
        ("621410", 1, 130),
    ]
    assert (hands.keys <= 35, hands.scans) == (True, 1)


def test_somebody_else_than_was_picked_has_none_of_their_address(hands: Hands, stand: Stand) -> None:
    addressed(hands)
    tea(hands)
    hands.type("\n1\n")
    stand.pay(6_000)
    made = to_turkey(hands)
    hands.scan("5ZK9XYZ")
    hands.type("1")
    name = made.to_whom.parts["name"]
    name.setFocus()
    name.line.selectAll()
    hands.type("D")
    assert made.to_whom.parts["city"].is_empty()


def test_what_no_post_carries_is_refused_beside_its_words_and_stays_in_hand(
    hands: Hands, stand: Stand
) -> None:
    made = addressed(hands)
    tea(hands)
    hands.type("party fireworks\n0")
    hands.type("1\n20\n6\n")
    assert "UPU" in made.goods.words.error_text()
    assert len(made.goods.lines) == 1
    # Coded as a toy it is only called so: looked at, and said so.
    made.goods.words.line.selectAll()
    hands.type("toy fireworks\n0")
    made.goods.code.setFocus()
    hands.type("950300\n\n")
    assert not made.goods.looked.isHidden()
    assert len(made.goods.lines) == 1
    made.goods.looked.setFocus()
    hands.type("1\n")
    assert len(made.goods.lines) == 2
    hands.type("\n1\n")
    line, message = accepted(stand)
    assert line.abroad is not None
    assert (line.abroad.contents, message.lines[1].hs) == ("ask", "950300")


def test_a_conditional_article_asks_for_its_document_by_name(hands: Hands, stand: Stand) -> None:
    made = addressed(hands)
    hands.type("old carpet\n0")
    made.goods.code.setFocus()
    hands.type("570110\n1\n200\n60\n")
    assert not made.licence.isHidden()
    assert "Mədəniyyət" in made.licence._below.text()
    hands.type("\n")
    assert hands.focus is made.licence.editor
    hands.type("MN-17\n1\n")
    _, message = accepted(stand)
    assert message.papers.licence == "MN-17"


@pytest.mark.parametrize("vague", ["hədiyyə", "gift", "подарок"])
def test_what_tells_the_customs_nothing_is_refused_when_it_is_left(hands: Hands, vague: str) -> None:
    made = addressed(hands)
    hands.type(f"{vague}\n")
    assert vague in made.goods.words.error_text()
    assert hands.focus is made.goods.words.editor


def test_the_label_of_a_roll_goes_with_the_form_that_is_shown(hands: Hands, stand: Stand) -> None:
    roll = tidings.Codes(epoch=1, item_prefix="EE", item_first=501, item_last=509, item_sort="roll")
    stand.books.store_news([piece(3_000, "codes", roll)], 1)
    express(hands).enter()
    hands.settle()
    made = addressed(hands)
    tea(hands)
    label = item_number("EE", 507)
    hands.scan(label)
    assert express(hands).roll.isVisible()
    hands.type("\n1\n")
    line, message = accepted(stand)
    assert (line.number, message.item) == (label, label)
    assert not express(hands).roll.isVisible()
    assert not made.form.dirty


def test_goods_heavier_than_the_item_are_refused_and_a_line_comes_back_to_be_mended(
    hands: Hands, stand: Stand
) -> None:
    made = addressed(hands)
    tea(hands, net="901")
    assert "901" in made.goods.net.error_text()
    made.goods.net.setFocus()
    made.goods.net.line.selectAll()
    hands.type("800\n")
    assert [one.net_grams for one in made.goods.lines] == [800]
    # The item weighs less than was thought: said at once, and the line is mended.
    made.weight.field.setFocus()
    made.weight.field.line.selectAll()
    hands.type("700\n")
    assert "700" in made.goods.sums.text()
    assert made.goods.sums.property("tone") == "bad"
    made.goods.words.setFocus()
    hands.press(Qt.Key.Key_Up, CTRL)
    assert (made.goods.lines, made.goods.words.text()) == ([], "tea (çay)")
    made.goods.net.setFocus()
    made.goods.net.line.selectAll()
    hands.type("600\n")
    hands.type("\n1\n")
    line, message = accepted(stand)
    assert message.lines[0].net_grams == 600
    assert (line.weight_grams, line.weight_typed) == (700, True)


def test_the_country_is_understood_in_any_language_and_refused_where_nothing_is_sold(hands: Hands) -> None:
    country = express(hands).destination.country
    for typed, said in (("Almaniya", "Almaniya"), ("герм", "Almaniya"), ("ge", "Gürcüstan")):
        hands.press(Qt.Key.Key_0, ALT)
        hands.type(f"{typed}\n")
        assert country.text() == said
        assert form(hands).country == country.code()
    for typed in ("xx", "a"):
        hands.press(Qt.Key.Key_0, ALT)
        country.line.selectAll()
        hands.type(f"{typed}\n")
        assert country.error_text()
    hands.press(Qt.Key.Key_0, ALT)
    country.line.selectAll()
    hands.type("az\n")
    assert express(hands).destination.abroad is None
    assert hands.focus is express(hands).from_whom.search.editor


def test_postcode_and_town_stand_as_the_country_writes_them(hands: Hands) -> None:
    for country, order in (("de", ["postcode", "city"]), ("gb", ["city", "postcode"])):
        hands.press(Qt.Key.Key_0, ALT)
        hands.type(f"{country}\n")
        names = [one.name for one in form(hands).form.fields]
        place = [one.removeprefix("addressee.") for one in names if one.endswith((".postcode", ".city"))]
        assert place == order


def test_no_country_is_asked_for_where_nothing_is_sold_abroad(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    hands = Hands(qtbot, runner, session, stand, ExpressScreen)
    hands.press(Qt.Key.Key_0, ALT)
    assert express(hands).destination.choose.isHidden()
    assert hands.focus is express(hands).from_whom.search.editor


def test_a_weight_that_was_typed_is_marked_where_there_is_a_scale(hands: Hands) -> None:
    made = addressed(hands)
    below = made.weight.field._below
    assert (below.text().count("900"), below.property("tone")) == (1, "good")
    made.weight.field.setFocus()
    made.weight.field.line.selectAll()
    hands.type("1,2")
    assert "1200" in below.text()
    assert below.property("tone") == "warn"


def test_what_is_typed_while_the_codes_are_looked_for_is_not_lost(hands: Hands) -> None:
    """The list of a whole edition is read behind the keys: Enter, the digit and the figures come at once."""
    made = addressed(hands)
    for char in "çay\n":
        type_text(hands.focus, char)
    for char in "12\n500\n12\nipək şərf\n11\n120\n":
        type_text(hands.focus, char)
    hands.settle()
    assert [(one.hs, one.quantity, one.net_grams) for one in made.goods.lines] == [("090230", 2, 500)]
    assert (made.goods.code.text(), made.goods.net.text()) == ("621410", "120")
    assert hands.focus is made.goods.value.editor


def test_esc_asks_once_for_what_was_typed_abroad_and_then_goes_back_to_the_country(
    hands: Hands, stand: Stand
) -> None:
    made = addressed(hands)
    hands.press(Qt.Key.Key_Escape)
    assert made.to_whom.parts["city"].text() == "Istanbul"
    hands.press(Qt.Key.Key_Escape)
    assert made.to_whom.parts["city"].is_empty()
    hands.press(Qt.Key.Key_Escape)
    assert express(hands).destination.abroad is None
    assert stand.desk.baskets.current() is None


def test_nothing_long_makes_the_form_wider_than_its_place(hands: Hands, stand: Stand) -> None:
    """The headings of the customs list, a long good and who was sent to before fit beside the basket."""
    made = addressed(hands)
    [area] = [one for one in made.form.findChildren(QScrollArea) if one.isAncestorOf(made.goods)]
    hands.type("çay\n")
    assert len(made.goods.codes.offered()) > 2
    good = "əl ilə toxunmuş böyük və çox bahalı ipək şərf naxışlı"
    for text in ("12\n", "100\n", "12\n", f"{good}\n", "1", "1\n", "100\n", "60\n"):
        assert area.horizontalScrollBar().maximum() == 0, text
        hands.type(text)
    assert len(made.goods.lines) == 2
    assert area.horizontalScrollBar().maximum() == 0
    hands.type("\n1\n")
    stand.pay(6_000)
    made = to_turkey(hands)
    hands.scan("5ZK9XYZ")
    hands.type("1")
    hands.type("30 20 9\n")
    assert not made.goods.used.isHidden()
    assert area.horizontalScrollBar().maximum() == 0
