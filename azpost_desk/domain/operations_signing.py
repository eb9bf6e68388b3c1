"""What is recorded of electronic signatures, remarks about customers, erasure and what stops it."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class PaperSigned(Body, frozen=True):
    """An officer signed a paper electronically (PAdES); the signed bytes are kept at this desk.

    Attributes:
        paper, key: which paper, as print jobs name it: ``report`` and its date, or an act and its operation.
        number: the first signature of a paper is 1; a further one signs over it.
        before: SHA-256 of the bytes that were signed.
        signed: SHA-256 of the bytes that are kept and printed from now on.
        way: card or file.
        certificate: SHA-256 of the signer's certificate (DER); `serial` its number in hexadecimal.
        issuer: SHA-256 of the issuer's name (DER).
        subject: commitment to the signer's name as the issuer wrote it (attachment ``signer``).
        at_ms: the time the signature itself claims, UTC.
    """

    paper: str
    key: str
    number: int
    before: str
    signed: str
    officer: str
    way: str
    certificate: str
    serial: str
    issuer: str
    subject: str
    at_ms: int


Erasable = tuple[int, int, str, str]
"""An attachment: epoch and sequence of its record, its slot, its commitment."""


class AttachmentsErased(Body, frozen=True):
    """Personal data erased by rule: salt and bytes are gone, these commitments stay for ever.

    Attributes:
        desk: whose records they belong to: this desk, or (in the centre's book) the desk they came from.
        group: the group of attachments one rule covers.
        basis: the rule's words for why and how long.
        years: how long the rule keeps them.
        before: everything recorded earlier than this ISO date was due.
        erased: what was erased, in order.
    """

    desk: str
    group: str
    basis: str
    years: int
    before: str
    erased: tuple[Erasable, ...]


class ErasureRequested(Body, frozen=True):
    """A person asked for the erasure of their data, and what they were answered.

    Attributes:
        customer: commitment to whom (attachment ``customer``).
        answer: ``refused`` (the legal term has not ended), ``erased``, or ``nothing`` (there is none).
        until: ISO date on which the longest legal term ends, "" when there is nothing.
        basis: that term's words.
    """

    customer: str
    answer: str
    until: str
    basis: str


class HoldPlaced(Body, frozen=True):
    """Evidence is needed: nothing personal of this operation is erased until the hold is lifted."""

    operation: str
    reason: str


class HoldLifted(Body, frozen=True):
    """The matter is over: what stood in the way of erasing this operation's data stands there no more."""

    operation: str
    reason: str


class CustomerNoted(Body, frozen=True):
    """An officer wrote a remark into a customer's file; whose and what lies in the attachment ``note``."""

    note: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("paper.signed", 1): PaperSigned,
    ("attachments.erased", 1): AttachmentsErased,
    ("erasure.requested", 1): ErasureRequested,
    ("customer.noted", 1): CustomerNoted,
    ("hold.placed", 1): HoldPlaced,
    ("hold.lifted", 1): HoldLifted,
}
