"""`bench explain`: how well planted mistakes are found, and how long finding them takes."""

from __future__ import annotations

import os
import platform
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from azpost_desk.domain import operations as ops
from azpost_desk.rehearsal.planted_mistakes import PLANTS, Found, planted, rank

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS: Final = 100
AMONG_THREE_PERCENT_MIN: Final = 90
FIRST_PERCENT_MIN: Final = 50
P99_MS_MAX: Final = 500


def explain(seeds: int = SEEDS) -> dict[str, Any]:
    """Every mistake in `seeds` shifts; the limit beside it is reading the same records from their bytes."""
    ours: list[float] = []
    limit: list[float] = []
    by_mistake: dict[str, Found] = {}
    for mistake in PLANTS:
        found = Found()
        for seed in range(seeds):
            one = planted(mistake, seed)
            took, place = _milliseconds(partial(rank, one))
            ours.append(took)
            encoded = [(*ops.kind_of(note.body), ops.encode(note.body)) for note in one.shift.records]
            limit.append(_milliseconds(partial(_read, encoded))[0])
            found = found.with_rank(place)
        by_mistake[mistake] = found
    shifts = len(ours)
    first = sum(one.first for one in by_mistake.values()) * 100 / shifts
    among_three = sum(one.among_three for one in by_mistake.values()) * 100 / shifts
    p50, p99 = statistics.median(ours), statistics.quantiles(ours, n=100)[98]
    return {
        "bench": "explain",
        "unit": "ms",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_name": "reading the shift's records from their bytes",
        "limit_p50": round(statistics.median(limit), 3),
        "ratio": round(p50 / statistics.median(limit), 2),
        "runs": shifts,
        "budget": f"among the first three ≥ {AMONG_THREE_PERCENT_MIN} %, first ≥ {FIRST_PERCENT_MIN} %, "
        f"p99 ≤ {P99_MS_MAX} ms",
        "met": among_three >= AMONG_THREE_PERCENT_MIN and first >= FIRST_PERCENT_MIN and p99 <= P99_MS_MAX,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "first_percent": round(first, 1),
        "among_three_percent": round(among_three, 1),
        "by_mistake": {
            name: {"shifts": one.seeds, "first": one.first, "among_three": one.among_three}
            for name, one in by_mistake.items()
        },
    }


def _read(encoded: list[tuple[str, int, bytes]]) -> int:
    return len([ops.decode(*one) for one in encoded])


def _milliseconds(act: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter_ns()
    answer = act()
    return (time.perf_counter_ns() - began) / 1_000_000, answer
