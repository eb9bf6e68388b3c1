"""Inland bags by keys and scans: filled and closed here, taken in and emptied there, within budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number, printed_item_number
from azpost_desk.domain.mail.bags import bag_number
from azpost_desk.gui.kit.irregular import IrregularSheet, ReportSheet
from azpost_desk.gui.kit.words import Language, phrase, say
from azpost_desk.gui.screens.mail_bags.screen import MailBagsScreen
from tests.gui.conftest import press
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_irregular import telephone
from tests.gui.screens.test_tracking import sign
from tests.services.counters import CLERK
from tests.services.test_mail_bags_in import hear

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

NUMBERS = tuple(item_number("EE", 620_000 + serial) for serial in range(32))
ANNOUNCED = tuple(bag_number(1000, 1, serial) for serial in range(1, 41))
GRAMS = 12_450
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    session.weigh = lambda: GRAMS
    return Hands(qtbot, runner, session, stand, MailBagsScreen)


@pytest.fixture
def screen(hands: Hands) -> MailBagsScreen:
    shown = hands.frame.current()
    assert isinstance(shown, MailBagsScreen)
    return shown


def closed(hands: Hands, *numbers: str, seal: str = "AZP-0012345") -> None:
    """A bag to the usual office, closed with these items."""
    hands.type("\n")
    for number in numbers:
        hands.scan(number)
    hands.type(f"{len(numbers)}\n")
    hands.scan(seal)
    hands.type("\n")


def coming(stand: Stand, *numbers: str, bag: str = ANNOUNCED[0], to: str = "2002") -> None:
    """The centre tells of a bag with these items, from Bakı 1."""
    hear(stand, number=bag, numbers=numbers, from_office="1000", to=to)


def test_a_bag_of_thirty_is_closed_within_its_budget_and_leaves_against_a_signature(
    hands: Hands, screen: MailBagsScreen, qtbot: QtBot, stand: Stand, tones: list[Tone]
) -> None:
    """mail.md 7: at most 8 keys and 32 scans; the driver's name and ink are no part of it."""
    closed(hands, *NUMBERS[:30])
    assert hands.keys <= 8
    assert hands.scans == 31
    assert tones == ["good"] * 31
    [body] = stand.bodies(ops.MailBagClosed)
    assert isinstance(body, ops.MailBagClosed)
    assert (body.numbers, body.counted, body.grams, body.typed) == (NUMBERS[:30], 30, GRAMS, False)
    assert body.seal == "AZP-0012345"
    with stand.books.reading() as books:
        assert [one.key for one in books.print_jobs() if one.paper == "bag_label"] == [
            one.recorded.operation for one in books.entries(1, limit=10_000) if one.body == body
        ]
    # The driver has counted it: name, ink.
    hands.type("Rzayev Kamal\n")
    assert screen.filling.answer.text() == say("refusal.E-122")
    sign(qtbot, screen.filling.pad)
    hands.type("\n")
    assert len(stand.bodies(ops.MailBagHandedOver)) == 1
    assert screen.table.rows.records == []


def test_what_does_not_go_into_the_bag_is_told_apart_without_looking(
    hands: Hands, screen: MailBagsScreen, stand: Stand, tones: list[Tone]
) -> None:
    hands.type("\n")
    page = screen.filling
    for number in (NUMBERS[0], NUMBERS[1], NUMBERS[0]):
        hands.scan(number)
    assert tones == ["good", "good", "already"]
    assert NUMBERS[0] in page.answer.text()
    # One is taken out again: a key, then its scan; what is scanned next goes in.
    hands.press(Qt.Key.Key_O, CTRL)
    hands.scan(NUMBERS[0])
    hands.scan(NUMBERS[2])
    assert [one.number for one in page.items.rows.records] == [NUMBERS[2], NUMBERS[1]]
    # Nothing was typed here: the key takes back the scan, not a letter.
    hands.scan(NUMBERS[3])
    hands.press(Qt.Key.Key_Z, CTRL)
    assert [one.number for one in page.items.rows.records] == [NUMBERS[2], NUMBERS[1]]
    # Another count, no weight of the scale: said beside the field, nothing typed is lost.
    hands.type("3\n")
    page.weight.put("2,5")
    hands.scan("S-77")
    press(page.seal.line, "Return")
    hands.settle()
    assert page.counted.error_text()
    assert (page.seal.text(), page.weight.text()) == ("S-77", "2,5")
    assert stand.bodies(ops.MailBagClosed) == []
    page.counted.line.setText("2")
    press(page.counted.line, "Return")
    hands.settle()
    [body] = stand.bodies(ops.MailBagClosed)
    assert isinstance(body, ops.MailBagClosed)
    assert (body.grams, body.typed, body.seal) == (2_500, True, "S-77")


def test_a_closed_bag_is_opened_again_with_a_reason_and_an_empty_one_given_up(
    hands: Hands, screen: MailBagsScreen, stand: Stand
) -> None:
    closed(hands, NUMBERS[0])
    page = screen.filling
    hands.press(Qt.Key.Key_R, CTRL)
    assert page.sheet is not None
    hands.type("\n")
    assert page.sheet.reason.error_text()
    hands.type("kilid\n")
    assert page.now is not None
    assert (page.now.state, page.now.version, page.seal.text()) == ("open", 2, "")
    hands.press(Qt.Key.Key_Delete, CTRL | SHIFT)
    assert page.answer.text() == say("refusal.E-120")
    hands.press(Qt.Key.Key_O, CTRL)
    hands.scan(NUMBERS[0])
    hands.press(Qt.Key.Key_Delete, CTRL | SHIFT)
    assert len(stand.bodies(ops.MailBagGivenUp)) == 1
    assert screen.table.rows.records == []
    # An own bag is opened by its label from the list.
    bag = stand.desk.mail_bags.begin("1000", CLERK)
    screen.enter()
    hands.settle()
    hands.scan(bag.number)
    assert screen.filling.key == bag.bag


def test_the_one_box_opens_a_bag_that_lies_here_and_makes_any_other_number_ready(
    hands: Hands, screen: MailBagsScreen, stand: Stand
) -> None:
    bag = stand.desk.mail_bags.begin("1000", CLERK)
    hands.press(Qt.Key.Key_K, CTRL)
    hands.type(f"{bag.number}\n")
    assert screen.filling.key == bag.bag
    screen.to_list()
    hands.settle()
    hands.press(Qt.Key.Key_K, CTRL)
    hands.type(f"{ANNOUNCED[0]}\n")
    # Nothing is taken in by looking for it.
    assert screen.label.text() == ANNOUNCED[0]
    assert stand.bodies(ops.MailBagTaken) == []
    hands.type("\n\n\n\n")
    assert len(stand.bodies(ops.MailBagTaken)) == 1


def test_forty_bags_are_taken_in_by_forty_scans(
    hands: Hands, screen: MailBagsScreen, stand: Stand, tones: list[Tone]
) -> None:
    for number in ANNOUNCED:
        coming(stand, bag=number)
    screen.enter()
    hands.settle()
    assert screen.panel.count.text() == "40"
    for number in ANNOUNCED:
        hands.scan(number)
    assert (hands.keys, hands.scans) == (0, 40)
    assert tones == ["good"] * 40
    assert len(stand.desk.mail_bags_in.here()) == len(screen.table.rows.records) == 40
    assert screen.panel.count.text() == "0"


def test_a_bag_of_thirty_is_opened_and_ended_in_three_keys(
    hands: Hands, screen: MailBagsScreen, stand: Stand, tones: list[Tone]
) -> None:
    """mail.md 7: at most 3 keys and 31 scans."""
    coming(stand, *NUMBERS[:30])
    stand.desk.mail_bags_in.take_in(ANNOUNCED[0], CLERK)
    screen.enter()
    hands.settle()
    hands.scan(ANNOUNCED[0])
    hands.type("\n")
    tones.clear()
    for number in NUMBERS[:30]:
        hands.scan(number)
    hands.type("\n")
    assert hands.keys <= 3
    assert hands.scans == 31
    assert tones == ["good"] * 30
    [ended] = stand.bodies(ops.MailBagEnded)
    assert isinstance(ended, ops.MailBagEnded)
    assert (ended.found, ended.missing, ended.surplus) == (NUMBERS[:30], (), ())
    assert "Bakı 1" in screen.arriving.title.text()


def test_what_is_missing_is_counted_by_a_person_and_what_is_on_no_list_said_at_once(
    hands: Hands, screen: MailBagsScreen, stand: Stand, tones: list[Tone]
) -> None:
    coming(stand, *NUMBERS[:3])
    hands.scan(ANNOUNCED[0])
    hands.scan(ANNOUNCED[0])
    hands.type("\n")
    tones.clear()
    for number in (NUMBERS[0], NUMBERS[9]):
        hands.scan(number)
    page = screen.arriving
    assert tones == ["good", "elsewhere"]
    surplus = printed_item_number(NUMBERS[9])
    assert page.answer.text() == say(phrase("mail_bags.screen.is_surplus", number=surplus))
    assert [one.stands for one in page.items.rows.records] == ["surplus", "found", "listed", "listed"]
    # Enter alone does not end it, nor does a wrong number.
    hands.type("\n")
    hands.type("1\n")
    assert page.missing.error_text() == say("refusal.E-142")
    assert stand.bodies(ops.MailBagEnded) == []
    page.missing.line.selectAll()
    hands.type("2\n")
    [ended] = stand.bodies(ops.MailBagEnded)
    assert isinstance(ended, ops.MailBagEnded)
    assert (ended.missing, ended.surplus) == (NUMBERS[1:3], (NUMBERS[9],))
    assert any(NUMBERS[1][2:5] in say(words) for words in hands.notices)  # type: ignore[arg-type]


def test_a_bag_sealed_anew_is_said_so_and_one_for_another_office_is_sent_on_unopened(
    hands: Hands, screen: MailBagsScreen, qtbot: QtBot, stand: Stand, tones: list[Tone]
) -> None:
    coming(stand, NUMBERS[0])
    screen.seal.put("X-99")
    hands.scan(ANNOUNCED[0])
    # The seal is another one: in what way is said before it is taken in.
    assert (tones, screen.condition.error_text() != "") == (["refused"], True)
    # mail.md 7: three keys for an exception.
    hands.type("1\n\n")
    [taken] = stand.bodies(ops.MailBagTaken)
    assert isinstance(taken, ops.MailBagTaken)
    assert (taken.condition, taken.seal) == ("resealed", "X-99")
    hands.scan(ANNOUNCED[0])
    hands.type("\n")
    assert screen.arriving.approval is not None
    press(screen.arriving.approval.people, "Esc")
    hands.settle()
    screen.to_list()
    # Nobody here has heard of it; the centre says whose it is.
    hands.scan(ANNOUNCED[1])
    assert screen.answer.text() == say(phrase("express.bag.unheard", number=ANNOUNCED[1]))
    here = stand.desk.mail_bags_in.here()
    arrival = next(one.arrival for one in here if one.number == ANNOUNCED[1])
    hear(stand, "astray", number=ANNOUNCED[1], from_office="3000", to="1000", office="2002", arrival=arrival)
    screen.enter()
    hands.settle()
    # Its label once more: whose it is by name, and whoever drives signs for it as it is.
    hands.scan(ANNOUNCED[1])
    assert "Bakı 1" in screen.filling.facts.text()
    assert screen.filling.reopen_it.isHidden()
    hands.type("Rzayev\n")
    sign(qtbot, screen.filling.pad)
    hands.type("\n")
    assert len(stand.bodies(ops.MailBagHandedOver)) == 1


def test_a_bag_at_work_fits_the_usual_screen_in_every_language(
    hands: Hands, screen: MailBagsScreen, stand: Stand
) -> None:
    """All that is done with it is in sight at 1366×768: nobody scrolls while scanning."""
    coming(stand, *NUMBERS[:3])
    hands.scan(ANNOUNCED[0])
    hands.scan(ANNOUNCED[0])
    hands.type("\n")
    hands.scan(NUMBERS[9])
    for page, last in ((screen.arriving, screen.arriving.void_it), (screen.filling, screen.filling.void_it)):
        if page is screen.filling:
            screen.to_list()
            screen.choosing.clear()
            hands.settle()
            screen.begin.click()
            hands.settle()
            hands.scan(NUMBERS[20])
        for code in ("az", "ru", "en"):
            Language.current().choose(code)
            hands.settle()
            seen = last.visibleRegion().boundingRect()
            assert seen == last.rect(), (type(page).__name__, code)


def test_what_is_wrong_with_a_bag_is_reported_by_the_key_of_f5_and_stands_with_it(
    hands: Hands, screen: MailBagsScreen, stand: Stand, tmp_path: Path
) -> None:
    """Keys: the act, the digit and Enter, words and Enter, the photo's file and Enter."""
    file = tmp_path / "seal.jpg"
    file.write_bytes(telephone(300, 400))
    closed(hands, NUMBERS[0])
    page = screen.filling
    assert page.wrong.reports.isHidden()
    hands.press(Qt.Key.Key_G, CTRL)
    hands.type(f"3\nkilid\n{file}\n")
    assert page.wrong.sheet is None
    [body] = stand.bodies(ops.IrregularityReported)
    assert isinstance(body, ops.IrregularityReported)
    assert page.now is not None
    assert (body.number, body.kind, bool(body.photo)) == (page.now.number, "resealed", True)
    [shown] = page.wrong.reports.candidates
    assert "kilid" in say(shown.title)
    page.wrong.reports.pick(0)
    hands.settle()
    assert isinstance(page.wrong.sheet, ReportSheet)
    assert page.wrong.sheet.view is not None
    press(page.wrong.sheet, "Esc")
    hands.settle()
    assert page.wrong.sheet is None
    # Its form waits for the driver as before.
    assert hands.focus is page.driver.editor


def test_a_bag_of_the_list_and_one_that_came_are_reported_too(
    hands: Hands, screen: MailBagsScreen, stand: Stand
) -> None:
    coming(stand, NUMBERS[0])
    hands.press(Qt.Key.Key_G, CTRL)
    assert screen.filling.wrong.sheet is None
    hands.scan(ANNOUNCED[0])
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    hands.press(Qt.Key.Key_G, CTRL)
    hands.type("2\n\n\n")
    assert [one.kind for one in stand.desk.irregularities.of(ANNOUNCED[0])] == ["short"]
    # Then it is in hand, with what was said of it.
    assert screen.arriving.now is not None
    assert len(screen.arriving.wrong.reports.candidates) == 1
    hands.press(Qt.Key.Key_G, CTRL)
    # "Other" wants words.
    hands.type("6\n\n\n")
    assert isinstance(screen.arriving.wrong.sheet, IrregularSheet)
    assert screen.arriving.wrong.sheet.words.error_text() == say("refusal.E-156")
    hands.type("cut open\n\n")
    assert [one.kind for one in stand.desk.irregularities.of(ANNOUNCED[0])] == ["other", "short"]


def test_every_language_has_its_words(hands: Hands, screen: MailBagsScreen, stand: Stand) -> None:
    coming(stand, *NUMBERS[:2])
    hands.scan(ANNOUNCED[0])
    shown = set()
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        shown.add(screen.answer.text())
        assert "mail_bags.screen" not in screen.panel.bags.text() + screen.answer.text()
    assert len(shown) == 3
