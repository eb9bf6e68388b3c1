"""The round of messages in one serving process: what is due goes to the threads of its carrier."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg_pool import PoolTimeout

from azpost_desk.central.gateways.parties import Lane
from azpost_desk.central.messaging import sending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from azpost_desk.central.gateways.messages import Carried, Carrier
    from azpost_desk.central.gateways.parties import Party
    from azpost_desk.central.storage.database import Connection, Database
    from azpost_desk.domain.days import Clock

_LOG: Final = logging.getLogger(__name__)


def begin(conn: Connection, channels: Mapping[str, object], now_ms: int) -> None:
    """A process begins to serve with carriers for these channels; what was noted before is over."""
    conn.execute("delete from message_ports where not channel = any(%s)", (list(channels),))
    for channel in channels:
        conn.execute("insert into message_ports values (%s, %s) on conflict do nothing", (channel, now_ms))


class MessageRounds:
    """What one serving process does with messages; `begun` and `ended` count what is in other threads."""

    def __init__(self, database: Database, clock: Clock, parties: Mapping[str, Party[Carrier]]) -> None:
        self._database = database
        self._clock = clock
        self._parties = parties
        self._one_at_a_time = threading.Lock()

    def work(self, begun: Callable[[], None], ended: Callable[[Future[Any]], None]) -> bool:
        """Begin the message that is due longest; whether there was one."""
        with self._one_at_a_time:
            free = [channel for channel, party in self._parties.items() if party.is_free(Lane.DELIVERIES)]
            if not free:
                return False
            with self._database.transaction() as conn:
                due = sending.take_due(conn, free, self._clock.utc_ms())
            if due is None:
                return False
            begun()
            party = self._parties[due.channel]
            party.begin(Lane.DELIVERIES, partial(self._attempt, due)).add_done_callback(ended)
        return True

    def _attempt(self, due: sending.Due, carrier: Carrier) -> Carried | None:
        try:
            return sending.send(self._database, self._clock, carrier, due)
        except (psycopg.Error, PoolTimeout):
            # The database may be away: it is tried again when its lease is over.
            _LOG.exception("sending a message failed; it is tried again")
            return None
