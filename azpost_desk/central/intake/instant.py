"""The round of the instant rail: what waits there is fetched, what goes back leaves, each in its threads."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.central.gateways.abroad import Silent
from azpost_desk.central.gateways.parties import Lane
from azpost_desk.central.instant import answering, backs, crediting, settling, things
from azpost_desk.domain.qr_moves import AT_RAIL

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from azpost_desk.central.book import Book
    from azpost_desk.central.gateways.instant import Rail
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.instant.things import Request
    from azpost_desk.central.keys import CentreKeys
    from azpost_desk.central.storage.database import Database
    from azpost_desk.domain.days import Clock

# A customer stands before a code: the rail is looked at at every round. Nobody does: as a partner abroad.
_IDLE_EVERY_MS: Final = 15_000
_WAITED_EVERY_MS: Final = 500
# So long a credit may be on its way after a code has ended.
_AFTER_MS: Final = 60_000
_log = logging.getLogger(__name__)


def is_away(answer: object) -> bool:
    """Whether an answer means that the rail is not there."""
    silent = answer[0] if isinstance(answer, tuple) and answer else answer
    return isinstance(silent, Silent) and silent.why in ("timeout", "no_connection", "http_status")


class InstantRounds:
    """What one serving process does with the rail; `begun` and `ended` count what is in other threads."""

    def __init__(
        self, database: Database, book: Book, keys: CentreKeys, clock: Clock, party: Party[Rail]
    ) -> None:
        self._database = database
        self._book = book
        self._keys = keys
        self._clock = clock
        self._party = party
        self._fetched_ms: int | None = None
        self._fetching = False

    def work(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        """Begin what is due; whether anything was. A look is none: what it finds counts when it ends."""
        with self._database.transaction() as conn:
            doubted = settling.doubt(conn, self._clock.utc_ms()) + crediting.book_credits(conn, self._book)
        handed = self._send_back(begun, ended) or self._close_old(begun, ended)
        self._look(begun, ended)
        return handed or bool(doubted)

    def look_now(self) -> None:
        """Fetch at the next round, however short ago that was."""
        self._fetched_ms = None

    def _send_back(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        if not self._party.is_free(Lane.DELIVERIES):
            return False
        with self._database.transaction() as conn:
            due = backs.take_due(conn, self._party.connector, self._clock.utc_ms())
        if due is None:
            return False
        begun()
        self._party.begin(Lane.DELIVERIES, partial(self._attempt, due)).add_done_callback(ended)
        return True

    def _close_old(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        """What no desk asks about any more is closed at the rail by its word, once its time is over."""
        if not self._party.is_free(Lane.DELIVERIES):
            return False
        with self._database.transaction() as conn:
            old = answering.take_old(conn, self._clock.utc_ms())
        if old is None:
            return False
        begun()
        self._party.begin(Lane.DELIVERIES, partial(self._close, old)).add_done_callback(ended)
        return True

    def _close(self, old: Request, rail: Rail) -> Any:
        try:
            heard = rail.close(old.rail_id)
            with self._database.transaction() as conn:
                closed = answering.heard(conn, old.request, heard, self._clock.utc_ms())
                things.tell_desk(conn, closed, self._clock.utc_ms())
        except Exception:
            _log.exception("a code whose time is over was not closed; it is tried again")
            return None
        return heard

    def _look(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> None:
        if self._fetching or not self._party.is_free(Lane.DELIVERIES):
            return
        now_ms = self._clock.monotonic_ms()
        every_ms = _WAITED_EVERY_MS if self._is_waited_for() else _IDLE_EVERY_MS
        if self._fetched_ms is not None and now_ms - self._fetched_ms < every_ms:
            return
        self._fetched_ms, self._fetching = now_ms, True
        begun()
        self._party.begin(Lane.DELIVERIES, self._fetch).add_done_callback(ended)

    def _is_waited_for(self) -> bool:
        with self._database.connection() as conn:
            row = conn.execute(
                "select from qr_requests where state = any(%s) and until_ms > %s limit 1",
                (list(AT_RAIL), self._clock.utc_ms() - _AFTER_MS),
            ).fetchone()
        return row is not None

    def _attempt(self, due: backs.Due, rail: Rail) -> Any:
        try:
            handed, said = backs.attempt(self._database, self._clock, rail, due)
            if said:
                with self._database.transaction() as conn:
                    crediting.keep(conn, said, self._clock.utc_ms())
                crediting.apply_waiting(self._database, self._book, self._keys, self._clock, rail)
        except Exception:
            # The database may be away: the same document goes again when its lease is over.
            _log.exception("money could not be sent back; it is tried again")
            return None
        return handed

    def _fetch(self, rail: Rail) -> Any:
        try:
            found = crediting.fetch(self._database, self._book, self._keys, self._clock, rail)
        except Exception:
            _log.exception("the post of the rail was not read; it is read later")
            return None
        finally:
            self._fetching = False
        # A look into an empty box left nothing more to do.
        return found or None
