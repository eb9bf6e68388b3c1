"""The process that is killed: one desk at work, telling over a pipe what its customer was told."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal.crash_acts import ACTS, Worker
from azpost_desk.rehearsal.kill_steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from azpost_desk.rehearsal.crash_town import Place

# Opening days one after the other would run past the licences; nobody closes a day in the middle of a crowd,
# nor sets its clock ahead: the crowd has one time.
_NOT_IN_A_CROWD: Final = frozenset({"open_day", "open_day_seen", "close_day", "clock_jump", "refund_abroad"})


class AtWork(Protocol):
    """Whoever can be killed: acts by name, each made possible first. Fitted by `crash_acts.Worker`."""

    def prepare(self, name: str) -> Callable[[], object]: ...
    def recover(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What one process does before it ends or is ended.

    Attributes:
        acts: one after the other, each counted from step one.
        kill_at: dies at this step of the only act; 0 lives.
        crowd: instead of `acts`: random acts by this seed, with the line's thread and the printer's at work
            beside them, until the parent kills it.
    """

    acts: tuple[str, ...] = ()
    kill_at: int = 0
    crowd: int = 0


def counter(place: Place, steps: Steps, settle: Callable[[], object]) -> AtWork:
    """The desk at the counter; the default of `work`."""
    return Worker(place, steps, settle)


def work(
    make: Callable[[Place, Steps, Callable[[], object]], AtWork], place: Place, job: Job, pipe: Connection
) -> None:
    """Main of the process."""
    sending = threading.Lock()

    def tell(said: tuple[Any, ...]) -> None:
        with sending:
            pipe.send(said)

    def settle() -> None:
        tell(("settle",))
        pipe.recv()

    steps = Steps(tell)
    desk = make(place, steps, settle)
    desk.recover()
    if job.crowd:
        assert isinstance(desk, Worker)
        _crowd(desk, tell, job.crowd)
    for name in job.acts:
        act = desk.prepare(name)
        steps.arm(job.kill_at)
        act()
        tell(("steps", name, steps.disarm()))
    desk.close()
    tell(("ended",))


def _crowd(desk: Worker, tell: Callable[[tuple[Any, ...]], None], seed: int) -> None:
    """Customers without end; the line and the printer run beside them as in the program."""
    chance = random.Random(seed)
    names = [name for name in ACTS if name not in _NOT_IN_A_CROWD]
    desk.line.start()

    def print_on() -> None:
        pause = threading.Event()
        while True:
            desk.print_all()
            pause.wait(0.005)

    threading.Thread(target=print_on, daemon=True).start()
    tell(("crowd",))
    while True:
        # Two threads exchange by turns here; what one of them did already, the other is refused.
        with suppress(Refused, Trouble, IndexError):
            desk.prepare(chance.choice(names))()
