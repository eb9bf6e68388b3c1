"""`azpost-desk central` · offices and staff from the post's own lists, as CSV or XLSX.

In: a file with a line of headings. Out: how many rows were new, or every cell that is wrong with its row;
then nothing was changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk.central.registry import imports
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central_commands import CLOCK, Command, book_of
from azpost_desk.programs.central_people import both, signs
from azpost_desk.spreadsheets import rows_of
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.registry.imports import Result
    from azpost_desk.central.storage.database import Connection

# Nobody reads more; the others are found once these are mended.
_SHOWN_MAX = 200


def add(command: Command) -> None:
    """Both imports; staff takes two people, as a new branch does."""
    says = "from a CSV or XLSX file with the columns {}; {} may be left out"
    columns = says.format(*map(", ".join, imports.OFFICES))
    offices = command("import-offices", _offices, f"add offices to the country's list {columns}")
    columns = says.format(*map(", ".join, imports.STAFF))
    staff = command("import-staff", _staff, f"add people to the staff of their branches {columns}")
    for one in (offices, staff):
        one.add_argument("file", type=Path)
        one.add_argument("--dry-run", action="store_true", help="check every row and change nothing")
    for name in ("first", "second"):
        signs(staff, name, "who acts")


def _offices(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows = rows_of(wanted.file, *imports.OFFICES)
    try:
        done = imports.import_offices(conn, rows, CLOCK.utc_ms(), is_trial=wanted.dry_run)
    except imports.Rejected as rejected:
        raise _refused(wanted.file, rejected) from rejected
    _tell(done, is_trial=wanted.dry_run)


def _staff(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows = rows_of(wanted.file, *imports.STAFF)
    # Who only looks needs nobody's word.
    people = ("", "") if wanted.dry_run else both(wanted, conn)
    try:
        with book_of(dsn) as book:
            done = imports.import_staff(conn, book, rows, people, CLOCK.utc_ms(), is_trial=wanted.dry_run)
    except imports.Rejected as rejected:
        raise _refused(wanted.file, rejected) from rejected
    _tell(done, is_trial=wanted.dry_run)


def _refused(file: Path, rejected: imports.Rejected) -> Refused:
    texts = Texts("en")
    for one in rejected.problems[:_SHOWN_MAX]:
        rule = texts.t(f"central.import.{one.rule}")
        print(f"row {one.row}, {one.column}: {rule}", file=sys.stderr)
    return Refused("X-193", file=file.name, count=len(rejected.problems))


def _tell(done: Result, *, is_trial: bool) -> None:
    does = "would be added" if is_trial else "added"
    print(f"{done.new} {does}, {done.known} known before")
