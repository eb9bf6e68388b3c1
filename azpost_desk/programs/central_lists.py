"""`azpost-desk central import-list | lists | fiu-cases | fiu-report`: what compliance officers do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk.central import laundering, list_versions, screening
from azpost_desk.domain.money import azn
from azpost_desk.domain.transfer_codes import read_case_number
from azpost_desk.domain.watch_lists import SOURCES
from azpost_desk.files import write_whole
from azpost_desk.programs.central_commands import CLOCK, Command
from azpost_desk.programs.watch_list_files import read_list
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection


def add(command: Command) -> None:
    """All of them."""
    says = "a new version of a watch list; whoever may still be paid is screened by what is new"
    read = command("import-list", _import, says)
    read.add_argument("source", choices=SOURCES)
    read.add_argument("file", type=Path, help="ofac: the folder of sdn.csv, alt.csv, add.csv; else the file")
    read.add_argument(
        "--may-lose-many", action="store_true", help="more than a tenth of its entries are meant to go"
    )
    command("lists", _lists, "the watch lists, their versions and their age")
    command("fiu-cases", _cases, "what the rules against money laundering found")
    report = command("fiu-report", _report, "the report of a case as a file; the case is closed", "case")
    report.add_argument("--out", type=Path, required=True)


def _import(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    entries = read_list(wanted.source, wanted.file)
    done = list_versions.import_list(
        conn, entries, wanted.who, CLOCK.utc_ms(), may_lose_many=wanted.may_lose_many
    )
    changes = f"+{done.added} ~{done.changed} -{done.removed}"
    print(f"{wanted.source}\t{done.version}\t{changes}\theld {done.held}")


def _lists(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for one in screening.lists(conn):
        print(f"{one.source}\t{one.version}\t{one.entries}\t{Texts('en').moment(one.as_of_ms)}")


def _cases(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    texts = Texts("en")
    for one in laundering.cases(conn):
        state = texts.moment(one.reported_ms) if one.reported_ms else "open"
        total = texts.money(azn(one.total_qapik))
        print(
            f"{one.number}\t{one.rule}\t{total}\t{len(one.transfers)}\t{texts.moment(one.made_ms)}\t{state}"
        )


def _report(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    number = read_case_number(wanted.case) or wanted.case
    write_whole(wanted.out, laundering.report(conn, number, wanted.who, CLOCK.utc_ms()))
