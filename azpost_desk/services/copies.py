"""Copies of the books beside the books: how old the backup and the second copy of unsent records are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from azpost_desk.services.ports import Line

# [design] A day and a little: the close of every day makes one.
BACKUP_AGE_MAX_MS: Final = 26 * 3_600_000


class CopySource(Protocol):
    """Who makes a copy."""

    def state(self) -> tuple[int, str]:
        """(when it was last good, UTC ms, 0 for never; what is wrong with it, "" for nothing)."""


@dataclass(frozen=True, slots=True)
class CopyState:
    """One copy as the strip and the pre-flight show it.

    Attributes:
        good_ms: when it was last proven or written, 0 for never.
        trouble: what the system said when it last failed, "" when it did not.
        is_bad: too old or failed: somebody has to look.
    """

    good_ms: int
    trouble: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Copies:
    """What this desk has of copies; None where none is set up."""

    line: Line
    backups: CopySource | None = None
    second: CopySource | None = None

    def backup(self) -> CopyState | None:
        """The newest proven backup."""
        return self._state(self.backups, BACKUP_AGE_MAX_MS)

    def second_copy(self) -> CopyState | None:
        """The second copy of what the centre does not have yet; bad as soon as a sale could not be copied."""
        return self._state(self.second, None)

    def _state(self, source: CopySource | None, age_max_ms: int | None) -> CopyState | None:
        if source is None:
            return None
        good_ms, trouble = source.state()
        is_old = age_max_ms is not None and self.line.trusted_ms() - good_ms > age_max_ms
        return CopyState(good_ms, trouble, bool(trouble) or is_old)
