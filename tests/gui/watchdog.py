"""Watches the event loop: a block is the main thread waiting, inside our window's code, above 100 ms.

A machine shared with other work starves threads, and that is no fault of ours. So it is not the clock between
two beats that counts: a thread beside looks every few milliseconds what the main thread does. Only when the
kernel says that it sleeps (it waits for a disk, a line, a lock), while code of `azpost_desk/gui` is on its
stack and no other thread of the program runs, is it blocked; a runnable thread that gets no processor is not.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import FrameType

BLOCK_MS = 100
_LOOK_S = 0.005
_OURS = "/azpost_desk/gui/"
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Block:
    """The main thread waited for `ms`; `where` is its stack from our first frame on."""

    ms: float
    where: str


@dataclass
class Watchdog:
    """Between `start` and `stop`; `blocks` holds what was found."""

    blocks: list[Block] = field(default_factory=list)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._main = threading.main_thread()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        assert self._thread is not None
        self._thread.join()

    def _watch(self) -> None:
        waits_since, where = 0.0, ""
        while not self._ends.wait(_LOOK_S):
            seen = self._waiting_in_our_code()
            now = time.monotonic()
            if seen:
                waits_since, where = waits_since or now, where or seen
                continue
            self._note(waits_since, now, where)
            waits_since, where = 0.0, ""
        self._note(waits_since, time.monotonic(), where)

    def _note(self, since: float, now: float, where: str) -> None:
        waited_ms = (now - since) * 1000
        if since and waited_ms > BLOCK_MS:
            self.blocks.append(Block(waited_ms, where))

    def _waiting_in_our_code(self) -> str:
        """The stack of the main thread, "" when it is not blocked inside our code."""
        assert self._main.ident is not None
        frame = sys._current_frames().get(self._main.ident)
        if frame is None or not _is_ours(frame) or _state(self._main.native_id) not in "SD":
            return ""
        others = {int(task.name) for task in _TASKS.iterdir()}
        others -= {self._main.native_id or 0, threading.get_native_id()}
        if any(_state(other) == "R" for other in others):
            # It may wait for its turn at the interpreter, and that for a processor.
            return ""
        return "".join(traceback.format_stack(frame)[-12:])


def _is_ours(frame: FrameType | None) -> bool:
    while frame is not None:
        if _OURS in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def _state(thread: int | None) -> str:
    """R running or runnable, S and D waiting, as the kernel says it; X for a thread that has ended."""
    try:
        stat = (_TASKS / str(thread) / "stat").read_text("utf-8")
    except OSError:
        return "X"
    return stat.rpartition(")")[2].split()[0]
