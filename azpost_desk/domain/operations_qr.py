"""Records of baskets paid by a code on the screen: a desk's request and its ends, the centre's credits.

What the customer's bank sent is money only by the centre's signed confirmation, kept here word for word
(money-out.md MC-1). No account and no name of a payer is in these records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.bodies import Body

if TYPE_CHECKING:
    from collections.abc import Mapping


class QrAsked(Body, frozen=True):
    """The centre is about to be asked for a code over `amount_qapik`; the record's operation is the request.

    `tender` is the id under which the basket's settlement will carry the money; `digest` is of the basket as
    it was then (`domain.qr.basket_digest`): another basket is never settled with it.
    """

    basket: str
    tender: str
    amount_qapik: int
    digest: str


class QrAnswered(Body, frozen=True):
    """What is known of a request: paid, closed, or late (money came after it was closed).

    Of what is paid, `words` and `signature` (hex) are the centre's confirmation; `reason` is why it closed.
    """

    request: str
    outcome: str
    words: str = ""
    signature: str = ""
    reason: str = ""


class QrGivenUp(Body, frozen=True):
    """Money for a request settles nothing here: the centre sends it back to where it came from.

    With `approved_by` a second person freed the basket although nobody knew whether it was paid (MC-4).
    """

    request: str
    why: str
    approved_by: str = ""


class QrReturned(Body, frozen=True):
    """`amount_qapik` of what a request brought goes back to the payer's account, for the line `undone`.

    `tender` is the id under which a settlement carries it, as a negative amount; the centre sends it back.
    """

    request: str
    tender: str
    amount_qapik: int
    undone: str


class QrCredited(Body, frozen=True):
    """Centre: the rail credited our account. `request` is the desk's, "" where it fits none."""

    reference: str
    request: str
    amount_qapik: int


class QrSentBack(Body, frozen=True):
    """Centre: the rail booked what went back to the payer of a credit: all of it, or a part."""

    back: str
    reference: str
    amount_qapik: int


class QrJudged(Body, frozen=True):
    """Centre: two people decided about money by code of a lost desk: what it paid for was handed over
    (`delivered`), or it goes back to whoever paid it (`let_back`).

    Nothing is posted by it: settled money stays an open item until the desk's own record is found.
    """

    request: str
    amount_qapik: int
    decision: str
    first_person: str
    second_person: str
    evidence: str


QR_BODIES: Final[Mapping[tuple[str, int], type[Body]]] = {
    ("qr.asked", 1): QrAsked,
    ("qr.answered", 1): QrAnswered,
    ("qr.given_up", 1): QrGivenUp,
    ("qr.returned", 1): QrReturned,
    ("qr.credited", 1): QrCredited,
    ("qr.sent_back", 1): QrSentBack,
    ("qr.judged", 1): QrJudged,
}
QR_CENTRE_KINDS: Final = frozenset({"qr.credited", "qr.sent_back", "qr.judged"})
