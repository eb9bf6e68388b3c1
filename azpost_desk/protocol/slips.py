"""Slips: what travels on paper between the desks of a branch while the line is down (PROTOCOL.md 8).

The code of a slip is capitals and digits, so that every QR writer packs it densely and every keyboard layout
can be undone:

    AZM | AZD   base 32 without padding of ( words || signature )   CRC-16 in four hex digits

``words`` is a MessagePack array in its shortest form, maps sorted by key; the desk that issued the slip signs
exactly these bytes with the key of its present epoch (Ed25519, 64 bytes). Whatever decodes but would not be
written again byte by byte is no slip: two readers must never see two things in the same signed bytes. Words
are longer than a record's hash and never begin like a request, so a signature over one of those proves no
slip.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from uuid import UUID

import msgspec

from azpost_desk.domain.crc import crc16
from azpost_desk.domain.reports import Figures, Flow, ServiceFigures
from azpost_desk.domain.scans import slip_code
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from collections.abc import Mapping

REMITTANCE: Final = "AZM"
CLOSE: Final = "AZD"
SIGNATURE_BYTES: Final = 64
# Longer than the 32 bytes of a record's hash, which the same key signs.
_WORDS_BYTES_MIN: Final = 48
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


class NoSlip(ValueError):
    """The text is no slip: cut, mistyped, or not written as a slip is written."""


class RemittanceSlip(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Cash on its way to another desk of the branch.

    Attributes:
        branch: code of the branch.
        from_desk, epoch, sequence, mark: the record that issued it; `mark` is the first 5 bytes of its hash.
        to_desk: the only desk that can accept it.
        remittance: its id, the 16 bytes of the uuid.
        pieces: (denomination, number) with rising denominations, qəpik.
        at_ms: recorded time of the issue.
    """

    format: Literal["AZM1"]
    branch: str
    from_desk: str
    epoch: int
    sequence: int
    mark: bytes
    to_desk: str
    remittance: bytes
    pieces: tuple[tuple[int, int], ...]
    amount_qapik: int
    at_ms: int

    def id(self) -> str:
        """The remittance's id as everybody else writes it."""
        return str(UUID(bytes=self.remittance))


_Services = dict[str, tuple[int, int, int, int]]
_Flow = tuple[int, int, int]


class CloseSlip(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A desk's day is closed: its head and its figures, for the branch's report.

    Attributes:
        from_desk, number, epoch, sequence, hash: the closing record, its hash whole (32 bytes).
        to_desk: the manager's desk, the only one that takes it.
        date: the business day, ISO.
        services, tenders, till, safe, sums: the figures; `sums` in the order of `_SUMS`.
        at_ms: recorded time of the close.
    """

    format: Literal["AZD1"]
    branch: str
    from_desk: str
    number: int
    epoch: int
    sequence: int
    hash: bytes
    to_desk: str
    date: str
    services: _Services
    tenders: dict[str, _Flow]
    till: _Flow
    safe: _Flow
    sums: tuple[int, ...]
    at_ms: int

    def figures(self) -> Figures:
        """The figures of the day.

        Raises:
            NoSlip: there are more or fewer sums than figures have.
        """
        if len(self.sums) != len(_SUMS):
            raise NoSlip("the sums of another version")
        sums: dict[str, Any] = dict(zip(_SUMS, self.sums, strict=True))
        return Figures(
            services={
                name: ServiceFigures(count=row[0], in_qapik=row[1], out_qapik=row[2], income_qapik=row[3])
                for name, row in self.services.items()
            },
            tenders={name: _flow(row) for name, row in self.tenders.items()},
            till=_flow(self.till),
            safe=_flow(self.safe),
            **sums,
        )


_SUMS: Final = tuple(
    name
    for name in Figures.__struct_fields__
    # How baskets were paid is told on the line only: the slip's bytes are those of before.
    if name not in ("services", "tenders", "till", "safe", "baskets")
)
Slip = RemittanceSlip | CloseSlip
_KINDS: Final[dict[str, type[RemittanceSlip] | type[CloseSlip]]] = {
    REMITTANCE: RemittanceSlip,
    CLOSE: CloseSlip,
}
_ENCODER: Final = msgspec.msgpack.Encoder(order="sorted")
S = TypeVar("S", bound=Slip)


@dataclass(frozen=True, slots=True)
class Signed:
    """A slip as it was read: the slip, the very bytes that were signed, the signature."""

    slip: Slip
    words: bytes
    signature: bytes

    def is_by(self, public_key: str) -> bool:
        """Whether the desk with this public key (hex) signed it."""
        return is_signed(public_key, self.words, self.signature)


def close_figures(figures: Figures) -> tuple[_Services, dict[str, _Flow], _Flow, _Flow, tuple[int, ...]]:
    """Services, tenders, till, safe and sums as a `CloseSlip` holds them."""
    services = {
        name: (row.count, row.in_qapik, row.out_qapik, row.income_qapik)
        for name, row in figures.services.items()
    }
    tenders = {name: _row(flow) for name, flow in figures.tenders.items()}
    sums = tuple(getattr(figures, name) for name in _SUMS)
    return services, tenders, _row(figures.till), _row(figures.safe), sums


def sheet_of(pieces: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """A body's count sheet as a slip holds it."""
    return tuple(sorted((int(denomination), number) for denomination, number in pieces.items()))


def words_of(slip: Slip) -> bytes:
    """The bytes that are signed."""
    return _ENCODER.encode(slip)


def write_code(slip: Slip, signature: bytes) -> str:
    """The text of the QR code."""
    packed = base64.b32encode(words_of(slip) + signature).decode().rstrip("=")
    return slip_code(slip.format[:3], packed)


def read_code(code: str) -> Signed:
    """The slip in a code that was scanned; whose signature it is, is for the caller to ask.

    Raises:
        NoSlip: anything else.
    """
    prefix, packed, crc = code[:3], code[3:-4], code[-4:]
    kind = _KINDS.get(prefix)
    if kind is None or not _ALPHABET.issuperset(packed) or f"{crc16(code[:-4]):04X}" != crc:
        raise NoSlip("not the code of a slip")
    try:
        whole = base64.b32decode(packed + "=" * (-len(packed) % 8))
        words, signature = whole[:-SIGNATURE_BYTES], whole[-SIGNATURE_BYTES:]
        slip: Slip = msgspec.msgpack.decode(words, type=kind)
    except (ValueError, msgspec.DecodeError, RecursionError, OverflowError) as fault:
        raise NoSlip(str(fault)) from fault
    if len(words) < _WORDS_BYTES_MIN or write_code(slip, signature) != code:
        raise NoSlip("written otherwise than slips are")
    if isinstance(slip, RemittanceSlip) and not _is_whole(slip):
        raise NoSlip("a remittance without id, mark or order")
    if isinstance(slip, CloseSlip) and (len(slip.hash) != 32 or len(slip.sums) != len(_SUMS)):
        raise NoSlip("a close without head or figures")
    return Signed(slip, words, signature)


def _is_whole(slip: RemittanceSlip) -> bool:
    denominations = [denomination for denomination, _ in slip.pieces]
    rising = denominations == sorted(set(denominations))
    return len(slip.remittance) == 16 and len(slip.mark) == 5 and rising


def _row(flow: Flow) -> _Flow:
    return flow.count, flow.in_qapik, flow.out_qapik


def _flow(row: _Flow) -> Flow:
    return Flow(count=row[0], in_qapik=row[1], out_qapik=row[2])
