"""An express item is accepted by few keys; nothing is sold before the basket is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.mail.guarded import IN_PERSON
from azpost_desk.domain.money import azn
from azpost_desk.domain.people import Person
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.words import Phrase
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.protocol import news as tidings
from azpost_desk.services.express import AcceptItem
from azpost_desk.services.views import Found
from azpost_desk.services.weights import read_weight
from tests.gui.conftest import send_key, type_text
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

FROM = Person(name="Əliyev Vüqar", fin="5ZK9XYZ", phone="+994501234567", address="Nizami 5, m. 12")
TO = Person(name="Quliyeva Leyla", phone="+994557654321", address="Füzuli 1", postcode="1000")
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
KNOWN = AcceptItem(FROM, TO, 400, "ems")


@pytest.fixture
def known(stand: Stand) -> Stand:
    """Sender and addressee were here before."""
    stand.desk.express.accept(KNOWN, CLERK)
    stand.pay(10_000)
    back = AcceptItem(Person(name=TO.name, phone=TO.phone, address=TO.address), FROM_AS_TO, 400, "ems")
    stand.desk.express.accept(back, CLERK)
    stand.pay(10_000)
    return stand


FROM_AS_TO = Person(name="Əliyev Vüqar", address=FROM.address, postcode="AZ1000")


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    return Hands(qtbot, runner, session, stand, ExpressScreen)


def screen_of(hands: Hands) -> ExpressScreen:
    current = hands.frame.current()
    assert isinstance(current, ExpressScreen)
    return current


def only_line(stand: Stand) -> ops.ItemAccepted:
    basket = stand.desk.baskets.current()
    assert basket is not None
    [planned] = basket.lines
    assert isinstance(planned.line, ops.ItemAccepted)
    assert planned.detail == printed_item_number(planned.line.number)
    return planned.line


def fill(hands: Hands, weight: str = "750") -> None:
    """A sender and an addressee whom nobody knows, typed field by field."""
    hands.type("0502223344\n")
    for text in ("Həsənova Aytən", "Xətai 7", "0503334455", "Məmmədov Əli", "Səbail 3", "1000"):
        hands.type(f"{text}\n")
    if weight:
        hands.type(f"{weight}\n")


def test_a_known_sender_and_addressee_and_the_scale_are_24_keys(
    qtbot: QtBot, runner: Runner, session: Session, known: Stand
) -> None:
    session.weigh = lambda: 1_200
    hands = Hands(qtbot, runner, session, known, ExpressScreen)
    hands.type("5ZK9XYZ\n")
    hands.type("557654321\n")
    hands.type("1000\n")
    screen = screen_of(hands)
    assert screen.total.amount == azn(700)
    assert screen.services.text() == "ems"
    hands.type("\n")
    line = only_line(known)
    assert (line.weight_grams, line.postcode, line.amount_qapik) == (1_200, "AZ1000", 700)
    assert not line.weight_typed
    assert hands.keys <= 24
    assert not screen.is_dirty()
    assert hands.focus is screen.from_whom.search.editor
    assert screen.total.amount is None


def test_who_is_new_is_typed_and_known_the_next_time(hands: Hands, stand: Stand) -> None:
    fill(hands)
    screen = screen_of(hands)
    assert screen.total.amount == azn(600)
    assert "Bakı 1" in screen.to_whom.postcode._below.text()
    hands.type("\n")
    line = only_line(stand)
    assert (line.weight_grams, line.weight_typed) == (750, True)
    stand.pay(1_000)
    hands.type("0502223344\n")
    assert screen.from_whom.full_name.text() == "Həsənova Aytən"
    assert screen.from_whom.address.text() == "Xətai 7"


def test_a_label_scanned_from_a_roll_is_the_items_number_until_it_is_scanned_again(
    hands: Hands, stand: Stand
) -> None:
    told = tidings.Codes(epoch=1, item_prefix="EE", item_first=501, item_last=509, item_sort="roll")
    stand.books.store_news([piece(500, "codes", told)], 1)
    screen = screen_of(hands)
    screen.enter()
    hands.settle()
    first, second = item_number("EE", 505), item_number("EE", 501)
    hands.scan(first)
    assert screen.roll.isVisible()
    assert printed_item_number(first) in screen.roll.text()
    hands.scan(first, doubled=True)
    assert screen.roll.isVisible()
    hands.scan(first)
    assert not screen.roll.isVisible()
    fill(hands)
    hands.scan(first)
    hands.scan(second)
    hands.type("\n")
    assert only_line(stand).number == second
    assert not screen.roll.isVisible()
    # What is used is no label any more: a scan of it is answered as everywhere.
    assert not screen.heard(read_scan(second), doubled=False)


def test_a_second_item_under_one_label_that_weighs_otherwise_sounds_the_hard_tone(
    hands: Hands, stand: Stand, tones: list[Tone]
) -> None:
    fill(hands)
    hands.type("\n")
    number = only_line(stand).number
    stand.pay(1_000)
    hands.scan(number)
    hands.settle()
    screen = screen_of(hands)
    for typed, tone in (("750", "already"), ("2,0", "stop"), ("", "already")):
        screen.weight.fill(typed)
        hands.scan(number)
        hands.settle()
        assert tones[-1] == tone
    assert stand.desk.labels.today() == ()


def test_in_person_is_one_key_for_one_item_and_comes_off_again(hands: Hands, stand: Stand) -> None:
    fill(hands)
    screen = screen_of(hands)
    for shown in (True, False, True):
        hands.press(Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
        assert screen.extras.lines[IN_PERSON].isVisible() == shown
    hands.type("\n")
    assert only_line(stand).in_person
    assert not screen.extras.lines[IN_PERSON].isVisible()


def test_fifty_enters_make_one_line(hands: Hands, stand: Stand) -> None:
    fill(hands)
    for _ in range(50):
        type_text(hands.focus, "\n")
    hands.settle()
    assert only_line(stand).weight_grams == 750


def test_esc_asks_once_and_nothing_is_recorded(hands: Hands, stand: Stand) -> None:
    fill(hands)
    before, screen = stand.records(), screen_of(hands)
    hands.press(Qt.Key.Key_Escape)
    assert isinstance(hands.notices[-1], Phrase | str)
    assert screen.to_whom.full_name.text() == "Məmmədov Əli"
    hands.press(Qt.Key.Key_Escape)
    assert screen.to_whom.full_name.text() == ""
    assert stand.records() == before
    assert stand.desk.baskets.current() is None


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [("addressee.postcode", "9999", "E-002"), ("weight", "31000", "E-011"), ("weight", "x", "E-010")],
)
def test_what_is_wrong_stands_beside_its_field(
    hands: Hands, stand: Stand, field: str, typed: str, code: str
) -> None:
    fill(hands)
    screen = screen_of(hands)
    wrong = screen.form.field(field)
    wrong.clear()
    wrong.setFocus()
    hands.type(f"{typed}\n")
    assert wrong.error_text(), code
    assert stand.desk.baskets.current() is None


def test_a_scale_that_says_nothing_leaves_the_typing(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    def broken() -> int:
        raise Trouble("D-009", place="COM3")

    session.weigh = broken
    hands = Hands(qtbot, runner, session, stand, ExpressScreen)
    fill(hands, weight="")
    screen = screen_of(hands)
    assert hands.focus is screen.weight.editor
    hands.type("0,5\n")
    hands.type("\n")
    assert only_line(stand).weight_grams == 500


def test_a_customer_of_the_one_box_becomes_the_sender(hands: Hands, known: Stand) -> None:
    [one] = known.desk.customers.find("5ZK9XYZ")
    hands.frame.show_screen("express", Found("customer", one.customer, one.name, one.phone))
    hands.settle()
    screen = screen_of(hands)
    assert screen.from_whom.address.text() == FROM.address
    assert hands.focus is screen.to_whom.phone.editor


def test_the_draft_stays_on_another_screen(hands: Hands) -> None:
    hands.type("0502223344\n")
    hands.type("Həsənova")
    hands.frame.show_screen("express")
    assert screen_of(hands).from_whom.full_name.text() == "Həsənova"


def test_every_focusable_widget_is_named(hands: Hands) -> None:
    screen = screen_of(hands)
    widgets = [one for one in screen.findChildren(QWidget) if one.isVisible()]
    takes = [one for one in widgets if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not one.focusProxy()]
    assert len(takes) >= 10
    assert [one for one in takes if not one.accessibleName()] == []


def test_a_digit_and_arrows_choose_among_the_services(hands: Hands) -> None:
    fill(hands)
    screen = screen_of(hands)
    assert hands.focus is screen.services.editor
    send_key(screen.services.editor, int(Qt.Key.Key_1), "1")
    assert screen.services.text() == "ems"
    send_key(screen.services.editor, int(Qt.Key.Key_9), "9")
    assert screen.services.text() == "ems"


@given(st.integers(min_value=1, max_value=999_999))
def test_a_weight_is_read_as_it_is_written(grams: int) -> None:
    assert read_weight(str(grams)) == grams
    assert read_weight(f"{grams // 1000},{grams % 1000:03}") == grams
    for gram, kilogram in (("q", "kq"), ("г", "кг"), ("g", "kg")):
        assert read_weight(f"{grams} {gram}") == grams
        assert read_weight(f"{grams // 1000},{grams % 1000:03} {kilogram.upper()}") == grams


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0,0", "1,2,3", "-5", "1.2345", "ağır", "9999999", "1,2 q", "2 kqq", "kq", "0 kq", "2 m"],
)
def test_what_is_no_weight_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="E-010"):
        read_weight(typed)


# --- the weight ------------------------------------------------------------------------------------------


def below(hands: Hands) -> str:
    return screen_of(hands).weight._below.text()


def test_the_weight_is_said_back_in_grams_while_it_is_typed(hands: Hands) -> None:
    fill(hands, weight="")
    assert "kq" in screen_of(hands).weight._label.text()
    for key, said in (("1", "= 1 q"), (",", "750 (q)"), ("2", "= 1200 q")):
        hands.type(key)
        assert said in below(hands)
    # With its unit, as the example beside the field is written.
    screen_of(hands).weight.clear()
    for key, said in (("2", "= 2 q"), (" ", "= 2 q"), ("k", "750 (q)"), ("q", "= 2000 q")):
        hands.type(key)
        assert said in below(hands)


def test_what_hardly_weighs_so_little_is_warned_of_before_it_is_added(hands: Hands, stand: Stand) -> None:
    fill(hands, weight="2")
    assert stand.desk.baskets.current() is None
    assert "= 2 q" in below(hands)
    assert screen_of(hands).weight._below.property("tone") == "warn"
    hands.type("\n")
    assert only_line(stand).weight_grams == 2


def test_a_usual_weight_is_warned_of_by_nobody(hands: Hands) -> None:
    fill(hands)
    assert "= 750 q" in below(hands)
    assert screen_of(hands).weight._below.property("tone") != "warn"


def test_the_weight_stands_in_the_basket(hands: Hands) -> None:
    fill(hands)
    hands.type("\n")
    texts = [label.text() for label in hands.frame.basket.findChildren(QLabel) if label.isVisible()]
    assert any(text.endswith("· 750 q") for text in texts)


def test_cash_on_delivery_is_asked_for_by_whoever_wants_it(hands: Hands, stand: Stand) -> None:
    fill(hands)
    screen = screen_of(hands)
    hands.settle()
    screen.ask_cod()
    assert hands.focus is screen.cod.editor
    type_text(screen.cod.editor, "42,50\n")
    hands.settle()
    assert only_line(stand).cod_qapik == 4_250
    assert screen.cod.is_empty()


def test_no_enter_adds_the_item_before_its_price_was_shown(hands: Hands, stand: Stand) -> None:
    """An Enter kept down, and one pressed again at once, ran ahead of the price."""
    fill(hands, weight="")
    hands.type("750")
    screen = screen_of(hands)
    type_text(screen.weight.editor, "\n\n\n")
    assert screen.services.error_text() == ""
    hands.settle()
    assert stand.desk.baskets.current() is None
    assert screen.total.amount == azn(600)
    for _ in range(20):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NO_MODIFIER, "\r", True)
        QApplication.sendEvent(hands.focus, held)
        hands.settle()
    assert stand.desk.baskets.current() is None
    hands.type("\n")
    assert only_line(stand).weight_grams == 750
