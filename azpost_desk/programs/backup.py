"""`azpost-desk backup`: a proven, encrypted copy of a desk's books, now; also beside a running desk."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from azpost_desk import places
from azpost_desk.domain.refusals import Trouble
from azpost_desk.programs import complain


def main(argv: list[str]) -> int:
    """0 when the backup was taken and proven, 1 when it was not, 2 when desk.toml cannot be understood."""
    parser = argparse.ArgumentParser(prog="azpost-desk backup", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder; default: this desk's")
    parser.add_argument("--to", type=Path, help="where to; default: what desk.toml says, else backups/ there")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    wanted = parser.parse_args(argv)
    from azpost_desk.programs.desk import SystemClock, copies_of
    from azpost_desk.storage.backups import back_up, kept

    folder = wanted.data or places.data()
    try:
        to = wanted.to or copies_of(folder)[0]
    except Trouble as trouble:
        complain(trouble)
        return 2
    try:
        done = back_up(folder, to, SystemClock().utc_ms())
    except Trouble as trouble:
        complain(trouble)
        return 1
    answer = {"path": str(done.path), "taken_ms": done.taken_ms, "kept": len(kept(to))}
    print(json.dumps(answer) if wanted.json else answer["path"])
    return 0
