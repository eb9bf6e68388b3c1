"""What is sold: the lines of a settlement, gross, as immutable values; one module for each product.

The rules of operations hold here too: no personal data (that lies in attachments, a line holds their
commitments), whole qəpik, and a line that was released never changes. What a line means (what is due, what it
posts, what it stands for) is in `domain.products`: the second report routine reads these and nothing else.
"""

from __future__ import annotations

from azpost_desk.domain.lines.abroad import AbroadPaid, AbroadRefunded, AbroadSent, AbroadTerms
from azpost_desk.domain.lines.base import Line
from azpost_desk.domain.lines.bills import PaymentAccepted, PaymentRefunded
from azpost_desk.domain.lines.charges import ChargePaid
from azpost_desk.domain.lines.express import ItemAccepted
from azpost_desk.domain.lines.goods import GoodsSold
from azpost_desk.domain.lines.notices import NoticePaid
from azpost_desk.domain.lines.transfers import Terms, TransferPaid, TransferRefunded, TransferSent

__all__ = [
    "AbroadPaid",
    "AbroadRefunded",
    "AbroadSent",
    "AbroadTerms",
    "AnyLine",
    "ChargePaid",
    "GoodsSold",
    "ItemAccepted",
    "Line",
    "LineReversed",
    "NoticePaid",
    "PaymentAccepted",
    "PaymentRefunded",
    "Sold",
    "Terms",
    "TransferPaid",
    "TransferRefunded",
    "TransferSent",
]

# Written by hand: mypy refuses a union made from a tuple. A test compares it with `products.PRODUCTS`.
Sold = (
    GoodsSold
    | PaymentAccepted
    | TransferSent
    | TransferPaid
    | TransferRefunded
    | PaymentRefunded
    | ItemAccepted
    | AbroadSent
    | AbroadRefunded
    | AbroadPaid
    | NoticePaid
    | ChargePaid
)


class LineReversed(Line, frozen=True, tag="line.reversed"):
    """A line undone to exactly zero, once, with reason, asker (the actor) and approver.

    `grant` names the grant that makes reversing a transfer safe, or "" where the record was never offered to
    the centre (PROTOCOL.md 5).
    """

    original: Sold
    original_receipt: str
    reason: str
    approved_by: str
    grant: str = ""


AnyLine = Sold | LineReversed
