"""The round of partners abroad: what is due leaves, what they have is fetched, each in its threads."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central.abroad import (
    booking,
    hearing,
    paying,
    receiving,
    refunding,
    releasing,
    restored,
    returning,
)
from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.parties import Lane
from azpost_desk.central.storage.database import one

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.abroad import Handed, Partner
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.storage.database import Database
    from azpost_desk.domain.days import Clock

# What `_write` is for, asked in one: twice a second, and nearly always nothing of it is there.
_IS_ANYTHING: Final = """
    select (select epoch from abroad_epoch) < (select epoch from centre)
        or exists (select from abroad_to_book)
        or exists (select from abroad_in where state in ('available', 'reserved'))
        or exists (select from abroad_out where state = 'refunding')
"""
# [design] A partner that sends nothing by itself is looked at so often.
_FETCH_EVERY_MS: Final = 15_000
_log = logging.getLogger(__name__)


def is_away(answer: object) -> bool:
    """Whether an answer means that the partner is not there."""
    return isinstance(answer, Silent) and answer.why in ("timeout", "no_connection", "http_status")


class AbroadRounds:
    """What one serving process does with partners; `begun` and `ended` count what is in other threads."""

    def __init__(
        self, database: Database, book: Book, clock: Clock, parties: Mapping[str, Party[Partner]]
    ) -> None:
        self._database = database
        self._book = book
        self._clock = clock
        self._parties = parties
        self._fetched_ms: dict[str, int] = {}
        self._one_at_a_time = threading.Lock()

    def work(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        """Begin what is due; whether anything was begun or booked."""
        with self._one_at_a_time:
            booked = self._write()
            handed = self._release(begun, ended)
            looked = self._look(begun, ended)
        return booked or handed or looked

    def look_now(self) -> None:
        """Fetch from every partner at the next round, however short ago that was."""
        self._fetched_ms.clear()

    def _write(self) -> bool:
        with self._database.connection() as conn:
            if not one(conn, _IS_ANYTHING)[0]:
                return False
        with self._database.transaction() as conn:
            now_ms = self._clock.utc_ms()
            restored.look(conn, now_ms)
            doubted = refunding.doubt(conn) + paying.doubt(conn, now_ms) + receiving.run_out(conn, now_ms)
        with self._database.connection() as conn:
            return bool(booking.write(conn, self._book) or doubted)

    def _release(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        free = [name for name, party in self._parties.items() if party.is_free(Lane.DELIVERIES)]
        if not free:
            return False
        rails = {name: party.connector for name, party in self._parties.items()}
        with self._database.transaction() as conn:
            out = releasing.take_due(conn, rails, free, self._clock.utc_ms())
            back = None if out else returning.take_due(conn, rails, free, self._clock.utc_ms())
        if out is not None:
            attempt, partner = partial(self._attempt, partial(releasing.attempt, due=out)), out.partner
        elif back is not None:
            attempt, partner = partial(self._attempt, partial(returning.attempt, due=back)), back.partner
        else:
            return False
        begun()
        self._parties[partner].begin(Lane.DELIVERIES, attempt).add_done_callback(ended)
        return True

    def _look(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        now_ms, looked = self._clock.monotonic_ms(), False
        for name, party in self._parties.items():
            last_ms = self._fetched_ms.get(name)
            if last_ms is not None and now_ms - last_ms < _FETCH_EVERY_MS:
                continue
            if not party.is_free(Lane.DELIVERIES):
                continue
            self._fetched_ms[name] = now_ms
            begun()
            party.begin(Lane.DELIVERIES, partial(self._fetch, name)).add_done_callback(ended)
            looked = True
        return looked

    def _attempt(self, make: Callable[..., Handed], rail: Partner) -> Handed | None:
        try:
            return make(self._database, self._clock, rail)
        except Exception:
            # The database may be away: what became of it is asked when its lease is over.
            _log.exception("an attempt abroad failed; it is asked for later")
            return None

    def _fetch(self, name: str, rail: Partner) -> bool | None:
        try:
            return hearing.fetch(self._database, self._clock, name, rail)
        except Exception:
            _log.exception("the post of a partner was not read; it is read later")
            return None
