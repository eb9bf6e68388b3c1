"""What a desk knows of its transfers abroad, as values, and the token under which the books read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from azpost_desk.services.reads import Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.lines.abroad import AbroadTerms
    from azpost_desk.domain.money import Money
    from azpost_desk.domain.people import AbroadParties


@dataclass(frozen=True, slots=True)
class AbroadTransfer:
    """One transfer abroad; `terms` is None and `receipt` empty when another desk sold it.

    Attributes:
        state: of domain.abroad.moves.ABROAD_OUT, as far as the centre has told.
        recall: "" or asked, sent, agreed, refused.
        reason: of a refusal: the partner's code.
        number: what the receiver has to say there; a secret.
        held_grant: the grant under which this desk may pay it back, or "".
    """

    transfer: str
    state: str
    recall: str
    reason: str
    number: str
    reference: str
    country: str
    arrives: Money
    amount: Money
    fee: Money
    terms: AbroadTerms | None
    sender: str
    receiver: str
    receipt: str
    sent_ms: int
    changed_ms: int
    held_grant: str


@dataclass(frozen=True, slots=True)
class IncomingGrant:
    """What a grant held here pays out: the sum as its sender named it, and the manat it is worth.

    Attributes:
        number: what its receiver said; a secret.
        rate: manat for one unit, an exact fraction; "" where manat were promised.
        stands_ms: until when (UTC ms) the manat stand; 0 = to no end.
    """

    transfer: str
    number: str
    sender: str
    receiver: str
    arrived: Money
    amount: Money
    rate: str
    stands_ms: int


class AbroadReads(Protocol):
    """What the books know of transfers abroad."""

    def transfer(self, transfer: str) -> AbroadTransfer | None:
        """The one with this id."""

    def incoming(self, transfer: str) -> IncomingGrant | None:
        """What came from abroad, by its id or by the grant held over it."""

    def transfers(self, states: Sequence[str] = (), limit: int = 200) -> list[AbroadTransfer]:
        """Those in one of these states (all, when none is named), the newest first."""

    def sent_by(self, customer: str, limit: int = 9) -> list[AbroadParties]:
        """Whom this customer (the id of their file) sent to, each receiver once, the newest first."""


ABROAD: Final = Reads[AbroadReads]("abroad")
