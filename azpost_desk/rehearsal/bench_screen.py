"""`bench screen`: one name against the whole lists, beside a plain ratio over the same names."""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz import fuzz, process

from azpost_desk.domain.names import fold
from azpost_desk.domain.screening import Asked, Index
from azpost_desk.domain.watch_lists import read_ofac, read_un
from azpost_desk.places import watch_lists

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.domain.watch_lists import Listed

RUNS: Final = 1_000
SEED: Final = 2026
P99_MS_MAX: Final = 10
_LIMIT_RUNS: Final = 60
_SURNAMES: Final = (
    "Əliyev Məmmədov Hüseynov Həsənov Quliyev İsmayılov Abbasov Cəfərov Rzayev Kərimov Mustafayev Babayev "
    "Ağayev Nəbiyev Orucov Qasımov Sultanov İbrahimov Əhmədov Bağırov Süleymanov Aslanov Петров Гусейнова"
)
_GIVEN: Final = (
    "Vüqar Elçin Orxan Rauf Rəşad Ceyhun Tural Murad Əli Məhəmməd Hüseyn Anar Kamran Samir Ramil İlqar Fuad "
    "Nihad Zaur Emin Leyla Nərmin Aysel Günel Sevda Aynur Иван Мария"
)


def listed() -> list[Listed]:
    """The lists that are kept for rehearsals."""
    ofac = watch_lists() / "ofac_2019-01-15"
    sdn, alt, add = ((ofac / f"{name}.csv").read_bytes() for name in ("sdn", "alt", "add"))
    return [*read_ofac(sdn, alt, add), *read_un((watch_lists() / "un_2026-02-27.xml").read_bytes())]


def customers(runs: int, seed: int = SEED) -> list[str]:
    """Names as they are written down at a counter, most with the father's."""
    chance = random.Random(seed)
    surnames, given = _SURNAMES.split(), _GIVEN.split()
    names = []
    for _ in range(runs):
        name = f"{chance.choice(surnames)} {chance.choice(given)}"
        names.append(f"{name} {chance.choice(given)} oğlu" if chance.random() < 0.7 else name)
    return names


def screen(runs: int = RUNS) -> dict[str, Any]:
    """How long one customer takes, and how many of them somebody would be troubled with."""
    entries = listed()
    started = time.perf_counter()
    index = Index(entries)
    built_ms = (time.perf_counter() - started) * 1_000
    asked = customers(runs)
    ours, hits = [], 0
    for name in asked:
        took, found = _milliseconds(partial(index.ask, Asked(name)))
        ours.append(took)
        hits += bool(found)
    folded = [fold(name) for entry in entries for name, _ in entry.names]
    plain = partial(process.extract, choices=folded, scorer=fuzz.token_set_ratio, limit=10)
    limit = [_milliseconds(partial(plain, fold(name)))[0] for name in asked[:_LIMIT_RUNS]]
    p50, p99 = statistics.median(ours), statistics.quantiles(ours, n=100)[98]
    return {
        "bench": "screen",
        "unit": "ms",
        "p50": round(p50, 3),
        "p99": round(p99, 3),
        "limit_name": "a token-set ratio over the same folded names",
        "limit_p50": round(statistics.median(limit), 3),
        "ratio": round(p50 / statistics.median(limit), 3),
        "runs": runs,
        "budget": f"p99 ≤ {P99_MS_MAX} ms",
        "met": p99 <= P99_MS_MAX,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "names": len(index),
        "built_ms": round(built_ms),
        "customers_with_hits_percent": round(hits * 100 / runs, 1),
    }


def _milliseconds(act: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = act()
    return (time.perf_counter() - started) * 1_000, answer
