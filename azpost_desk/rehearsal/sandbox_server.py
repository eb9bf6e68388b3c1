"""A web server on a loopback port that plays somebody outside: a thread a connection, ended as a whole."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl


class Sandbox:
    """Whoever is played, answering while the ``with`` block lasts.

    Attributes:
        closing: set when it ends; whoever waits to be slow wakes by it.
    """

    def __init__(
        self,
        handler: type[SandboxHandler],
        forgiven: type[OSError],
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`forgiven`: how a connection may end unsaid; port 0 takes a free one; `tls` makes it https."""
        self.closing = threading.Event()
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", port), handler, self, forgiven)
        self._scheme = "https" if tls else "http"
        if tls:
            # In the thread of each connection, so that one who never shakes hands holds up nobody.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it answers, without a path."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[SandboxHandler],
        played: Sandbox,
        forgiven: type[OSError],
    ) -> None:
        self.played, self._forgiven = played, forgiven
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report a mistake of ours; one that hung up in the middle is what the faults are for."""
        if not isinstance(sys.exc_info()[1], self._forgiven):
            super().handle_error(request, client_address)


class SandboxHandler(BaseHTTPRequestHandler):
    """One connection; silent, for what is played keeps the journal itself."""

    server: _Server
    # Kept open between requests, so that a dropped line is also met on a connection that worked before.
    protocol_version = "HTTP/1.1"
    timeout = 30
    # Head and body are two writes; without this each answer waits for the other side's acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written to the console."""
