"""Records of the centre's own book about money that comes from abroad: received, bought, given back, judged.

Received, it is owed to its receiver in its own currency; a grant to pay it buys it for manat at the rate of
that moment, and a grant given back undoes that at the same figures (money-out.md MA-26, MA-32). Sums of a
foreign currency are `…_minor` of `currency`.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class IncomingReceived(Body, frozen=True):
    """Centre: a partner told of money for a receiver here; its statement will show the credit."""

    transfer: str
    partner: str
    currency: str
    received_minor: int


class IncomingBought(Body, frozen=True):
    """Centre: what its receiver is owed became manat; `base_qapik` at the source's own rate.

    `grant` is the one it was bought for, "" where the sender was promised manat. Manat that came as manat
    have no rate (`rate_id` 0).
    """

    transfer: str
    grant: str
    partner: str
    currency: str
    bought_minor: int
    amount_qapik: int
    base_qapik: int
    rate_id: int


class IncomingUnbought(Body, frozen=True):
    """Centre: a purchase is undone at its own figures: its grant was given back unused (`event`: why)."""

    transfer: str
    grant: str
    partner: str
    currency: str
    bought_minor: int
    amount_qapik: int
    base_qapik: int
    rate_id: int
    event: str


class IncomingReturned(Body, frozen=True):
    """Centre: the partner has taken back what could not be paid; its statement will show the debit."""

    transfer: str
    partner: str
    currency: str
    returned_minor: int


class IncomingMatched(Body, frozen=True):
    """Centre: a credit that had come before its message left suspense (`item`) by its reference."""

    transfer: str
    partner: str
    currency: str
    item: int
    matched_minor: int


class PartnerRead(Body, frozen=True):
    """Centre: after a restore two people have read all that a partner has of the lost hours."""

    partner: str
    centre_epoch: int
    first_person: str
    second_person: str
    evidence: str


class IncomingJudged(Body, frozen=True):
    """Centre: two people decided about money from abroad that waited for them."""

    transfer: str
    state: str
    decision: str
    first_person: str
    second_person: str
    evidence: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("incoming.received", 1): IncomingReceived,
    ("incoming.bought", 1): IncomingBought,
    ("incoming.unbought", 1): IncomingUnbought,
    ("incoming.returned", 1): IncomingReturned,
    ("incoming.matched", 1): IncomingMatched,
    ("partner.read", 1): PartnerRead,
    ("incoming.judged", 1): IncomingJudged,
}
CENTRE_KINDS: Final = frozenset(kind for kind, _ in BODIES)
