"""The port to an instant-payment rail: four words about money that a payer sends by a code, over any wire.

The words are: a request of ours, a credit with our request's id, a refusal, closed (money-out.md MC, "Not so,
though it is often written"). Which message or call of a rail carries which of them is its connector's affair.
Money is ours on a credit only; a request may still be paid until the rail itself has said that it is closed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.central.gateways.abroad import Handed, Silent, Unfit
    from azpost_desk.domain.money import Money

Standing = Literal["open", "paid", "declined", "closed", "unknown"]
"""What a rail says of a request: open = may be paid; unknown = it has never heard of it."""
_ID_HEX: Final = 32


def rail_id(kind: str, of: str) -> str:
    """The id of a request (`kind` request) or of money sent back (`back`) on the rail: 32 hex digits.

    Derived from our stored id, so that a rebuilt centre makes the same one (money-out.md M0-2).
    """
    return hashlib.sha256(f"instant {kind} {of}".encode()).hexdigest()[:_ID_HEX]


@dataclass(frozen=True, slots=True)
class PayRequest:
    """A request as the rail gets it: the same values at every repetition.

    Attributes:
        id: `rail_id` of it.
        amount: what shall be paid, exactly.
        until_ms: the moment (UTC ms) from which the rail takes no payment for it.
    """

    id: str
    amount: Money
    until_ms: int


@dataclass(frozen=True, slots=True)
class Registered:
    """The rail has the request: `code` is the text of the payment code that a payer scans."""

    code: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The rail will not have a request, now or ever: nothing can be paid for it. `reason` is its word."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stands:
    """What the rail says of a request; `reason` is its word for a refusal."""

    standing: Standing
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came to our account on the rail.

    Attributes:
        reference: the rail's own of this credit, never used twice.
        request: `rail_id` it was paid for, as the payer's side said it; "" when it says none.
        account, payer: where it came from and must go back to.
        at_ms: when the rail took it, UTC ms.
    """

    reference: str
    request: str
    amount: Money
    account: str
    payer: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The payer refused a request in their own application."""

    request: str
    reason: str


@dataclass(frozen=True, slots=True)
class BackStatus:
    """What the rail says of money that we sent back.

    Attributes:
        id: `rail_id` of the sending back.
        standing: booked = it is in the payer's account; refused = it never will be by this; pending.
        reason: the rail's word.
    """

    id: str
    standing: Literal["booked", "refused", "pending"]
    reason: str = ""


Said = Credit | Declined | BackStatus


@dataclass(frozen=True, slots=True)
class Back:
    """Money that goes back to where it came from: the same values at every repetition.

    Attributes:
        id: `rail_id` of it.
        credit: the rail's reference of the credit that it gives back, or a part of it.
        account, payer: to whom.
        at_ms: when it was written, UTC ms.
    """

    id: str
    credit: str
    amount: Money
    account: str
    payer: str
    at_ms: int


class Rail(Protocol):
    """One rail. Methods block up to the connector's limit and never raise for what rail or line do."""

    def register(self, request: PayRequest) -> Registered | Refused | Silent:
        """Have the rail take payments for a request; asked again with the same values it says the same."""

    def standing(self, request: str) -> Stands | Silent:
        """What became of a request: a true question, never an act."""

    def close(self, request: str) -> Stands | Silent:
        """Ask that nobody can pay it any more: `closed`, or `paid` when somebody was quicker."""

    def give_back(self, back: Back) -> bytes:
        """The document that sends money back; stored before it is handed over (money-out.md M0-3)."""

    def hand(self, document: bytes) -> Handed:
        """Hand a document over; what the rail says to it at once is read like what it sends later."""

    def fetch(self) -> tuple[tuple[str, bytes], ...] | Silent:
        """What waits for us, verbatim, by the rail's id of each message."""

    def fetched(self, ids: Sequence[str]) -> None:
        """Tell the rail that these are stored here."""

    def read(self, document: bytes) -> tuple[Said, ...] | Unfit:
        """What a document says, in the four words."""
