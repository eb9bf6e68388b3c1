"""Keys of other desks, their announced closes and consents from the centre, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeskKey:
    """A chain's key as this desk learned it; `state` is active, replaced, lost or forked."""

    public_key: str
    state: str


@dataclass(frozen=True, slots=True)
class KnownClose:
    """What is known of another desk's close: the head, the figures (JSON), whether it came on paper."""

    epoch: int
    sequence: int
    hash: str
    figures: bytes
    by_slip: bool = False


@dataclass(frozen=True, slots=True)
class CentreConsent:
    """A question to the centre for a second person.

    Attributes:
        desk, epoch: the chain that asked.
        subject: reversal, scan_void, …
        way: centre_online or centre_telephone.
        state: waiting, given, refused or locked.
        wrong: wrong responses so far.
    """

    desk: str
    request: str
    operation: str
    subject: str
    amount_qapik: int
    asker: str
    way: str
    attempt: int
    challenge: str
    state: str
    approver: str
    reason: str
    epoch: int
    asked_ms: int
    wrong: int = 0
