"""The lamp of the books: green with its time, red with the record and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel

from azpost_desk.gui.kit.words import say
from azpost_desk.gui.screens.history.screen import HistoryScreen
from azpost_desk.services.views import BooksCheck, BrokenRecord
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.conftest import session as session
from tests.gui.screens.conftest import stand as stand
from tests.gui.screens.conftest import tones as tones
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, MANAGER, press

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand


@pytest.fixture
def hands(qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> Hands:
    return Hands(qtbot, runner, session, stand, HistoryScreen)


def test_sound_books_are_green_with_the_time_of_the_check(hands: Hands) -> None:
    lamp = hands.frame.lamp
    assert lamp.text() == say("frame.books.unchecked")
    lamp.check()
    hands.settle()
    assert lamp.property("state") == "good"
    assert "09:00" in lamp.text()


def test_a_broken_record_is_named_with_what_to_do(
    hands: Hands, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BrokenRecord("I-07", "2002-1", 12, "lines: operation x")
    found = BooksCheck(stand.clock.utc_ms(), "", (), (broken,))
    monkeypatch.setattr(type(stand.books), "check", lambda _books: found)
    hands.frame.lamp.check()
    hands.settle()
    assert (hands.frame.lamp.property("state"), hands.frame.lamp.text()) == ("bad", say("frame.books.broken"))
    hands.frame.lamp.click()
    shown = [label.text() for label in hands.frame.books.findChildren(QLabel)]
    assert say("frame.books.what_to_do") in shown
    assert any("I-07" in words and "12" in words for words in shown)


def test_a_stopped_desk_says_why_and_what_to_do(
    hands: Hands, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = BooksCheck(stand.clock.utc_ms(), "page", ("HMAC verification failed for page 7",), ())
    monkeypatch.setattr(type(stand.books), "check", lambda _books: found)
    hands.frame.lamp.check()
    hands.settle()
    hands.frame.lamp.click()
    shown = [label.text() for label in hands.frame.books.findChildren(QLabel)]
    assert say("refusal.G-060.page") in shown
    assert any("page 7" in words for words in shown)


def test_the_close_of_the_day_checks_the_whole(hands: Hands, stand: Stand, runner: Runner) -> None:
    runner.announce("day")
    hands.settle()
    assert hands.frame.lamp.found is None
    stand.desk.tills.close(CLERK, {100: 200})
    stand.desk.reports.close_day(MANAGER, press)
    runner.announce("day")
    hands.settle()
    hands.settle()
    assert hands.frame.lamp.found is not None
    assert hands.frame.lamp.found.is_sound


def test_it_is_lit_by_itself_after_sign_in(qtbot: QtBot, hands: Hands) -> None:
    lamp = hands.frame.lamp
    lamp.watch()
    qtbot.waitUntil(lambda: lamp.found is not None, timeout=20_000)
    assert lamp.property("state") == "good"
