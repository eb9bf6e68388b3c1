"""Frames of ZVT, the protocol card terminals speak over TCP: bytes to typed values and back, nothing else.

An APDU is a control field (class and instruction), a length (one byte; ``FF`` means two bytes follow, low
one first) and data. Most data is a row of bitmap fields (BMP), each a byte that names it and a value whose
length its kind fixes. Card numbers and tracks are passed over: nothing here keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Trouble

# What is sent to a terminal.
REGISTER: Final = 0x0600
PURCHASE: Final = 0x0601
REPEAT_RECEIPT: Final = 0x0620
REVERSAL: Final = 0x0630
REFUND: Final = 0x0631
STATUS_ENQUIRY: Final = 0x0501
# What comes from one.
STATUS: Final = 0x040F
INTERMEDIATE: Final = 0x04FF
COMPLETION: Final = 0x060F
ABORT: Final = 0x061E
PRINT_LINE: Final = 0x06D1
PRINT_TEXT: Final = 0x06D3

_LONG: Final = 0xFF
_DATA_BYTES_MAX: Final = 0xFFFF
_TLV: Final = 0x06
_CURRENCY: Final = 0x49
_AMOUNT: Final = 0x04
_FIXED: Final = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2, 0x19: 1,
    0x27: 1, 0x29: 4, 0x2A: 15, 0x37: 3, 0x3A: 2, 0x3B: 8, 0x3D: 3, 0x49: 2, 0x70: 4, 0x71: 4, 0x72: 1,
    0x73: 1, 0x74: 1, 0x75: 1, 0x87: 2, 0x88: 3, 0x8A: 1, 0x8C: 1, 0xA0: 1, 0xAA: 3, 0xBA: 5, 0xD0: 1,
    0xD2: 1, 0xD3: 1, 0xE0: 1, 0xE9: 1, 0xEA: 1, 0xEB: 8, 0xF0: 1, 0xF9: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1,
    0xFD: 1,
}  # fmt: skip
# Fields that say their own length in two or three bytes of one figure each (F0…F9).
_TWO_FIGURES: Final = frozenset((0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)))
_THREE_FIGURES: Final = frozenset((0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF))


@dataclass(frozen=True, slots=True)
class Apdu:
    """One message; `control` is class and instruction as one number, e.g. ``0x040F``."""

    control: int
    data: bytes = b""

    def encoded(self) -> bytes:
        """Its bytes.

        Raises:
            ValueError: more data than a length can say.
        """
        count = len(self.data)
        if count > _DATA_BYTES_MAX:
            raise ValueError("too long for an APDU")
        length = bytes([count]) if count < _LONG else bytes([_LONG]) + count.to_bytes(2, "little")
        return self.control.to_bytes(2, "big") + length + self.data


POSITIVE: Final = Apdu(0x8000)
NOT_ISSUED: Final = Apdu(0x8466)
"""Our answer to an approval we do not take: goods not issued, and the terminal reverses by itself."""


def split_off(received: bytes) -> tuple[Apdu, bytes] | None:
    """The first message in what came so far and the bytes after it; None while it is not whole."""
    if len(received) < 3:
        return None
    start, length = 3, received[2]
    if length == _LONG:
        start, length = 5, int.from_bytes(received[3:5], "little")
    if len(received) < start + length:
        return None
    apdu = Apdu(int.from_bytes(received[:2], "big"), received[start : start + length])
    return apdu, received[start + length :]


@dataclass(frozen=True, slots=True)
class Status:
    """What a terminal says of one card transaction; None and "" where it says nothing.

    Attributes:
        result: 0 for approved, else the terminal's error number.
        amount_qapik, currency: in smallest units, ISO 4217 numeric without leading zeros.
        terminal: the terminal's id, eight figures.
        trace, receipt: the numbers it counts transactions and receipts by.
        original_trace: of the transaction that this one reverses.
        time, date: ``HHMMSS`` and ``MMDD`` on the terminal's clock.
        authorisation: the issuer's.
        text: in the terminal's words.
    """

    result: int | None = None
    amount_qapik: int | None = None
    currency: str = ""
    terminal: str = ""
    trace: int | None = None
    receipt: int | None = None
    original_trace: int | None = None
    time: str = ""
    date: str = ""
    authorisation: str = ""
    text: str = ""


def status_of(data: bytes) -> Status:
    """The data of a status (04 0F), a completion (06 0F) or an abort after its number, typed.

    Raises:
        Trouble: D-032 as `fields_of`, or a number that is none.
    """
    fields = fields_of(data)

    def figures(name: int) -> str:
        return bcd_figures(fields[name]) if name in fields else ""

    def number(name: int) -> int | None:
        return int(figures(name)) if name in fields else None

    return Status(
        result=fields[0x27][0] if 0x27 in fields else None,
        amount_qapik=number(_AMOUNT),
        currency=figures(_CURRENCY).lstrip("0"),
        terminal=figures(0x29),
        trace=number(0x0B),
        receipt=number(0x87),
        original_trace=number(0x37),
        time=figures(0x0C),
        date=figures(0x0D),
        authorisation=_printable(fields.get(0x3B, b"")),
        text=_printable(fields.get(0x3C, b"")),
    )


def fields_of(data: bytes) -> dict[int, bytes]:
    """The bitmap fields of `data` by their number; those of no interest are passed over by their length.

    Raises:
        Trouble: D-032 a field nobody knows, one that is cut off, or one that is said twice.
    """
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        name = data[at]
        start, length = _extent(data, at)
        at = start + length
        if at > len(data) or name in fields:
            raise Trouble("D-032")
        fields[name] = data[start:at]
    return fields


def doing_of(data: bytes) -> int:
    """What a terminal is doing, as the completion of a status enquiry says it: 0 when it is ready.

    Raises:
        Trouble: D-032 its version before it is cut off.
    """
    # Its version may stand first, with its length; a single byte is never one.
    at = sum(_extent(bytes([0x3C]) + data, 0)) - 1 if len(data) > 3 and data[0] >> 4 == 0xF else 0
    if at > len(data):
        raise Trouble("D-032")
    return data[at] if at < len(data) else 0


def bcd(number: int, octets: int) -> bytes:
    """`number` as two figures a byte, with leading zeros.

    Raises:
        ValueError: it is negative or has more figures.
    """
    figures = str(number)
    if not is_digits(figures) or len(figures) > 2 * octets:
        raise ValueError("more figures than the field has")
    return bytes.fromhex(figures.zfill(2 * octets))


def bcd_figures(data: bytes) -> str:
    """The figures in `data`.

    Raises:
        Trouble: D-032 there is something else in it.
    """
    figures = data.hex()
    if not is_digits(figures):
        raise Trouble("D-032")
    return figures


def register(password: str, config: int, currency: str) -> Apdu:
    """06 00: who is in charge of what (`config`, a bit field), and the currency."""
    return Apdu(REGISTER, bytes.fromhex(password) + bytes([config]) + bcd(int(currency), 2))


def purchase(amount_qapik: int, currency: str = "", statuses_max: int | None = None) -> Apdu:
    """06 01: ask the card. With `statuses_max` the terminal waits to hear whether the goods were issued."""
    repeats = b"" if statuses_max is None else bytes([0x02, statuses_max])
    return Apdu(PURCHASE, _money(amount_qapik, currency) + repeats)


def reversal(password: str, receipt: int) -> Apdu:
    """06 30: take back the transaction with this receipt number."""
    return Apdu(REVERSAL, bytes.fromhex(password) + bytes([0x87]) + bcd(receipt, 2))


def refund(password: str, amount_qapik: int, currency: str = "") -> Apdu:
    """06 31: money to a card."""
    return Apdu(REFUND, bytes.fromhex(password) + _money(amount_qapik, currency))


def repeat_receipt(password: str) -> Apdu:
    """06 20: the last receipt once more."""
    return Apdu(REPEAT_RECEIPT, bytes.fromhex(password))


def status_enquiry(password: str) -> Apdu:
    """05 01: what the terminal is doing."""
    return Apdu(STATUS_ENQUIRY, bytes.fromhex(password))


def _money(amount_qapik: int, currency: str) -> bytes:
    what = bytes([_AMOUNT]) + bcd(amount_qapik, 6)
    return what + (bytes([_CURRENCY]) + bcd(int(currency), 2) if currency else b"")


def _extent(data: bytes, at: int) -> tuple[int, int]:
    """Where the value of the field at `at` starts, and how long it says it is."""
    name = data[at]
    if name in _FIXED:
        return at + 1, _FIXED[name]
    if name == _TLV:
        return _tlv_extent(data, at + 1)
    figures = 2 if name in _TWO_FIGURES else 3
    if figures == 3 and name not in _THREE_FIGURES:
        raise Trouble("D-032")
    said = data[at + 1 : at + 1 + figures]
    # Three figures in the same row as a value: F1 F2 F3 says 123.
    if len(said) < figures or any(byte >> 4 != 0xF or byte & 0xF > 9 for byte in said):
        raise Trouble("D-032")
    return at + 1 + figures, int("".join(str(byte & 0xF) for byte in said))


def _tlv_extent(data: bytes, at: int) -> tuple[int, int]:
    """A container's length: one byte up to 7F, else 81 and one byte or 82 and two, high one first."""
    first = data[at] if at < len(data) else 0x80
    if first < 0x80:
        return at + 1, first
    more = first & 0x7F
    if more not in (1, 2) or at + 1 + more > len(data):
        raise Trouble("D-032")
    return at + 1 + more, int.from_bytes(data[at + 1 : at + 1 + more], "big")


def _printable(data: bytes) -> str:
    """Text in whatever code page the terminal has; what cannot be printed is left out."""
    return "".join(char for char in data.decode("cp437") if char.isprintable()).strip()
