"""A card terminal that is a program: the real protocol over a real socket, with faults on demand."""

from __future__ import annotations

import socket
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, Self

from azpost_desk.devices.card_terminals import ETX, FRAME_BYTES_MAX, frame, unframed
from azpost_desk.domain.cards import MANAT

if TYPE_CHECKING:
    from collections.abc import Iterable

Fault = Literal[
    "approve",  # the customer pays
    "decline",  # the issuer says no
    "silent",  # nothing is charged, and nothing is answered
    "charge_silent",  # charged, and the answer is lost
    "garbage",  # charged, and the answer is damaged on the way
    "unknown",  # the terminal itself does not know yet; asked later it was charged
    "other",  # charged, and the answer speaks of another payment
    "other_sum",  # half of it charged, and that said
    "other_currency",  # charged in dollars, and that said
    "no_sum",  # charged, and not said how much
]
FAULTS: Final[tuple[Fault, ...]] = (
    "approve", "decline", "silent", "charge_silent", "garbage", "unknown", "other",
    "other_sum", "other_currency", "no_sum",
)  # fmt: skip
_CHARGES: Final = frozenset(FAULTS) - {"decline", "silent"}


class SandboxTerminal:
    """A context manager on a free port of this machine.

    Attributes:
        charged: amount by reference, as the bank would see it, qəpik; a reversal takes it away again.
        asked: how often the customer's card was asked, by reference: never more than once.
    """

    def __init__(self) -> None:
        self.charged: dict[str, int] = {}
        self.asked: dict[str, int] = {}
        self._faults: deque[Fault] = deque()
        self._answers: dict[str, tuple[str, str]] = {}
        self._said: dict[str, tuple[str, str]] = {}
        self._server = socket.create_server(("127.0.0.1", 0))
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="terminal", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self._server.getsockname()[:2]
        return str(host), int(port)

    def plan(self, faults: Iterable[Fault]) -> None:
        """What happens at the next purchases; then it approves."""
        self._faults.extend(faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended = True
        # Wakes the accept that is waiting.
        with suppress(OSError):
            socket.create_connection(self.address, timeout=1).close()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._ended:
            way, _ = self._server.accept()
            with way, suppress(OSError, ValueError):
                way.settimeout(5)
                answer = self._answer(unframed(_received(way)))
                if answer:
                    way.sendall(answer)

    def _answer(self, fields: tuple[str, ...]) -> bytes:
        what, reference = fields[0], fields[1]
        if what == "PUR":
            return self._charge(reference, reference, int(fields[2]))
        if what == "REF":
            return self._charge(reference, fields[2], -int(fields[3]))
        if what == "REV":
            self.charged.pop(reference, None)
            self._answers[reference] = ("DEC", "reversed")
            return frame("APP", reference, "R1", "", "", "", "")
        if reference not in self._answers:
            return frame("DEC", reference, "", "", "not_found", "", "")
        return self._known(reference)

    def _known(self, reference: str) -> bytes:
        outcome, reason = self._answers[reference]
        amount, currency = self._said.get(reference, ("", "")) if outcome == "APP" else ("", "")
        authorisation = "A1" if outcome == "APP" else ""
        return frame(outcome, reference, "1", authorisation, reason, amount, currency)

    def _charge(self, reference: str, purchase: str, qapik: int) -> bytes:
        if reference not in self._answers:
            fault = self._faults.popleft() if self._faults else "approve"
            self.asked[reference] = self.asked.get(reference, 0) + 1
            if fault == "other_sum":
                qapik //= 2
            said = "" if fault == "no_sum" else str(abs(qapik))
            self._said[reference] = said, "840" if fault == "other_currency" else MANAT
            if fault in _CHARGES:
                self.charged[purchase] = self.charged.get(purchase, 0) + qapik
            if fault != "silent":
                self._answers[reference] = ("DEC", "no_funds") if fault == "decline" else ("APP", "")
            if fault in ("silent", "charge_silent"):
                return b""
            if fault == "garbage":
                return b"\x02APP|?\x03\x00"
            if fault == "other":
                return frame("APP", "another", "1", "A1", "", str(abs(qapik)), MANAT)
            if fault == "unknown":
                return frame("UNK", reference, "", "", "line", "", "")
        return self._known(reference)


def _received(way: socket.socket) -> bytes:
    data = bytearray()
    while (len(data) < 2 or data[-2] != ETX) and len(data) < FRAME_BYTES_MAX:
        piece = way.recv(1)
        if not piece:
            break
        data += piece
    return bytes(data)
