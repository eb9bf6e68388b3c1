"""Records of the centre's own book that no other feature owns: deliveries, grants, lost desks, its epochs."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class PaymentDelivered(Body, frozen=True):
    """Centre: the biller confirmed; what was collected is now due to the biller."""

    payment: str
    biller: str
    amount_qapik: int
    provider_reference: str


class PaymentReturned(Body, frozen=True):
    """Centre: the authority decided that a paid notice's money comes back; it is its payer's again."""

    payment: str
    biller: str
    amount_qapik: int


class PaymentClaimed(Body, frozen=True):
    """Centre: a biller holds what its customer was paid back for; the post claims it there."""

    payment: str
    biller: str
    amount_qapik: int


class PaymentClaimEnded(Body, frozen=True):
    """Centre: two people ended a claim on a biller: ``given_back`` by it, or ``borne`` by the post.

    `desk` took the bill.
    """

    payment: str
    biller: str
    amount_qapik: int
    outcome: str
    desk: str


class BillsSettled(Body, frozen=True):
    """Centre: a settlement of a biller, gross: what line and register both have is owed to it by this number.

    `count` payments are in it; what it gives back for taken-back ones is taken off `amount_qapik`.
    """

    settlement: str
    biller: str
    count: int
    amount_qapik: int


class BillsCommissioned(Body, frozen=True):
    """Centre: what the post earned by the payments of a settlement, as agreed; below zero it gives back."""

    settlement: str
    biller: str
    commission_qapik: int


class GrantIssued(Body, frozen=True):
    """Centre: a grant was given; the desk's chain must answer it."""

    grant: str
    thing: str
    purpose: str
    number: int
    desk: str
    previous: str = ""


class DeskDeclaredLost(Body, frozen=True):
    """Centre: a desk will not come back; two people said so."""

    desk: str
    epoch: int
    first_person: str
    second_person: str
    reason: str


class CentreEpochOpened(Body, frozen=True):
    """Centre: first record of a writer's chain."""

    writer: str
    centre_epoch: int
    public_key: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("payment.delivered", 1): PaymentDelivered,
    ("payment.returned", 1): PaymentReturned,
    ("payment.claimed", 1): PaymentClaimed,
    ("payment.claim_ended", 1): PaymentClaimEnded,
    ("bills.settled", 1): BillsSettled,
    ("bills.commissioned", 1): BillsCommissioned,
    ("grant.issued", 1): GrantIssued,
    ("desk.declared_lost", 1): DeskDeclaredLost,
    ("centre.epoch_opened", 1): CentreEpochOpened,
}
