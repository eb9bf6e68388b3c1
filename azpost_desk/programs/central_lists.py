"""`azpost-desk central import-list | lists`: watch lists, each import a version of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk.central import screening
from azpost_desk.domain.watch_lists import SOURCES
from azpost_desk.programs.central_commands import CLOCK, Command
from azpost_desk.programs.watch_list_files import read_list
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection


def add(command: Command) -> None:
    """Both commands."""
    says = "a new version of a watch list; whoever may still be paid is screened by what is new"
    read = command("import-list", _import, says)
    read.add_argument("source", choices=SOURCES)
    read.add_argument("file", type=Path, help="ofac: the folder of sdn.csv, alt.csv, add.csv; else the file")
    command("lists", _lists, "the watch lists, their versions and their age")


def _import(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    done = screening.import_list(conn, read_list(wanted.source, wanted.file), wanted.who, CLOCK.utc_ms())
    changes = f"+{done.added} ~{done.changed} -{done.removed}"
    print(f"{wanted.source}\t{done.version}\t{changes}\theld {done.held}")


def _lists(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for one in screening.lists(conn):
        print(f"{one.source}\t{one.version}\t{one.entries}\t{Texts('en').moment(one.as_of_ms)}")
