"""One visit to a ZVT terminal over TCP: a command is sent, and what comes is answered until it has ended.

The terminal leads once it took a command: it tells states and statuses, each waits for our answer, and ends
with a completion or an abort. What comes before it took ours belongs to an earlier command.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

from azpost_desk.devices import zvt_frames as zvt
from azpost_desk.devices.byte_lines import Deadline, TimedOut
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.devices.zvt_frames import Apdu, Status

    Judge = Callable[[Status, bool], Apdu]
    """(a status, whether it belongs to this command) → what the terminal hears of it."""

_TOLD: Final = frozenset((zvt.INTERMEDIATE, zvt.PRINT_LINE, zvt.PRINT_TEXT, zvt.COMPLETION, zvt.ABORT))
_UNKNOWN_COMMAND: Final = zvt.Apdu(0x8483)
_PIECE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class End:
    """How a command ended: done, aborted by the terminal, or not taken at all.

    Attributes:
        number: the terminal's error, 0 when it said none.
        data: of the completion.
    """

    how: Literal["done", "aborted", "not_taken"]
    number: int = 0
    data: bytes = b""


class Visit:
    """An open way to the terminal with one deadline for all of it; a context manager."""

    def __init__(self, address: tuple[str, int], timeout_ms: int) -> None:
        self._place = f"{address[0]}:{address[1]}"
        self._deadline = Deadline(timeout_ms)
        self._received = b""
        try:
            self._way = socket.create_connection(address, timeout=self._deadline.left() or 0.001)
        except OSError as nobody:
            raise Trouble("D-030", place=self._place) from nobody
        # An answer and the next command are two small pieces; the second waits for nothing.
        self._way.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._way.close()

    def exchange(self, command: Apdu, judge: Judge) -> End:
        """Send `command` and follow it to its end.

        Raises:
            Trouble: D-031 no end came in time; D-032 what came is no ZVT; and what `judge` raises.
        """
        try:
            return self._followed(command, judge)
        except OSError as silent:
            raise Trouble("D-031", place=self._place) from silent

    def _followed(self, command: Apdu, judge: Judge) -> End:
        self._send(command)
        taken = False
        while True:
            apdu = self._next()
            group, number = divmod(apdu.control, 0x100)
            if apdu.control in (0x8000, 0x8400):
                taken = True
            elif group == 0x84 and not taken:
                return End("not_taken", number)
            elif apdu.control == zvt.STATUS:
                self._send(judge(zvt.status_of(apdu.data), taken))
            elif group in (0x04, 0x05, 0x06):
                self._send(zvt.POSITIVE if apdu.control in _TOLD else _UNKNOWN_COMMAND)
                if taken and apdu.control == zvt.COMPLETION:
                    return End("done", 0, apdu.data)
                if taken and apdu.control == zvt.ABORT:
                    return End("aborted", apdu.data[0] if apdu.data else 0)
            else:
                raise Trouble("D-032")

    def _send(self, apdu: Apdu) -> None:
        self._arm()
        self._way.sendall(apdu.encoded())

    def _next(self) -> Apdu:
        while (whole := zvt.split_off(self._received)) is None:
            self._arm()
            piece = self._way.recv(_PIECE_BYTES)
            if not piece:
                raise ConnectionResetError("closed instead of answering")
            self._received += piece
        apdu, self._received = whole
        return apdu

    def _arm(self) -> None:
        left = self._deadline.left()
        if not left:
            raise TimedOut
        self._way.settimeout(left)
