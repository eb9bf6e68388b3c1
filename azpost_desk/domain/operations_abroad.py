"""Records of the centre's own book about money over the border: deals, settlements, fundings, decisions.

A deal opens a position at the time of the sale's record; booking moves the partner's account only
(money-out.md MA-22). Sums of a foreign currency are `…_minor` of `currency`.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class AbroadDealt(Body, frozen=True, omit_defaults=True):
    """Centre: the manat of a sale became a debt in `currency`; `base_qapik` at the source's own rate.

    `at_ms` is when it happened (the sale's record), 0 in old records: when it was written.
    """

    transfer: str
    partner: str
    currency: str
    arrives_minor: int
    amount_qapik: int
    base_qapik: int
    at_ms: int = 0


class AbroadTakenBack(Body, frozen=True, omit_defaults=True):
    """Centre: a deal is undone at its own figures, and its sender is owed the manat (`event`: why)."""

    transfer: str
    partner: str
    currency: str
    arrives_minor: int
    amount_qapik: int
    base_qapik: int
    event: str
    at_ms: int = 0


class AbroadSettled(Body, frozen=True):
    """Centre: the partner has taken the money for a transfer; its statement will show the debit."""

    transfer: str
    partner: str
    currency: str
    arrives_minor: int


class AbroadReturned(Body, frozen=True):
    """Centre: the partner gave back what it had taken for a transfer; its statement will show the credit."""

    transfer: str
    partner: str
    currency: str
    returned_minor: int


class AbroadUnclaimed(Body, frozen=True):
    """Centre: its sender did not come for it in `days`; the money is kept apart, still theirs."""

    transfer: str
    amount_qapik: int
    days: int


class AbroadReclaimed(Body, frozen=True):
    """Centre: the sender of an unclaimed transfer came; it is owed to them again before anybody pays it."""

    transfer: str
    amount_qapik: int


class PartnerFunded(Body, frozen=True):
    """Centre: two people sent money of the post to a partner: `paid_qapik` bought `funded_minor`."""

    partner: str
    currency: str
    funded_minor: int
    paid_qapik: int
    first_person: str
    second_person: str
    evidence: str


class PartnerCommissioned(Body, frozen=True, omit_defaults=True):
    """Centre: what is owed for carrying a transfer, `paid_by` us or the partner; `undone` at its figures."""

    transfer: str
    partner: str
    paid_by: str
    currency: str
    commission_minor: int
    undone: bool = False


class LateDeal(Body, frozen=True):
    """A deal that happened by a day revalued before and was known afterwards: `sequence` of `chain`."""

    chain: str
    sequence: int
    about: str
    day: str
    position_minor: int
    manat_qapik: int


class PositionRevalued(Body, frozen=True):
    """Centre: what an open position is worth at the end of a day, once for (currency, `date`).

    Attributes:
        method: by which cost method (domain.abroad.revaluation).
        rate, source, rates_version: manat for one unit, and the document that says so.
        cut: chain of the centre's book → the last record that was known.
        position_minor, manat_qapik: as the book stood, of what happened by that day and is in the cut.
        revalued_qapik: what stands there from now on; the difference is the day's gain or loss.
        late: of these deals, those that happened by the day revalued before.
    """

    currency: str
    date: str
    method: str
    rate: str
    source: str
    rates_version: int
    cut: dict[str, int]
    position_minor: int
    manat_qapik: int
    revalued_qapik: int
    late: tuple[LateDeal, ...]


class AbroadJudged(Body, frozen=True):
    """Centre: two people decided about a transfer abroad that waited for them."""

    transfer: str
    state: str
    decision: str
    first_person: str
    second_person: str
    evidence: str


class AbroadStopAsked(Body, frozen=True):
    """The sender wants a transfer abroad back: cancelled if it has not left, else a recall (MA-7)."""

    transfer: str
    reason: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("abroad.dealt", 1): AbroadDealt,
    ("abroad.taken_back", 1): AbroadTakenBack,
    ("abroad.settled", 1): AbroadSettled,
    ("abroad.returned", 1): AbroadReturned,
    ("abroad.unclaimed", 1): AbroadUnclaimed,
    ("abroad.reclaimed", 1): AbroadReclaimed,
    ("abroad.judged", 1): AbroadJudged,
    ("partner.funded", 1): PartnerFunded,
    ("partner.commissioned", 1): PartnerCommissioned,
    ("position.revalued", 1): PositionRevalued,
    ("abroad.stop_asked", 1): AbroadStopAsked,
}
CENTRE_KINDS: Final = frozenset(kind for kind, _ in BODIES) - {"abroad.stop_asked"}
