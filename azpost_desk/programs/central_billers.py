"""`azpost-desk central billers | register | registers | settle`; connectors of `serve`."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from azpost_desk.central import biller_breaker, billers_reached
from azpost_desk.central.gateways import kinds
from azpost_desk.central.registers import keeping, matching, reading, reconciling, settling
from azpost_desk.central.registry import files
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import content_of
from azpost_desk.programs.central_commands import CLOCK, Command, book_of, secret_beside
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.billers_reached import BillerState
    from azpost_desk.central.gateways.connectors import Connector
    from azpost_desk.central.storage.database import Connection

_HEAD = (
    *("biller", "name", "group", "connector", "state", "waiting", "AZN", "oldest", "to decide"),
    "registers missing",
)


def add(command: Command) -> None:
    """What people do about billers."""
    says = "each biller: its connector, whether it answers, what waits for it"
    one = command("billers", _billers, says)
    one.add_argument("--json", action="store_true", help="a JSON list; sums in qəpik")
    says = "a biller that refused everything is sent to again: somebody has spoken with it"
    again = command("biller-open", _open, says)
    again.add_argument("biller")
    for name in ("--by", "--why"):
        again.add_argument(name, required=True)
    says = "a biller's register of a day: what it has settles, what it lacks is a task"
    taken = command("register", _register, says)
    taken.add_argument("file", type=Path, help="CSV or JSON, see: template register")
    says = "the book of what billers have against their registers: every open item, its owner and its term"
    command("registers", _registers, says)
    says = "settle with a biller what line and register both have; gross, its commission apart"
    command("settle", _settle, says, "biller")


def reached(file: Path | None) -> tuple[dict[str, Connector], dict[str, str]]:
    """Connectors and their kinds by biller, from the connectors' file; none without one.

    Raises:
        WrongFile: X-100 to X-104, P-070 to P-072. OSError: a key.
    """
    tables = files.read(file, dict[str, dict[str, Any]]) if file else {}
    connectors: dict[str, Connector] = {}
    names: dict[str, str] = {}
    for biller, table in tables.items():
        if file is None:
            continue
        names[biller] = str(table.pop("kind", kinds.FIRST_KIND))
        connectors[biller] = _connector(file, biller, names[biller], table)
    return connectors, names


def _connector(file: Path, biller: str, name: str, table: dict[str, Any]) -> Connector:
    def secret(beside: str) -> str:
        return secret_beside(file, f"{biller}.key_file", beside)

    try:
        kind = kinds.kind_of(name)
        settings: msgspec.Struct = files.checked(table, kind.settings, file.name, biller)
        return kinds.connect(kind, settings, kinds.Wiring(CLOCK.utc_ms, secret), biller)
    except WrongFile:
        raise
    except Refused as refused:
        raise WrongFile(refused.code, refused.field, **refused.facts) from refused


def _billers(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    listed = billers_reached.states(conn, CLOCK.utc_ms())
    if wanted.json:
        rows = [
            {
                **{name: value for name, value in msgspec.structs.asdict(one).items() if name[-3:] != "_ms"},
                "since": _when(one.since_ms),
                "oldest": _when(one.oldest_ms),
                "paused": _when(one.paused_ms),
            }
            for one in listed
        ]
        print(msgspec.json.encode(rows).decode())
        return
    for row in (_HEAD, *map(_row, listed)):
        print(*row, sep="\t")


def _open(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    biller_breaker.reopen(conn, wanted.biller, wanted.by, wanted.why)


def _register(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    try:
        content = content_of(wanted.file, files.FILE_BYTES_MAX)
    except OSError as fault:
        if fault.errno != errno.EFBIG:
            raise
        megabytes = files.FILE_BYTES_MAX // 1024**2
        raise WrongFile("X-110", file=wanted.file.name, megabytes=megabytes) from fault
    said = reading.read(wanted.file.name, content)
    with book_of(dsn) as book, conn.transaction():
        is_new = keeping.take(conn, said, content, wanted.who, CLOCK.utc_ms())
        if is_new:
            matching.match(conn, book, said.biller, CLOCK.utc_ms())
    state = "taken" if is_new else "known"
    print(said.biller, said.day, said.version, state, len(said.rows), _manat(said.amount_qapik), sep="\t")


def _registers(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    for one in reconciling.reconcile(conn):
        sums = (one.ledger_qapik, one.register_qapik, one.unexplained_qapik)
        print(one.biller, *map(_manat, sums), sep="\t")
        for item in one.items:
            print("", item.sort, item.name, _manat(item.qapik), item.owner, item.until, sep="\t")


def _settle(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with book_of(dsn) as book, conn.transaction():
        made = settling.settle(conn, book, wanted.biller, wanted.who, CLOCK.utc_ms())
    sums = (made.amount_qapik, made.commission_qapik, made.commission_told_qapik)
    print(made.settlement, made.count, *map(_manat, sums), sep="\t")


def _manat(qapik: int) -> str:
    return f"{azn(qapik).decimal():.2f}"


def _row(one: BillerState) -> tuple[object, ...]:
    state = "not configured" if one.answers is None else "answers" if one.answers else "SILENT"
    if one.paused_ms:
        state = f"PAUSED since {_when(one.paused_ms)}"
    elif one.answers is False:
        state = f"{state} since {_when(one.since_ms)}"
    waiting = f"{azn(one.waiting_qapik).decimal():f}"
    oldest = _when(one.oldest_ms) or "-"
    kind = one.kind or "-"
    missing = ", ".join(one.registers_missing) or "-"
    shown = (one.biller, one.name or "-", one.group or "-", kind, state)
    return (*shown, one.waiting_count, waiting, oldest, one.undecided_count, missing)


def _when(at_ms: int) -> str:
    return local(at_ms).isoformat(timespec="seconds") if at_ms else ""
