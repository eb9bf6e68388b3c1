"""HTTP connections to one centre: requests are sent in small blocks, answers read within bounds.

Apart from `wire` so that a start does not wait for it: `requests` is loaded with the first request.
No redirects, no cookies, no proxies from the environment; TLS certificates are verified.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
import zlib
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as WireTimeout
from urllib3.util import SKIP_HEADER

from azpost_desk.domain.refusals import Trouble
from azpost_desk.sync.ports import CONNECT_SECONDS
from azpost_desk.unfollowed import UnfollowedSession

# [design] What a centre under load may take before its first byte, beside the time on a 9.6 kbit/s line.
THINK_SECONDS: Final = 20
SLOWEST_BYTES_PER_SECOND: Final = 1000
ANSWER_BYTES_MAX: Final = 8 * 1024 * 1024
_BLOCK: Final = 4096


class Connections:
    """Kept alive between requests. May be used by several threads."""

    def __init__(self, verify: bool | str = True) -> None:
        """
        Args:
            verify: True for the system's certificates, or the path of a file with the post's own.
        """
        self._open: set[HTTPConnection] = set()
        self._session = UnfollowedSession()
        self._session.verify = verify
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("http://", _Adapter(self._open))
        self._session.mount("https://", _Adapter(self._open))
        # A sync with nothing to say costs less than 500 bytes: no header that the centre does not need. It
        # packs large answers without being asked.
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER})

    def post(self, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """(status, content unpacked) of what is answered to these bytes.

        Raises:
            Trouble: L-001 not reached, L-002 no whole answer in time, L-003 it cannot be unpacked or is too
                large, L-004 the certificate is not believed.
        """
        seconds = THINK_SECONDS + len(body) / SLOWEST_BYTES_PER_SECOND
        try:
            with self._session.post(
                address,
                # A stream is sent in blocks, each with its own time limit: a slow line is not a dead one.
                data=io.BytesIO(body),
                headers=headers,
                timeout=(CONNECT_SECONDS, seconds),
                stream=True,
                allow_redirects=False,
            ) as response:
                return response.status_code, _content(response)
        except (requests.RequestException, HTTPError, OSError) as fault:
            raise Trouble(_code_of(fault), detail=type(fault).__name__) from fault

    def hang_up(self) -> None:
        """Break every open connection, also one that somebody waits on: the program wants to end."""
        for connection in list(self._open):
            sock = connection.sock
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._session.close()


def _content(response: requests.Response) -> bytes:
    """The answer's bytes, unpacked; never more than ANSWER_BYTES_MAX, never dripping without end."""
    raw = response.raw
    packed = bytearray()
    started = time.monotonic()
    # No longer line waits for the next byte than for the first: what comes, comes in one stream.
    while piece := raw.read1(_BLOCK, decode_content=False):
        packed += piece
        if len(packed) > ANSWER_BYTES_MAX:
            raise Trouble("L-003", detail="answer too large")
        if time.monotonic() - started > THINK_SECONDS + 4 * len(packed) / SLOWEST_BYTES_PER_SECOND:
            raise Trouble("L-002", detail="answer drips")
    if raw.length_remaining:
        raise Trouble("L-002", detail="answer broken off")
    if response.headers.get("Content-Encoding", "").lower() != "gzip":
        return bytes(packed)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(packed, ANSWER_BYTES_MAX)
    except zlib.error as fault:
        raise Trouble("L-003", detail="gzip") from fault
    if not unpacker.eof:
        raise Trouble("L-003", detail="gzip too large or broken off")
    return content


def _code_of(fault: BaseException) -> str:
    """L-001 when no connection came about, L-002 when one was there and the answer stayed out."""
    if isinstance(fault, requests.exceptions.SSLError | ssl.SSLError):
        return "L-004"
    if isinstance(fault, requests.exceptions.ConnectTimeout):
        return "L-001"
    if isinstance(fault, requests.exceptions.Timeout | WireTimeout | TimeoutError):
        return "L-002"
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    if isinstance(reason, NewConnectionError) or isinstance(fault, NewConnectionError):
        return "L-001"
    return "L-002"


class _Adapter(HTTPAdapter):
    """Small send blocks, no retries, and a list of the connections that are open."""

    def __init__(self, connections: set[HTTPConnection]) -> None:
        self._connections = connections
        super().__init__(pool_connections=1, pool_maxsize=4, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, blocksize=_BLOCK, **kwargs)
        listed = self._connections

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                listed.add(self)

            def close(self) -> None:
                listed.discard(self)
                super().close()

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                listed.add(self)

            def close(self) -> None:
                listed.discard(self)
                super().close()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
