"""What is sold: the lines of a settlement, gross, as immutable values.

The rules of operations hold here too: no personal data (that lies in attachments, a line holds their
commitments), whole qəpik, and a line that was released never changes.
"""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="line"):
    """One line of a settlement, gross, with its own operation id."""

    operation: str


class GoodsSold(Line, frozen=True, tag="goods.sold"):
    """Stamps, envelopes, forms, packing. `vat_qapik` is contained in `amount_qapik`."""

    sku: str
    quantity: int
    price_qapik: int
    amount_qapik: int
    vat_qapik: int
    tariff: str


class PaymentAccepted(Line, frozen=True, tag="payment.accepted"):
    """A bill: the post owes its delivery to the biller. `account` is the commitment of the subscriber
    number.
    """

    biller: str
    service: str
    amount_qapik: int
    fee_qapik: int
    tariff: str
    account: str
    told: str


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What sender and post agreed on for one transfer: the quote, as it was accepted.

    Attributes:
        quoted_ms: when the quote was made (UTC ms).
        stands_ms: until when it stood; the line was planned before.
        named: whose figure was fixed: ``receiver`` (gets) or ``sender`` (pays in all).
        available_ms: not paid out before (UTC ms); 0 = as soon as the centre knows of it.
        extras_qapik: what the fee contains beside the tariff's own row, by service.
    """

    quoted_ms: int
    stands_ms: int
    named: str = "receiver"
    available_ms: int = 0
    extras_qapik: dict[str, int] = {}


class TransferSent(Line, frozen=True, tag="transfer.sent", omit_defaults=True):
    """Money accepted to be paid to somebody. `parties` commits to code, sender and receiver (an
    attachment).

    `fee_qapik` is the whole fee. Lines of before quotes were stored have no `terms`, and their bytes stay
    what they were: what is not there is not written.
    """

    transfer: str
    amount_qapik: int
    fee_qapik: int
    tariff: str
    office: str | None
    purpose: str
    parties: str
    offline: bool
    told: str
    terms: Terms | None = None


class TransferPaid(Line, frozen=True, tag="transfer.paid"):
    """A transfer paid out under a grant. `receiver` commits to the document shown (an attachment)."""

    transfer: str
    grant: str
    amount_qapik: int
    receiver: str


class TransferRefunded(Line, frozen=True, tag="transfer.refunded"):
    """A sent transfer paid back to its sender under a grant; the fee is given back or kept by tariff."""

    transfer: str
    grant: str
    amount_qapik: int
    fee_returned_qapik: int
    receiver: str


class PaymentRefunded(Line, frozen=True, tag="payment.refunded"):
    """What the biller refused, given back to the customer: amount and fee."""

    payment: str
    biller: str
    amount_qapik: int


class ItemAccepted(Line, frozen=True, tag="item.accepted"):
    """An express item accepted. `addresses` commits to sender and addressee (an attachment)."""

    number: str
    service: str
    weight_grams: int
    amount_qapik: int
    vat_qapik: int
    tariff: str
    postcode: str
    addresses: str


Sold = (
    GoodsSold
    | PaymentAccepted
    | TransferSent
    | TransferPaid
    | TransferRefunded
    | PaymentRefunded
    | ItemAccepted
)


class LineReversed(Line, frozen=True, tag="line.reversed"):
    """A line undone to exactly zero, once, with reason, asker (the actor) and approver.

    `grant` names the grant that makes reversing a transfer safe, or "" where the record was never offered to
    the centre (protocol.md 5).
    """

    original: Sold
    original_receipt: str
    reason: str
    approved_by: str
    grant: str = ""


AnyLine = Sold | LineReversed


def due_qapik(line: AnyLine) -> int:
    """What the customer owes for a line (positive) or is owed (negative), qəpik."""
    match line:
        case GoodsSold() | ItemAccepted():
            return line.amount_qapik
        case PaymentAccepted() | TransferSent():
            return line.amount_qapik + line.fee_qapik
        case TransferPaid() | PaymentRefunded():
            return -line.amount_qapik
        case TransferRefunded():
            return -line.amount_qapik - line.fee_returned_qapik
        case LineReversed():
            return -due_qapik(line.original)
