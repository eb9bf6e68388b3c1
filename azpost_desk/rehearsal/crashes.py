"""Kills a desk's process at every step of everything it does, and looks into its books each time.

What the desk told its customer must be there, nothing may be there by half, and when all is over the centre,
the biller and the partner abroad must know each thing exactly once.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import sys
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central import checking as central_checking
from azpost_desk.central.gateways.osmp import parse_sum
from azpost_desk.domain import operations as ops
from azpost_desk.rehearsal import crash_desk
from azpost_desk.rehearsal.crash_acts import ACTS, Worker
from azpost_desk.rehearsal.crash_codes import unlike_rail
from azpost_desk.rehearsal.crash_desk import Job, counter, work
from azpost_desk.rehearsal.crash_partner import PARTNER, unlike_partner
from azpost_desk.rehearsal.crash_town import OURS, open_books
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.rehearsal.outcome import Outcome
from azpost_desk.storage.checking import check_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from azpost_desk.domain.days import Clock
    from azpost_desk.rehearsal.crash_desk import AtWork
    from azpost_desk.rehearsal.crash_town import Place, Town
    from azpost_desk.services.ports import Reading
    from azpost_desk.storage.books import DeskBooks

    Make = Callable[[Place, Steps, Callable[[], object]], AtWork]

# [design] A desk that says nothing for so long hangs.
_SILENT_SECONDS: Final = 300
# Of all kills this part comes at random instants of a crowded counter, the rest at step boundaries.
_CROWD_PART: Final = 5
_CROWD_MS_MAX: Final = 400
# Folding everything anew costs with the journal's length: at most kills it is left to the check.
_REBUILD_EVERY: Final = 10
# Exchanges until both sides must have fallen silent.
_TURNS: Final = 20
# Past the grace, the partner's debit, a question, the end of its day.
_MINUTES_ABROAD: Final = (11, 11, 11, 24 * 60, 11)


class Crashes:
    """One run over one town, or over one desk alone.

    Attributes:
        outcome: what it came to so far.
    """

    def __init__(
        self,
        place: Place,
        seed: int,
        town: Town | None = None,
        make: Make = counter,
        acts: Sequence[str] = ACTS,
    ) -> None:
        """
        Args:
            town: the centre behind `place`; None for desks that never ask one.
            make: who works in the killed process.
        """
        self._place, self._town, self._make, self._acts = place, town, make, tuple(acts)
        self._chance = random.Random(seed)
        self._enough = threading.Event()
        self.outcome = Outcome(seed, branches=1, desks=len(town.desks) if town else 1)
        method = "spawn" if sys.platform == "win32" else "forkserver"
        self._processes: Any = multiprocessing.get_context(method)
        # What every child needs is imported once, in a process without threads that forks them.
        self._processes.set_forkserver_preload(["__main__", crash_desk.__name__, make.__module__])

    def run(self, kills: int) -> Outcome:
        """Kill `kills` times, then let both desks go on until nobody has anything more to say."""
        # Ctrl+C ends it after the present kill; what it came to by then is told all the same.
        before = signal.signal(signal.SIGINT, lambda *_: self._enough.set())
        try:
            self._kill(kills)
        finally:
            signal.signal(signal.SIGINT, before)
        if self._town:
            self.outcome.violations += at_peace(self._town)
        return self.outcome

    def _kill(self, kills: int) -> None:
        points = self._points(kills - kills // _CROWD_PART)
        while self.outcome.kills < kills and not (self.outcome.violations or self._enough.is_set()):
            crowded = self.outcome.kills % _CROWD_PART == _CROWD_PART - 1
            if crowded and self._town:
                self._crowd()
            else:
                act, kill_at = points.pop(0) if points else self._anywhere()
                self._one(Job(acts=(act,), kill_at=kill_at), act)

    # --- where to kill --------------------------------------------------------------------------------

    def _points(self, wanted: int) -> list[tuple[str, int]]:
        """(act, step): every boundary of every act once; with fewer kills, spread evenly over all of them."""
        self._steps = dict.fromkeys(self._acts, 0)
        code, said = self._live(Job(acts=self._acts), "every act once")
        if code or ("ended",) not in said:
            self._violate(f"every act once: the desk ended with {code}")
        for one in said:
            if one[0] == "steps":
                self._steps[one[1]] = one[2]
        every = [(act, step) for act in self._acts for step in range(1, self._steps[act] + 1)]
        if 0 < wanted < len(every):
            every = [every[number * len(every) // wanted] for number in range(wanted)]
        self._chance.shuffle(every)
        return every

    def _anywhere(self) -> tuple[str, int]:
        act = self._chance.choice(self._acts)
        return act, self._chance.randint(1, max(self._steps[act], 1))

    # --- one life -------------------------------------------------------------------------------------

    def _live(
        self, job: Job, what: str, end: Callable[[Any, Any], bool] | None = None
    ) -> tuple[int, list[Any]]:
        """(exit code, what it said) of one process; `end` sees each word and may kill."""
        ours, its = self._processes.Pipe()
        process = self._processes.Process(target=work, args=(self._make, self._place, job, its), daemon=True)
        process.start()
        its.close()
        said: list[Any] = []
        try:
            # A pipe that broke in the middle of a word ends like one that was closed.
            with suppress(EOFError, ConnectionError):
                while True:
                    if not ours.poll(_SILENT_SECONDS):
                        self._violate(f"{what}: silent for {_SILENT_SECONDS} s")
                        process.kill()
                        break
                    word = ours.recv()
                    if word[0] == "settle":
                        if self._town:
                            self._town.centre.settle()
                        ours.send(("settled",))
                    elif end is not None and end(process, word):
                        # Words that were under way are read to their end.
                        pass
                    else:
                        said.append(word)
        except BaseException:
            process.kill()
            process.join()
            raise
        process.join()
        ours.close()
        return process.exitcode or 0, said

    def _one(self, job: Job, what: str, end: Callable[[Any, Any], bool] | None = None) -> None:
        code, said = self._live(job, what, end)
        self.outcome.operations += 1
        stored = [one for one in said if one[0] in ("stored", "printed")]
        self.outcome.acknowledged += sum(one[0] == "stored" for one in stored)
        place = f"{what} at step {job.kill_at}" if job.kill_at else what
        if code > 0 or (code == 0 and ("ended",) not in said):
            self._violate(f"{place}: the desk ended with {code}")
        if code < 0:
            self.outcome.kills += 1
            self.outcome.faults[f"kill {what}"] += 1
        before = len(self.outcome.violations)
        for fault in look_into(
            self._place.folder / OURS,
            self._place.clock(),
            stored,
            with_rebuild=self.outcome.kills % _REBUILD_EVERY == 0,
            with_papers=self._town is not None,
        ):
            self._violate(f"{place}: {fault}")
        if code < 0 and len(self.outcome.violations) == before:
            self.outcome.recoveries += 1

    def _crowd(self) -> None:
        """A random instant of a crowded counter, by the parent's hand."""
        after = self._chance.randint(1, _CROWD_MS_MAX)
        words_left = self._chance.randint(1, 40)

        def end(process: Any, word: Any) -> bool:
            nonlocal words_left
            words_left -= 1
            if word == ("crowd",) or words_left == 0:
                process.join(after / 1000)
                process.kill()
            return False

        self._one(Job(crowd=self._chance.randrange(1, 1 << 30)), "in a crowd", end)

    def _violate(self, fault: str) -> None:
        self.outcome.violations.append(fault)


# What acts ask a person for themselves: something is reported; a bag goes off, nobody takes it in for days.
_OWN_TASKS: Final = ("irregularity", "mail_bag_overdue")


def at_peace(town: Town, cases: Collection[str] = ()) -> list[str]:
    """Both desks take up what was under way; what is wrong when nobody has anything more to say.

    `cases` are reasons that the rehearsal itself gave for a person's look.
    """
    faults: list[str] = []
    bills: list[int] = []
    with ExitStack() as stack:
        workers = []
        for desk in town.desks:
            worker = Worker(town.place, Steps(lambda _: None), town.centre.settle, desk)
            stack.callback(worker.close)
            worker.recover()
            _fall_silent(town, worker)
            workers.append(worker)
        _rest_abroad(town)
        for worker in workers:
            found, confirmed = _settled(town, worker)
            bills += confirmed
            faults += [f"{worker.books.identity().desk}: {fault}" for fault in found]
        faults += unlike_partner(
            town.partners[PARTNER],
            town.centre.database,
            [worker.books for worker in workers],
            town.place.clock().utc_ms(),
        )
    faults += unlike_rail(town.rail, town.centre.database)
    faults += [f"{desk}: {fault}" for desk in town.desks for fault in _unsound(town.place.folder / desk)]
    fines = [parse_sum(one.amount) for one in town.portal.register()]
    paid = sorted([*(one.sum_qapik for one in town.provider.register()), *fines])
    if paid != sorted(bills):
        faults.append(f"billers and portal were paid {len(paid)} times, the desks know of {len(bills)}")
    for verdict in central_checking.check(town.dsn):
        faults += [f"centre: {verdict.id} {one.why}" for one in verdict.broken]
    with town.centre.database.transaction() as conn:
        rows = conn.execute("select desk, sequence, reason from exceptions").fetchall()
    known = (*_OWN_TASKS, *cases)
    return faults + [f"centre: on the exceptions list {row}" for row in rows if row[2] not in known]


def _rest_abroad(town: Town) -> None:
    """Time passes: what waits for the partner leaves, it debits, closes its days and tells its statements."""
    clock = town.place.clock()
    for minutes in _MINUTES_ABROAD:
        clock.ahead(minutes * 60_000)
        town.centre.settle()


def _fall_silent(town: Town, worker: Worker) -> None:
    silent = 0
    for _ in range(_TURNS):
        worker.line.exchange()
        town.centre.settle()
        # What the centre worked off may bring news, and news a record that has to go there too.
        silent = 0 if worker.books.waiting()[0] else silent + 1
        if silent > 1:
            break


def _settled(town: Town, worker: Worker) -> tuple[list[str], list[int]]:
    """What is wrong at one desk when nobody has anything more to say, and the bills it knows as paid."""
    _fall_silent(town, worker)
    faults = _unlike(town, worker.books)
    with worker.books.reading() as look:
        confirmed = [one.amount.minor for one in look.payments(("confirmed",))]
        if look.payments(("accepted", "sent", "unknown")):
            faults.append("a bill without a result")
    if worker.services.transfers.unanswered():
        faults.append("a question without an answer")
    faults += [f"folded anew, {table} differs" for table in worker.books.rebuild()]
    return faults, confirmed


def look_into(
    folder: Path, clock: Clock, said: Sequence[Any], *, with_rebuild: bool = True, with_papers: bool = True
) -> list[str]:
    """What is wrong in the books of a desk that died: lost, half there, unsound. Empty when all is well.

    `with_papers`: this desk sells through baskets and prints what it sold.
    """
    books = open_books(folder, clock)  # type: ignore[arg-type]
    try:
        faults = [f"the books are stopped: {books.stopped()}"] if books.stopped() else []
        with books.reading() as look:
            faults += _lost(look, said) + (_half_there(look) if with_papers else [])
        if with_rebuild:
            faults += [f"folded anew, {table} differs" for table in books.rebuild()]
    finally:
        books.close()
    return faults + _unsound(folder)


def _lost(look: Reading, said: Sequence[Any]) -> list[str]:
    """What the customer was told and is not in the books."""
    there = {
        (header.epoch, header.sequence, record.hash.hex())
        for record, _ in look.records()
        for header in (record.header(),)
    }
    lost = [f"record {one[2]} was acknowledged and is lost" for one in said
            if one[0] == "stored" and one[1:] not in there]  # fmt: skip
    # What came out of the printer is never offered as if it had not.
    waiting = {job.job for job in look.print_jobs(("waiting",))}
    return lost + [f"paper {one[1]} came out and waits" for one in said
                   if one[0] == "printed" and one[1] in waiting]  # fmt: skip


def _half_there(look: Reading) -> list[str]:
    """Parts of one transaction of which another part is missing; what `check` and `rebuild` cannot see."""
    faults = []
    papers = {job.key for job in look.print_jobs() if job.paper == "receipt"}
    basket = look.basket()
    for record, _ in look.records():
        header = record.header()
        if header.kind != "settlement":
            continue
        body: ops.Settlement = ops.decode(header.kind, header.version, record.body)
        if body.receipt not in papers:
            faults.append(f"receipt {body.receipt} is sold and was never to be printed")
        if basket is not None and basket.basket == body.basket:
            faults.append(f"basket of receipt {body.receipt} is sold and still there")
    return faults


def _unsound(folder: Path) -> list[str]:
    verdicts, damaged = check_folder(folder)
    return [*damaged, *(f"{verdict.id} {one.why}" for verdict in verdicts for one in verdict.broken)]


def _unlike(town: Town, books: DeskBooks) -> list[str]:
    """Where the centre's copy of a desk's journal is not the desk's."""
    with books.reading() as look:
        here = {(record.header().sequence, record.hash) for record, _ in look.records()}
    with town.centre.database.transaction() as conn:
        rows = conn.execute(
            "select sequence, hash from journal where desk = %s", (books.identity().desk,)
        ).fetchall()
    there = {(row[0], bytes(row[1])) for row in rows}
    faults = [] if here == there else [f"{len(here - there)} records are not at the centre"]
    return faults + (["a record is at the centre twice"] if len(rows) != len(there) else [])
