"""A bad line on demand: a real proxy between desk and centre that loses, doubles, delays, cuts and damages.

It carries whole HTTP requests byte for byte and does to each what the next fault in its list says. What it
carried is counted, so that the weight of the line is measured where it is real.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter, deque
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final, Literal, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = Literal[
    "none",
    "request_lost",  # cut before the centre hears of it
    "request_cut",  # the centre gets half of it
    "request_damaged",  # one byte of the body arrives wrong
    "answer_lost",  # done at the centre, then cut
    "answer_cut",  # done, half of the answer comes
    "answer_damaged",  # done, one byte of the answer's body arrives wrong
    "doubled",  # done twice, the second answer comes
    "late",  # cut now; the centre gets it after the next request: reordered
    "delayed",  # done and answered, but only after `delay_seconds`
    "unavailable",  # answered 503 by somebody in between
    "portal",  # answered by a login page in between
]
FAULTS: Final[tuple[Fault, ...]] = (
    "none", "request_lost", "request_cut", "request_damaged", "answer_lost", "answer_cut", "answer_damaged",
    "doubled", "late", "delayed", "unavailable", "portal",
)  # fmt: skip
_UPSTREAM_SECONDS: Final = 30
_UNAVAILABLE: Final = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
_PAGE: Final = b"<html>Sign in to use this network</html>"
_PORTAL: Final = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(_PAGE), _PAGE)


class FaultyLine:
    """A proxy on a free port of this machine; a context manager.

    Attributes:
        upstream: (host, port) of the centre; may be changed while running (the centre moved).
        choose: asked for a fault when the list of planned ones is empty; may be changed while running.
        delay_seconds: what ``delayed`` means.
        carried: how often each fault happened.
        bytes_up, bytes_down: what the desk's side of the line carried, headers included.
    """

    def __init__(self, upstream_url: str, choose: Callable[[], Fault] | None = None) -> None:
        parts = urlsplit(upstream_url)
        self.upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.delay_seconds = 0.2
        self.carried: Counter[str] = Counter()
        self.bytes_up = self.bytes_down = 0
        self.choose: Callable[[], Fault] = choose or (lambda: "none")
        self._planned: deque[Fault] = deque()
        self._held: list[bytes] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """What the desk calls the centre's address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.down()
        for thread in self._threads:
            thread.join(_UPSTREAM_SECONDS)

    def plan(self, *faults: Fault) -> None:
        """The next requests meet these, in this order."""
        self._planned.extend(faults)

    def calm(self) -> None:
        """Forget what was planned; what is on its way late still arrives."""
        self._planned.clear()

    def up(self) -> None:
        """The line is there (again), at the same address."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(64)
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def down(self) -> None:
        """The line is gone: connections break, new ones are refused."""
        listener, self._listener = self._listener, None
        with self._lock:
            broken = [*self._open, *([listener] if listener else [])]
        for sock in broken:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if listener:
            listener.close()

    def _start(self, work: Callable[[socket.socket], None], sock: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(sock,), daemon=True)
        self._threads = [*(old for old in self._threads if old.is_alive()), thread]
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                self._start(self._serve, listener.accept()[0])

    def _serve(self, desk: socket.socket) -> None:
        """Carry the requests of one connection until either side has enough."""
        with self._lock:
            self._open.add(desk)
            # Taken while the line went down: nobody else breaks it.
            is_down = self._listener is None
        with suppress(OSError), closing(desk):
            if is_down:
                desk.shutdown(socket.SHUT_RDWR)
            while _is_whole(request := _whole(desk)):
                with self._lock:
                    self.bytes_up += len(request)
                    fault = self._planned.popleft() if self._planned else self.choose()
                    self.carried[fault] += 1
                answer = self._carry(request, fault)
                with self._lock:
                    self.bytes_down += len(answer)
                desk.sendall(answer)
                if not answer or fault == "answer_cut":
                    break
        with self._lock:
            self._open.discard(desk)

    def _carry(self, request: bytes, fault: Fault) -> bytes:
        """What comes back for `request` under `fault`; nothing means the connection is cut."""
        if fault in ("none", "doubled", "delayed", "answer_lost", "answer_cut", "answer_damaged"):
            if fault == "delayed":
                self._ended.wait(self.delay_seconds)
            answer = self._forward(request)
            if fault == "doubled":
                answer = self._forward(request)
            with self._lock:
                held, self._held = self._held, []
            for late in held:
                self._forward(late)
            return {
                "answer_lost": b"",
                "answer_cut": answer[: len(answer) // 2],
                "answer_damaged": damaged(answer),
            }.get(fault, answer)
        if fault == "request_damaged":
            return self._forward(damaged(request))
        if fault == "request_cut":
            self._forward(request[: len(request) // 2], is_cut=True)
        if fault == "late":
            with self._lock:
                self._held.append(request)
        return {"unavailable": _UNAVAILABLE, "portal": _PORTAL}.get(fault, b"")

    def _forward(self, request: bytes, is_cut: bool = False) -> bytes:
        try:
            with socket.create_connection(self.upstream, _UPSTREAM_SECONDS) as centre:
                centre.sendall(request)
                if is_cut:
                    # The centre sees the end of the connection, not a long silence.
                    centre.shutdown(socket.SHUT_WR)
                return _whole(centre)
        except OSError:
            return b""


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _whole(sock: socket.socket) -> bytes:
    """One request or answer with a Content-Length; what came of it when the other side stops early."""
    message = b""
    while b"\r\n\r\n" not in message:
        piece = sock.recv(65536)
        if not piece:
            return message
        message += piece
    head = message.partition(b"\r\n\r\n")[0]
    wanted = len(head) + 4 + _length(head)
    pieces, size = [message], len(message)
    while size < wanted and (piece := sock.recv(65536)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _is_whole(message: bytes) -> bool:
    head, end, body = message.partition(b"\r\n\r\n")
    return bool(end) and len(body) >= _length(head)


def damaged(message: bytes) -> bytes:
    """`message` with one bit of the middle of its body turned."""
    head, _, body = message.partition(b"\r\n\r\n")
    if not body:
        return message
    middle = len(body) // 2
    return head + b"\r\n\r\n" + body[:middle] + bytes([body[middle] ^ 0x10]) + body[middle + 1 :]
