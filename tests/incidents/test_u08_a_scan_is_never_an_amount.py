"""U-08: a scan became an amount or a quantity; scans doubled; scanners broke under other keyboard layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.domain.scans import read_scan
from azpost_desk.gui.kit.scanner import ScannerFilter
from azpost_desk.gui.kit.screens import Session
from azpost_desk.gui.screens.goods.screen import GoodsScreen
from azpost_desk.gui.screens.tracking.screen import TrackingScreen
from azpost_desk.gui.screens.transfers.screen import TransfersScreen
from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock
from tests.gui.conftest import dressed as dressed
from tests.gui.conftest import scan, type_text
from tests.gui.screens.hands import Hands
from tests.services.counters import CLERK, Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from azpost_desk.gui.kit.screens import Screen

ITEM = "EE473124829AZ"
# What an Azerbaijani and a Russian keyboard make of the US keys that a scanner sends.
LAYOUTS = {"us": ("EW000000014AZ", "EW000000014AZ"), "az": ("EW000000014AZ", "EÜ000000014AZ"),
           "ru": ("EE473124829AZ", "УУ473124829ФЯ")}  # fmt: skip


class Opened(Protocol):
    """Opens the frame on a screen."""

    def __call__(self, kind: type[Screen]) -> Counter: ...


class Counter:
    """A frame that hears a scanner's keys through the program's own filter."""

    def __init__(
        self, qtbot: QtBot, app: QApplication, runner: Runner, stand: Stand, kind: type[Screen]
    ) -> None:
        session = Session(stand.desk, lambda _tone: None)
        session.officer = CLERK
        self.clock = HandClock()
        self.hands = Hands(qtbot, runner, session, stand, kind)
        self.filter = ScannerFilter(app, read_scan, clock=self.clock)
        self.filter.bus.scanned.connect(self.hands.frame.heard)

    def type(self, text: str) -> None:
        """By hand: slower than any scanner."""
        for letter in text:
            type_text(self.hands.focus, letter, self.clock)
            self.hands.settle()

    def sweep(self, keys: str) -> None:
        """The scanner sends its keys to whatever has the focus."""
        scan(self.hands.focus, keys, self.clock)
        self.hands.settle()


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def at(qtbot: QtBot, qapp: QApplication, runner: Runner, stand: Stand) -> Iterator[Opened]:
    """A counter for a screen; its scanner is deaf again when the test is over, however it ended."""
    made: list[Counter] = []

    def open_(kind: type[Screen]) -> Counter:
        made.append(Counter(qtbot, qapp, runner, stand, kind))
        return made[-1]

    yield open_
    for one in made:
        one.filter.remove()


def scans(stand: Stand) -> list[ops.ItemScanned]:
    with stand.books.reading() as look:
        return [entry.body for entry in look.scans(1) if isinstance(entry.body, ops.ItemScanned)]


def test_a_scan_over_an_amount_leaves_it_as_it_was(at: Opened, stand: Stand) -> None:
    counter = at(TransfersScreen)
    screen = counter.hands.frame.current()
    assert isinstance(screen, TransfersScreen)
    screen.send.money.amount.editor.setFocus()
    counter.type("200")
    before = stand.records()
    counter.sweep(ITEM)
    assert screen.send.money.amount.text().replace("\u00a0", "") in ("200", "200,00")
    assert stand.records() == before


def test_a_scan_over_a_quantity_sells_nothing(at: Opened, stand: Stand) -> None:
    counter = at(GoodsScreen)
    before, till = stand.records(), stand.till_qapik()
    counter.sweep(ITEM)
    basket = stand.desk.baskets.current()
    assert basket is None
    assert (stand.records(), stand.till_qapik()) == (before, till)


def test_a_doubled_scan_is_one_record(at: Opened, stand: Stand) -> None:
    counter = at(TrackingScreen)
    counter.type("2\n")
    counter.sweep(ITEM)
    counter.sweep(ITEM)
    assert [one.number for one in scans(stand)] == [ITEM]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_keyboard_layout_gives_the_same_number(at: Opened, stand: Stand, layout: str) -> None:
    number, keys = LAYOUTS[layout]
    counter = at(TrackingScreen)
    counter.type("2\n")
    counter.sweep(keys)
    assert [one.number for one in scans(stand)] == [number]
