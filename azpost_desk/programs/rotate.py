"""`azpost-desk rotate`: a new signing key for a desk, its window closed; the centre countersigns it."""

from __future__ import annotations

import argparse
from pathlib import Path

from azpost_desk import places
from azpost_desk.central.clock import SystemClock
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.programs import complain
from azpost_desk.texts import Texts


def main(argv: list[str]) -> int:
    """0 when the rotation is recorded, 1 when a rule or the disk said no."""
    parser = argparse.ArgumentParser(prog="azpost-desk rotate", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder; default: this desk's")
    parser.add_argument("--reason", required=True, help="why, for the record")
    wanted = parser.parse_args(argv)
    from azpost_desk.storage.books import DeskBooks

    try:
        books = DeskBooks.open(wanted.data or places.data(), SystemClock())
        try:
            books.rotate_key(wanted.reason)
        finally:
            books.close()
    except (Refused, Trouble) as no:
        complain(no)
        return 1
    print(Texts("en").t("rotate.done"))
    return 0
