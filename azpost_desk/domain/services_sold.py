"""Which service a line of a basket is of, and what it adds to what the desk stands for off line: one table.

Whoever asks about licences, allowances or what the centre must hold asks here; a new kind of line gets its
row here and nowhere else. The two report routines have their own words on purpose (protocol.md 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from azpost_desk.domain import operations as ops

if TYPE_CHECKING:
    from collections.abc import Iterable


class Row(NamedTuple):
    """One kind of line: its service, and whether it takes money in that the centre has not heard of yet."""

    service: str
    takes_in: bool


LINES: Final[dict[type, Row]] = {
    ops.GoodsSold: Row("goods", takes_in=True),
    ops.ItemAccepted: Row("express", takes_in=True),
    ops.PaymentAccepted: Row("payments", takes_in=True),
    ops.PaymentRefunded: Row("payments", takes_in=False),
    ops.TransferPaid: Row("transfers", takes_in=False),
    ops.TransferRefunded: Row("transfers", takes_in=False),
    ops.TransferSent: Row("transfers", takes_in=True),
}
# What is taken in here is somebody else's, and the centre pays it out: no allowance named, none given.
OUTGOING: Final = ("transfers", "payments")
SERVICES: Final = tuple(dict.fromkeys(row.service for row in LINES.values()))


def service_of(line: ops.AnyLine) -> str:
    """The service of the catalogue a line belongs to; a reversal belongs to its original's."""
    return LINES[type(line.original if isinstance(line, ops.LineReversed) else line)].service


def exposed_qapik(line: ops.AnyLine) -> int:
    """What the post stands for until the centre knows of the line (protocol.md 7, allowances)."""
    row = LINES.get(type(line))
    return int(getattr(line, "amount_qapik", 0)) if row is not None and row.takes_in else 0


def exposed_of(lines: Iterable[ops.AnyLine], service: str) -> int:
    """The same of the lines of one service."""
    return sum(exposed_qapik(line) for line in lines if service_of(line) == service)
