"""A printer made of software: hears ESC/POS or ZPL on a real TCP port, answers, keeps what it printed."""

from __future__ import annotations

import selectors
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from azpost_desk.documents import escpos

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = Literal["refuses", "hangs", "out_of_paper", "cover_open"]

_OK_STATUS: Final = 0x12


@dataclass(frozen=True, slots=True)
class Printed:
    """One piece of paper, cut off.

    Attributes:
        rows: the picture, one bit a dot, 1 = black.
        width_dots: dots in a row.
    """

    rows: bytes
    width_dots: int

    @property
    def height_dots(self) -> int:
        """Rows of the picture."""
        return len(self.rows) // ((self.width_dots + 7) // 8)


class Decoder(Protocol):
    """Follows a stream of one language of printers; attributes as of `EscPosDecoder`."""

    papers: list[Printed]
    kicks: int
    strange: bytearray
    fault: Fault | None

    def feed(self, data: bytes) -> bytes:
        """Take `data`, in pieces of any size; the printer's answers."""
        ...


class EscPosDecoder:
    """Follows a stream of ESC/POS as the printer's head does.

    Attributes:
        papers: what was cut off so far.
        kicks: how many times the drawer was opened.
        strange: bytes that are no command we know; a real printer would print them as letters.
        fault: what the printer reports of itself.
    """

    def __init__(self, fault: Fault | None = None) -> None:
        self.papers: list[Printed] = []
        self.kicks = 0
        self.strange = bytearray()
        self.fault = fault
        self._buffer = bytearray()
        self._rows = bytearray()
        self._width_dots = escpos.WIDTH_DOTS

    def feed(self, data: bytes) -> bytes:
        """Take `data`, in pieces of any size; the printer's answers."""
        self._buffer += data
        answers = bytearray()
        while self._buffer:
            size = self._size()
            if size is None or len(self._buffer) < size:
                break
            command = bytes(self._buffer[:size])
            del self._buffer[:size]
            answers += self._obey(command)
        return bytes(answers)

    def _size(self) -> int | None:
        """Length of the command at the front, None while too little of it has come."""
        head = bytes(self._buffer[:2])
        if head == b"\x1dv":
            if len(self._buffer) < 8:
                return None
            stride, height = (int.from_bytes(self._buffer[at : at + 2], "little") for at in (4, 6))
            return 8 + stride * height
        if head in (b"\x1b", b"\x1d", b"\x10"):
            return None
        return {b"\x1b@": 2, b"\x1bd": 3, b"\x1bp": 5, b"\x1dV": 4, b"\x1dr": 3, b"\x10\x04": 3}.get(head, 1)

    def _obey(self, command: bytes) -> bytes:
        if command.startswith(b"\x1dv"):
            self._width_dots = int.from_bytes(command[4:6], "little") * 8
            self._rows += command[8:]
        elif command.startswith(b"\x1dV"):
            self.papers.append(Printed(bytes(self._rows), self._width_dots))
            self._rows.clear()
        elif command.startswith(b"\x1bp"):
            self.kicks += 1
        elif command == escpos.ASK_IN_ORDER:
            return b"\x00"
        elif command == escpos.ASK_PAPER:
            return bytes([_OK_STATUS | (escpos.PAPER_END if self.fault == "out_of_paper" else 0)])
        elif command == escpos.ASK_ONLINE:
            return bytes([_OK_STATUS | (escpos.OFFLINE if self.fault == "cover_open" else 0)])
        elif command != escpos.START and not command.startswith(b"\x1bd"):
            self.strange += command
        return b""


class VirtualPrinter:
    """The decoder behind a TCP port of this machine; a context manager, closed when its work is done.

    Attributes:
        port: where it listens.
        fault: set at any time, in force from the next bytes on. ``refuses`` closes every visitor at once;
            ``hangs`` keeps them, and after `HANGS_AFTER` bytes neither reads nor answers any more.
    """

    HANGS_AFTER: Final = 1_000

    def __init__(self, port: int = 0, decoder: Callable[[], Decoder] = EscPosDecoder) -> None:
        self.fault: Fault | None = None
        self._decoder = decoder
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._papers: list[Printed] = []
        self._kicks = 0
        self._strange = bytearray()
        self._changed = threading.Condition()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)
        self._thread.start()

    def __enter__(self) -> VirtualPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def papers(self) -> tuple[Printed, ...]:
        """What was cut off so far, in order."""
        with self._changed:
            return tuple(self._papers)

    @property
    def kicks(self) -> int:
        """How many times the drawer was opened."""
        with self._changed:
            return self._kicks

    @property
    def strange(self) -> bytes:
        """Bytes that were no command."""
        with self._changed:
            return bytes(self._strange)

    def close(self) -> None:
        """Stop listening and let every visitor go. A second call does nothing."""
        if self._thread.is_alive():
            self._wake.send(b"x")
            self._thread.join()
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            visitors: dict[socket.socket, _Visitor] = {}
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        for visitor in visitors:
                            visitor.close()
                        return
                    if key.fileobj is self._listener:
                        connection, _ = self._listener.accept()
                        if self.fault == "refuses":
                            connection.close()
                            continue
                        visitors[connection] = _Visitor(self._decoder())
                        selector.register(connection, selectors.EVENT_READ)
                    elif isinstance(key.fileobj, socket.socket):
                        self._hear(selector, key.fileobj, visitors)

    def _hear(
        self,
        selector: selectors.BaseSelector,
        connection: socket.socket,
        visitors: dict[socket.socket, _Visitor],
    ) -> None:
        visitor = visitors[connection]
        if self.fault == "hangs" and visitor.bytes_read >= self.HANGS_AFTER:
            # Kept open and unread: exactly what a jammed print server does.
            selector.unregister(connection)
            return
        try:
            data = connection.recv(self.HANGS_AFTER if self.fault == "hangs" else 65_536)
            if data:
                visitor.bytes_read += len(data)
                connection.sendall(self._take(visitor, data))
                return
        except OSError:
            # The visitor broke off; what it printed before stays printed.
            pass
        selector.unregister(connection)
        del visitors[connection]
        connection.close()

    def _take(self, visitor: _Visitor, data: bytes) -> bytes:
        decoder = visitor.decoder
        decoder.fault = self.fault
        answers = decoder.feed(data)
        with self._changed:
            self._papers += decoder.papers
            self._kicks += decoder.kicks
            self._strange += decoder.strange
        decoder.papers.clear()
        decoder.kicks = 0
        decoder.strange.clear()
        return answers


class _Visitor:
    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        self.bytes_read = 0
