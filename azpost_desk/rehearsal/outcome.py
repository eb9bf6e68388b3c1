"""The result of a proof: runs, violations, seconds, in the words of `azpost-desk simulate --json`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

EXAMPLES_MAX: Final = 20


@dataclass(slots=True)
class Outcome:
    """Counts of one run; `violations` must stay empty.

    Attributes:
        operations: what was asked for.
        acknowledged: what somebody was told is done.
        kills, recoveries: how often something died, and was found sound again.
        faults: how often each fault happened, by name.
    """

    seed: int
    branches: int = 0
    desks: int = 0
    operations: int = 0
    acknowledged: int = 0
    kills: int = 0
    recoveries: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def told(self, seconds: float) -> dict[str, Any]:
        """As interfaces.md writes it."""
        return {
            "seed": self.seed,
            "branches": self.branches,
            "desks": self.desks,
            "operations": self.operations,
            "acknowledged": self.acknowledged,
            "kills": self.kills,
            "recoveries": self.recoveries,
            "violations": len(self.violations),
            "faults": dict(sorted(self.faults.items())),
            "seconds": round(seconds, 1),
            "records_per_second": round(self.acknowledged / seconds, 1) if seconds else 0,
            "online_p99_ms": None,
            "examples": self.violations[:EXAMPLES_MAX],
        }
