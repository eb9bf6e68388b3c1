"""Work leaves the main thread and comes back to it, in one of five ways; nothing fails silently."""

from __future__ import annotations

import threading
import weakref
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from azpost_desk.domain.refusals import NeedsConfirmation, Refused, Trouble
from azpost_desk.gui.work.runner import Lane, Notice, Operation, Runner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def button(qtbot: QtBot) -> QPushButton:
    made = QPushButton()
    qtbot.addWidget(made)
    return made


def fail(error: Exception) -> None:
    raise error


def test_work_runs_elsewhere_and_its_answer_here(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    here = threading.current_thread()
    places: list[threading.Thread] = []
    operation = Operation(button, threading.current_thread).succeeded(places.append)
    operation.succeeded(lambda worker: places.extend([worker, threading.current_thread()])).start()
    qtbot.waitUntil(lambda: len(places) == 2)
    assert places[0] is not here
    assert places[1] is here


def test_the_button_waits_with_its_work(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    gate = threading.Event()
    Operation(button, gate.wait).start()
    assert not button.isEnabled()
    gate.set()
    qtbot.waitUntil(button.isEnabled)
    assert runner.under_way == 0


def test_a_button_disabled_before_stays_so(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    other = QPushButton()
    qtbot.addWidget(other)
    other.setEnabled(False)
    ended: list[bool] = []
    Operation(button, lambda: 1).holding(other).ended(lambda: ended.append(True)).start()
    qtbot.waitUntil(lambda: bool(ended))
    assert button.isEnabled()
    assert not other.isEnabled()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Refused("T-013", "amount", limit=5), "refused"),
        (NeedsConfirmation("T-020"), "confirm"),
        (Trouble("L-001"), "trouble"),
    ],
)
def test_each_outcome_has_its_way_and_none_is_silent(
    runner: Runner, button: QPushButton, qtbot: QtBot, error: Exception, kind: str
) -> None:
    told: list[tuple[str, object]] = []
    Operation(button, lambda: fail(error)).refused(lambda e: told.append(("refused", e))).confirm(
        lambda e: told.append(("confirm", e))
    ).trouble(lambda e: told.append(("trouble", e))).start()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(kind, error)]
    with qtbot.waitSignal(runner.noticed) as noticed:
        Operation(button, lambda: fail(error)).start()
    notice: Notice = noticed.args[0]
    assert (notice.kind, notice.code) == (kind, error.code)  # type: ignore[attr-defined]


def test_a_fault_of_the_program_gets_a_number_that_stands_in_the_log(
    runner: Runner, button: QPushButton, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(runner.noticed) as noticed:
        Operation(button, lambda: 1 // 0).start()
    notice: Notice = noticed.args[0]
    assert notice.kind == "incident"
    assert len(notice.code) == 6
    assert notice.code in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert button.isEnabled()


def test_the_database_lane_keeps_the_order(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    order: list[int] = []
    for number in range(50):
        runner.submit(Lane.DATABASE, partial(order.append, number), lambda _future: None)
    qtbot.waitUntil(lambda: runner.under_way == 0)
    assert order == list(range(50))


def test_the_network_does_not_hold_up_the_database(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    gate, done = threading.Event(), []
    Operation(button, gate.wait).start(Lane.NETWORK)
    Operation(button, lambda: 7).succeeded(done.append).start()
    qtbot.waitUntil(lambda: done == [7])
    assert runner.under_way == 1
    gate.set()
    qtbot.waitUntil(lambda: runner.under_way == 0)


def test_success_tells_open_screens_what_changed(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    with qtbot.waitSignal(runner.changed) as changed:
        Operation(button, lambda: None).changes("till", "transfers").start()
    assert changed.args == [frozenset({"till", "transfers"})]
    topics: list[object] = []
    runner.changed.connect(topics.append)
    ended: list[bool] = []
    Operation(button, lambda: fail(Refused("T-013"))).refused(lambda _no: None).changes("till").ended(
        lambda: ended.append(True)
    ).start()
    qtbot.waitUntil(lambda: bool(ended))
    assert topics == []


def test_a_long_wait_is_shown(runner: Runner, qtbot: QtBot) -> None:
    class Screen(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.shown: list[bool] = []

        def set_busy(self, busy: bool) -> None:
            self.shown.append(busy)

    screen, gate = Screen(), threading.Event()
    qtbot.addWidget(screen)
    Operation(screen, gate.wait).start()
    qtbot.waitUntil(lambda: screen.shown == [True])
    gate.set()
    qtbot.waitUntil(lambda: screen.shown == [True, False])


def test_a_screen_that_is_gone_gets_no_answer(runner: Runner, qtbot: QtBot) -> None:
    screen, gate = QWidget(), threading.Event()
    answers: list[object] = []
    Operation(screen, gate.wait).succeeded(answers.append).start()
    screen.deleteLater()
    qtbot.waitSignal(screen.destroyed).wait()
    gate.set()
    qtbot.waitUntil(lambda: runner.under_way == 0)
    assert answers == []


def test_a_cancelled_operation_ends_in_silence(runner: Runner, button: QPushButton, qtbot: QtBot) -> None:
    answers: list[object] = []
    ended: list[bool] = []
    operation = (
        Operation(button, lambda: 1).succeeded(answers.append).ended(lambda: ended.append(True)).start()
    )
    operation.cancel()
    qtbot.waitUntil(lambda: bool(ended))
    assert answers == []
    assert button.isEnabled()


def test_closing_joins_every_thread_and_forgets_what_waits(qtbot: QtBot) -> None:
    runner = Runner()
    gate, begun, ran = threading.Event(), threading.Event(), []

    def first() -> None:
        begun.set()
        gate.wait()
        ran.append("first")

    runner.submit(Lane.DATABASE, first, lambda _future: ran.append("answer"))
    runner.submit(Lane.DATABASE, lambda: ran.append("second"), lambda _future: None)
    assert begun.wait(5)
    threading.Timer(0.05, gate.set).start()
    runner.close()
    assert ran == ["first"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("desk-")]
    with pytest.raises(RuntimeError):
        runner.submit(Lane.DATABASE, lambda: None, lambda _future: None)
    runner.close()


def test_an_operation_that_has_answered_holds_nobody_who_started_it(qtbot: QtBot, runner: Runner) -> None:
    """Held here to the last, whoever started it would be destroyed while its child is being deleted."""
    widget = QWidget()
    told: list[str] = []

    def follow(around: QWidget, found: str) -> None:
        told.append(around.objectName() + found)

    # As screens do: what is done and what follows know the widget.
    asked = Operation(widget, partial(QWidget.objectName, widget)).succeeded(partial(follow, widget))
    asked.start()
    qtbot.waitUntil(lambda: told == [""] and runner.under_way == 0)
    gone = weakref.ref(widget)
    del widget
    # It waits to be deleted itself.
    assert (gone(), asked is not None) == (None, True)
