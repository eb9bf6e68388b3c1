"""What the centre decides about a transfer in its own book: judged, run out, unclaimed, claimed after all."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class TransferJudged(Body, frozen=True):
    """Centre: two people decided about a transfer that was held, rejected or closed.

    `decision`: ``let_go`` (it may be paid out), ``rejected`` (it stays where it is, the money too) or
    ``let_back`` (only its sender can have it).
    """

    transfer: str
    decision: str
    state: str
    first_person: str
    second_person: str
    evidence: str


class TransferExpired(Body, frozen=True):
    """Centre: nobody came for it within its time; from now on only its sender can have it."""

    transfer: str
    sent_ms: int
    days: int


class TransferUnclaimed(Body, frozen=True):
    """Centre: its sender did not come either; the money is kept apart as unclaimed."""

    transfer: str
    amount_qapik: int
    days: int


class TransferReclaimed(Body, frozen=True):
    """Centre: the sender of an unclaimed transfer came; it is owed to them again, under `grant`."""

    transfer: str
    amount_qapik: int
    grant: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("transfer.judged", 1): TransferJudged,
    ("transfer.expired", 1): TransferExpired,
    ("transfer.unclaimed", 1): TransferUnclaimed,
    ("transfer.reclaimed", 1): TransferReclaimed,
}
CENTRE_KINDS: Final = frozenset(kind for kind, _ in BODIES)
