"""Ways to a printer that takes bytes: a TCP port, or a device file such as ``/dev/usb/lp0``.

Everything is written and read with one deadline for the whole visit, so a printer that hangs half-way
costs its timeout and not a second more.
"""

from __future__ import annotations

import os
import select
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TimedOut(OSError):
    """The other side took or gave nothing until the deadline."""


class Deadline:
    """A moment by which everything must be over, on the clock that never jumps."""

    def __init__(self, timeout_ms: int) -> None:
        self._end = time.monotonic() + timeout_ms / 1000

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())


Reader = Callable[[bytes, bytes], int | None]
"""(all that came after a question, the question) → its answer, None while it is not there."""
# Noise without end is no answer either.
_NOISE_BYTES_MAX = 4096


class Visit(Protocol):
    """An open way to the printer."""

    def write(self, data: bytes) -> None:
        """Hand over all of `data`, however small the pieces the other side takes.

        Raises:
            OSError: it could not; some of it may have arrived. `TimedOut` when the deadline passed.
        """
        ...

    def ask(self, query: bytes, within_ms: int, read: Reader) -> int:
        """Send `query` and wait until `read` finds its answer, at most `within_ms`, never past the deadline.

        Raises:
            OSError: as `write`, or the other side closed.
        """
        ...

    def listen(self, within_ms: int) -> None:
        """Wait until the other side says something unasked, at most `within_ms`, never past the deadline.

        Raises:
            OSError: `TimedOut` when the deadline has passed.
        """
        ...


class ByteLine(ABC):
    """A way to a printer; opened for each visit, because printers are switched off and on.

    Attributes:
        place: how people call it, e.g. ``10.0.4.21:9100``.
    """

    def __init__(self, place: str) -> None:
        self.place = place

    @abstractmethod
    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Visit]:
        """Go there; the way is closed again whatever happens.

        Raises:
            OSError: nobody there.
        """


class TcpLine(ByteLine):
    """A printer in the network; 9100 is the port printers take raw bytes on."""

    def __init__(self, host: str, port: int = 9100) -> None:
        super().__init__(f"{host}:{port}")
        self._address = (host, port)

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Visit]:
        # create_connection takes 0 for "do not wait at all"; a spent deadline is as good as a millisecond.
        with socket.create_connection(self._address, timeout=deadline.left() or 0.001) as connection:
            yield _SocketVisit(connection, deadline)


class FileLine(ByteLine):
    """A printer behind a device file of this machine."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    @contextmanager
    def open(self, deadline: Deadline) -> Iterator[Visit]:
        # Without O_NONBLOCK the open itself would wait for a printer that is not ready. Windows has neither
        # the flag nor select() on files; there the driver's own timeout is the only one.
        flags = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        descriptor = os.open(self._path, flags)
        try:
            yield _FileVisit(descriptor, deadline)
        finally:
            os.close(descriptor)


class _SocketVisit:
    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._arm(self._deadline.left())
            rest = rest[self._connection.send(rest) :]

    def ask(self, query: bytes, within_ms: int, read: Reader) -> int:
        self.write(query)
        own = Deadline(within_ms)

        def more() -> bytes:
            self._arm(min(self._deadline.left(), own.left()))
            return self._connection.recv(64)

        return _answered(more, query, read)

    def listen(self, within_ms: int) -> None:
        _heard(self._connection, within_ms, self._deadline)

    def _arm(self, seconds: float) -> None:
        # Zero would mean "do not wait" to a socket, and the error then is another one.
        if not seconds:
            raise TimedOut
        self._connection.settimeout(seconds)


class _FileVisit:
    def __init__(self, descriptor: int, deadline: Deadline) -> None:
        self._descriptor = descriptor
        self._deadline = deadline

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._descriptor], [], self._deadline.left())
            if not ready:
                raise TimedOut
            rest = rest[os.write(self._descriptor, rest) :]

    def ask(self, query: bytes, within_ms: int, read: Reader) -> int:
        self.write(query)
        own = Deadline(within_ms)

        def more() -> bytes:
            left = min(self._deadline.left(), own.left())
            ready, _, _ = select.select([self._descriptor], [], [], left)
            if not ready:
                raise TimedOut
            return os.read(self._descriptor, 64)

        return _answered(more, query, read)

    def listen(self, within_ms: int) -> None:
        _heard(self._descriptor, within_ms, self._deadline)


def _heard(way: socket.socket | int, within_ms: int, deadline: Deadline) -> None:
    if not deadline.left():
        raise TimedOut
    select.select([way], [], [], min(within_ms / 1000, deadline.left()))


def _answered(more: Callable[[], bytes], query: bytes, read: Reader) -> int:
    received = b""
    while len(received) < _NOISE_BYTES_MAX:
        piece = more()
        if not piece:
            raise ConnectionResetError("closed instead of answering")
        received += piece
        answer = read(received, query)
        if answer is not None:
            return answer
    raise TimedOut
