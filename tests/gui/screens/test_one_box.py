"""The one box over the whole window: offices, prices, goods, receivers and acts, by keys alone."""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtWidgets import QLabel, QWidget

from azpost_desk.domain.catalogue import Office, Offices
from azpost_desk.domain.days import BusinessDay, days_after
from azpost_desk.domain.mail.keeping import ClosedDays
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.buttons import Button
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.screens.tills.screen import TillsScreen
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.shell.asking import fairly
from azpost_desk.gui.shell.every_act import acts_of
from azpost_desk.gui.shell.register import screens
from azpost_desk.protocol import news as tidings
from azpost_desk.services.offers import offices_like
from azpost_desk.services.transfers import SendTransfer
from azpost_desk.services.views import Found
from tests.gui.conftest import press, type_text
from tests.services.counters import CLERK, RECEIVER, SENDER
from tests.services.test_mail_abroad import told
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen, Session
    from azpost_desk.gui.shell.frame import Frame
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand


class Counter:
    """A clerk at the whole frame who asks the one box."""

    def __init__(self, qtbot: QtBot, runner: Runner, frame: Frame) -> None:
        self._qtbot, self._runner, self.frame = qtbot, runner, frame

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: self._runner.under_way == 0)

    def ask(self, text: str) -> list[Found]:
        """Ctrl K, the text, Enter; what is offered."""
        self.key("Ctrl+K")
        assert self.frame.window().focusWidget() is self.frame.box
        type_text(self.frame.box, text + "\n")
        self.settle()
        return self.offered()

    def offered(self) -> list[Found]:
        if self.frame.answers.isHidden():
            return []
        return [one.value for one in self.frame.answers.names.candidates if isinstance(one.value, Found)]

    def type(self, text: str) -> None:
        type_text(self.frame.window().focusWidget() or self.frame, text)
        self.settle()

    def key(self, sequence: str) -> None:
        press(self.frame.window().focusWidget() or self.frame, sequence)
        self.settle()

    def lines(self) -> list[str]:
        return [one.hint_text() for one in self.frame.answers.findChildren(Button) if one.isVisible()]

    def words(self) -> list[str]:
        return [one.text() for one in self.frame.findChildren(QLabel) if one.isVisible()]

    def screen(self, kind: type[Screen]) -> Screen:
        current = self.frame.current()
        assert isinstance(current, kind)
        return current


@pytest.fixture
def counter(qtbot: QtBot, runner: Runner, session: Session, stand: Stand, whole: Frame) -> Counter:
    session.officer = CLERK
    stand.desk.transfers.send(SendTransfer(SENDER, RECEIVER, azn(10_000), "family", "1000"), CLERK)
    stand.pay(20_000)
    made = Counter(qtbot, runner, whole)
    whole.show_screen("history")
    made.settle()
    return made


def test_the_box_shows_as_many_whole_examples_as_it_has_room_for(whole: Frame) -> None:
    """They ended in the middle of a word where a long name stands beside the box."""
    for language, first in (("az", "Skan edin və ya yazın: nömrə"), ("ru", "Скан или ввод: номер")):
        Language.current().choose(language)
        every = say("frame.box.placeholder")
        shown = []
        for width in (900, 400, 300, 10):
            whole.box.setMaximumWidth(width)
            whole.box.resize(width, whole.box.height())
            shown.append(whole.box.placeholderText())
        assert (shown[0], shown[-1]) == (every, f"{first}…")
        assert all(every.startswith(f"{one[:-1]}, ") for one in shown[1:])
        assert len(set(shown)) == len(shown)


def test_a_sum_and_a_place_are_priced_and_enter_fills_the_form(counter: Counter) -> None:
    """Whatever keyboard and spelling: 200 manat to Bakı cost 2,00 and are 202,00 in all."""
    for typed in ("200 Bakı", "200 baki", "Баку 200", "200 bakıya", "200 ифлш", "200 AZ1000"):
        found = counter.ask(typed)
        prices = [one.offer for one in found if one.kind == "price"]
        assert [(one.office, one.fee, one.total) for one in prices if one] == [
            ("1000", azn(200), azn(20_200))
        ], typed
    assert say("frame.kind.price") in counter.words()
    assert any("202,00" in button for button in counter.lines())
    counter.key("Return")
    screen = counter.screen(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    assert screen.send.money.amount.money() == azn(20_000)
    assert screen.send.office.text() == "1000 Bakı 1"
    assert screen.send.money.total.money() == azn(20_200)
    # Both were asked for already: Enter goes from the receiver to the end.
    assert screen.send.office.filled
    assert screen.send.money.amount.filled


def test_what_was_typed_into_the_form_is_not_priced_over(counter: Counter) -> None:
    counter.key("F2")
    screen = counter.screen(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    screen.send.money.amount.setFocus()
    type_text(screen.send.money.amount.line, "55")
    counter.settle()
    counter.ask("200 Bakı")
    counter.type("1")
    assert screen.send.money.amount.money() == azn(5_500)
    assert screen.send.office.text() == "1000 Bakı 1"


def test_a_weight_and_a_place_are_priced_with_tax_and_enter_fills_the_item(counter: Counter) -> None:
    """2 kg: 5,00 for the first half kilogram and 1,00 for each of three more, 18 % of it inside."""
    for typed in ("2kg Bakı", "2 kq AZ1000", "баку 2000 гр"):
        [one] = [one for one in counter.ask(typed) if one.kind == "item_price"]
        assert one.offer is not None
        assert (one.offer.weight_grams, one.offer.total, one.offer.vat) == (2_000, azn(800), azn(122)), typed
    assert any("1,22" in button for button in counter.lines())
    counter.key("Return")
    screen = counter.screen(ExpressScreen)
    assert isinstance(screen, ExpressScreen)
    assert (screen.to_whom.postcode.text(), screen.weight.text()) == ("AZ1000", "2000")
    assert screen.services.price() is not None


def test_a_postcode_opens_its_office_and_a_key_sends_money_there(counter: Counter) -> None:
    assert counter.ask("AZ1000") == []
    sheet = counter.frame.asking.office
    assert sheet.isVisible()
    assert {"Bakı 1", "AZ1000", "EMS"} <= set(counter.words())
    counter.key("F2")
    screen = counter.screen(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    assert screen.send.office.text() == "1000 Bakı 1"
    # The digits alone are a sum as well: both are offered, each under its kind.
    assert [one.kind for one in counter.ask("5002")][:2] == ["office", "price"]
    # An office of this name is one of those that are meant, so it is shown before it opens.
    assert [one.key for one in counter.ask("sumq") if one.kind == "office"] == ["2002"]


def test_goods_are_found_by_any_word_or_sku(counter: Counter) -> None:
    assert counter.ask("ST-60") == []
    screen = counter.screen(GoodsScreen)
    assert isinstance(screen, GoodsScreen)
    picked = screen.picked()
    assert picked is not None
    assert picked.sku == "ST-60"
    assert [one.key for one in counter.ask("zerf")] == ["EN-C5"]
    counter.key("Return")
    picked = screen.picked()
    assert picked is not None
    assert picked.sku == "EN-C5"


def test_a_receiver_leads_to_who_sent_there_before(counter: Counter, stand: Stand) -> None:
    before = stand.records()
    for typed in ("Quliyeva", "leyla", "лейла"):
        [one] = [one for one in counter.ask(typed) if one.kind == "receiver"]
        assert (one.title, one.detail) == (RECEIVER.name, SENDER.name)
    # Looking for somebody looks at no file; opening one is recorded, once.
    assert stand.records() == before
    counter.key("Return")
    screen = counter.screen(TransfersScreen)
    assert isinstance(screen, TransfersScreen)
    assert screen.send.person.full_name.text() == SENDER.name
    assert screen.send.receiver.text() == RECEIVER.name
    assert screen.send.office.text() == "1000 Bakı 1"
    assert stand.records() == before + 1


@pytest.mark.parametrize(
    ("code", "typed", "key"),
    [
        ("az", "kassanı bağla", "Ctrl E"),
        ("en", "close the till", "Ctrl E"),
        ("ru", "закрыть кассу", "Ctrl E"),
    ],
)
def test_an_act_is_found_by_its_name_and_done(counter: Counter, code: str, typed: str, key: str) -> None:
    Language.current().choose(code)
    found = counter.ask(typed)
    assert [(one.kind, one.detail) for one in found] == [("act", key)]
    counter.key("Return")
    screen = counter.screen(TillsScreen)
    assert isinstance(screen, TillsScreen)
    assert screen.sheet is not None
    assert screen.sheet.isVisible()


def test_every_screen_is_found_by_its_name_and_every_act_stands_in_the_list(
    counter: Counter, session: Session
) -> None:
    for kind in screens():
        made = kind(session)
        known = [(one.name, one.key) for one in acts_of(kind.name)]
        missing = [one for one in made.actions_here() if (one.name, one.key) not in known]
        assert missing == [], kind.name
        made.deleteLater()
    [help_key] = [one for one in counter.ask("kömək") if one.kind == "act"]
    assert help_key.detail == "F1"
    counter.key("Return")
    assert counter.frame.help.isVisible()


def test_who_is_called_as_it_was_typed_comes_without_those_one_slip_away(
    counter: Counter, stand: Stand
) -> None:
    """Bakı and Şəki sound one letter apart; a slip still finds what nobody is called like."""
    offices = (
        Office(code="5500", name="Şəki 1", postcode="AZ5500"),
        Office(code="1000", name="Bakı 1", postcode="AZ1000"),
    )
    content = msgspec.Raw(msgspec.json.encode(Offices(offices=offices)))
    told = tidings.Reference(name="offices", version=2, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(2_000, "reference", told)], 2_000)
    for typed, code in (("Bakı", "1000"), ("Şəki", "5500"), ("baku", "1000"), ("şekiyə", "5500")):
        found = counter.ask(f"200 {typed}")
        assert [one.offer.office for one in found if one.kind == "price" and one.offer] == [code], typed
        counter.key("Esc")


def test_nobody_is_offered_what_they_may_not_do(counter: Counter) -> None:
    """Staff is the manager's."""
    assert all(not one.key.startswith("staff") for one in counter.ask(say("staff.screen.title")))


def test_each_answer_is_there_within_50_ms(counter: Counter, stand: Stand) -> None:
    for typed in ("200 Bakı", "2kg Bakı", "5002", "Əliyev", "zərf", "200"):
        stand.desk.finding.ask(typed)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            stand.desk.finding.ask(typed)
            took.append(time.perf_counter() - began)
        assert min(took) < 0.05, typed


def test_a_page_pasted_into_the_box_is_looked_for_in_no_1500_offices() -> None:
    offices = Offices(
        offices=tuple(
            Office(code=f"{number}", name=f"Rayonu {number}", postcode=f"AZ{number}")
            for number in range(1_500, 3_000)
        )
    )
    assert len(offices_like(offices, ["rayonu"] * 140)) == 1_500
    # Each is one slip off a word that every name has: all of them took six seconds.
    slips = [f"ra{letter}onu" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert offices_like(offices, slips[:8])
    assert offices_like(offices, slips) == []


def test_nine_answers_are_shared_by_kind() -> None:
    many = [Found("transfer", str(at), "", "") for at in range(20)]
    others = [Found("price", "p", "", ""), Found("act", "a", "", ""), Found("act", "b", "", "")]
    shown = [one.kind for one in fairly([*many, *others])]
    assert shown == ["transfer"] * 6 + ["price", "act", "act"]


def test_a_list_that_is_offered_again_has_room_for_what_it_holds(counter: Counter) -> None:
    """One answer, several kinds, one again: nothing lies over its neighbour, nothing hangs out below."""
    for typed in ("200", "2", "leyla", "2"):
        counter.ask(typed)
        answers = counter.frame.answers
        shown: list[QWidget] = [*answers.findChildren(Button), *answers.findChildren(QLabel)]
        places = [
            one.geometry().translated(one.parentWidget().mapTo(answers, one.parentWidget().rect().topLeft()))
            for one in shown
            if one.isVisible()
        ]
        assert all(answers.rect().contains(one) for one in places), typed
        assert not any(one.intersects(two) for one, two in combinations(places, 2)), typed


def test_a_weight_and_a_country_show_every_product_with_price_and_day_and_nothing_is_stored(
    counter: Counter, stand: Stand
) -> None:
    assert [one for one in counter.ask("2 kq Türkiyə") if one.kind == "item_price"] == []
    told(stand)
    with stand.books.reading() as books:
        before, today = books.head(), books.day().date
    for typed in ("2 kq Türkiyə", "Турция 2кг", "2000 g tr"):
        [one] = [one for one in counter.ask(typed) if one.kind == "item_price"]
        assert one.offer is not None
        # 45,00 for the first half kilogram and 6,00 for each of three more; by volume it may be more.
        assert (one.offer.country, one.offer.total, one.offer.is_least) == ("TR", azn(6_300), True), typed
        assert one.offer.day == days_after(BusinessDay(today), 4)
    shown = Language.current().texts.date(one.offer.day)
    assert any("63,00" in button and shown in button for button in counter.lines())
    # What no product takes has no price.
    assert [one for one in counter.ask("25 kq Türkiyə") if one.kind == "item_price"] == []
    counter.ask("2 kq Türkiyə")
    counter.key("Return")
    screen = counter.screen(ExpressScreen)
    assert isinstance(screen, ExpressScreen)
    made = screen.destination.abroad
    assert made is not None
    assert (made.country, made.weight.grams()) == ("TR", 2_000)
    with stand.books.reading() as books:
        assert books.head() == before


def test_the_day_an_item_is_expected_is_one_on_which_its_office_is_open(
    counter: Counter, stand: Stand
) -> None:
    with stand.books.reading() as books:
        today = BusinessDay(books.day().date)
    [one] = [one for one in counter.ask("2kg Bakı") if one.kind == "item_price"]
    assert one.offer is not None
    assert one.offer.days > 0
    soon = days_after(today, one.offer.days)
    assert one.offer.day == soon
    content = msgspec.Raw(msgspec.json.encode(ClosedDays(days=(soon,))))
    news = tidings.Reference(name="closed_days", version=9, valid_from="2026-01-01", content=content)
    stand.books.store_news([piece(3_300, "reference", news)], 1)
    [one] = [one for one in counter.ask("2kg Bakı") if one.kind == "item_price"]
    assert one.offer is not None
    assert one.offer.day == days_after(soon, 1)
