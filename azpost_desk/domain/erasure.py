"""When personal data is due for erasure, what stops it, and the proof that nothing else is ever gone.

A body keeps the commitment of each attachment for ever. Bytes that are gone are either named by a record of
erasure, or missing: the fold at the end of this page tells the two apart for desk and centre alike (I-11).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import KEPT_AT_LEAST
from azpost_desk.domain.commitments import commitments
from azpost_desk.domain.days import BusinessDay, calendar_day, day_start_ms
from azpost_desk.domain.folds import BROKEN_MAX, UNRECKONABLE, Broken, Verdict, unreckoned

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from azpost_desk.domain.catalogue import Retention

# One record names at most so many: 140 bytes each, well below the largest record the centre takes.
ERASED_AT_ONCE: Final = 1_000


def due_before(today: str, years: int) -> str:
    """Everything recorded before this ISO date has been kept for `years` years on `today`."""
    return _moved(dt.date.fromisoformat(today), -years).isoformat()


def kept_until(recorded_ms: int, years: int) -> str:
    """The ISO date on which a record's personal data becomes due."""
    day = dt.date.fromisoformat(calendar_day(recorded_ms))
    return (_moved(day, years) + dt.timedelta(days=1)).isoformat()


def _moved(day: dt.date, years: int) -> dt.date:
    """29 February becomes the 28th: nothing is ever kept shorter by a day that does not exist."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def due_from_ms(terms: Retention, today: str) -> dict[str, int]:
    """Group → the moment before which everything recorded is due on `today`; ``*``: all other groups."""

    # What the law names keeps its own floor, also where the centre's document leaves it to ``*``.
    groups = {"*", *KEPT_AT_LEAST, *(term.group for term in terms.terms)}
    return {
        group: day_start_ms(BusinessDay(due_before(today, terms.of(group).years))) for group in sorted(groups)
    }


# --- what stops it ------------------------------------------------------------------------------------


# Kinds of records that change what another operation began → the field that names it: whatever keeps the
# personal data of the one keeps that of the other.
_ORIGINS: Final = {"item.declared": "acceptance", "transfer.changed": "transfer"}
CHANGES: Final = tuple(_ORIGINS)


def origin_of(kind: str, version: int, body: bytes) -> str:
    """The operation that a record changes something of; "" of one that stands for itself."""
    field = _ORIGINS.get(kind, "")
    return str(getattr(ops.decode(kind, version, body), field)) if field else ""


@dataclass(frozen=True, slots=True)
class Holds:
    """What stands in the way of erasing: cases, disputes and holds, in the order of their records.

    A matter holds every operation whose id, or whose place (``epoch/sequence``), its record names. It holds
    until a hold of that operation is lifted by a later record: whoever ends a matter says so.
    """

    matters: tuple[tuple[int, str], ...] = ()
    lifted: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[tuple[int, str, str]]) -> Holds:
        """From (number, kind, words) of records of the kinds ``case.``, ``dispute.`` and ``hold.``."""
        lifted: dict[str, int] = {}
        matters = []
        for number, kind, words in records:
            if kind == "hold.lifted":
                lifted[ops.decode(kind, 1, words.encode()).operation] = number
            else:
                matters.append((number, words))
        return cls(tuple(matters), lifted)

    def stop(self, operations: Collection[str], place: str) -> bool:
        """Whether anything of these operations, recorded at `place` ("" nowhere), may not be erased yet."""
        if not self.matters:
            return False
        at = re.compile(rf"(?<![\w/]){re.escape(place)}(?![\w/])" if place else r"(?!)")
        since = max((self.lifted.get(one, 0) for one in operations), default=0)
        return any(
            number > since and (any(one in words for one in operations) or at.search(words) is not None)
            for number, words in self.matters
        )


# --- the proof ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with what is left of its attachments.

    Attributes:
        attached: slot → commitment computed from the stored salt and bytes, None where they were emptied.
        proved: whether the centre has acknowledged the record (always true of what lies at the centre).
    """

    desk: str
    epoch: int
    sequence: int
    operation: str
    body_bytes: bytes
    body: ops.Body | None
    attached: Mapping[str, str | None]
    proved: bool = True


class Erasures:
    """I-11: what is gone was erased by rule, by a record that names it, and only once the centre had it.

    Takes the records of one holder in any order of chains; `end` gives the verdict, in which `erased` counts
    the commitments whose bytes are gone by rule.
    """

    def __init__(self) -> None:
        self.verdict = Verdict("I-11")
        self._gone: dict[tuple[str, int, int, str], tuple[str, bool]] = {}
        self._named: dict[tuple[str, int, int, str], str] = {}

    def take(self, kept: Kept) -> None:
        """The next record; one that no rule can read is named, and the fold goes on."""
        try:
            self._take(kept)
        except UNRECKONABLE as fault:
            self._fault(kept.desk, kept.epoch, kept.sequence, unreckoned(fault))

    def _take(self, kept: Kept) -> None:
        if isinstance(kept.body, ops.AttachmentsErased):
            for epoch, sequence, slot, named in kept.body.erased:
                self._named[kept.body.desk, epoch, sequence, slot] = named
        expected = dict(commitments(kept.operation, kept.body)) if kept.body is not None else {}
        for slot in sorted(expected.keys() | kept.attached.keys()):
            self.verdict.checked += 1
            commitment = kept.attached.get(slot)
            place = kept.desk, kept.epoch, kept.sequence, slot
            if commitment is None:
                self._gone[place] = expected.get(slot, ""), kept.proved
            elif commitment.encode() not in kept.body_bytes:
                self._fault(kept.desk, kept.epoch, kept.sequence, f"{slot} is not what the record commits to")

    def end(self) -> Verdict:
        """No more records: everything that is gone must have been named."""
        for (desk, epoch, sequence, slot), (promised, proved) in self._gone.items():
            named = self._named.get((desk, epoch, sequence, slot))
            if named is None or (promised and named != promised):
                self._fault(desk, epoch, sequence, f"{slot} is missing and no record of erasure names it")
            elif not proved:
                self._fault(desk, epoch, sequence, f"{slot} was erased before the centre had it")
            else:
                self.verdict.erased += 1
        return self.verdict

    def _fault(self, desk: str, epoch: int, sequence: int, why: str) -> None:
        if len(self.verdict.broken) < BROKEN_MAX:
            self.verdict.broken.append(Broken(desk, sequence, why, epoch))
