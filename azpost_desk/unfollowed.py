"""A session of HTTP that takes a redirect for an answer like any other and ends every exchange in time.

``allow_redirects=False`` alone is not that: the library still takes the address apart, which raises
``ValueError`` on a broken one, and reads the whole body, however long it is and however slowly it drips.
Nor is ``timeout``: it starts anew with every byte, of a header too, so who drips holds the thread for ever.
"""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Timeout

if TYPE_CHECKING:
    import socket

    from requests import PreparedRequest, Response


class UnfollowedSession(requests.Session):
    """See the module; proxies and passwords come from our settings, never from the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundAdapter())

    def get_redirect_target(self, resp: Response) -> None:
        """Nowhere."""


class BoundAdapter(HTTPAdapter):
    """The second of a request's two time limits is that of the whole exchange, to the answer's last byte.

    Only the look-up of a name is outside it: the system bounds that.
    """

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """As the library does, with connections of ours."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(
        self, request: PreparedRequest, stream: bool = False, timeout: Any = None, *args: Any, **named: Any
    ) -> Response:
        """As the library does; what connecting and sending took is not there for the answer any more."""
        if isinstance(timeout, tuple):
            connect_s, whole_s = timeout
            timeout = Timeout(connect=connect_s, read=whole_s, total=whole_s)
        return super().send(request, stream, timeout, *args, **named)


class _BoundAnswer(HTTPResponse):
    """An answer whose bytes, its head's too, come within the time limit its connection has when it begins."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp = io.BufferedReader(_Until(sock, self.fp.detach(), time.monotonic() + seconds))


class _Until(io.RawIOBase):
    """The bytes of a socket until a moment of `time.monotonic`."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, until: float) -> None:
        super().__init__()
        self._sock = sock
        self._raw = raw
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer was not whole in time")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Plain(HTTPConnection):
    response_class = _BoundAnswer


class _Secure(HTTPSConnection):
    response_class = _BoundAnswer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure
