"""Counts the steps a desk takes to the disk, the centre and the printer, and dies at one of them."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

from azpost_desk.sync.exchanges import Exchanges
from azpost_desk.sync.line import CentreLine
from azpost_desk.sync.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.days import Clock
    from azpost_desk.domain.papers import Paper
    from azpost_desk.protocol.keys import SigningKey
    from azpost_desk.protocol.questions import A, Question, T
    from azpost_desk.storage.books import DeskBooks

Said = tuple[Any, ...]
"""What a desk told its customer, over the pipe: ("stored", epoch, sequence, hash hex), ("printed", job)."""

# Windows has no such signal; its TerminateProcess, behind any other, asks no more than this one.
_DEATH: Final = getattr(signal, "SIGKILL", signal.SIGTERM)


def die() -> None:
    """End this process at once: nothing is tidied up, no handler runs."""
    os.kill(os.getpid(), _DEATH)
    # The signal may need a moment to arrive; nothing more happens in it.
    threading.Event().wait()


class Steps:
    """The steps of one process; counted, and deadly, only between `arm` and `disarm`.

    A step is: a write transaction begins, each of its statements is done, its COMMIT is about to run, has
    run; a message leaves for the centre, its answer is there; a paper goes to the printer, is out of it; the
    mark beside the keys is about to be written, is written.
    """

    def __init__(self, tell: Callable[[Said], None]) -> None:
        self._tell = tell
        self._count = 0
        self._kill_at = 0
        self._armed = False
        self._writing = False
        self._unsaid: list[Said] = []

    def arm(self, kill_at: int = 0) -> None:
        """Count from one; die at step `kill_at` (0: never)."""
        self._count, self._kill_at, self._armed = 0, kill_at, True

    def disarm(self) -> int:
        """How many steps it took."""
        self._armed = False
        return self._count

    def step(self) -> None:
        """One step further."""
        if self._armed:
            self._count += 1
            if self._count == self._kill_at:
                die()

    def watch(self, books: DeskBooks) -> None:
        """Follow every statement of these books; what a COMMIT made durable is told the moment it returns."""
        engine = books._desk.connection.engine
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)
        vault = books._desk.vault
        put = vault.put

        def watched(name: str, value: str) -> None:
            self.step()
            put(name, value)
            self.step()

        vault.put = watched  # type: ignore[method-assign]

    def _before(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            self._writing, self._unsaid = True, []
            self.step()
        elif statement == "COMMIT" and self._writing:
            self.step()

    def _after(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if not self._writing:
            return
        if statement.startswith("INSERT INTO journal "):
            row = context.compiled_parameters[0]
            self._unsaid.append(("stored", row["epoch"], row["sequence"], row["hash"].hex()))
        if statement in ("COMMIT", "ROLLBACK"):
            self._writing = False
        self.step()
        if statement == "COMMIT":
            said, self._unsaid = self._unsaid, []
            for one in said:
                self._tell(one)

    def printer(self, job: int) -> Callable[[Paper | bytes, str], None]:
        """A printer that always works; the paper of `job` is told as soon as somebody can hold it."""

        def print_paper(paper: Paper | bytes, sort: str) -> None:
            self.step()
            self._tell(("printed", job))
            self.step()

        return print_paper


class _WatchedWire(Wire):
    """A wire whose messages are steps."""

    def __init__(self, url: str, steps: Steps) -> None:
        super().__init__(url)
        self._steps = steps

    def post(self, question: Question[A, T], message: A, desk: str, key: SigningKey) -> T:
        self._steps.step()
        answer = super().post(question, message, desk, key)
        self._steps.step()
        return answer


class SteppedLine(CentreLine):
    """The desk's line, taking a step when it is told to instead of by its own thread."""

    def __init__(self, books: DeskBooks, url: str, clock: Clock, steps: Steps) -> None:
        super().__init__(books, url, clock)
        self._wire = _WatchedWire(url, steps)
        self._exchanges = Exchanges(books, self._wire, clock)

    def exchange(self) -> bool:
        """Exchange until nothing more moves; whether the centre was reached."""
        self._step()
        return self.state().online
