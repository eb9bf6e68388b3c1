"""`azpost-desk bench NAME…`: named benchmarks, each beside the physical limit measured in the same run."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from azpost_desk.rehearsal import bench_explain, bench_history, bench_screen, bench_start, benchmarks


def _scan() -> dict[str, object]:
    from azpost_desk.programs.desk import application
    from azpost_desk.rehearsal.bench_scan import scan

    return scan(application("az"))


# Name → measures it; a line per bench in the form of interfaces.md.
BENCHES = {
    "commit": lambda: asdict(benchmarks.commit()),
    "start": bench_start.start,
    "explain": bench_explain.explain,
    "history": bench_history.history,
    "scan": _scan,
    "screen": bench_screen.screen,
}


def main(argv: list[str]) -> int:
    """0 when every budget is met, 1 when one is missed, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="azpost-desk bench", description=__doc__)
    parser.add_argument("names", nargs="+", choices=sorted(BENCHES), metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--json", action="store_true", help="one JSON object for each bench")
    wanted = parser.parse_args(argv)
    met = True
    for name in wanted.names:
        one = BENCHES[name]()
        met = met and bool(one["met"])
        if wanted.json:
            print(json.dumps(one, ensure_ascii=False), flush=True)
        else:
            _tell(one)
    return 0 if met else 1


def _tell(one: dict[str, object]) -> None:
    unit, verdict = one["unit"], "met" if one["met"] else "MISSED"
    print(f"{one['bench']}: p50 {one['p50']} {unit}, p99 {one['p99']} {unit} over {one['runs']} runs")
    print(f"  limit: {one['limit_name']}: p50 {one['limit_p50']} {unit}; ratio {one['ratio']}")
    print(f"  budget {one['budget']}: {verdict}")
