"""What becomes of a transfer between sending and paying: changed, judged, run out, unclaimed."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class TransferChanged(Body, frozen=True):
    """The sender changed a transfer that nobody else can pay meanwhile: the desk holds its `grant`.

    `sort`: ``receiver`` (name, telephone or address), ``office`` (any, or the one named) or ``recall`` (only
    the sender can have it from then on). `parties` commits to code, sender as shown, and receiver as they are
    now; who it was before stands in the record of the sending.
    """

    transfer: str
    grant: str
    sort: str
    parties: str
    office: str = ""


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


class OutgoingJudged(Body, frozen=True):
    """Centre: two people decided about money of another service that was held before it left the post.

    `decision`: ``let_go`` (it is handed on) or ``rejected`` (its customer can have it back).
    """

    thing: str
    service: str
    amount_qapik: int
    decision: str
    first_person: str
    second_person: str
    evidence: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("transfer.changed", 1): TransferChanged,
    ("transfer.judged", 1): TransferJudged,
    ("transfer.expired", 1): TransferExpired,
    ("transfer.unclaimed", 1): TransferUnclaimed,
    ("transfer.reclaimed", 1): TransferReclaimed,
    ("outgoing.judged", 1): OutgoingJudged,
}
CENTRE_KINDS: Final = frozenset(
    {"transfer.judged", "transfer.expired", "transfer.unclaimed", "transfer.reclaimed", "outgoing.judged"}
)
