"""A courier's round by keys and scans: out in five keys, back with one or two for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.domain.mail.guarded import IN_PERSON
from azpost_desk.gui.kit.words import Language, say
from azpost_desk.gui.screens.rounds.form import REASONS
from azpost_desk.gui.screens.rounds.screen import RoundsScreen
from azpost_desk.protocol import news as tidings
from tests.gui.conftest import press
from tests.gui.screens.hands import Hands
from tests.gui.screens.test_tracking import sign
from tests.services.counters import OTHER_CLERK
from tests.storage.desks import piece

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.needs import NeedsSheet
    from azpost_desk.gui.kit.screens import Session, Tone
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

NUMBERS = [item_number("EE", 610_000 + serial) for serial in range(60)]


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    return Hands(qtbot, runner, session, stand, RoundsScreen)


@pytest.fixture
def screen(hands: Hands) -> RoundsScreen:
    shown = hands.frame.current()
    assert isinstance(shown, RoundsScreen)
    return shown


def digit_of(screen: RoundsScreen, officer: str) -> str:
    return str([one.value for one in screen.courier.choices()].index(officer) + 1)


def out(hands: Hands, screen: RoundsScreen, qtbot: QtBot, numbers: list[str]) -> None:
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    for number in numbers:
        hands.scan(number)
    sign(qtbot, screen.pad)
    hands.type(f"{len(numbers)}\n")


def test_sixty_items_go_out_in_five_keys_and_sixty_scans(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    """Budget of mail.md 7; the courier's signature is no key of the clerk's."""
    out(hands, screen, qtbot, NUMBERS)
    assert (hands.keys, hands.scans) == (5, 60)
    [signed] = stand.bodies(ops.RoundSigned)
    assert isinstance(signed, ops.RoundSigned)
    assert (signed.numbers, signed.counted) == (tuple(NUMBERS), 60)
    [now] = screen.table.rows.records
    assert (now.round.state, now.courier) == ("out", OTHER_CLERK.name)


def test_back_is_one_key_for_what_was_delivered_and_two_for_what_was_tried(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand, tones: list[Tone]
) -> None:
    """Eight items of sixty: the budget is one key each delivered, two each tried."""
    out(hands, screen, qtbot, NUMBERS[:8])
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    before = hands.keys
    tones.clear()
    for number in NUMBERS[:5]:
        hands.scan(number)
        hands.type("\n")
    for number in NUMBERS[5:7]:
        hands.scan(number)
        hands.type("12")
    assert hands.keys - before == 5 + 2 * 2
    hands.scan(NUMBERS[7])
    hands.type("-")
    assert tones == ["good"] * 8
    assert {one.outcome for one in screen.items.rows.records} == {"delivered", "tried", "untried"}
    sign(qtbot, screen.pad)
    hands.type("3\n")
    [ended] = stand.bodies(ops.RoundEnded)
    assert isinstance(ended, ops.RoundEnded)
    assert (ended.delivered, ended.tried, ended.untried, ended.counted) == (5, 2, 1, 3)
    assert screen.table.rows.records == []
    bodies = [one for one in stand.bodies(ops.ItemScanned) if isinstance(one, ops.ItemScanned)]
    tried = [one for one in bodies if one.event == "EMH"]
    assert {(one.reason, one.measure) for one in tried} == {("absent", "new_try")}


def test_what_was_refused_at_the_door_goes_back_and_is_not_tried_again(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    out(hands, screen, qtbot, NUMBERS[:1])
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    hands.scan(NUMBERS[0])
    hands.type(str(REASONS.index("refused") + 1))
    assert screen.asking.asked is not None
    assert screen.asking.asked.measures == ("returned", "handed_over")
    hands.type("1")
    [tried] = [one for one in stand.bodies(ops.ItemScanned) if getattr(one, "event", "") == "EMH"]
    assert isinstance(tried, ops.ItemScanned)
    assert (tried.reason, tried.measure) == ("refused", "returned")


def test_what_does_not_fit_is_said_and_nothing_is_lost(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, tones: list[Tone]
) -> None:
    out(hands, screen, qtbot, NUMBERS[:2])
    screen.open_round(screen.table.rows.records[0].round.round)
    hands.settle()
    tones.clear()
    # A stranger's item, an item scanned by mistake, a digit that names no measure.
    hands.scan(NUMBERS[9])
    assert tones == ["refused"]
    assert screen.answer.text() == say("refusal.E-078")
    hands.scan(NUMBERS[0])
    press(screen.asking, "Esc")
    hands.settle()
    assert [one.outcome for one in screen.items.rows.records] == ["", ""]
    hands.scan(NUMBERS[0])
    hands.type("10")
    assert screen.asking.asked is not None
    press(screen.asking, "Esc")
    press(screen.asking, "Delete")
    assert screen.asking.question.text() == say("rounds.screen.lost_sure")
    press(screen.asking, "Delete")
    hands.settle()
    assert {one.outcome for one in screen.items.rows.records} == {"", "lost"}
    # Not everything is accounted for: the round stays out, the count and the signature are still there.
    sign(qtbot, screen.pad)
    hands.type("1\n")
    assert "1" in screen.answer.text()
    assert screen.counted.text() == "1"
    assert screen.pad.signature() is not None


def test_a_count_that_differs_and_a_missing_signature_are_said_beside_what_is_missing(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    hands.scan(NUMBERS[0])
    # Nothing is asked of an item before it goes out.
    assert [one.outcome for one in screen.items.rows.records] == ["planned"]
    hands.type("1\n")
    assert screen.answer.text() == say("refusal.E-076")
    sign(qtbot, screen.pad)
    screen.counted.put("2")
    press(screen.pad, "Return")
    hands.settle()
    assert screen.counted.error_text()
    assert stand.bodies(ops.RoundSigned) == []
    # Scans that came while a round was being looked at wait in its order; taken back, one is out of it.
    hands.scan(NUMBERS[1])
    screen.counted.clear()
    hands.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [one.number for one in screen.items.rows.records] == NUMBERS[:1]


def test_every_language_has_its_words(hands: Hands, screen: RoundsScreen, qtbot: QtBot) -> None:
    out(hands, screen, qtbot, NUMBERS[:2])
    screen.open_round(screen.table.rows.records[0].round.round)
    hands.settle()
    hands.scan(NUMBERS[0])
    for code in ("az", "ru", "en"):
        Language.current().choose(code)
        assert OTHER_CLERK.name in screen.title.text()
        assert screen.asking.lines[0].text().startswith("1")
        assert Qt.Key.Key_Delete.name.removeprefix("Key_") in screen.asking.hint.text()


INSURED = item_number("VA", 610_900)


def sheet_of(qtbot: QtBot, screen: RoundsScreen) -> NeedsSheet:
    qtbot.waitUntil(lambda: screen.sheet is not None and screen.sheet.isVisible())
    assert screen.sheet is not None
    return screen.sheet


def test_on_old_news_a_guarded_item_asks_who_answered_once_and_escape_leaves_it_here(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    stand.line.online, stand.line.heard_ms = False, 1
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    hands.scan(INSURED)
    press(sheet_of(qtbot, screen).form.field("asked"), "Esc")
    hands.settle()
    assert (screen.sheet, screen.items.rows.records) == (None, [])
    # What is scanned meanwhile waits in its order.
    hands.scan(INSURED)
    hands.scan(NUMBERS[0])
    sheet = sheet_of(qtbot, screen)
    assert sheet.by_phone is not None
    assert sheet.by_phone.error_text()
    hands.type("Nigar\n")
    hands.settle()
    assert [one.number for one in screen.items.rows.records] == [INSURED, NUMBERS[0]]
    sign(qtbot, screen.pad)
    hands.type("2\n")
    [signed] = [one for one in stand.bodies(ops.RoundSigned) if isinstance(one, ops.RoundSigned)]
    assert (signed.numbers, signed.asked) == ((INSURED, NUMBERS[0]), ())


def test_a_round_that_leaves_on_news_grown_old_asks_beside_the_signature(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    hands.scan(INSURED)
    assert screen.answered.isHidden()
    stand.line.online, stand.line.heard_ms = False, 1
    sign(qtbot, screen.pad)
    hands.type("1\n")
    assert screen.answered.isVisible()
    assert screen.answered.error_text()
    assert stand.bodies(ops.RoundSigned) == []
    screen.answered.put("Nigar")
    screen.sign.click()
    hands.settle()
    [signed] = [one for one in stand.bodies(ops.RoundSigned) if isinstance(one, ops.RoundSigned)]
    assert signed.asked == (INSURED,)
    # The next round asks nothing before it has to.
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    assert (screen.answered.isHidden(), screen.answered.text()) == (True, "")


def test_what_went_to_somebody_else_is_said_by_plus_and_who_it_was(
    hands: Hands, screen: RoundsScreen, qtbot: QtBot, stand: Stand
) -> None:
    personal = NUMBERS[7]
    sent = tidings.ItemEvent(
        number=personal, event="EMA", office="1000", at_ms=1, postcode="AZ5002", operation="ema",
        desk="1000-1", epoch=1, sequence=1, reason=IN_PERSON,
    )  # fmt: skip
    stand.books.store_news([piece(900, "item.event", sent)], 1)
    out(hands, screen, qtbot, [personal])
    hands.type(f"{digit_of(screen, OTHER_CLERK.officer)}\n")
    hands.scan(personal)
    hands.type("+")
    sheet = sheet_of(qtbot, screen)
    assert sheet.form.field("relation").text() == ""
    press(sheet.form.field("relation"), "Esc")
    hands.settle()
    # Nothing was said: what became of it is asked again.
    assert (screen.sheet, screen.asking.asked is not None) == (None, True)
    hands.type("+")
    sheet = sheet_of(qtbot, screen)
    for name, said in (("relation", "neighbour"), ("document", "AZE AA1"), ("signatory", "Quliyev Rauf")):
        sheet.form.field(name).put(said)
    sheet.save.click()
    hands.settle()
    assert {one.outcome for one in screen.items.rows.records} == {"delivered"}
    scans = [one for one in stand.bodies(ops.ItemScanned) if isinstance(one, ops.ItemScanned)]
    assert (scans[-1].event, scans[-1].relation, scans[-1].signed) == ("EMI", "neighbour", "paper")
    [told] = stand.bodies(ops.IrregularityReported)
    assert told == ops.IrregularityReported(number=personal, kind="wrong_person")
    assert personal[2:5] in screen.answer.text()
