"""Journal records of signed slips between desks, and of consents by a person at the centre."""

from __future__ import annotations

from typing import Final

from azpost_desk.domain.bodies import Body


class RemittanceAnnounced(Body, frozen=True):
    """The signed slip of a remittance was read here: its cash is on its way to this desk.

    `slip` is the whole code as it was scanned; the fields before it say what stands in it.
    """

    remittance: str
    from_desk: str
    from_epoch: int
    from_sequence: int
    mark: str
    pieces: dict[str, int]
    amount_qapik: int
    at_ms: int
    slip: str


class CloseAnnounced(Body, frozen=True):
    """The signed slip of another desk's close was read here: it counts for the branch's report.

    `slip` is the whole code as it was scanned; the fields before it say what stands in it.
    """

    desk: str
    number: int
    epoch: int
    sequence: int
    hash: str
    date: str
    figures: str
    at_ms: int
    slip: str


class ApprovalAsked(Body, frozen=True):
    """A second person is asked for at the centre; written before anything is sent or shown.

    The record's own operation id is the request's. `operation` is what the consent will be for, `way` is
    centre_online or centre_telephone; by telephone `challenge` is what the desk shows.
    """

    operation: str
    subject: str
    amount_qapik: int
    asker: str
    way: str
    attempt: int
    challenge: str = ""


class ApprovalGiven(Body, frozen=True):
    """A person at the centre consented to exactly one operation.

    On line `evidence` and `signature` are the centre's signed words (hex); by telephone `evidence` is the
    response, which is of no use any more.
    """

    request: str
    operation: str
    approver: str
    way: str
    evidence: str
    signature: str = ""


class ApprovalRefused(Body, frozen=True):
    """A person at the centre said no, in signed words; or the desk gave up waiting (no evidence)."""

    request: str
    operation: str
    approver: str
    way: str
    reason: str
    evidence: str = ""
    signature: str = ""


class ApprovalLocked(Body, frozen=True):
    """Too many wrong responses: this challenge takes none any more."""

    request: str
    operation: str
    wrong_responses: int


class ApprovalAnswered(Body, frozen=True):
    """Centre: one of its people answered a desk; what was read out on the telephone stands here too."""

    desk: str
    epoch: int
    request: str
    challenge: str
    subject: str
    amount_qapik: int
    asker: str
    approver: str
    way: str
    outcome: str
    reason: str = ""


SLIP_BODIES: Final[dict[tuple[str, int], type[Body]]] = {
    ("remittance.announced", 1): RemittanceAnnounced,
    ("close.announced", 1): CloseAnnounced,
    ("approval.asked", 1): ApprovalAsked,
    ("approval.given", 1): ApprovalGiven,
    ("approval.refused", 1): ApprovalRefused,
    ("approval.locked", 1): ApprovalLocked,
    ("approval.answered", 1): ApprovalAnswered,
}
SLIP_CENTRE_KINDS: Final = frozenset({"approval.answered"})
