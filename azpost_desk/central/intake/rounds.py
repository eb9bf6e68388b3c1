"""What the centre does between requests: project, number news, send bills and messages, keep partitions."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg

from azpost_desk.central import (
    billers_reached,
    deliveries,
    doubts,
    erasure,
    laundering,
    list_versions,
    news,
    payments,
    validity,
)
from azpost_desk.central.gateways.parties import Lane
from azpost_desk.central.intake.partners import AbroadRounds
from azpost_desk.central.intake.projector import project_chain, project_once
from azpost_desk.central.mail import bags as mail_bags
from azpost_desk.central.mail import items, pickups
from azpost_desk.central.messaging import events
from azpost_desk.central.messaging.rounds import MessageRounds
from azpost_desk.central.registers import matching
from azpost_desk.central.storage.database import connect, make_partitions, one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import Future

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.abroad import Partner
    from azpost_desk.central.gateways.billers import Outcome
    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.central.gateways.messages import Carrier
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.intake.instant import InstantRounds
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock

_log = logging.getLogger(__name__)
# Other processes leave work, and payments fall due, without waking this one.
_LOOK_SECONDS: Final = 1.0
_AFTER_FAULT_SECONDS: Final = 5.0
_DAILY_EVERY_MS: Final = 24 * 3_600_000
_DAILY_AGAIN_MS: Final = 600_000
_DAILY_LOCK: Final = 0x6461696C

# What is done once a day for the country: job → its act.
DAILY: Final[Mapping[str, Callable[[Connection, Book, int], object]]] = {
    "partitions": lambda conn, _, now_ms: make_partitions(conn, now_ms),
    "erasure": lambda conn, book, now_ms: erasure.run(conn, book, now_ms),
    "items": lambda conn, _, now_ms: items.fold_anew(conn, now_ms),
    "registers": lambda conn, book, now_ms: matching.everywhere(conn, book, now_ms),
    "validity": lambda conn, book, now_ms: validity.run(conn, book, now_ms),
    "reminders": lambda conn, _, now_ms: events.remind(conn, now_ms),
    "storage": lambda conn, _, now_ms: items.remind(conn, now_ms),
    "mail bags": lambda conn, _, now_ms: mail_bags.look_for_overdue(conn, now_ms),
    "screening": lambda conn, _, now_ms: list_versions.finish(conn, now_ms),
    "laundering": lambda conn, _, now_ms: laundering.forget(conn, now_ms),
}


class Rounds:
    """The worker threads of one serving process."""

    def __init__(
        self,
        database: Database,
        book: Book,
        clock: Clock,
        parties: Mapping[str, Party[Connector]],
        abroad: Mapping[str, Party[Partner]],
        carriers: Mapping[str, Party[Carrier]],
        instant: InstantRounds | None = None,
    ) -> None:
        self._database = database
        self._book = book
        self._clock = clock
        self._parties = parties
        self._abroad = AbroadRounds(database, book, clock, abroad)
        self._has_carriers = bool(carriers)
        self._messages = MessageRounds(database, clock, carriers)
        self._instant = instant
        self._handing_over = threading.Lock()
        # Which billers are silent, as it was noted last.
        self._resting = dict.fromkeys(parties, False)
        self._stopping = threading.Event()
        self._busy = 0
        self._worked = 0
        self._rest = threading.Condition()
        self._bells: list[threading.Event] = []
        self._threads: list[threading.Thread] = []
        # Not yet looked: whether the round of today has begun, the database knows.
        self._daily_ms = 0

    def start(self) -> None:
        """Begin all rounds."""
        rounds = [("projector", self._bring_forward)]
        if self._parties:
            rounds.append(("deliverer", self._deliver))
        if self._has_carriers:
            rounds.append(("messages", self._send_messages))
        # The book is written even where no partner is reached from this process.
        rounds.append(("abroad", self._work_abroad))
        rounds.append(("codes", self._make_codes))
        if self._instant is not None:
            rounds.append(("instant", self._work_instant))
        for name, work in rounds:
            bell = threading.Event()
            self._bells.append(bell)
            thread = threading.Thread(target=self._round, args=(work, bell), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End every round after what it is doing."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """There is something to do now."""
        for bell in self._bells:
            bell.set()

    def settle(self) -> None:
        """Do everything that is waiting now, and wait for what the other threads have in hand."""
        while True:
            before = self._worked
            self._abroad.look_now()
            if self._instant is not None:
                self._instant.look_now()
            while self._pass():
                pass
            with self._rest:
                self._rest.wait_for(lambda: self._busy == 0)
            # What another thread had in hand while this one looked may have left more to do, or have held
            # the row of something that is due.
            if self._worked == before and not self._pass():
                return

    def _pass(self) -> bool:
        """Every round once; whether any found something to do."""
        return (
            self._bring_forward()
            or self._deliver()
            or self._work_abroad()
            or self._work_instant()
            or self._make_codes()
            or self._send_messages()
        )

    def bring(self, chains: Iterable[tuple[str, int]], until_ns: int) -> bool:
        """Bring all records of these chains forward before everything else that waits; whether it was done
        before `until_ns` of the computer's running time.
        """
        with self._database.connection() as conn:
            for chain in chains:
                while (left_ns := until_ns - time.monotonic_ns()) > 0:
                    wait_ms = left_ns // 1_000_000 + 1
                    try:
                        done = project_chain(conn, chain, self._clock.utc_ms(), wait_ms_max=wait_ms)
                    except psycopg.errors.LockNotAvailable:
                        return False
                    if not done:
                        break
                else:
                    return False
        return True

    def _round(self, work: Callable[[], bool], bell: threading.Event) -> None:
        while not self._stopping.is_set():
            bell.clear()
            try:
                if self._counted(work):
                    continue
                wait = _LOOK_SECONDS
            except Exception:
                # The database may be away for a while: the round goes on when it is back.
                _log.exception("a round failed; it goes on")
                wait = _AFTER_FAULT_SECONDS
            bell.wait(wait)

    def _counted(self, work: Callable[[], bool]) -> bool:
        with self._rest:
            self._busy += 1
        worked = True
        try:
            worked = work()
        finally:
            with self._rest:
                self._busy -= 1
                self._worked += worked
                self._rest.notify_all()
        return worked

    def _bring_forward(self) -> bool:
        now_ms = self._clock.utc_ms()
        if now_ms - self._daily_ms > _DAILY_EVERY_MS:
            # Noted first: another thread must not do the same beside this one.
            self._daily_ms = now_ms
            self._daily(now_ms)
        with self._database.connection() as conn:
            done = project_once(conn, now_ms)
            if done:
                doubts.settle(conn, self._book, now_ms)
            payments.book_claims(conn, self._book)
            numbered = news.number(conn)
        if done:
            self.wake()
        return bool(done or numbered)

    def _daily(self, now_ms: int) -> None:
        """Each job once a day for the country, whichever process comes first."""
        # Each statement by itself: the locks of new partitions of two tables at once, or held on through the
        # projection, meet a desk's batch or another projector.
        with connect(self._database.dsn) as conn:
            if not one(conn, "select pg_try_advisory_lock(%s)", (_DAILY_LOCK,))[0]:
                # Another process is at it: this one goes on projecting, and looks again.
                self._daily_ms = now_ms - _DAILY_EVERY_MS + _DAILY_AGAIN_MS
                return
            done: dict[str, int] = dict(conn.execute("select job, done_ms from daily_round").fetchall())
            for job, act in DAILY.items():
                if job in done and now_ms - done[job] <= _DAILY_EVERY_MS:
                    continue
                try:
                    act(conn, self._book, now_ms)
                except Exception:
                    # The other jobs go on, and this one is tried again before long.
                    _log.exception("the daily %s failed", job)
                    self._daily_ms = now_ms - _DAILY_EVERY_MS + _DAILY_AGAIN_MS
                    continue
                conn.execute(
                    "insert into daily_round values (%s, %s)"
                    " on conflict (job) do update set done_ms = excluded.done_ms",
                    (job, now_ms),
                )

    def _deliver(self) -> bool:
        """Hand the payment that is due longest to its biller's threads; where none is free, it waits."""
        self._note_silences()
        with self._handing_over:
            free = [name for name, party in self._parties.items() if party.is_free(Lane.DELIVERIES)]
            if not free:
                return False
            with self._database.transaction() as conn:
                due = deliveries.take_due(conn, free, self._clock.utc_ms())
            if due is None:
                return False
            self._begun()
            self._parties[due.biller].begin(Lane.DELIVERIES, partial(self._attempt, due)).add_done_callback(
                self._attempted
            )
        return True

    def _note_silences(self) -> None:
        for name, party in self._parties.items():
            rests = party.is_resting
            if rests != self._resting[name]:
                with self._database.transaction() as conn:
                    billers_reached.note(conn, name, rests, self._clock.utc_ms())
                self._resting[name] = rests

    def _work_abroad(self) -> bool:
        return self._abroad.work(self._begun, self._attempted)

    def _make_codes(self) -> bool:
        with self._database.connection() as conn:
            made = pickups.make_one(conn, self._clock.utc_ms())
        if made:
            self.wake()
        return made

    def _send_messages(self) -> bool:
        return self._messages.work(self._begun, self._attempted)

    def _work_instant(self) -> bool:
        return self._instant is not None and self._instant.work(self._begun, self._attempted)

    def _begun(self) -> None:
        with self._rest:
            self._busy += 1

    def _attempt(self, due: deliveries.Due, biller: Connector) -> Outcome | None:
        try:
            return deliveries.deliver(self._database, self._book, self._clock, biller, due)
        except Exception:
            # The database may be away: what became of it is asked when its lease is over.
            _log.exception("a delivery failed; it is asked for later")
            return None

    def _attempted(self, done: Future[Any]) -> None:
        with self._rest:
            self._busy -= 1
            # A look into an empty box left nothing more to do.
            self._worked += bool(done.result())
            self._rest.notify_all()
        # The next one to this biller may have its thread.
        self.wake()
