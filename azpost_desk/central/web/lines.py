"""The server's side of one HTTP connection: tells its guest (doors.py) where its request stands.

uvicorn's own protocol knows no limit of time before the first answer, of silence in a body, or of an answer
that nobody takes. What it knows stays as it is; this adds only the telling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from azpost_desk.central.web.doors import Phase

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from starlette.applications import Starlette

    from azpost_desk.central.web.doors import Doors, Guest

# The doors end what is idle, and know a desk from a stranger; this only has to be longer.
_SERVER_IDLE_SECONDS = 24 * 3600


def configuration(
    app: Starlette, doors: Doors, certificate: Path | None = None, key: Path | None = None
) -> uvicorn.Config:
    """How uvicorn serves `app` behind `doors`."""

    class Line(_Line):
        _doors = doors

    return uvicorn.Config(
        app,
        http=Line,
        ws="none",
        # Its sockets are asked for connections by Python's own loop: there the doors stand.
        loop="asyncio",
        log_config=None,
        # A warning for each bad request would let a stranger fill the disk.
        log_level="error",
        access_log=False,
        lifespan="off",
        # A sync with nothing to say stays under 500 bytes.
        server_header=False,
        date_header=False,
        timeout_keep_alive=_SERVER_IDLE_SECONDS,
        h11_max_incomplete_event_size=doors.limits.header_bytes_max,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


class _Line(H11Protocol):
    """One connection."""

    _doors: Doors
    _guest: Guest | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        guest = self._doors.guest_at(peer)
        if guest is None and not self._doors.seats_at_the_door:
            # Windows' loop accepts by itself. Elsewhere whoever has no seat had one and gave way.
            guest = self._doors.seat(peer, transport.abort)
        if guest is None:
            transport.abort()
            return
        guest.greet(transport.abort, transport.get_write_buffer_size)
        self._guest = guest
        self.app_state: dict[str, Any] = {**self.app_state, "guest": guest}

    def connection_lost(self, exc: Exception | None) -> None:
        if self._guest is not None:
            self._guest.closed()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._guest is None:
            return
        self._guest.hears(len(data))
        super().data_received(data)
        if self.conn.their_state is h11.DONE and self.conn.trailing_data[0]:
            # No desk speaks on before it is answered, and what nobody reads must not pile up.
            self._guest.go()
            return
        self._guest.enter(self._phase())

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._guest is not None:
            self._guest.enter(self._phase())

    def give_up(self) -> None:
        """End the line, unless its request is being answered."""
        if self._guest is not None and self._guest.phase is not Phase.WORK:
            self._guest.go()

    def _phase(self) -> Phase:
        theirs, ours = self.conn.their_state, self.conn.our_state
        if theirs is h11.SEND_BODY:
            return Phase.BODY if ours in (h11.SEND_RESPONSE, h11.SEND_BODY) else Phase.DRAIN
        if ours in (h11.SEND_RESPONSE, h11.SEND_BODY):
            return Phase.WORK
        return Phase.HEADER if self.conn.trailing_data[0] or theirs is not h11.IDLE else Phase.IDLE
