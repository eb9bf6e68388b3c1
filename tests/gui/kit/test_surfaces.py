"""Cards, notices, sheets, candidates, tables, count sheets and charts: shown, picked, counted, described."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from azpost_desk.domain.cash import DENOMINATIONS_QAPIK
from azpost_desk.domain.money import azn
from azpost_desk.gui.kit.acts import acts
from azpost_desk.gui.kit.buttons import Button, PillButton, PrimaryButton
from azpost_desk.gui.kit.cards import Candidate, Card, NameList, Sheet
from azpost_desk.gui.kit.charts import Bar, BarChart, Step, Timeline
from azpost_desk.gui.kit.counts import DenominationSheet, read_count
from azpost_desk.gui.kit.fields import AmountField, ChoiceField, PinField, ScanField, TextField, choice
from azpost_desk.gui.kit.labels import BigAmount, Label, ProgressLine, StatePill
from azpost_desk.gui.kit.notices import NoticeStrip
from azpost_desk.gui.kit.qt_words import QtWords
from azpost_desk.gui.kit.tables import Column, Table
from azpost_desk.gui.kit.theme import Theme
from azpost_desk.gui.kit.words import Language, counted_phrase, phrase, plain, say
from tests.gui.conftest import press, type_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """An active window of the counter's size with an empty column."""
    made = QWidget()
    made.resize(1366, 768)
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def placed(window: QWidget, *widgets: QWidget) -> None:
    for widget in widgets:
        window.layout().addWidget(widget)
        widget.show()


def table_of(*names: str) -> Table[str]:
    table: Table[str] = Table(
        [
            Column("kit.count.total", lambda name: name, 200),
            Column("kit.count.sum", lambda name: str(len(name)), 80, "right"),
            Column(plain("Vəziyyət"), lambda _name: plain("saxlanıldı"), state=lambda _name: "good"),
        ],
        name="kit.count.total",
        empty=plain("Burada göndərişlər görünür. Başlamaq üçün F5 basın."),
    )
    table.show_records(names)
    return table


def test_an_empty_table_teaches_and_a_full_one_does_not(window: QWidget) -> None:
    table = table_of()
    placed(window, table)
    assert not table.view.isVisible()
    table.show_records(["Gəncə 2"])
    assert table.view.isVisible()
    table.show_records([])
    assert not table.view.isVisible()


def test_a_table_is_picked_by_keyboard(window: QWidget, qtbot: QtBot) -> None:
    table = table_of("Bakı 1", "Gəncə 2", "Şəki 1")
    placed(window, table)
    table.setFocus()
    press(table.view, "Down")
    press(table.view, "Down")
    with qtbot.waitSignal(table.chosen) as chosen:
        press(table.view, "Return")
    assert chosen.args == [table.current()]
    table.show_records(["Bakı 1", "Gəncə 2"])
    assert table.current() == "Gəncə 2", "the line stays where it was"


def test_the_model_is_a_proper_one(window: QWidget, qtmodeltester: object) -> None:
    table = table_of("Bakı 1", "Gəncə 2")
    placed(window, table)
    qtmodeltester.check(table.rows)  # type: ignore[attr-defined]
    for number in range(12):
        table.rows.prepend(str(number), keep=5)
    assert table.rows.records == ["11", "10", "9", "8", "7"]
    assert window.grab().width() == 1366, "pills are painted"


def test_headings_follow_the_language(window: QWidget) -> None:
    table = table_of("Bakı 1")
    placed(window, table)
    Language.current().choose("ru")
    assert table.rows.headerData(0, Qt.Orientation.Horizontal) == "Итого"


def test_a_notice_shows_its_code_and_can_act(window: QWidget, qtbot: QtBot) -> None:
    strip, acts = NoticeStrip(), []
    placed(window, strip)
    strip.show_notice(plain("Əlaqə yoxdur"), "warn", "L-004", plain("Yenidən"), lambda: acts.append(1), "F6")
    assert strip.text() == strip.accessibleName() == "Əlaqə yoxdur"
    button = next(b for b in strip.findChildren(Button) if b.text() == "Yenidən")
    button.click()
    assert (acts, strip.text()) == ([1], "")
    strip.show_notice(plain("Saxlanıldı"), "good")
    assert not button.isVisible()


def test_a_print_is_said_beside_the_act_whichever_comes_first(window: QWidget) -> None:
    """The printer may be quicker than the answer of the act, whose sentence took the place of its own."""
    strip, closed, printed = NoticeStrip(follows_acts=True), plain("Növbə bağlandı"), plain("Çap edildi")
    placed(window, strip)
    both = "Növbə bağlandı\nÇap edildi"
    for first, second in ((strip.add, strip.show_notice), (strip.show_notice, strip.add)):
        strip.clear()
        first(printed if first == strip.add else closed)
        second(printed if second == strip.add else closed)
        assert strip.text() == both
    # A later paper takes the place of the one before, and the end of the act's cause leaves it.
    strip.add(plain("Yenə çap edildi"))
    assert strip.text() == "Növbə bağlandı\nYenə çap edildi"
    strip.show_notice("frame.paper.failed", "warn")
    strip.end("frame.paper.failed")
    assert strip.text() == "Yenə çap edildi"
    acts().began.emit(None)
    assert strip.text() == ""


def test_a_sheet_keeps_keys_to_itself_and_gives_the_focus_back(window: QWidget, qtbot: QtBot) -> None:
    beneath, fired = TextField(plain("Ad"), name="name"), []
    placed(window, beneath)
    beneath.setFocus()
    QShortcut("F10", window, lambda: fired.append("screen"))
    sheet = Sheet(window, plain("Səbəb"))
    reason = TextField(plain("Səbəb"), name="reason")
    act = PrimaryButton(plain("Təsdiq et"), "F10")
    act.clicked.connect(lambda: fired.append("sheet"))
    sheet.body.addWidget(reason)
    sheet.body.addWidget(act)
    sheet.open()
    assert reason.line.hasFocus()
    qtbot.keyClick(reason.line, Qt.Key.Key_F10)
    assert fired == ["sheet"]
    for _ in range(5):
        sheet.focusNextPrevChild(True)
        focused = window.focusWidget()
        assert focused is not None
        assert sheet.isAncestorOf(focused)
    with qtbot.waitSignal(sheet.closed):
        press(reason.line, "Esc")
    assert beneath.line.hasFocus()


def test_a_sheet_covers_its_screen_at_any_size(window: QWidget, qtbot: QtBot) -> None:
    sheet = Sheet(window, plain("Sayım"), side="right", width_px=560)
    sheet.open()
    window.resize(1000, 600)
    qtbot.waitUntil(lambda: sheet.size() == window.size())


def test_a_candidate_is_picked_by_its_digit(window: QWidget, qtbot: QtBot) -> None:
    names = NameList()
    placed(window, names)
    names.offer(
        [Candidate(plain("Həsənova Günel"), plain("Gəncə 2"), "a"), Candidate(plain("Əliyev"), value="b")]
    )
    names.setFocus()
    picked: list[object] = []
    names.picked.connect(picked.append)
    type_text(window.focusWidget() or names, "2")
    type_text(window.focusWidget() or names, "7")
    press(window.focusWidget() or names, "Return")
    assert picked == ["b", "a"]
    names.offer([])
    assert names.candidates == []


def test_what_is_offered_follows_the_language(window: QWidget, qtbot: QtBot) -> None:
    names = NameList()
    placed(window, names)
    names.offer([Candidate("recovery.kept.customer_here", value="a")])
    said = set()
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        said.add(names._rows[0].text())
    assert len(said) == 3


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [("", 0), (" ", 0), ("14", 14), ("2b", 200), ("2B", 200), ("2b+14", 214), ("2b14", 214), ("0", 0),
     ("x", None), ("-3", None), ("2x", None), ("b", None), ("1,5", None)],
)  # fmt: skip
def test_a_count_is_pieces_or_sealed_bundles(typed: str, pieces: int | None) -> None:
    assert read_count(typed) == pieces


def test_a_till_is_counted_by_digits_and_enter(window: QWidget, qtbot: QtBot) -> None:
    sheet = DenominationSheet(expected=azn(61_203))
    placed(window, sheet)
    sheet.setFocus()
    typed = {20_000: "3", 1_000: "1", 100: "2", 3: "1"}
    with qtbot.waitSignal(sheet.finished):
        for denomination in DENOMINATIONS_QAPIK:
            assert sheet.line(denomination).hasFocus()
            type_text(sheet.line(denomination), typed.get(denomination, "") + "\n")
    assert sheet.pieces() == {20_000: 3, 1_000: 1, 100: 2, 3: 1}
    assert sheet.total() == azn(61_203)
    shown = [figure.text() for figure in sheet.findChildren(BigAmount) if figure.isVisible()]
    written = Language.current().texts.money
    assert shown == [written(azn(61_203)), written(azn(61_203)), written(azn(0))]


def test_blind_counting_shows_nothing_to_aim_at(window: QWidget) -> None:
    sheet = DenominationSheet(blind=True, expected=azn(61_203))
    placed(window, sheet)
    sheet.set_pieces({20_000: 3})
    visible = [figure for figure in sheet.findChildren(BigAmount) if figure.isVisible()]
    assert [figure.amount for figure in visible] == [azn(60_000)]


def test_a_line_that_is_no_count_holds_enter_and_is_named(window: QWidget) -> None:
    sheet = DenominationSheet()
    placed(window, sheet)
    line = sheet.line(10_000)
    line.setFocus()
    type_text(line, "2x\n")
    assert line.hasFocus()
    assert not sheet.is_readable()
    assert line.accessibleDescription() == say("kit.count.wrong")
    press(line, "Down")
    assert sheet.line(5_000).hasFocus()


@given(st.dictionaries(st.sampled_from(DENOMINATIONS_QAPIK), st.integers(1, 99_999)))
def test_a_count_written_back_is_the_same(pieces: dict[int, int]) -> None:
    sheet = DenominationSheet()
    sheet.set_pieces(pieces)
    assert sheet.pieces() == pieces
    sheet.deleteLater()


def test_a_chart_says_what_it_shows(window: QWidget) -> None:
    chart = BarChart(plain("Saatlar"))
    placed(window, chart)
    assert chart.accessibleDescription() == say("kit.chart.empty")
    chart.show_bars([plain("nağd"), plain("kart")], [Bar(plain("9"), (40, 12)), Bar(plain("10"), (0, 3))])
    assert chart.accessibleDescription() == "9: nağd 40, kart 12; 10: nağd 0, kart 3"
    assert not chart.grab().isNull()
    with pytest.raises(ValueError, match="one value per series"):
        chart.show_bars([plain("nağd")], [Bar(plain("9"), (1, 2))])


def test_a_higher_bar_is_higher(window: QWidget) -> None:
    chart = BarChart(plain("Saatlar"))
    placed(window, chart)
    chart.resize(400, 200)
    chart.show_bars([plain("nağd")], [Bar(plain("9"), (10,)), Bar(plain("10"), (5,))])
    image = chart.grab().toImage()
    blue = Theme.current().color("series_1").rgb()
    heights = [
        sum(image.pixelColor(chart.width() * part // 4, y).rgb() == blue for y in range(image.height()))
        for part in (1, 3)
    ]
    assert heights[0] == pytest.approx(2 * heights[1], abs=2)


def test_a_timeline_reads_newest_first(window: QWidget) -> None:
    line = Timeline(plain("EE473124829AZ"))
    placed(window, line)
    line.show_steps([Step(plain("Gəlib"), plain("Gəncə 2"), "14:32", "good"), Step(plain("Qəbul edilib"))])
    assert line.accessibleDescription() == "14:32 Gəlib Gəncə 2; Qəbul edilib"
    assert not line.grab().isNull()


def test_a_button_shows_its_key_and_obeys_it(window: QWidget, qtbot: QtBot) -> None:
    button, presses = Button(plain("Çap et"), "Ctrl+P"), []
    button.clicked.connect(lambda: presses.append(1))
    placed(window, button)
    assert button.hint_text() == "Ctrl P"
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    button.setFocus()
    press(button, "Return")
    assert presses == [1, 1]
    Language.current().choose("en")
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert presses == [1, 1, 1], "the key lives through a change of language"
    button.set_busy(True)
    assert button.text() == "Please wait…"


def test_no_name_is_clipped_when_it_is_longer(window: QWidget) -> None:
    button = Button(plain("Ödənişi qəbul et"), "F10")
    short = button.sizeHint().width()
    button.say(plain("Ödənişi qəbul et" + "m" * 7))
    assert button.minimumSizeHint().width() > short
    button.deleteLater()


def test_a_pill_without_words_is_not_there(window: QWidget) -> None:
    card = Card(plain("Göndərən"))
    placed(window, card)
    assert not card.pill.isVisible()
    card.pill.show_state(plain("yoxlanılıb"), "good")
    assert card.pill.isVisible()
    loose = StatePill(plain("açıq"), "warn")
    assert not loose.isVisible(), "it never is a window of its own"
    placed(window, loose)
    assert loose.isVisible()


def test_progress_tells_what_and_how_many(window: QWidget) -> None:
    line = ProgressLine()
    placed(window, line)
    line.show_progress(plain("Göndərilir"), 3, 10)
    assert [label.text() for label in line.findChildren(Label)] == ["Göndərilir · 3 / 10"]
    line.finish()
    assert not line.isVisible()


def test_everything_that_takes_the_focus_has_a_name(window: QWidget) -> None:
    sheet = Sheet(window, plain("Sayım"))
    made = [TextField("kit.count.sum", name="a"), AmountField("kit.count.sum", name="b"), NoticeStrip()]
    made += [PinField("kit.count.sum"), ScanField("kit.count.sum"), DenominationSheet(), table_of("Bakı 1")]
    made += [ChoiceField("kit.count.sum", [choice("a", "A")], name="c"), NameList(), Button(plain("Sil"))]
    placed(window, *made, PillButton(plain("Onlayn"), "good"), sheet)
    made[2].show_notice(plain("Əlaqə yoxdur"), "warn", act=plain("Yenidən"), callback=made.clear)
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and widget.isVisible()
    ]
    assert nameless == []


def test_what_a_finger_touches_is_36_px_high(window: QWidget) -> None:
    fields = [
        TextField(plain("a"), name="a"),
        AmountField(plain("b"), name="b"),
        ChoiceField(plain("c"), name="c"),
    ]
    sheet = DenominationSheet()
    buttons = [Button(plain("Sil")), PrimaryButton(plain("Göndər"))]
    placed(window, *fields, *buttons, sheet)
    touched = [field.editor for field in fields] + buttons + [sheet.line(100)]
    assert [widget.height() for widget in touched if widget.height() < 36] == []


def test_qts_own_words_are_azerbaijani(window: QWidget, qapp: object) -> None:
    words = QtWords()
    assert [words.translate("QPlatformTheme", word) for word in ("&Yes", "Cancel", "Select All")] == [
        "Bəli",
        "İmtina",
        "Hamısını seç",
    ]
    Language.current().choose("ru")
    assert words.translate("QLineEdit", "Cu&t") == "Вырезать"
    assert words.translate("QLineEdit", "Something else") == ""


def test_phrases_are_said_in_each_language() -> None:
    nested = phrase("kit.chart.row", label=phrase("kit.count.total"), values=plain("7"))
    assert say(nested) == "Cəmi: 7"
    Language.current().choose("en")
    assert (say(nested), say(plain("Cəmi")), say("")) == ("Total: 7", "Cəmi", "")
    assert counted_phrase("kit.count.total", 3).count == 3
