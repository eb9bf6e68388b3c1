"""Two hands reach for one thing at the same moment, again and again: exactly one has it.

One desk is one process, so there two threads race over its books; for what only the centre can decide, and
for the lock of a desk's folder, two processes race.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.rehearsal import crash_desk
from azpost_desk.rehearsal.crash_acts import CLERK, MANAGER, RECEIVER, Worker
from azpost_desk.rehearsal.crash_town import OTHER, OURS, open_books
from azpost_desk.rehearsal.crashes import at_peace
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.rehearsal.outcome import Outcome
from azpost_desk.services.goods import SellGoods
from azpost_desk.services.transfers import ClaimTransfer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from azpost_desk.rehearsal.crash_town import Place, Town

RACES: Final = ("accept", "close", "remit", "reserve", "open")
_STAMP_QAPIK: Final = 60
_SILENT_SECONDS: Final = 300
_SALE_MS_MAX: Final = 25
_FUND: Final = {10_000: 100}


def run(town: Town, rounds: int, seed: int, races: tuple[str, ...] = RACES) -> Outcome:
    """`rounds` rounds of each race, then everybody's books must be sound and say the same."""
    outcome = Outcome(seed, branches=1, desks=len(town.desks))
    random.Random(seed).shuffle(order := list(races))
    if threads := [name for name in order if name in ("accept", "close", "remit")]:
        desk = _Desk(town, outcome, rounds, random.Random(seed))
        for name in threads:
            getattr(desk, name)()
        desk.end()
    if processes := [name for name in order if name in ("reserve", "open")]:
        pair = _Pair(town, outcome)
        for name in processes:
            getattr(pair, name)(rounds)
        pair.end()
    outcome.violations += at_peace(town)
    return outcome


# --- two threads over one desk --------------------------------------------------------------------------


class _Desk:
    def __init__(self, town: Town, outcome: Outcome, rounds: int, chance: random.Random) -> None:
        self._town, self._outcome, self._rounds, self._chance = town, outcome, rounds, chance
        self._worker = Worker(town.place, Steps(lambda _: None), town.centre.settle)
        self._worker.recover()
        self._worker.prepare("stock")()
        self._tills = self._worker.services.tills
        self._hands = ThreadPoolExecutor(2)

    def end(self) -> None:
        """Both hands rest."""
        self._hands.shutdown()
        self._worker.close()

    def _race(self, *acts: Callable[[], object]) -> list[str]:
        """What became of each, started together: "done" or the code that refused it."""
        start = threading.Barrier(len(acts))

        def one(act: Callable[[], object]) -> str:
            start.wait()
            try:
                act()
            except Refused as no:
                return no.code
            return "done"

        self._outcome.operations += len(acts)
        answers = [hand.result() for hand in [self._hands.submit(one, act) for act in acts]]
        self._outcome.acknowledged += answers.count("done")
        return answers

    def _expect(self, race: str, answers: list[str], allowed: set[tuple[str, ...]]) -> None:
        self._outcome.faults[f"{race} {' '.join(sorted(answers))}"] += 1
        if tuple(sorted(answers)) not in allowed:
            self._outcome.violations.append(f"{race}: {' and '.join(answers)}")

    def accept(self) -> None:
        """Both count in the same cash from the other desk."""
        place, settle = self._town.place, self._town.centre.settle
        # Another race may have left the till closed.
        self._worker.prepare("stock")()
        coins = self._tills.issue(MANAGER, OTHER, "safe", {1: self._rounds}).operation
        self._worker.line.exchange()
        settle()
        other = Worker(place, Steps(lambda _: None), settle, OTHER, watched=False)
        other.recover()
        other.prepare("stock")()
        _await(other, coins)
        other.services.tills.accept(CLERK, coins, {1: self._rounds})
        for _ in range(self._rounds):
            other.services.tills.issue(CLERK, OURS, "till", {1: 1})
        other.line.exchange()
        other.close()
        self._worker._until(lambda: len(self._tills.awaited()) == self._rounds)
        for bag in self._tills.awaited():

            def take(bag: str = bag.remittance) -> object:
                return self._tills.accept(CLERK, bag, {1: 1})

            self._expect("accept", self._race(take, take), {("C-026", "done")})

    def close(self) -> None:
        """One sells, or hands cash on, while the other counts the till and closes it."""
        services = self._worker.services

        def sell() -> None:
            services.shop.sell(SellGoods("S060", 1), CLERK)
            self._worker._pay()

        def count() -> None:
            # The count is short, the sale long: it begins somewhere in it.
            threading.Event().wait(self._chance.randrange(_SALE_MS_MAX) / 1000)
            expected.append(self._tills.close(CLERK, {1: before}).expected.minor)

        def hand_on() -> None:
            self._tills.issue(CLERK, OTHER, "till", {1: 1})

        for number in range(self._rounds):
            self._worker.prepare("stock")()
            expected: list[int] = []
            before = self._till_qapik()
            act, moves = (hand_on, -1) if number % 2 else (sell, _STAMP_QAPIK)
            answers = self._race(act, count)
            # Whoever came before the count is in it; whoever came after it was refused.
            self._expect(
                "close", answers, {("done", "done"), ("C-010", "done"), ("C-030", "done"), ("C-001", "done")}
            )
            moved = moves if answers[0] == "done" else 0
            if expected and expected[0] != before + moved:
                self._outcome.violations.append(f"close: {expected[0]} expected of {before} and {moved}")

    def remit(self) -> None:
        """Both hand out all that is in the till."""
        for _ in range(self._rounds):
            self._worker.prepare("stock")()
            self._tills.move(CLERK, "to_safe", "drop", {1: self._till_qapik() - 1})
            answers = self._race(
                lambda: self._tills.issue(CLERK, OTHER, "till", {1: 1}),
                lambda: self._tills.move(CLERK, "to_safe", "drop", {1: 1}),
            )
            self._expect("remit", answers, {("C-022", "done")})
            if self._till_qapik() != 0:
                self._outcome.violations.append(f"remit: {self._till_qapik()} is left")

    def _till_qapik(self) -> int:
        with self._worker.books.reading() as look:
            return look.till().balance.minor


def _await(worker: Worker, remittance: str) -> None:
    """Until this cash is announced to the desk: what other races handed on may be here before it."""
    tills = worker.services.tills
    worker._until(lambda: any(bag.remittance == remittance for bag in tills.awaited()))


# --- two processes --------------------------------------------------------------------------------------


class _Pair:
    def __init__(self, town: Town, outcome: Outcome) -> None:
        self._town, self._outcome = town, outcome
        context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        context.set_forkserver_preload(["__main__", crash_desk.__name__])
        self._pipes: list[Any] = []
        self._processes: list[Any] = []
        for desk in (OURS, OTHER):
            ours, its = context.Pipe()
            process = context.Process(target=_hand, args=(town.place, desk, its), daemon=True)
            process.start()
            its.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def end(self) -> None:
        """Both processes end."""
        self._all(("end",), ("end",))
        for process in self._processes:
            process.join()

    def _all(self, *commands: tuple[Any, ...]) -> list[Any]:
        """The answers of both, asked at the same moment."""
        for pipe, command in zip(self._pipes, commands, strict=True):
            pipe.send(command)
        return [self._heard(pipe) for pipe in self._pipes]

    def _heard(self, pipe: Any) -> Any:
        if not pipe.poll(_SILENT_SECONDS):
            raise TimeoutError("a hand is silent")
        return pipe.recv()

    def _one(self, number: int, command: tuple[Any, ...]) -> Any:
        self._pipes[number].send(command)
        return self._heard(self._pipes[number])

    def reserve(self, rounds: int) -> None:
        """Two desks ask for the grant of one transfer; whoever has it pays it out."""
        self._all(("sit",), ("sit",))
        fund = self._one(0, ("hand_out",))
        self._town.centre.settle()
        if (taken := self._one(1, ("take_in", fund))) != "done":
            self._outcome.violations.append(f"reserve: no money to pay out with, {taken}")
        for number in range(rounds):
            code = self._one(number % 2, ("send",))
            answers = self._all(("claim", code), ("claim", code))
            self._outcome.operations += 2
            self._outcome.faults[f"reserve {' '.join(sorted(answers))}"] += 1
            if sorted(answers) != ["T-015", "done"]:
                self._outcome.violations.append(f"reserve: {' and '.join(answers)}")
                break
            paid = self._one(answers.index("done"), ("pay",))
            self._outcome.acknowledged += paid == "done"
            if paid != "done":
                self._outcome.violations.append(f"reserve: the holder of the grant is refused, {paid}")
        self._all(("stand",), ("stand",))
        with self._town.centre.database.transaction() as conn:
            twice = conn.execute("select thing from grants group by thing having count(*) > 1").fetchall()
        self._outcome.violations += [f"reserve: {row[0]} was granted twice" for row in twice]

    def open(self, rounds: int) -> None:
        """Two programs start on one desk's folder."""
        for _ in range(rounds):
            answers = self._all(("open",), ("open",))
            self._outcome.operations += 2
            self._outcome.acknowledged += answers.count("done")
            self._outcome.faults[f"open {' '.join(sorted(answers))}"] += 1
            if sorted(answers) != ["G-062", "done"]:
                self._outcome.violations.append(f"open: {' and '.join(answers)}")
            self._all(("shut",), ("shut",))


def _hand(place: Place, desk: str, pipe: Connection) -> None:
    """Main of a racing process: does what it is told, answers "done", a code, or a transfer's code."""
    seat = _Seat(place, desk)
    while (command := pipe.recv())[0] != "end":
        try:
            answer = getattr(seat, command[0])(*command[1:])
        except (Refused, Trouble) as no:
            answer = no.code
        except TimeoutError as late:
            answer = str(late)
        pipe.send(answer or "done")
    pipe.send("done")


class _Seat:
    def __init__(self, place: Place, desk: str) -> None:
        self._place, self._desk = place, desk
        self._worker: Worker | None = None
        self._grant = ""
        self._books: Any = None

    @property
    def _at(self) -> Worker:
        assert self._worker is not None
        return self._worker

    def sit(self) -> None:
        self._worker = Worker(self._place, Steps(lambda _: None), lambda: None, self._desk)
        self._at.recover()
        self._at.prepare("stock")()

    def stand(self) -> None:
        self._at.line.exchange()
        self._at.close()

    def hand_out(self) -> str:
        """Money for both desks: whoever wins may pay out every time."""
        tills = self._at.services.tills
        for _ in range(2):
            tills.supply_safe(MANAGER, "Q-19", _FUND)
        tills.move(CLERK, "to_till", "float", _FUND)
        fund = tills.issue(MANAGER, OTHER, "safe", _FUND).operation
        self._at.line.exchange()
        return fund

    def take_in(self, fund: str) -> None:
        _await(self._at, fund)
        self._at.services.tills.accept(CLERK, fund, _FUND)

    def send(self) -> str:
        self._at.prepare("send_transfer")()
        with self._at.books.reading() as look:
            return look.transfers()[0].code

    def claim(self, code: str) -> None:
        command = ClaimTransfer(code, azn(5_000), "Məmmədova Leyla")
        self._grant = self._at.services.transfers.claim(command, CLERK).grant

    def pay(self) -> None:
        self._at.services.transfers.plan_payout(self._grant, RECEIVER, CLERK)
        self._at._pay()
        self._at.line.exchange()

    def open(self) -> None:
        self._books = open_books(self._place.folder / OURS, self._place.clock())

    def shut(self) -> None:
        if self._books is not None:
            self._books.close()
            self._books = None
