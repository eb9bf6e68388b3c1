"""The card terminal beside the counter, over TCP: one frame out, one frame back, each visit its own.

The protocol (ours, for terminals whose maker gives no better one). A frame is ``STX`` fields ``ETX`` ``LRC``:
fields are UTF-8 without control characters, joined by ``|``; LRC is the exclusive or of all bytes after STX
up to and with ETX.

    PUR|reference|amount in smallest units|currency (ISO 4217 numeric)
    REF|reference|reference of the purchase|amount|currency
    QRY|reference
    REV|reference
    →  outcome|reference|terminal's receipt|authorisation|reason|amount|currency

with outcome ``APP`` (approved, or reversed), ``DEC`` (declined; for QRY also: never heard of it) or ``UNK``.
An approval of PUR, REF or QRY names what was approved, in smallest units: whether that is what was asked for
is judged by who asked. All other answers may leave amount and currency empty.
A terminal that gets a reference again answers what it answered before and charges nothing.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from azpost_desk.devices.byte_lines import Deadline
from azpost_desk.devices.ports import DeviceState
from azpost_desk.domain.cards import MANAT, CardAnswer
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Trouble

if TYPE_CHECKING:
    from azpost_desk.domain.cards import Outcome

STX: Final = 0x02
ETX: Final = 0x03
# A customer looks for the card, mistypes the PIN, tries again: two minutes, then it is unknown.
PURCHASE_MS: Final = 120_000
QUERY_MS: Final = 15_000
FRAME_BYTES_MAX: Final = 1024
_ANSWER_FIELDS: Final = 7
_AMOUNT_FIGURES_MAX: Final = 12
_OUTCOMES: Final[dict[str, Outcome]] = {"APP": "approved", "DEC": "declined", "UNK": "unknown"}


class EcrTerminal:
    """Implements services.ports.CardTerminal; calls wait for the customer, so never on the main thread."""

    def __init__(
        self, host: str, port: int, purchase_ms: int = PURCHASE_MS, query_ms: int = QUERY_MS
    ) -> None:
        self.place = f"{host}:{port}"
        self._address = (host, port)
        self._purchase_ms, self._query_ms = purchase_ms, query_ms

    def state(self) -> DeviceState:
        """Whether somebody listens there; nothing is asked."""
        try:
            with socket.create_connection(self._address, timeout=2):
                return DeviceState(self.place)
        except OSError:
            return DeviceState(self.place, "D-030")

    def purchase(self, reference: str, amount_qapik: int) -> CardAnswer:
        """See services.ports.CardTerminal."""
        return self._ask(("PUR", reference, str(amount_qapik), MANAT), self._purchase_ms)

    def query(self, reference: str) -> CardAnswer:
        """See services.ports.CardTerminal."""
        return self._ask(("QRY", reference), self._query_ms)

    def refund(self, reference: str, original: str, amount_qapik: int) -> CardAnswer:
        """See services.ports.CardTerminal."""
        return self._ask(("REF", reference, original, str(amount_qapik), MANAT), self._purchase_ms)

    def reverse(self, reference: str) -> CardAnswer:
        """See services.ports.CardTerminal."""
        return self._ask(("REV", reference), self._query_ms)

    def _ask(self, fields: tuple[str, ...], timeout_ms: int) -> CardAnswer:
        deadline = Deadline(timeout_ms)
        try:
            way = socket.create_connection(self._address, timeout=deadline.left() or 0.001)
        except OSError as nobody:
            raise Trouble("D-030", place=self.place) from nobody
        with way:
            try:
                way.sendall(frame(*fields))
                answer = unframed(_received(way, deadline))
            except (OSError, ValueError) as silent:
                raise Trouble("D-031", place=self.place) from silent
        return self._read(answer, fields[1])

    def _read(self, answer: tuple[str, ...], reference: str) -> CardAnswer:
        # An answer about another payment, or in no known words, says nothing about ours.
        if len(answer) != _ANSWER_FIELDS or answer[1] != reference or answer[0] not in _OUTCOMES:
            raise Trouble("D-031", place=self.place)
        outcome, _, receipt, authorisation, reason, amount, currency = answer
        if amount and (not is_digits(amount) or len(amount) > _AMOUNT_FIGURES_MAX):
            raise Trouble("D-031", place=self.place)
        known = {"receipt": receipt, "authorisation": authorisation}
        return CardAnswer(
            _OUTCOMES[outcome],
            {key: one for key, one in known.items() if one},
            reason,
            int(amount) if amount else None,
            currency,
        )


def frame(*fields: str) -> bytes:
    """The bytes of a frame.

    Raises:
        ValueError: a field holds a separator or a control character.
    """
    if any(not field.isprintable() or "|" in field for field in fields):
        raise ValueError("a field with a separator")
    inside = "|".join(fields).encode() + bytes([ETX])
    return bytes([STX]) + inside + bytes([lrc(inside)])


def unframed(data: bytes) -> tuple[str, ...]:
    """The fields of a frame.

    Raises:
        ValueError: these bytes are no frame, or one was damaged on the way.
    """
    if len(data) < 3 or data[0] != STX or data[-2] != ETX or lrc(data[1:-1]) != data[-1]:
        raise ValueError("no frame")
    return tuple(data[1:-2].decode("utf-8").split("|"))


def lrc(data: bytes) -> int:
    """Exclusive or of all bytes: what a terminal checks a frame by."""
    check = 0
    for byte in data:
        check ^= byte
    return check


def _received(way: socket.socket, deadline: Deadline) -> bytes:
    """One frame, however small its pieces; at most `FRAME_BYTES_MAX` are ever kept."""
    data = bytearray()
    while len(data) < 2 or data[-2] != ETX:
        if len(data) >= FRAME_BYTES_MAX:
            raise ValueError("too long for a frame")
        way.settimeout(deadline.left() or 0.001)
        piece = way.recv(1)
        if not piece:
            raise ConnectionResetError("closed instead of answering")
        data += piece
    return bytes(data)
