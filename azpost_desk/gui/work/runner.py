"""Work off the main thread and its answer back: one lane for the database, a few for the network.

    Operation(self.pay_button, lambda: transfers.pay_out(command, by=officer)) \\
        .changes("transfers", "till") \\
        .succeeded(self._on_paid) \\
        .refused(self.form.show_refusal) \\
        .start()

Work ends in one of five ways: it succeeds, a rule refuses it, it needs a confirmation, something outside
the rules fails, or it is a fault of the program; the last gets an incident number and keeps the window alive.
What nobody asked to handle is emitted as a `Notice`, so that nothing fails silently.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

from azpost_desk.domain.refusals import NeedsConfirmation, Refused, Trouble
from azpost_desk.gui.work.timers import single_shot

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

T = TypeVar("T")

# Rule 4 of the screens: a wait shorter than this is not worth a change of picture.
BUSY_AFTER_MS = 300


class Lane(Enum):
    """Where work runs: `DATABASE` one after the other, `NETWORK` a few at once."""

    DATABASE = "database"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person must be told that no screen asked to show.

    Attributes:
        kind: ``refused``, ``confirm``, ``trouble`` or ``incident``.
        code: the stable code (text key ``refusal.<code>``), or the incident number.
        facts: named values of the sentence.
    """

    kind: str
    code: str
    facts: dict[str, object] = field(default_factory=dict)


@runtime_checkable
class ShowsBusy(Protocol):
    """A widget that can show that it waits."""

    def set_busy(self, busy: bool) -> None: ...


class Runner(QObject):
    """The lanes and the one queued signal by which answers reach the main thread.

    Signals:
        changed(frozenset[str]): topics whose records have changed; open screens reload.
        noticed(Notice): an outcome nobody handled; the shell shows it in its notice strip.
        busy_changed(bool): work has been under way for 300 ms, or all of it has ended.
    """

    changed = Signal(object)
    noticed = Signal(object)
    busy_changed = Signal(bool)
    _answered = Signal(object)

    _current: ClassVar[Runner | None] = None

    def __init__(self, parent: QObject | None = None, network_threads: int = 3) -> None:
        super().__init__(parent)
        self._lanes = {
            Lane.DATABASE: ThreadPoolExecutor(1, thread_name_prefix="desk-database"),
            Lane.NETWORK: ThreadPoolExecutor(network_threads, thread_name_prefix="desk-network"),
        }
        self._closed = False
        self._under_way = 0
        self._busy = False
        self._busy_shot = single_shot(self, self._show_busy)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        Runner._current = self

    @classmethod
    def current(cls) -> Runner:
        """The runner of this program; the last one made."""
        if cls._current is None:
            raise RuntimeError("no runner has been started")
        return cls._current

    @classmethod
    def if_any(cls) -> Runner | None:
        """The runner of this program, None before the first and after the last."""
        return cls._current

    @property
    def under_way(self) -> int:
        """How many pieces of work have not answered yet."""
        return self._under_way

    def submit(self, lane: Lane, work: Callable[[], T], answer: Callable[[Future[T]], None]) -> None:
        """Run `work` in `lane`; `answer` gets the finished future on the main thread. Main thread only."""
        if self._closed:
            raise RuntimeError("the runner is closed")
        self._under_way += 1
        if self._under_way == 1:
            self._busy_shot.start(BUSY_AFTER_MS)
        future = self._lanes[lane].submit(work)
        future.add_done_callback(lambda done: self._answered.emit(lambda: answer(done)))

    def announce(self, *topics: str) -> None:
        """Tell open screens that the records of these topics have changed."""
        self.changed.emit(frozenset(topics))

    def close(self) -> None:
        """Let running work finish, forget waiting work and its answers, join every thread. Idempotent."""
        self._closed = True
        self._busy_shot.stop()
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)
        if Runner._current is self:
            Runner._current = None

    def _deliver(self, answer: Callable[[], None]) -> None:
        if self._closed:
            return
        self._under_way -= 1
        if self._under_way == 0:
            self._busy_shot.stop()
            if self._busy:
                self._busy = False
                self.busy_changed.emit(False)
        answer()

    def _show_busy(self) -> None:
        self._busy = True
        self.busy_changed.emit(True)


class Operation(QObject, Generic[T]):
    """One piece of work a person started, with what follows each way it can end.

    `parent` is the widget that started it: a button is disabled until the answer is there, and a widget
    with `set_busy` shows that it waits after 300 ms. When `parent` is destroyed first, the answer is dropped.
    """

    def __init__(self, parent: QWidget, work: Callable[[], T], runner: Runner | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._runner = runner or Runner.current()
        self._held: list[QWidget] = [parent] if isinstance(parent, QAbstractButton) else []
        self._busy: list[ShowsBusy] = [parent] if isinstance(parent, ShowsBusy) else []
        self._was_enabled: list[QWidget] = []
        self._topics: tuple[str, ...] = ()
        self._gave_up_focus: tuple[QWidget, QWidget] | None = None
        self._cancelled = False
        self._on_success: Callable[[T], object] | None = None
        self._on_refused: Callable[[Refused], object] | None = None
        self._on_confirm: Callable[[NeedsConfirmation], object] | None = None
        self._on_trouble: Callable[[Trouble], object] | None = None
        self._on_end: Callable[[], object] | None = None
        self._busy_shot = single_shot(self, self._show_busy)

    def holding(self, *widgets: QWidget) -> Operation[T]:
        """Disable these as well until the answer is there."""
        self._held.extend(widgets)
        return self

    def changes(self, *topics: str) -> Operation[T]:
        """After success tell open screens that these topics have changed."""
        self._topics = topics
        return self

    def succeeded(self, callback: Callable[[T], object]) -> Operation[T]:
        """Call with the result."""
        self._on_success = callback
        return self

    def refused(self, callback: Callable[[Refused], object]) -> Operation[T]:
        """Call when a rule said no."""
        self._on_refused = callback
        return self

    def confirm(self, callback: Callable[[NeedsConfirmation], object]) -> Operation[T]:
        """Call when the same command may be sent again with a confirmation."""
        self._on_confirm = callback
        return self

    def trouble(self, callback: Callable[[Trouble], object]) -> Operation[T]:
        """Call when disk, line, printer or clock failed."""
        self._on_trouble = callback
        return self

    def ended(self, callback: Callable[[], object]) -> Operation[T]:
        """Call after any of the outcomes, last."""
        self._on_end = callback
        return self

    def start(self, lane: Lane = Lane.DATABASE) -> Operation[T]:
        """Begin; returns at once."""
        self._was_enabled = [widget for widget in self._held if widget.isEnabled()]
        for widget in self._was_enabled:
            self._disable(widget)
        if self._busy:
            self._busy_shot.start(BUSY_AFTER_MS)
        self._runner.submit(lane, self._work, self._answer)
        return self

    def _disable(self, widget: QWidget) -> None:
        """Disable it; where it had the focus, what stands around it waits instead.

        Qt would go to the next button, and the Enter after that would start an act nobody meant.
        """
        around = widget.parentWidget()
        if widget.hasFocus() and around is not None:
            around.setFocus(Qt.FocusReason.OtherFocusReason)
            self._gave_up_focus = (widget, around)
        widget.setEnabled(False)

    def _give_focus_back(self) -> None:
        if self._gave_up_focus is None:
            return
        widget, around = self._gave_up_focus
        if shiboken6.isValid(widget) and shiboken6.isValid(around) and around.hasFocus():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Drop the answer: nothing but `ended` is called. The work itself is not interrupted."""
        self._cancelled = True

    def _show_busy(self) -> None:
        for widget in self._busy:
            widget.set_busy(True)

    def _answer(self, future: Future[T]) -> None:
        if not shiboken6.isValid(self):
            return
        self._busy_shot.stop()
        for shown in self._busy:
            shown.set_busy(False)
        for widget in self._was_enabled:
            if shiboken6.isValid(widget):
                widget.setEnabled(True)
        self._give_focus_back()
        if not self._cancelled:
            self._follow(future)
        if self._on_end is not None:
            self._on_end()
        self._let_go()
        if shiboken6.isValid(self):
            self.deleteLater()

    def _let_go(self) -> None:
        """Hold nothing of whoever started it from here on.

        Were the last of it held here, it would be destroyed while its child is being deleted, and the process
        dies of that.
        """
        self._on_success = self._on_refused = self._on_confirm = self._on_trouble = self._on_end = None
        del self._work
        self._held, self._busy, self._was_enabled = [], [], []
        self._gave_up_focus = None

    def _follow(self, future: Future[T]) -> None:
        error = future.exception()
        if error is None:
            if self._on_success is not None:
                self._on_success(future.result())
            if self._topics:
                self._runner.announce(*self._topics)
        elif isinstance(error, Refused):
            self._tell(self._on_refused, error, Notice("refused", error.code, error.facts))
        elif isinstance(error, NeedsConfirmation):
            self._tell(self._on_confirm, error, Notice("confirm", error.code, error.facts))
        elif isinstance(error, Trouble):
            self._tell(self._on_trouble, error, Notice("trouble", error.code, error.facts))
        else:
            self._runner.noticed.emit(incident(error))

    def _tell(self, callback: Callable[[E], object] | None, error: E, notice: Notice) -> None:
        if callback is None:
            self._runner.noticed.emit(notice)
        else:
            callback(error)


E = TypeVar("E", bound=Exception)


def incident(error: BaseException) -> Notice:
    """Write a fault of the program to the log under a new number and return the notice that names it.

    The clerk reads the number to support on the telephone; the log line has the whole trace.
    """
    number = secrets.token_hex(3).upper()
    log.error("incident %s", number, exc_info=(type(error), error, error.__traceback__))
    return Notice("incident", number, {"number": number})
