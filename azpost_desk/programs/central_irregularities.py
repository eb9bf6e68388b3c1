"""`azpost-desk central irregularities | irregularity-end | irregularity-photo`: what is wrong with mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.mail import irregularities
from azpost_desk.domain.typed import one_line
from azpost_desk.files import write_whole
from azpost_desk.programs.central_commands import CLOCK
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.programs.central_commands import Command


def add(command: Command) -> None:
    """List them, end one, look at a photo."""
    says = "items lost, missing, too much or reported as not right, and whose task each is"
    command("irregularities", _list, says).add_argument("--json", action="store_true", help="one JSON array")
    end = command("irregularity-end", _end, "one has ended: a person says how")
    photo = command("irregularity-photo", _photo, "write the photo of a report into a file (JPEG)")
    for one in (end, photo):
        one.add_argument("irregularity", type=int, metavar="ID", help="as irregularities lists it")
    photo.add_argument("file", type=Path, metavar="FILE")
    for name in ("--by", "--why"):
        end.add_argument(name, required=True)


def _list(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rows = []
    for one in irregularities.listed(conn):
        at = local(one.made_ms).isoformat(timespec="seconds")
        rows.append(one._asdict() | {"made_ms": at, "words": one_line(one.words)})
    if wanted.json:
        print(msgspec.json.encode([_named(row) for row in rows]).decode())
        return
    print(*_named(dict.fromkeys(irregularities.Open._fields)), sep="\t")
    for row in rows:
        row["photo"] = "photo" if row["photo"] else ""
        print(*(value if value != "" else "-" for value in row.values()), sep="\t")


def _named(row: dict[str, object]) -> dict[str, object]:
    return {"made" if name == "made_ms" else name: value for name, value in row.items()}


def _end(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    irregularities.end(conn, wanted.irregularity, wanted.by, wanted.why, CLOCK.utc_ms())


def _photo(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    write_whole(wanted.file, irregularities.photo_of(conn, wanted.irregularity))
