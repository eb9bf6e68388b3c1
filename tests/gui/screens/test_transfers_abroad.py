"""Money sent abroad on the screen: the country first, the price told before it is agreed to, few keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from azpost_desk.domain.exchange import margin
from azpost_desk.domain.lines import AbroadSent
from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.people import AbroadParties, Person, ReceiverAbroad
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.screens.transfers.sending_abroad import AbroadForm
from azpost_desk.services.abroad import SendAbroad
from azpost_desk.storage import people
from azpost_desk.texts import LANGUAGES, Texts
from tests.fakes.abroad import RATES, STANDS_MS, PlayedPrices, abroad_at
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, SENDER, Stand

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner

ALT = Qt.KeyboardModifier.AltModifier
NINO = ReceiverAbroad(name="Nino Beridze", latin="Beridze Nino", country="GE", town="Tbilisi")


@pytest.fixture
def prices(stand: Stand) -> PlayedPrices:
    return abroad_at(stand)


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, prices: PlayedPrices) -> Hands:
    return Hands(qtbot, runner, session, stand, TransfersScreen)


@pytest.fixture
def known(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, prices: PlayedPrices) -> Hands:
    """SENDER has sent to NINO from here."""
    quote = stand.desk.abroad.quote("GE-CASH", "arrives", Money(10_000, "GEL"), CLERK)
    command = SendAbroad(quote, SENDER, "Aliyev Vugar", NINO, "FAMI", "keys", "Sumgait", "Nizami 5")
    stand.desk.abroad.send(command, CLERK)
    stand.pay(10_000)
    return Hands(qtbot, runner, session, stand, TransfersScreen)


def screen(hands: Hands) -> TransfersScreen:
    made = hands.frame.current()
    assert isinstance(made, TransfersScreen)
    return made


def form(hands: Hands) -> AbroadForm:
    made = screen(hands).sending.shown
    assert isinstance(made, AbroadForm)
    return made


def sent(stand: Stand) -> list[AbroadSent]:
    basket = stand.desk.baskets.current()
    lines = [planned.line for planned in basket.lines] if basket else []
    return [line for line in lines if isinstance(line, AbroadSent)]


def to_georgia(hands: Hands) -> None:
    hands.press(Qt.Key.Key_0, ALT)
    hands.type("2")


def test_a_known_customer_sends_to_a_known_receiver_in_eighteen_keys(known: Hands, stand: Stand) -> None:
    """Country, customer, receiver, amount, the price told, agreed, paid."""
    known.press(Qt.Key.Key_F2)
    to_georgia(known)
    known.scan("5ZK9XYZ")
    known.type("1500\n")
    price = form(known).price
    assert form(known).knows.isHidden()
    assert sent(stand) == []
    assert price.quote is not None
    # Whatever is scrolled, what is agreed on stands in sight.
    assert not price.total.visibleRegion().isEmpty()
    assert not price.left.visibleRegion().isEmpty()
    assert (price.total.amount, price.comes.amount) == (azn(31_855), Money(50_000, "GEL"))
    assert price.rate.text() == "1 GEL = 0,6271 ₼"
    known.type("\n")
    (line,) = sent(stand)
    assert line.terms == price.quote.terms if price.quote else line.terms.arrives_minor == 50_000
    known.press(Qt.Key.Key_F10)
    known.type("\n")
    assert known.keys + known.scans <= 18
    assert stand.desk.baskets.current() is None
    # The next customer's money most likely stays in the country.
    assert screen(known).sending.shown is screen(known).send


@pytest.mark.parametrize("country", ["2", "3"])
def test_the_price_stands_whole_and_large_before_it_is_agreed_to(
    qtbot: QtBot, known: Hands, prices: PlayedPrices, country: str
) -> None:
    """In every language, exact or an estimate: no figure below the window, cut, or under a scroll bar."""
    prices.more = {"base_rate": "62/100"} if country == "2" else {"base_rate": "32/10000"}
    known.press(Qt.Key.Key_0, ALT)
    known.type(country)
    made = form(known)
    made.price.arrives.put("500,00" if country == "2" else "150000,00")
    made.price.arrives.edited.emit()
    made.price.ask(made.add, SENDER, made.form.show_refusal)
    known.settle()
    price = made.price
    assert price.quote is not None
    figures = (price.comes, price.total, price.parts, price.rate, price.source, price.when, price.returns)
    body = price.when.fontMetrics().height()
    shown = (*figures, price.left, made.add)

    def stands_whole() -> None:
        for part in shown:
            assert part.visibleRegion().boundingRect() == part.rect(), (code, part)
        for label in (price.source, price.when, price.returns):
            written = label.fontMetrics().boundingRect(label.rect(), Qt.TextFlag.TextWordWrap, label.text())
            assert label.rect().height() >= written.height(), (code, label)
        for label in (price.parts, price.rate):
            assert label.width() >= label.sizeHint().width(), (code, label)

    for code in LANGUAGES:
        Language.current().choose(code)
        # Other words are laid out when the window comes to it.
        qtbot.waitUntil(stands_whole)
        assert min(price.parts.fontMetrics().height(), price.rate.fontMetrics().height()) > body
        words = Texts(code)
        assert words.rate(RATES[made.corridor.currency]) in price.rate.text()
        assert words.money(margin(price.quote.terms)) in price.source.text()
        assert words.t("papers.abroad.fee_returns") in price.returns.text()


def test_at_home_nothing_is_asked_more_than_before(hands: Hands) -> None:
    page = screen(hands).sending
    assert page.shown is page.home
    assert page.home.person.fin.editor.hasFocus()
    to_georgia(hands)
    assert form(hands).person.fin.editor.hasFocus()
    hands.type("AB")
    hands.press(Qt.Key.Key_0, ALT)
    hands.type("1")
    assert page.home.person.full_name.is_empty()
    hands.press(Qt.Key.Key_0, ALT)
    hands.type("2")
    # A name that nobody is known by went where it belongs, and waits there.
    assert form(hands).person.full_name.text() == "AB"


def test_the_first_transfer_to_somebody_is_confirmed_and_checked(hands: Hands, stand: Stand) -> None:
    """To a country that asks for a number: it is refused when left, and names are sent in Latin letters."""
    hands.press(Qt.Key.Key_0, ALT)
    hands.type("3")
    made = form(hands)
    hands.type("5ZK9XYZ\n")
    hands.type("AA1234567\n\nƏliyev Vüqar Rauf oğlu\n\n")
    assert made.sender_latin.text() == "Aliyev Vugar Rauf Oghlu"
    hands.type("Sumqayıt\nNizami 5\nАйгуль Сейтова\nAlmaty\n12\n")
    assert (made.town.text(), made.latin.text()) == ("Sumgayit", "Aigul Seitova")
    (iin,) = made.asked
    assert "850101300123" in iin.error_text()
    assert iin.editor.hasFocus()
    hands.type("3456789012\n")
    assert made.knows.editor.hasFocus()
    hands.type("2\n100000\n")
    # Nothing is sent to a stranger.
    assert made.price.quote is None
    assert made.knows.error_text() == say("abroad.screen.not_sold")
    hands.type("1\n")
    assert made.price.quote is not None
    assert say(made.price.comes._name.words) == say("abroad.screen.comes_about")
    assert "99.500,00" in made.price.when.text()
    hands.type("\n")
    (line,) = sent(stand)
    basket = stand.desk.baskets.current()
    assert basket is not None
    (attached,) = [content for slot, _, content in basket.lines[0].attachments if "parties_abroad" in slot]
    parties = people.read(attached, AbroadParties)
    assert parties is not None
    assert (line.purpose, parties.receiver.values) == ("FAMI", {"iin": "123456789012"})
    assert parties.receiver.name == "Айгуль Сейтова"
    assert parties.sender_town_latin == "Sumgayit"


def test_a_price_runs_out_in_sight_and_is_asked_anew(
    known: Hands, stand: Stand, prices: PlayedPrices
) -> None:
    to_georgia(known)
    known.scan("5ZK9XYZ")
    known.type("1500\n")
    price = form(known).price
    assert "5:00" in price.left.text()
    stand.clock.now_ms += STANDS_MS - 61_000
    price.count_down()
    assert "1:01" in price.left.text()
    stand.clock.now_ms += 61_000
    asked = len(prices.asked)
    known.type("\n")
    # What was told no longer held: nothing was sold, the price is told again.
    assert sent(stand) == []
    assert len(prices.asked) == asked + 1
    assert price.quote is not None
    known.type("\n")
    assert len(sent(stand)) == 1


def test_what_the_centre_says_no_to_stands_beside_the_figure(
    known: Hands, stand: Stand, prices: PlayedPrices
) -> None:
    to_georgia(known)
    known.scan("5ZK9XYZ")
    known.type("15\n")
    price = form(known).price
    assert form(known).latin.text() == "Beridze Nino"
    assert "10,00" in price.arrives.error_text()
    stand.line.online = False
    known.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    known.type("500\n")
    assert price.quote is None
    assert price.left.text() == say("abroad.screen.no_line")
    stand.line.online = True
    known.type("\n")
    assert price.quote is not None
    # Another figure is another price.
    known.press(Qt.Key.Key_Backspace)
    assert price.quote is None
    assert sent(stand) == []


def test_a_price_is_promised_to_its_sender_and_what_nobody_took_is_given_back(
    qtbot: QtBot, known: Hands, stand: Stand, prices: PlayedPrices
) -> None:
    """MA-30: the limit of a person is told at the price, before money is asked."""
    to_georgia(known)
    known.scan("5ZK9XYZ")
    prices.says_no, prices.limit_minor = "A-090", 20_000
    known.type("1500\n")
    made = form(known)
    # Whatever is scrolled, the field and what is wrong with it stand in sight.
    field = made.price.arrives
    for code in LANGUAGES:
        Language.current().choose(code)
        qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())
        assert Texts(code).money(azn(20_000)) in made.price.arrives.error_text()
    assert made.price.arrives.editor.hasFocus()
    prices.says_no = ""
    known.type("\n")
    asked = prices.asked[-1]
    shown = Person(name=SENDER.name, fin=SENDER.fin, document=SENDER.document, phone=SENDER.phone)
    assert (asked.sender, asked.instead) == (shown, "")
    # Another figure, then another sender: each is a price of its own, instead of the one that nobody took.
    known.press(Qt.Key.Key_Backspace)
    known.type("1\n")
    assert prices.asked[-1].instead == asked.quote
    made.person.full_name.put("Əliyev Vüqar Rauf")
    known.type("\n")
    assert sent(stand) == []
    assert prices.asked[-1].sender == replace(shown, name="Əliyev Vüqar Rauf")
    assert prices.asked[-1].instead == prices.asked[-2].quote
    known.type("\n")
    assert len(sent(stand)) == 1
    # What was taken is no price to give back.
    to_georgia(known)
    known.scan("5ZK9XYZ")
    known.type("1500\n")
    assert prices.asked[-1].instead == ""


def test_esc_throws_a_form_abroad_away_only_when_pressed_again(hands: Hands) -> None:
    to_georgia(hands)
    made = form(hands)
    hands.type("5ZK9XYZ")
    hands.press(Qt.Key.Key_Escape)
    assert made.person.fin.text() == "5ZK9XYZ"
    assert screen(hands).is_dirty()
    hands.press(Qt.Key.Key_Escape)
    assert made.person.fin.is_empty()
    page = screen(hands).sending
    assert page.shown is page.home
    assert page.home.person.fin.editor.hasFocus()


def test_without_a_way_abroad_no_country_is_asked(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    hands = Hands(qtbot, runner, session, stand, TransfersScreen)
    page = screen(hands).sending
    assert page.choose.isHidden()
    hands.press(Qt.Key.Key_0, ALT)
    assert page.home.person.fin.editor.hasFocus()
