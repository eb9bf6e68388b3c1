"""Picked up with a code: few keys; what was not believed is asked again while the customer stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from azpost_desk.domain import operations as ops
from azpost_desk.domain.item_numbers import item_number
from azpost_desk.gui.kit.needs import NeedsSheet
from azpost_desk.gui.kit.words import language, phrase, say
from tests.gui.conftest import press, type_text
from tests.gui.screens.test_tracking import choose, focus, scanned, settled, sign
from tests.gui.screens.test_tracking import screen as screen
from tests.services.test_pickup_codes import CODE, ITEM, WRONG, tell

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Tone
    from azpost_desk.gui.screens.tracking.screen import TrackingScreen
    from tests.services.counters import Stand

# mail.md 7; F-key of the screen, digit of the event and Enter are counted though they hold for the day.
KEYS_MAX, OPENING_KEYS = 12, 3


def asked(qtbot: QtBot, screen: TrackingScreen) -> NeedsSheet:
    qtbot.waitUntil(lambda: isinstance(screen.sheet, NeedsSheet) and screen.sheet.isVisible())
    assert isinstance(screen.sheet, NeedsSheet)
    sheet = screen.sheet
    qtbot.waitUntil(lambda: focus() is sheet.form.field("document").editor)
    return sheet


def here(qtbot: QtBot, screen: TrackingScreen) -> None:
    """The item lies at this office; the event of the next scans is the delivery."""
    choose(screen, "EMG")
    scanned(screen, ITEM)
    settled(qtbot, screen, 1)
    screen.choose_event()
    choose(screen, "EMI")


def last(stand: Stand) -> ops.ItemScanned:
    body = stand.bodies(ops.ItemScanned)[-1]
    assert isinstance(body, ops.ItemScanned)
    return body


def test_a_pick_up_with_a_code_is_one_scan_and_eleven_keys_at_most(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    tell(stand)
    here(qtbot, screen)
    scanned(screen, ITEM)
    sheet = asked(qtbot, screen)
    assert sheet.form.field("signatory").isVisible()
    type_text(focus(), CODE)
    # Whoever has the code is the addressee: nobody types the name.
    assert not sheet.form.field("signatory").isVisible()
    type_text(focus(), "\n")
    assert sheet.form.field("signed").error_text()
    assert sheet.pad is not None
    sign(qtbot, sheet.pad)
    press(sheet.pad, "Return")
    settled(qtbot, screen, 2)
    assert OPENING_KEYS + len(CODE) + 2 <= KEYS_MAX
    assert (last(stand).event, last(stand).proven_by, last(stand).signed) == ("EMI", "code", "screen")
    assert tones == ["good", "good"]


def test_a_wrong_code_is_asked_again_with_all_that_was_said_until_a_document_is_shown(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand, tones: list[Tone]
) -> None:
    tell(stand)
    here(qtbot, screen)
    scanned(screen, ITEM)
    sheet = asked(qtbot, screen)
    assert sheet.pad is not None
    sign(qtbot, sheet.pad)
    signed = sheet.pad.signature()
    for left in (2, 1, 0):
        type_text(focus(), f"{WRONG}\n")
        qtbot.waitUntil(lambda before=sheet: screen.sheet not in (None, before))  # type: ignore[misc]
        sheet = asked(qtbot, screen)
        wrong = sheet.form.field("document").error_text()
        assert wrong == say(phrase("express.scan.wrong_code", number=ITEM, left=left))
        # The customer has signed and does not sign again.
        assert sheet.pad is not None
        assert sheet.pad.signature() == signed
    type_text(focus(), f"{CODE}\n")
    qtbot.waitUntil(lambda before=sheet: screen.sheet not in (None, before))  # type: ignore[misc]
    sheet = asked(qtbot, screen)
    assert sheet.form.field("document").error_text() == say(phrase("express.scan.code_locked", number=ITEM))
    type_text(focus(), "AZE AA1234567\n")
    assert focus() is sheet.form.field("signatory").editor
    type_text(focus(), "Orxan\n")
    settled(qtbot, screen, 6)
    results = [seen.result for seen in screen.table.rows.records]
    assert results == ["saved", "code_locked", "wrong_code", "wrong_code", "wrong_code", "saved"]
    assert last(stand).proven_by == "document"
    assert tones == ["good", *["refused"] * 4, "good"]


def test_six_digits_are_a_document_of_anybody_but_the_addressee(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    tell(stand)
    here(qtbot, screen)
    scanned(screen, ITEM)
    sheet = asked(qtbot, screen)
    sheet.form.field("relation").put("family")
    sheet.form.field("signed").put("paper")
    type_text(focus(), CODE)
    assert sheet.form.field("signatory").isVisible()
    type_text(focus(), "\n")
    type_text(focus(), "Aygun\n")
    settled(qtbot, screen, 2)
    assert (last(stand).relation, last(stand).proven_by) == ("family", "document")


def test_the_question_is_whole_in_three_languages(qtbot: QtBot, screen: TrackingScreen, stand: Stand) -> None:
    tell(stand)
    here(qtbot, screen)
    scanned(screen, ITEM)
    sheet = asked(qtbot, screen)
    for code in ("az", "ru", "en"):
        language().choose(code)
        words = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
        for key in ("tracking.screen.shown", "tracking.screen.shown_hint"):
            assert any(say(key) in one for one in words), (code, key)


def test_with_old_news_who_answered_the_telephone_is_asked_and_escape_lets_it_be(
    qtbot: QtBot, screen: TrackingScreen, stand: Stand
) -> None:
    insured = item_number("VA", 876_543)
    choose(screen, "EMG")
    scanned(screen, insured)
    settled(qtbot, screen, 1)
    stand.line.online = False
    screen.choose_event()
    choose(screen, "EMI")
    shown = {"relation": "self", "document": "AZE AA1", "signatory": "Quliyev Rauf", "signed": "paper"}

    def by_phone() -> NeedsSheet | None:
        sheet = screen.sheet
        return sheet if isinstance(sheet, NeedsSheet) and sheet.by_phone is not None else None

    def handed_over() -> NeedsSheet:
        scanned(screen, insured)
        sheet = asked(qtbot, screen)
        for name, value in shown.items():
            sheet.form.field(name).put(value)
        sheet.save.click()
        qtbot.waitUntil(lambda: by_phone() is not None)
        found = by_phone()
        assert found is not None
        return found

    handed_over().escaped.emit()
    settled(qtbot, screen, 3)
    sheet = handed_over()
    assert {name: sheet.form.field(name).text() for name in shown} == shown
    sheet.form.field("asked").put("Məmmədova Nigar")
    sheet.save.click()
    settled(qtbot, screen, 5)
    assert (last(stand).event, last(stand).asked) == ("EMI", True)
    results = [seen.result for seen in screen.table.rows.records]
    assert results == ["saved", "ask_by_phone", "ask_by_phone", "ask_by_phone", "saved"]
