"""The port to partners abroad: exact bytes that leave, exact bytes that come, and what they say.

Whatever rail a partner is on, a document is written once from stored values (money-out.md M0-2), kept by the
centre before its first byte leaves (M0-3) and handed over as it was kept. What comes back is kept as it came
before anything is made of it (M0-4); reading it is a pure function of its bytes.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from azpost_desk.domain.abroad.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import AbroadParties


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction to pay somebody abroad; equal orders give equal bytes.

    Attributes:
        transfer: our id; `ordinal` of the instruction for this money, from 1.
        partner_bic, our_bic: of both ends of the channel.
        arrives: what the receiver gets; `paid` what the sender paid for it in manat.
        rate: manat for one unit as decimal text (the customer's rate).
        written_ms: when it was stored (UTC ms); settles_on: ISO date of the settlement (MA-15).
        charges: ISO 20022 ChrgBr.
        purpose: code of ISO 20022 ExternalPurpose1Code.
        is_repeat: the same document may be there already (header PssblDplct).
    """

    transfer: str
    ordinal: int
    partner_bic: str
    our_bic: str
    arrives: Money
    paid: Money
    rate: str
    written_ms: int
    settles_on: str
    charges: str
    purpose: str
    parties: AbroadParties
    is_repeat: bool = False


def uetr_of(transfer: str) -> str:
    """The end-to-end reference of a transfer: version-4 bits over SHA-256 of its id (M0-2)."""
    digest = bytearray(hashlib.sha256(f"uetr {transfer}".encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def short_id(kind: str, transfer: str, ordinal: int) -> str:
    """A message's or instruction's id of at most 35 characters, derived from ours (M0-2)."""
    digest = hashlib.sha256(f"{kind} {transfer} {ordinal}".encode()).hexdigest()
    return f"{kind.upper()}{digest[:28]}"[:35]


# Why nothing is known; `absent` is the partner's own word: it has no such transfer.
Why = Literal["timeout", "no_connection", "http_status", "malformed", "too_large", "forged"]


@dataclass(frozen=True, slots=True)
class Told:
    """The partner took what was handed and answered; each of `documents` is verbatim, there may be none."""

    documents: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """The partner's door said no to us (401, 403, 404 of the path, 409, 429): nothing was taken (M0-6)."""

    status: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing is known: the partner may have it or not."""

    why: Why
    detail: str = ""


Handed = Told | Turned | Silent


@dataclass(frozen=True, slots=True)
class Status:
    """What a partner says of one of our transfers.

    Attributes:
        uetr: of the original.
        code: ISO 20022 TxSts, such as ``ACSC``; "" where it says that it knows no such transfer.
        reason: its reason code, "" when it gives none.
        number: what the receiver has to say there, "" while there is none: a secret (MA-18).
        reference: the partner's own.
    """

    uetr: str
    code: str
    reason: str = ""
    number: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A partner gives money back (pacs.004): `returned` of the transfer `uetr`."""

    uetr: str
    returned: Money
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """The answer to a recall (camt.029): `agreed`, refused, or still being looked at (None)."""

    uetr: str
    agreed: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money of a partner for a receiver here (pacs.008).

    Attributes:
        uetr, reference, end_to_end: its own ids; message: of the message that told it.
        amount: what is settled between us; promised: the manat that the sender was promised, or None.
        number: what the receiver has to say here: a secret (MA-18).
        sender, receiver: names as sent; the other `sender_…` parts as far as they were told.
    """

    uetr: str
    message: str
    reference: str
    end_to_end: str
    amount: Money
    promised: Money | None
    settles_on: str
    number: str
    sender: str
    sender_street: str
    sender_town: str
    sender_country: str
    sender_born: str
    receiver: str
    charges: str
    purpose: str


@dataclass(frozen=True, slots=True)
class RecallAsked:
    """The partner wants back what it sent (camt.056)."""

    uetr: str
    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The partner asks what became of what it sent (pacs.028)."""

    uetr: str


Said = Status | Returned | RecallAnswer | Statement | Arrived | RecallAsked | Asked


@dataclass(frozen=True, slots=True)
class Back:
    """What came and goes back (pacs.004); equal ones give equal bytes.

    Attributes:
        transfer: our id of what came; `ordinal` of the return of this money, from 1.
        uetr, message, reference, end_to_end: of what came.
        reason: code of ISO 20022 ExternalReturnReason1Code.
    """

    transfer: str
    ordinal: int
    partner_bic: str
    our_bic: str
    uetr: str
    message: str
    reference: str
    end_to_end: str
    amount: Money
    reason: str
    written_ms: int
    settles_on: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of something that came: its status (pacs.002), or the answer to a recall (camt.029).

    Attributes:
        ordinal: of what is said about this thing, from 1.
        code: ISO 20022 status, or CNCL and RJCR as the end of the recall `case`.
    """

    transfer: str
    ordinal: int
    partner_bic: str
    our_bic: str
    uetr: str
    reference: str
    end_to_end: str
    code: str
    reason: str
    written_ms: int
    case: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Bytes that are no message of this rail, or not from this partner: kept for a person (M0-5)."""

    why: str


class Partner(Protocol):
    """One partner's rail and channel. Methods that speak block up to the channel's time limits.

    They never raise for what the line or the partner does.
    """

    def order(self, order: Order) -> bytes:
        """The document for an order, valid by the rail's own rules.

        Raises:
            Refused: M-010 what it would have to say breaks a rule (`rule`): it must not leave.
        """

    def question(self, order: Order, asked: int) -> bytes:
        """The question what became of an order; `asked` counts questions from 1."""

    def recall(self, order: Order, reason: str) -> bytes:
        """The request to give the money of an order back."""

    def give_back(self, back: Back) -> bytes:
        """The document that gives back what came. Raises: as `order`."""

    def question_back(self, back: Back, asked: int) -> bytes:
        """The question what became of a return; `asked` counts questions from 1."""

    def word(self, word: Word) -> bytes:
        """The document that says how something stands here, or that answers a recall (`case`)."""

    def hand(self, document: bytes) -> Handed:
        """Hand a document over as it is."""

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        """What the partner has for us: (its id, its bytes), oldest first; it stays there until `fetched`."""

    def fetched(self, ids: Sequence[str]) -> None:
        """Those are kept here now."""

    def read(self, document: bytes) -> tuple[Said, ...] | Unfit:
        """What a document of this partner says."""
