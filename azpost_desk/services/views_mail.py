"""Events of mail items as services read them and hand them to screens, each with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azpost_desk.domain.mail.history import Mark


@dataclass(frozen=True, slots=True)
class ItemEvent:
    """One event in an item's timeline, in causal order; `here` when this desk scanned it.

    `mark` is what became of it (`domain.mail.history.Mark`).
    """

    number: str
    event: str
    office: str
    at_ms: int
    here: bool
    operation: str = ""
    detail: str = ""
    reason: str = ""
    measure: str = ""
    mark: Mark = ""

    @property
    def voided(self) -> bool:
        """Whether it was taken back."""
        return self.mark == "voided"

    @property
    def counts(self) -> bool:
        """Whether it is part of what the item's state says."""
        return self.mark not in ("voided", "contradiction")


@dataclass(frozen=True, slots=True)
class StopOrder:
    """An order that stands since `at_ms` (UTC); `to_office` is where a redirected item is sent on to."""

    at_ms: int
    to_office: str = ""


def last_event(events: Sequence[ItemEvent]) -> str:
    """The code of the last event that counts; "" when none does."""
    return next((one.event for one in reversed(events) if one.counts), "")
