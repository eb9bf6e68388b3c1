"""`azpost-desk simulate`: kills, power cuts, a bad network, races, by seed: nothing acknowledged may be lost.

One proof at a time: --crashes kills a desk's process at every step, --centre-deaths ends a centre at every
step of its work with a partner abroad, --power-cuts takes the current from a simulated disk, --network runs
desk and centre over a line that loses, doubles and mixes up, --races lets two hands reach for one thing at
the same moment, --faults plays days of an outside party that fails in every way.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

_CODES_FOR_A_DISK = 300

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.rehearsal.crash_town import Town
    from azpost_desk.rehearsal.outcome import Outcome
    from azpost_desk.rehearsal.partner_days import Ended


def main(argv: list[str]) -> int:
    """0 when nothing was violated, 1 when something was, 2 on wrong usage or without what it needs."""
    parser = argparse.ArgumentParser(prog="azpost-desk simulate", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--crashes", type=int, metavar="N", help="kill a desk's process N times")
    what.add_argument(
        "--centre-deaths", type=int, metavar="N", help="end a centre N times at work with a partner; 0: all"
    )
    what.add_argument("--power-cuts", type=int, metavar="N", help="take the current from a disk N times")
    what.add_argument("--network", type=int, metavar="N", help="play N seeds of a bad network")
    what.add_argument("--races", type=int, metavar="N", help="N rounds of each race")
    what.add_argument("--faults", choices=("partner",), help="days of random faults of an outside party")
    parser.add_argument(
        "--days", type=int, default=3, metavar="N", help="so many days of --faults; default 3"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="chance begins here; default 1")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    wanted = parser.parse_args(argv)
    if wanted.power_cuts is not None and find_spec("apsw") is None:
        print("--power-cuts needs the package apsw, one of the tools for development", file=sys.stderr)
        return 2
    began = time.monotonic()
    outcome = _run(wanted)
    told = outcome.told(time.monotonic() - began)
    if wanted.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for name, value in told.items():
            print(f"{name}: {value}")
    return 1 if outcome.violations else 0


def _run(wanted: argparse.Namespace) -> Outcome | Ended:
    if wanted.faults is not None:
        from azpost_desk.rehearsal import partner_days

        with _town() as town:
            return partner_days.run(town, wanted.days, wanted.seed)
    if wanted.network is not None:
        from azpost_desk.rehearsal import network

        return network.run(wanted.network, wanted.seed)
    if wanted.power_cuts is not None:
        # Asked for here only: the file layer comes with the tools for development.
        from azpost_desk.rehearsal import power_cuts

        with _town(codes=_CODES_FOR_A_DISK) as town:
            work = power_cuts.record(town, wanted.seed)
        return power_cuts.cut(work, power_cuts.replay(work), wanted.power_cuts, wanted.seed)
    if wanted.races is not None:
        from azpost_desk.rehearsal import races

        with _town() as town:
            return races.run(town, wanted.races, wanted.seed)
    if wanted.centre_deaths is not None:
        from azpost_desk.rehearsal.crash_centre import CentreDeaths

        with _town() as town:
            return CentreDeaths(town, wanted.seed).run(wanted.centre_deaths)
    from azpost_desk.rehearsal.crashes import Crashes

    with _town() as town:
        return Crashes(town.place, wanted.seed, town).run(wanted.crashes)


@contextmanager
def _town(codes: int = 4_000) -> Iterator[Town]:
    """A town on a PostgreSQL of its own, gone afterwards."""
    from azpost_desk.central.storage.embedded import EmbeddedServer
    from azpost_desk.rehearsal.crash_town import crash_town

    with tempfile.TemporaryDirectory(prefix="azpost-simulate-", ignore_cleanup_errors=True) as name:
        server = EmbeddedServer(Path(name) / "centre")
        try:
            with crash_town(server.dsn(), Path(name) / "town", codes) as town:
                yield town
        finally:
            server.stop()
