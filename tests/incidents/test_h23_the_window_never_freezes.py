"""H-23: screens froze, and nobody knew whether the line or the terminal was down."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QApplication

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.gui.kit.words import plain
from azpost_desk.gui.shell.frame import Frame
from azpost_desk.gui.shell.register import screens
from azpost_desk.storage import books as storage
from tests.fakes.line import FakeLine
from tests.gui.conftest import dressed as dressed
from tests.gui.conftest import type_text
from tests.gui.screens.conftest import runner as runner
from tests.gui.screens.conftest import session as session
from tests.gui.screens.conftest import stand as stand
from tests.gui.screens.conftest import tones as tones
from tests.gui.watchdog import BLOCK_MS, Watchdog
from tests.services.test_preflight import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot
    from sqlalchemy import Connection

    from azpost_desk.gui.kit.screens import Session
    from azpost_desk.gui.work.runner import Runner
    from tests.services.counters import Stand

pytestmark = pytest.mark.usefixtures("dressed")
# A disk that spins up, a line that is cut, a printer without paper: each wait twice as long as the watchdog
# lets pass, for the customer's keys meet fifty of them.
SLOW_S = 2 * BLOCK_MS / 1_000


def wait() -> None:
    threading.Event().wait(SLOW_S)


@pytest.fixture
def slow_disk(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction, a look too, takes its time."""
    del stand
    transaction = storage._transaction

    @contextmanager
    def slow(connection: Connection, begin: str) -> Iterator[None]:
        wait()
        with transaction(connection, begin):
            yield

    monkeypatch.setattr(storage, "_transaction", slow)


@pytest.fixture
def dead_line(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the centre waits, and hears nothing."""

    def nobody(*_: Any) -> Any:
        wait()
        raise Trouble("L-001")

    monkeypatch.setattr(FakeLine, "ask", nobody)
    stand.line.online = False


class HungPrinter(Machine):
    """A printer that answers nobody."""

    def printer(self) -> str:
        wait()
        return "D-001"


class Hands:
    """A clerk who does not wait: keys go in whatever is under way."""

    def __init__(self, qtbot: QtBot, runner: Runner, session: Session, stand: Stand) -> None:
        self._qtbot, self._runner = qtbot, runner

        def hung(_paper: object, _sort: str) -> None:
            wait()
            raise Trouble("D-001")

        self.frame = Frame(session, screens(), stand.line, hung, plain("Sumqayıt 2"), True)
        self.frame.resize(1366, 768)
        qtbot.addWidget(self.frame)
        self.frame.show()
        self.frame.activateWindow()
        qtbot.waitUntil(self.frame.isActiveWindow)

    def at(self) -> QWidget:
        return QApplication.focusWidget() or self.frame

    def type(self, text: str) -> None:
        for char in text:
            type_text(self.at(), char)

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: self._runner.under_way == 0, timeout=60_000)


def customer(hands: Hands) -> None:
    """Stamps paid in cash, a bill asked for, a basket set aside and back, every screen looked at."""
    hands.frame.show_screen("goods")
    hands.settle()
    for text in ("1", "2", "\n"):
        hands.type(text)
        hands.settle()
    hands.frame.basket.pay()
    hands.settle()
    hands.type("\n")
    hands.settle()
    hands.frame.show_screen("payments")
    hands.settle()
    for text in ("1", "1", "12345678\n"):
        hands.type(text)
        hands.settle()
    for name in ("transfers", "express", "tracking", "tills", "reports", "history", "recovery"):
        hands.frame.show_screen(name)
        hands.settle()
    hands.frame.basket.tray.open_tray()
    hands.frame.open_queue()
    hands.frame.print_waiting()
    hands.settle()


@pytest.mark.parametrize("trouble", ["slow_disk", "dead_line", "hung_printer"])
def test_no_trouble_outside_holds_the_event_loop(
    request: pytest.FixtureRequest,
    qtbot: QtBot,
    runner: Runner,
    session: Session,
    stand: Stand,
    trouble: str,
) -> None:
    object.__setattr__(stand.desk.preflight, "around", HungPrinter())
    if trouble != "hung_printer":
        request.getfixturevalue(trouble)
    hands = Hands(qtbot, runner, session, stand)
    hands.settle()
    with Watchdog() as watchdog:
        customer(hands)
    assert watchdog.blocks == []
    assert len(stand.bodies(ops.Settlement)) == 1


def test_the_state_of_the_line_is_said_at_any_time(
    qtbot: QtBot, runner: Runner, session: Session, stand: Stand
) -> None:
    hands = Hands(qtbot, runner, session, stand)
    hands.settle()
    online = hands.frame.pill.text()
    stand.line.online = False
    runner.announce("line")
    qtbot.waitUntil(lambda: hands.frame.pill.text() != online)


def test_the_watchdog_sees_a_wait_in_our_code_and_only_there(qtbot: QtBot, runner: Runner) -> None:
    """It can fail: a slot of ours that waits is a block, the same wait of the test's own is none."""
    with Watchdog() as watchdog:
        wait()
    assert watchdog.blocks == []
    with Watchdog() as watchdog:
        # The answer of a shot arrives in our timers' code, which then waits for the disk, so to say.
        runner.changed.connect(lambda _topics: wait())
        runner.announce("day")
    [block] = watchdog.blocks
    assert block.ms > BLOCK_MS
    assert "announce" in block.where
