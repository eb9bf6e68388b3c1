"""Extras of an item on F4: one key each and the sum, every price in sight before Enter, off by the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain.mail_extras import ADVICE, IN_PERSON, INSURED, MailExtra
from azpost_desk.domain.money import azn
from azpost_desk.gui.screens.express.screen import ExpressScreen
from azpost_desk.services.express import AcceptItem
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_express import fill, only_line, screen_of
from tests.gui.screens.test_express_abroad import FROM, TO, accepted, addressed, tea
from tests.services.counters import CLERK
from tests.services.test_mail_extras import EXTRAS, price_extras, rated

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

ALT = Qt.KeyboardModifier.AltModifier
ADVICE_KEY, INSURED_KEY, IN_PERSON_KEY = Qt.Key.Key_6, Qt.Key.Key_7, Qt.Key.Key_8


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    price_extras(stand)
    return Hands(qtbot, runner, session, stand, ExpressScreen)


def test_an_extra_costs_one_key_and_a_sum_its_figures_and_each_price_is_in_sight(
    hands: Hands, stand: Stand
) -> None:
    fill(hands)
    screen = screen_of(hands)
    carriage = screen.total.amount
    assert carriage is not None
    assert screen.extras.isHidden()
    before = hands.keys
    hands.press(ADVICE_KEY, ALT)
    hands.press(IN_PERSON_KEY, ALT)
    hands.press(INSURED_KEY, ALT)
    assert hands.focus is screen.extras.insured.editor
    # Until the sum is there nobody is told what it costs together.
    assert screen.total.isHidden()
    hands.type("500")
    assert screen.total.amount == carriage + azn(500 + 118 + 150)
    said = {name: one.text() for name, one in screen.extras.lines.items() if one.isVisible()}
    assert set(said) == {"carriage", INSURED, ADVICE, IN_PERSON}
    for name, price in (("carriage", None), (INSURED, "5,00"), (ADVICE, "1,18"), (IN_PERSON, "1,50")):
        assert price is None or price in said[name]
    hands.type("\n")
    # Three extras: three keys, the sum and the one Enter that any item takes.
    assert hands.keys - before == 3 + len("500") + 1
    line = only_line(stand)
    assert (line.insured_qapik, line.in_person) == (50_000, True)
    assert [one.extra for one in line.extras] == [INSURED, ADVICE, IN_PERSON]
    assert screen.extras.isHidden()


def test_the_same_key_takes_it_off_and_the_price_is_the_carriage_again(hands: Hands, stand: Stand) -> None:
    fill(hands)
    screen = screen_of(hands)
    carriage = screen.total.amount
    hands.press(INSURED_KEY, ALT)
    hands.type("500")
    hands.press(ADVICE_KEY, ALT)
    hands.press(INSURED_KEY, ALT)
    hands.press(ADVICE_KEY, ALT)
    assert screen.extras.isHidden()
    assert screen.total.amount == carriage
    hands.type("\n")
    line = only_line(stand)
    assert (line.insured_qapik, line.extras) == (0, ())


def test_a_sum_that_is_not_insured_is_said_beside_it_and_nothing_is_sold(hands: Hands, stand: Stand) -> None:
    fill(hands)
    screen = screen_of(hands)
    hands.press(INSURED_KEY, ALT)
    for typed in ("\n", "1000,01\n"):
        hands.type(typed)
        assert screen.extras.insured.error_text()
        assert screen.total.isHidden()
        assert stand.desk.baskets.current() is None
        screen.extras.insured.setFocus()
    assert "1.000,00" in screen.extras.insured.error_text()


def test_what_the_tariff_does_not_sell_is_refused_by_its_key(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    price_extras(stand, (MailExtra(extra=INSURED, services=("other",), steps=EXTRAS[0].steps),))
    hands = Hands(qtbot, runner, session, stand, ExpressScreen)
    fill(hands)
    for key in (ADVICE_KEY, INSURED_KEY):
        hands.press(key, ALT)
        assert screen_of(hands).extras.isHidden()
    assert len(hands.notices) == 2
    hands.press(IN_PERSON_KEY, ALT)
    hands.type("\n")
    line = only_line(stand)
    assert (line.in_person, line.extras) == (True, ())


def test_abroad_the_same_keys_add_to_the_price_before_enter(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    stand.desk.express.accept(AcceptItem(FROM, TO, 400, "ems"), CLERK)
    stand.pay(10_000)
    rated(stand)
    session.weigh = lambda: 900
    hands = Hands(qtbot, runner, session, stand, ExpressScreen)
    made = addressed(hands)
    tea(hands)
    hands.press(INSURED_KEY, ALT)
    assert hands.focus is made.extras.insured.editor
    hands.type("12,01")
    hands.press(IN_PERSON_KEY, ALT)
    hands.press(ADVICE_KEY, ALT)
    assert made.price.total.amount == azn(5_100 + 300 + 150 + 200)
    made.goods.words.setFocus()
    hands.type("\n1\n")
    # More than the tea is worth.
    assert made.extras.insured.error_text()
    assert stand.desk.baskets.current() is None
    made.extras.insured.line.selectAll()
    hands.type("12")
    made.add.click()
    hands.settle()
    line, message = accepted(stand)
    assert (line.insured_qapik, line.amount_qapik, message.insured_qapik) == (1_200, 5_750, 1_200)
    assert made.extras.isHidden()
