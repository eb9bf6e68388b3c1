"""Ends a centre between any two steps of its work with a partner abroad; the next one must go on rightly.

In: a town, how many deaths, a seed. The centre that dies is one turn of the rounds in this process: a death
is an exception at a statement, around a commit or around a message, after which nothing of it is done any
more, and its connections are gone. The town's own centre comes after it. Out: what was not done once.
"""

from __future__ import annotations

import random
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg

from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.central.gateways.parties import Lane
from azpost_desk.central.intake.partners import AbroadRounds
from azpost_desk.central.storage.database import Database
from azpost_desk.rehearsal import abroad_town
from azpost_desk.rehearsal.crash_acts import Worker
from azpost_desk.rehearsal.crash_partner import ORDERED, ORDERED_BY, PARTNER, somebody
from azpost_desk.rehearsal.crashes import at_peace
from azpost_desk.rehearsal.kill_steps import Steps
from azpost_desk.rehearsal.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azpost_desk.rehearsal.crash_town import Town

WORK: Final = ("hand_over", "ask", "statement", "give_back")
_MINUTE_MS: Final = 60_000
_GRACE_MINUTES: Final = 11
# Longer than a lease and every wait before the next question.
_LEASE_MINUTES: Final = 12
_DAY_MINUTES: Final = 24 * 60
# So much later each work falls due: leaving and asking after their wait, what stands on a statement next day.
_DUE_MINUTES: Final = {
    "hand_over": _GRACE_MINUTES,
    "ask": _GRACE_MINUTES,
    "statement": _DAY_MINUTES,
    "give_back": _DAY_MINUTES,
}
# An attempt of one centre is looked after by the next when its lease is over; then come question and repeat.
_TURNS_AFTER: Final = 4
_TURNS_MAX: Final = 20
# What goes back is looked at by a person, too.
_CASES: Final = ("incoming_unpayable",)


class Died(BaseException):
    """The process ends here; no error of the program, so that nothing in it catches it."""


class Mortal:
    """Counts the steps of one process and ends it at one of them (0: never)."""

    def __init__(self, die_at: int) -> None:
        self.count, self._die_at = 0, die_at

    def step(self) -> None:
        """One step further; the dead do nothing any more."""
        self.count += 1
        if 0 < self._die_at <= self.count:
            raise Died


def _connection(dsn: str, mortal: Mortal) -> psycopg.Connection[Any]:
    """A connection every statement and commit of which is a step."""

    class Stepped(psycopg.Connection[Any]):
        def execute(self, *given: Any, **named: Any) -> Any:
            mortal.step()
            return super().execute(*given, **named)

        @contextmanager
        def transaction(self, *given: Any, **named: Any) -> Iterator[psycopg.Transaction]:
            with super().transaction(*given, **named) as made:
                yield made
                mortal.step()
            mortal.step()

    return Stepped.connect(dsn, autocommit=True)


class _DoomedDatabase(Database):
    """The database as a process sees it that ends at one of its steps."""

    def __init__(self, dsn: str, mortal: Mortal) -> None:
        super().__init__(dsn)
        self._mortal = mortal

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        with _connection(self.dsn, self._mortal) as conn:
            yield conn

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with self.connection() as conn, conn.transaction():
            yield conn


class _DoomedRail:
    """A partner's rail whose messages are steps."""

    def __init__(self, rail: Any, mortal: Mortal) -> None:
        self._rail, self._mortal = rail, mortal

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._rail, name)
        if name not in ("hand", "fetch", "fetched"):
            return known

        def stepped(*given: Any) -> Any:
            self._mortal.step()
            answer = known(*given)
            self._mortal.step()
            return answer

        return stepped


class _AtOnce:
    """A party whose work is done by whoever begins it."""

    def __init__(self, connector: Any) -> None:
        self.connector = connector

    def is_free(self, _lane: Lane) -> bool:
        """Always."""
        return True

    def begin(self, _lane: Lane, work: Callable[[Any], Any]) -> Future[Any]:
        """Do it now."""
        done: Future[Any] = Future()
        done.set_result(work(self.connector))
        return done


class CentreDeaths:
    """Deaths of the centre over one town."""

    def __init__(self, town: Town, seed: int) -> None:
        self._town, self._chance = town, random.Random(seed)
        self._clock = town.place.clock()
        self._partner = town.partners[PARTNER]
        self.outcome = Outcome(seed, branches=1, desks=1)
        self._desk = Worker(town.place, Steps(lambda _: None), town.centre.settle)
        self._desk.recover()
        self._unfit = 0

    def run(self, deaths: int) -> Outcome:
        """Die so often, spread over every step of every work; 0: at each of them once."""
        points = []
        for work in WORK:
            steps = self._one(work, 0)
            points += [(work, step) for step in range(1, steps + 1)]
        if 0 < deaths < len(points):
            points = [points[number * len(points) // deaths] for number in range(deaths)]
        self._chance.shuffle(points)
        for work, step in points:
            self._one(work, step)
            if self.outcome.violations:
                break
        self._desk.close()
        self.outcome.violations += at_peace(self._town, cases=_CASES)
        return self.outcome

    def _one(self, work: str, die_at: int) -> int:
        """Bring about what is to be done, die over it, let the next centre go on; how many steps it took."""
        self._desk._at_work()
        # What the works before left for a statement is booked: each work takes the same steps every time.
        self._pass(_DAY_MINUTES)
        with self._town.centre.database.transaction() as conn:
            # Every step once takes longer than any rates stand.
            abroad_town.give_rates(conn, self._clock.utc_ms())
        uetr = self._order_to_give_back() if work == "give_back" else self._sale(work)
        mortal = Mortal(die_at)
        with self._alone_abroad():
            # Only now does anything fall due: the town's own centre looks every second.
            self._clock.ahead(_DUE_MINUTES[work] * _MINUTE_MS)
            try:
                self._turn(mortal)
            except Died:
                self.outcome.kills += 1
                self.outcome.faults[f"kill {work}"] += 1
        for _ in range(_TURNS_AFTER):
            self._pass(_LEASE_MINUTES)
        wrong = self._given_back(uetr) if work == "give_back" else self._sent(uetr)
        if mortal.count < die_at:
            wrong.append("nobody died: it took fewer steps than before")
        self.outcome.operations += 1
        self.outcome.recoveries += bool(die_at) and not wrong
        self.outcome.violations += [f"{work} at step {die_at}: {one}" for one in wrong]
        return mortal.count

    @contextmanager
    def _alone_abroad(self) -> Iterator[None]:
        """The town's own centre has done what was due abroad, and waits with the rest until this is over."""
        rounds = self._town.centre._rounds
        while True:
            self._town.centre.settle()
            with rounds._abroad._one_at_a_time:
                # A round of its threads may have begun something since; that is no longer held up.
                if any(party._in_hand[Lane.DELIVERIES] for party in rounds._abroad._parties.values()):
                    continue
                yield
                return

    def _turn(self, mortal: Mortal) -> None:
        """All that is due, in one process."""
        centre = self._town.centre
        parties: Any = {
            name: _AtOnce(_DoomedRail(party.connector, mortal))
            for name, party in centre._rounds._abroad._parties.items()
        }
        database = _DoomedDatabase(self._town.dsn, mortal)
        rounds = AbroadRounds(database, centre._book, self._clock, parties)
        for _ in range(_TURNS_MAX):
            if not rounds.work(lambda: None, lambda _: None):
                return

    def _pass(self, minutes: int) -> None:
        self._clock.ahead(minutes * _MINUTE_MS)
        self._town.centre.settle()

    # --- what is to be done ---------------------------------------------------------------------------

    def _sale(self, work: str) -> str:
        """A transfer that is next to leave, to be asked about, or to stand on a statement; its UETR."""
        transfer = self._desk._sell_abroad(self._desk._somebody_new())
        self._desk.line.exchange()
        if work != "hand_over":
            self._pass(_GRACE_MINUTES)
        if work == "statement":
            self._pass(_GRACE_MINUTES)
        return uetr_of(transfer)

    def _order_to_give_back(self) -> str:
        """An order with no number of ours, its money about to be on a statement; its UETR."""
        self._unfit += 1
        order = self._town.neighbour.sends.send(
            ORDERED, somebody(90_000 + self._unfit).name, ORDERED_BY, number=f"no number {self._unfit}"
        )
        return order.uetr

    # --- what must have come of it --------------------------------------------------------------------

    def _sent(self, uetr: str) -> list[str]:
        debits = [one for one in self._partner.entries if one.uetr == uetr and one.amount.minor < 0]
        state = self._state("abroad_out", uetr)
        return [] if (len(debits), state) == (1, "settled") else [f"{len(debits)} debits, {state}"]

    def _given_back(self, uetr: str) -> list[str]:
        taken = [one for one in self._partner.entries if one.uetr == uetr and one.amount.minor < 0]
        state = self._state("abroad_in", uetr)
        return [] if (len(taken), state) == (1, "returned") else [f"{len(taken)} returns, {state}"]

    def _state(self, table: str, uetr: str) -> str:
        with self._town.centre.database.transaction() as conn:
            row = conn.execute(f"select state from {table} where uetr = %s".encode(), (uetr,)).fetchone()
        return str(row[0]) if row else "unknown here"
