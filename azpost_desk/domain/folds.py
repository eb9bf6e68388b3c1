"""What an invariant is made of: the facts it is fed, the verdict it gives, the fold in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from azpost_desk.domain.ledger import Unbalanced
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.domain import operations as ops

BROKEN_MAX: Final = 100


class Stored(NamedTuple):
    """A posting as it stands in the table; `minor` is whatever lies there, a float if somebody put one."""

    operation: str
    account: str
    sub: str
    currency: str
    minor: Any


@dataclass(frozen=True, slots=True)
class Fact:
    """A record as it stands in the table, with `computed`, the hash of the stored bytes.

    `late`: its epoch had ended, for the epoch after it, before this record was known; it was written without
    knowledge of that one, and counts there from the record that takes it (``late.taken``).
    """

    desk: str
    epoch: int
    sequence: int
    operation: str
    kind: str
    version: int
    day: int
    actor: str
    actor_kind: str
    postings_digest: str
    body: bytes
    previous: bytes
    hash: bytes
    computed: bytes
    signature: bytes | None
    postings: tuple[Stored, ...]
    late: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """A record at which an invariant does not hold."""

    desk: str
    sequence: int
    why: str
    epoch: int = 0


@dataclass(slots=True)
class Verdict:
    """What became of one invariant: how many things were looked at, and the first that are wrong.

    `erased` counts what is gone by rule (I-11): good, and proved.
    """

    id: str
    checked: int = 0
    broken: list[Broken] = field(default_factory=list)
    erased: int = 0

    @property
    def ok(self) -> bool:
        return not self.broken

    def fault(self, fact: Fact, why: str) -> None:
        """Note a fault; beyond the first hundred only that there are more."""
        if len(self.broken) < BROKEN_MAX:
            self.broken.append(Broken(fact.desk, fact.sequence, why, fact.epoch))


# What stored bytes can make of a fold, whoever wrote them: a figure beyond bounds, a word for a figure.
UNRECKONABLE: Final = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    msgspec.MsgspecError, Refused, Unbalanced,
)  # fmt: skip


def unreckoned(fault: Exception) -> str:
    """Why a fold could make nothing of a record: the kind of fault only, its words may hold personal data."""
    return f"it cannot be reckoned with ({type(fault).__name__})"


class Fold:
    """One invariant: takes records one by one, says at the end what was wrong."""

    id: str

    def __init__(self) -> None:
        self.verdict = Verdict(self.id)

    def take(self, fact: Fact, body: ops.Body | None) -> None:
        """The next record; `body` is None when this program does not know its kind or cannot read it."""
        raise NotImplementedError

    def end(self) -> None:
        """No more records."""

    def survive(self, fact: Fact, body: ops.Body | None) -> None:
        """`take`, whatever was stored: a record this fold stumbles over is named, and the fold goes on.

        One signed record with an impossible amount must not blind the check of everybody else's.
        """
        try:
            self.take(fact, body)
        except UNRECKONABLE as fault:
            self.verdict.fault(fact, unreckoned(fault))
