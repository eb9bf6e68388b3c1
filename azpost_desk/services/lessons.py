"""Lessons of the training: a task said to a clerk, and what the books say of how it was done.

In: what was recorded since the task was set. Out: that it is right, or each thing that is not as asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done now.

    Attributes:
        number, of: its place, from 1, and how many there are.
        name: of its sentence, ``training.task.<name>``; `facts` stand in it.
    """

    number: int
    of: int
    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is not as it was asked: its sentence is ``training.miss.<name>``."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found; nothing missed means that the task is done and the next one is set."""

    misses: tuple[Miss, ...]

    @property
    def is_right(self) -> bool:
        """Whether it was done as asked."""
        return not self.misses


class Lessons(Protocol):
    """A course on play data; the window asks it off its main thread."""

    def task(self) -> Task | None:
        """The task that is set; None when all were done."""

    def check(self) -> Verdict:
        """Hold what was recorded against the task."""

    def score(self) -> tuple[int, int]:
        """(tasks right at the first check, tasks done)."""
