"""Fields and forms: typing is understood, what the program filled is skipped, wrong is told beside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout

from azpost_desk.domain.money import Money, azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.gui.kit.buttons import PrimaryButton
from azpost_desk.gui.kit.fields import (
    AmountField,
    ChoiceField,
    DateField,
    Field,
    PhoneField,
    PinField,
    ScanField,
    TextField,
    choice,
    read_date,
)
from azpost_desk.gui.kit.forms import Form
from azpost_desk.gui.kit.words import Language, phrase, plain, say
from tests.gui.conftest import press, type_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

WORDS = "kit.count.sum"


_kept: list[Form] = []


def shown(qtbot: QtBot, *fields: Field) -> Form:
    """A form with these fields and a main button, on the screen until the test ends."""
    main = PrimaryButton(plain("Təsdiq et"))
    form = Form(main)
    _kept.append(form)
    qtbot.addWidget(form, before_close_func=lambda _form: _kept.clear())
    column = QVBoxLayout(form)
    for field in fields:
        column.addWidget(field)
    column.addWidget(main)
    form.add(*fields)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def text_field(name: str, optional: bool = False) -> TextField:
    return TextField(plain(name), name=name, optional=optional)


@pytest.mark.parametrize(
    ("typed", "qapik", "left"),
    [("1.234,50", 123_450, "1.234,50"), ("1234,5", 123_450, "1.234,50"), ("1234.5", 123_450, "1.234,50"),
     ("200", 20_000, "200,00"), ("1 234 567", 123_456_700, "1.234.567,00"), ("-7,05", -705, "-7,05")],
)  # fmt: skip
def test_an_amount_is_understood_and_written_the_usual_way(
    qtbot: QtBot, typed: str, qapik: int, left: str
) -> None:
    field = AmountField(WORDS, name="amount")
    form = shown(qtbot, field)
    field.setFocus()
    type_text(field.line, typed)
    press(field.line, "Return")
    assert (field.money(), field.line.text(), field.error_text()) == (azn(qapik), left, "")
    assert form.dirty


@given(st.integers(-(10**12), 10**12))
def test_an_amount_written_by_the_program_reads_back_the_same(qapik: int) -> None:
    field = AmountField(WORDS, name="amount")
    field.set_money(azn(qapik))
    assert field.money() == azn(qapik)
    field.deleteLater()


def test_letters_never_enter_an_amount(qtbot: QtBot) -> None:
    field = AmountField(WORDS, name="amount")
    shown(qtbot, field)
    type_text(field.line, "1ə2x,5ş0")
    assert field.line.text() == "12,50"


def pasted(field: AmountField, text: str) -> None:
    QApplication.clipboard().setText(text)
    field.line.paste()


@pytest.mark.parametrize("language", ["az", "ru", "en"])
@pytest.mark.parametrize(
    "text",
    [
        "2 x 50,00",
        "№ 15: 250,00",
        "12\u066b50",
        "(50,00)",
        "USD 20,00",
        "2,500",
        "x" * 300,
        " " * 30 + "x 25",
    ],
)
def test_what_is_pasted_and_no_amount_is_refused_whole_in_every_language(
    qtbot: QtBot, language: str, text: str
) -> None:
    Language.current().choose(language)
    field = AmountField(WORDS, name="amount")
    shown(qtbot, field)
    pasted(field, text)
    assert (field.line.text(), field.money()) == ("", None)
    assert field.error_text()
    field.fill("7,00")
    pasted(field, text)
    assert field.line.text() == "7,00", "what stood there stays"


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_what_is_pasted_and_an_amount_is_that_amount(qtbot: QtBot, language: str) -> None:
    Language.current().choose(language)
    for text, qapik in {"\u221250,00": -5_000, " " * 40 + "250,00": 25_000, "2,500.00": 250_000,
                        "20,00 AZN": 2_000, "1\u202f234,50 ₼": 123_450}.items():  # fmt: skip
        field = AmountField(WORDS, name="amount")
        shown(qtbot, field)
        pasted(field, text)
        assert (field.money(), field.error_text()) == (azn(qapik), "")


def test_a_limit_speaks_beside_the_amount(qtbot: QtBot) -> None:
    def at_most(amount: Money) -> None:
        if amount.minor > 50_000:
            raise Refused("G-012", "amount", typed="600")

    field = AmountField(WORDS, name="amount", check=at_most)
    form = shown(qtbot, field)
    field.setFocus()
    type_text(field.line, "600\n")
    assert field.error_text() == say(phrase("refusal.G-012", typed="600"))
    assert field.line.hasFocus(), "Enter stays where something is wrong"
    type_text(field.line, "0")
    assert field.error_text() == "", "typing on takes the sentence away"
    assert not form.fields[0].is_skipped()


@pytest.mark.parametrize("typed", ["0502123344", "+994502123344", "050 212-33-44"])
def test_a_phone_is_grouped(qtbot: QtBot, typed: str) -> None:
    field = PhoneField(WORDS)
    shown(qtbot, field)
    type_text(field.line, typed + "\n")
    assert (field.line.text(), field.number()) == ("+994 50 212 33 44", "+994502123344")


def test_no_phone_is_told(qtbot: QtBot) -> None:
    field = PhoneField(WORDS)
    shown(qtbot, field)
    field.setFocus()
    type_text(field.line, "12\n")
    assert (field.number(), field.error_text()) == (
        "",
        f"{say('kit.phone.wrong')} Məsələn: +994 50 123 45 67",
    )


@pytest.mark.parametrize("typed", ["23.11.2026", "23112026", "231126", "23/11/26", "23 11 2026"])
def test_a_date_is_understood(typed: str) -> None:
    assert read_date(typed) == dt.date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["", "31.02.2026", "2311", "23.11", "yarın", "1.1.202"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert read_date(typed) is None


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_every_date_reads_back(day: dt.date) -> None:
    assert read_date(f"{day:%d.%m.%Y}") == read_date(f"{day:%d%m%Y}") == day


def test_a_date_keeps_its_bounds(qtbot: QtBot) -> None:
    field = DateField(WORDS, name="born", latest=dt.date(2026, 11, 23))
    shown(qtbot, field)
    field.put("24.11.2026")
    assert not field.verify()
    assert field.error_text() == say("kit.date.outside")
    field.put("23.11.2026")
    assert field.verify()


def test_a_digit_picks(qtbot: QtBot) -> None:
    field = ChoiceField(WORDS, [choice("any", "Hər şöbə"), choice("2", "Gəncə 2")], name="office")
    form = shown(qtbot, field)
    field.setFocus()
    assert field.text() == ""
    type_text(field.editor, "2")
    assert field.text() == "2"
    field.set_choices([choice("2", "Gəncə 2"), choice("3", "Şəki 1")])
    assert (field.text(), form.values()) == ("2", {"office": "2"})
    type_text(field.editor, "9")
    assert field.text() == "2"


def test_a_pin_leaves_the_field_when_taken(qtbot: QtBot) -> None:
    field = PinField(WORDS)
    shown(qtbot, field)
    type_text(field.line, " 1234")
    assert "1" not in field.line.displayText()
    assert (field.take(), field.line.text()) == (" 1234", "")


def test_a_number_typed_at_the_scan_line_is_handed_over(qtbot: QtBot) -> None:
    field = ScanField(WORDS)
    form = shown(qtbot, field)
    field.setFocus()
    with qtbot.waitSignal(field.entered) as entered:
        type_text(field.line, "4829\n")
    assert entered.args == ["4829"]
    assert form.fields[0].is_empty()


def test_enter_goes_to_the_next_empty_field_and_then_presses_the_button(qtbot: QtBot) -> None:
    one, two, three, four = (
        text_field("one"),
        text_field("two"),
        text_field("three", True),
        text_field("four"),
    )
    form = shown(qtbot, one, two, three, four)
    presses: list[bool] = []
    assert form.main is not None
    form.main.clicked.connect(lambda: presses.append(True))
    two.fill("doldurulub")
    form.focus_first()
    for field, typed in ((one, "a\n"), (three, "\n"), (four, "d\n")):
        assert field.line.hasFocus(), f"{field.name} is next"
        assert presses == []
        type_text(field.line, typed)
    assert presses == [True]


def test_enter_returns_to_a_required_field_left_empty(qtbot: QtBot) -> None:
    one, two = text_field("one"), text_field("two")
    form = shown(qtbot, one, two)
    two.setFocus()
    type_text(two.line, "b\n")
    assert one.line.hasFocus()
    assert form.verify() is False
    assert one.error_text() == say("kit.required")


def test_changing_what_the_program_filled_makes_it_the_persons(qtbot: QtBot) -> None:
    one = text_field("one")
    shown(qtbot, one)
    one.fill("Gəncə 2")
    assert one.is_skipped()
    type_text(one.line, "3")
    assert not one.is_skipped()


def test_a_refusal_stands_beside_its_field_and_does_not_block_trying_again(qtbot: QtBot) -> None:
    one, two = text_field("one"), text_field("two")
    form = shown(qtbot, one, two)
    one.put("a")
    two.put("b")
    assert form.show_refusal(Refused("G-012", "two", typed="b"))
    assert two.line.hasFocus()
    assert two.editor.accessibleDescription() == two.error_text() != ""
    assert not form.show_refusal(Refused("G-012", "nowhere", typed="b"))
    presses: list[bool] = []
    assert form.main is not None
    form.main.clicked.connect(lambda: presses.append(form.verify()))
    press(two.line, "Return")
    assert presses == [True]


def test_esc_tells_whether_work_would_be_lost(qtbot: QtBot) -> None:
    one = text_field("one")
    form = shown(qtbot, one)
    told: list[bool] = []
    form.escaped.connect(told.append)
    one.fill("proqram")
    press(one.line, "Esc")
    type_text(one.line, "ə")
    press(one.line, "Esc")
    form.mark_clean()
    press(one.line, "Esc")
    assert told == [False, True, False]


def test_a_draft_is_written_back(qtbot: QtBot) -> None:
    one, two = text_field("one"), text_field("two")
    form = shown(qtbot, one, two)
    type_text(one.line, "Əliyeva")
    draft = form.values()
    form.clear()
    assert (one.text(), form.dirty) == ("", False)
    form.restore(draft)
    assert form.values() == {"one": "Əliyeva", "two": ""}


def test_tab_follows_the_reading_order(qtbot: QtBot) -> None:
    two, one = text_field("two"), text_field("one")
    form = shown(qtbot, one, two)
    one.setFocus(Qt.FocusReason.TabFocusReason)
    form.focusNextChild()
    assert two.line.hasFocus()


def test_a_field_says_its_name_in_every_language(qtbot: QtBot) -> None:
    field = TextField("kit.count.total", name="total")
    shown(qtbot, field)
    names = []
    for code in ("az", "en", "ru"):
        Language.current().choose(code)
        names.append(field.editor.accessibleName())
    assert names == ["Cəmi", "Total", "Итого"]


def test_a_paste_longer_than_its_field_stands_whole_and_is_refused(qtbot: QtBot) -> None:
    """Qt's own limit would cut it without a word."""
    field = TextField(plain("a"), name="words", max_length=10)
    form = shown(qtbot, field)
    field.line.insert("0123456789ABC")
    assert field.text() == "0123456789ABC"
    assert field.error_text() == say(phrase("refusal.G-014", limit=10))
    assert not form.verify()
    press(field.editor, "Backspace")
    press(field.editor, "Backspace")
    press(field.editor, "Backspace")
    assert field.error_text() == ""
    assert form.verify()


def test_a_code_too_long_for_a_scan_line_is_not_handed_on(qtbot: QtBot) -> None:
    field = ScanField(plain("a"))
    shown(qtbot, field)
    heard: list[str] = []
    field.entered.connect(heard.append)
    field.line.insert("1" * 121)
    type_text(field.editor, "\n")
    assert heard == []
    assert field.error_text()


def test_passing_by_accuses_nothing_and_the_end_shows_every_fault_at_once(qtbot: QtBot) -> None:
    first, phone, day, last = (
        text_field("a"),
        PhoneField(plain("b")),
        DateField(plain("c"), name="c"),
        text_field("d"),
    )
    form = shown(qtbot, first, phone, day, last)
    pressed: list[bool] = []
    assert form.main is not None
    form.main.clicked.connect(lambda: pressed.append(True))
    first.setFocus(Qt.FocusReason.TabFocusReason)
    for field in (first, phone, day):
        press(field.editor, "Tab")
        assert field.error_text() == ""
    phone.line.insert("12")
    day.line.insert("99.99.9999")
    last.setFocus(Qt.FocusReason.TabFocusReason)
    type_text(last.editor, "x\n")
    assert not pressed
    assert [bool(field.error_text()) for field in (first, phone, day, last)] == [True, True, True, False]
    assert first.editor.hasFocus()


def test_what_no_key_writes_is_cleaned_where_it_comes_in(qtbot: QtBot) -> None:
    field = text_field("a")
    shown(qtbot, field)
    field.line.insert("xy")
    field.line.setCursorPosition(1)
    field.line.insert("\x00٣\u202e\n")
    assert field.line.text() == "x3 y"
    assert field.line.cursorPosition() == 3
