"""The certificate of a shift: what the clerk takes home, small enough for a QR, signed by the desk's key.

It names the record that closed the till by its hash, so that it stands against any later evidence of the same
desk. Its text is ``AZC``, base 32 of the bytes below, CRC-16 in four hex digits; big-endian throughout:

    01 | length, desk | length, officer | epoch u32 | sequence u32 | hash 32 | number of the day u32 |
    date u32 (20261123) | from ms u64 | to ms u64 | counted i64 | expected i64 (qəpik) | sales u32 |
    public key 32 | signature 64

The signature covers ``azpost-certificate 1`` and a line feed, then all bytes before it.
programs/verify.py reads the same by its own rules.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from typing import Final

from azpost_desk.domain.scans import read_scan, slip_code

FORMAT: Final = b"\x01"
TAG: Final = b"azpost-certificate 1\n"
SIGNATURE_BYTES: Final = 64
_NUMBERS: Final = struct.Struct(">II32sIIQQqqI")
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ShiftCertificate:
    """One shift of one officer at one desk.

    Attributes:
        officer: staff id, not the name: the paper says the name, the code holds no personal data.
        epoch, sequence, hash: the record that closed the till, the head of the chain at that moment.
        date: business day, ISO; `day` is its number at this desk.
        from_ms, to_ms: from taking the till to closing it, UTC ms.
        sales: how many receipts were given in between.
    """

    desk: str
    officer: str
    epoch: int
    sequence: int
    hash: str
    day: int
    date: str
    from_ms: int
    to_ms: int
    counted_qapik: int
    expected_qapik: int
    sales: int

    @property
    def difference_qapik(self) -> int:
        """Counted less expected: positive is a surplus."""
        return self.counted_qapik - self.expected_qapik


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """A certificate as its text has it; whether `signature` is good is for the reader to find out.

    Attributes:
        key: the public key it claims to be signed by, hex.
        words: what the signature covers.
    """

    says: ShiftCertificate
    key: str
    words: bytes
    signature: bytes


def words_to_sign(shift: ShiftCertificate, key: str) -> bytes:
    """What the desk signs: the tag and the packed shift with the public key (hex)."""
    packed = FORMAT + b"".join(
        bytes((len(one),)) + one.encode("ascii") for one in (shift.desk, shift.officer)
    )
    packed += _NUMBERS.pack(
        shift.epoch,
        shift.sequence,
        bytes.fromhex(shift.hash),
        shift.day,
        int(shift.date.replace("-", "")),
        shift.from_ms,
        shift.to_ms,
        shift.counted_qapik,
        shift.expected_qapik,
        shift.sales,
    )
    return TAG + packed + bytes.fromhex(key)


def certificate_code(words: bytes, signature: bytes) -> str:
    """The text of the QR."""
    body = base64.b32encode(words.removeprefix(TAG) + signature).decode().rstrip("=")
    return slip_code("AZC", body)


def read_certificate(code: str) -> ReadCertificate | None:
    """What a scanned certificate says; None when it is none, or was read wrong."""
    scan = read_scan(code)
    if scan.kind != "certificate" or scan.value is None:
        return None
    body = scan.value[3:-4]
    try:
        packed = base64.b32decode(body + "=" * (-len(body) % 8))
        says, key = _unpack(packed)
    except (ValueError, IndexError, struct.error):
        return None
    # One text for one certificate: spare bits and other spellings are no certificate.
    if base64.b32encode(packed).decode().rstrip("=") != body:
        return None
    return ReadCertificate(says, key, TAG + packed[:-SIGNATURE_BYTES], packed[-SIGNATURE_BYTES:])


def _unpack(packed: bytes) -> tuple[ShiftCertificate, str]:
    if packed[:1] != FORMAT:
        raise ValueError("another format")
    desk_end = 2 + packed[1]
    officer_end = desk_end + 1 + packed[desk_end]
    if len(packed) != officer_end + _NUMBERS.size + _KEY_BYTES + SIGNATURE_BYTES:
        raise ValueError("another length")
    epoch, sequence, head, day, date, from_ms, to_ms, counted, expected, sales = _NUMBERS.unpack_from(
        packed, officer_end
    )
    says = ShiftCertificate(
        packed[2:desk_end].decode("ascii"),
        packed[desk_end + 1 : officer_end].decode("ascii"),
        epoch,
        sequence,
        head.hex(),
        day,
        f"{date // 10_000:04}-{date // 100 % 100:02}-{date % 100:02}",
        from_ms,
        to_ms,
        counted,
        expected,
        sales,
    )
    return says, packed[-_KEY_BYTES - SIGNATURE_BYTES : -SIGNATURE_BYTES].hex()
