"""Kinds of records about keys, lost desks and chains with more than one tail (PROTOCOL.md 1, 4, 5).

Acts of the centre name two people and their evidence; what they undo or confirm stands in them byte for byte,
so that the postings follow from the record alone.
"""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class LateTaken(Body, frozen=True):
    """Desk: records of an ended epoch that came late from its old machine now belong to these books.

    They were written without knowledge of what this chain did since, and this chain was written without them:
    from this record on they count here. `cash_qapik` is what they move in the desk's till.
    """

    epoch: int
    first: int
    last: int
    hash: str
    cash_qapik: int


class KeyRotated(Body, frozen=True):
    """Desk: a new key follows. The commit is signed by the old key; `proof` is the new key's signature over
    `protocol.keys.rotation_words`; the centre's acknowledgement of this very record countersigns it.
    """

    old_key: str
    new_key: str
    proof: str
    reason: str


class DeskLost(Body, frozen=True):
    """Centre: a desk will not come back. One person declared it with evidence, another confirmed it later."""

    desk: str
    epoch: int
    first_person: str
    second_person: str
    reason: str
    evidence: str
    declared_ms: int


class DoubtResolved(Body, frozen=True):
    """Centre: two people decided what became of a grant whose holder is lost.

    `outcome` is ``paid`` or ``not_paid``. What the lost desk paid waits on its doubtful account until its own
    record shows it.
    """

    grant: str
    thing: str
    purpose: str
    outcome: str
    amount_qapik: int
    desk: str
    epoch: int
    first_person: str
    second_person: str
    evidence: str


class DoubtSettled(Body, frozen=True):
    """Centre: the late record of a lost desk came to light after its grant was resolved.

    `outcome` is ``confirmed`` (the record shows what was resolved as paid) or ``double`` (paid here and
    elsewhere: the post's risk, never the clerk's).
    """

    grant: str
    thing: str
    outcome: str
    amount_qapik: int
    desk: str
    record: str


class KeyRevoked(Body, frozen=True):
    """Centre: a key is worth nothing after this head of its chain; what came later is contested."""

    desk: str
    epoch: int
    sequence: int
    hash: str
    first_person: str
    second_person: str
    reason: str
    evidence: str


class ContestedJudged(Body, frozen=True):
    """Centre: two people judged one contested record.

    Confirmed, a record that never counted counts from now on, in the centre's book; rejected, one that had
    counted is taken back there. `header` and `body` are the record's own words, `posted` whether it counted.
    """

    desk: str
    epoch: int
    sequence: int
    hash: str
    decision: str
    posted: bool
    operation: str
    kind: str
    version: int
    body: str
    first_person: str
    second_person: str
    evidence: str


BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("late.taken", 1): LateTaken,
    ("key.rotated", 1): KeyRotated,
    ("desk.declared_lost", 2): DeskLost,
    ("doubt.resolved", 1): DoubtResolved,
    ("doubt.settled", 1): DoubtSettled,
    ("key.revoked", 1): KeyRevoked,
    ("contested.judged", 1): ContestedJudged,
}
CENTRE_KINDS: Final = frozenset({"doubt.resolved", "doubt.settled", "key.revoked", "contested.judged"})
