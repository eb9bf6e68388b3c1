"""`azpost-desk central new-branch | template`: a branch from one file, and an example of each file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from azpost_desk import places
from azpost_desk.central.registry import new_branch
from azpost_desk.domain.days import calendar_day
from azpost_desk.programs.central_commands import CLOCK, Command, book_of
from azpost_desk.programs.central_people import both, signs

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from azpost_desk.central.storage.database import Connection

_OTHER_FILES: Final = (
    *("branch", "channels", "connectors", "ledger-accounts"),
    *("messages", "national-list", "rail", "register", "serve"),
)


def add(command: Command, documents: Iterable[str]) -> None:
    """Both of them; `documents` are those that are published from a file."""
    says = (
        "a branch with its desks, staff, licences and numbers from one file; prints its desks' one-time codes"
    )
    made = command("new-branch", _make, says)
    made.add_argument("file", type=Path, help="see: template branch")
    for name in ("first", "second"):
        signs(made, name, "who acts")
    shown = command("template", template, "print a commented example of a file that the centre takes")
    shown.add_argument("name", choices=sorted((*documents, *_OTHER_FILES)))


def template(wanted: argparse.Namespace) -> None:
    """The example as it is shipped; it needs no database."""
    path = next(places.templates().glob(f"{wanted.name}.*"))
    print(path.read_text("utf-8"), end="")


def _make(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    # The file first: nobody types a password for one that is no good.
    data = new_branch.read(wanted.file, calendar_day(CLOCK.utc_ms()))
    people = both(wanted, conn)
    with book_of(dsn) as book:
        codes = new_branch.make(conn, book, data, people, CLOCK.utc_ms())
    for desk, code in codes.items():
        print(f"{desk}\t{code}")
