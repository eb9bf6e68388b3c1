"""What the centre does with each line of a sale when its record is worked off, and when it was undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from azpost_desk.central import payments, transfers
from azpost_desk.central.abroad import paying, refunding, selling
from azpost_desk.central.mail import charges, items
from azpost_desk.domain.lines import (
    AbroadPaid,
    AbroadRefunded,
    AbroadSent,
    ChargePaid,
    GoodsSold,
    ItemAccepted,
    Line,
    LineReversed,
    NoticePaid,
    PaymentAccepted,
    PaymentRefunded,
    TransferPaid,
    TransferRefunded,
    TransferSent,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.accepted import AcceptedRecord
    from azpost_desk.central.storage.database import Connection

L = TypeVar("L", bound=Line)


def nothing(_conn: Connection, _written: AcceptedRecord, _line: Line, _now_ms: int) -> None:
    """The post's own: the journal and the reports of the branch say all there is."""


def nothing_undone(
    _conn: Connection, _written: AcceptedRecord, _undone: LineReversed, _line: Line, _now_ms: int
) -> None:
    """As `nothing`."""


@dataclass(frozen=True, kw_only=True)
class LineActs(Generic[L]):
    """Write ``LineActs[ItemAccepted](…)``: else nothing here is checked.

    Attributes:
        sold: the line was sold at a desk (the last argument is now, UTC ms).
        undone: it was undone there, by the reversal given.
    """

    line: type[L]
    sold: Callable[[Connection, AcceptedRecord, L, int], None]
    undone: Callable[[Connection, AcceptedRecord, LineReversed, L, int], None]


ACTS: Final[dict[type, LineActs[Any]]] = {
    one.line: one
    for one in (
        LineActs[GoodsSold](line=GoodsSold, sold=nothing, undone=nothing_undone),
        LineActs[PaymentAccepted](
            line=PaymentAccepted, sold=payments.accepted, undone=payments.reversed_line
        ),
        LineActs[NoticePaid](line=NoticePaid, sold=payments.accepted, undone=payments.reversed_line),
        LineActs[PaymentRefunded](line=PaymentRefunded, sold=payments.refunded, undone=nothing_undone),
        LineActs[TransferSent](line=TransferSent, sold=transfers.sent, undone=transfers.sending_reversed),
        LineActs[TransferPaid](line=TransferPaid, sold=transfers.paid_out, undone=transfers.payout_reversed),
        LineActs[TransferRefunded](
            line=TransferRefunded, sold=transfers.paid_out, undone=transfers.refund_reversed
        ),
        LineActs[AbroadSent](line=AbroadSent, sold=selling.sold, undone=selling.reversed_line),
        LineActs[AbroadRefunded](
            line=AbroadRefunded, sold=refunding.refunded, undone=refunding.refund_reversed
        ),
        LineActs[AbroadPaid](line=AbroadPaid, sold=paying.paid, undone=paying.payout_reversed),
        LineActs[ItemAccepted](line=ItemAccepted, sold=items.accepted, undone=items.reversed_line),
        LineActs[ChargePaid](line=ChargePaid, sold=charges.paid, undone=charges.reversed_line),
    )
}
