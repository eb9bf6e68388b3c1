"""`azpost-desk central codes`; the connector to the instant rail made from the file of `serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.gateways.iso_instant import InstantRail, Payee
from azpost_desk.central.instant import listing
from azpost_desk.central.registry import files
from azpost_desk.central.registry.files import WrongFile
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.programs.central_abroad import ChannelFile, wired
from azpost_desk.texts.sentences import local

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.programs.central_commands import Command

_HEAD = ("what", "id", "desk", "state", "AZN", "since", "reason")


class PayeeFile(msgspec.Struct, frozen=True):
    """Who is paid, as `Payee` says it."""

    name: str
    city: str
    postcode: str
    category: str
    iban: str
    bic: str


class RailFile(msgspec.Struct, frozen=True):
    """The file that --rail names."""

    rail: ChannelFile
    payee: PayeeFile


def add(command: Command) -> None:
    """What people look at of money by code."""
    says = "money by code that waits for somebody: open requests, late or doubted money, what goes back"
    command("codes", _codes, says).add_argument("--json", action="store_true", help="a JSON list; qəpik")


def reached(file: Path | None) -> InstantRail | None:
    """The connector to the rail; None without a file.

    Raises:
        WrongFile: X-100 to X-104, Q-006, Q-007, I-003 the payee. Refused: M-011 in clear beyond this machine.
        OSError: a key.
    """
    if file is None:
        return None
    said = files.read(file, RailFile)
    payee = Payee(**msgspec.structs.asdict(said.payee))
    channel, key = wired(file, "rail", said.rail)
    try:
        return InstantRail(channel, key, payee)
    except Refused as refused:
        raise WrongFile(refused.code, "payee", **refused.facts) from refused


def _codes(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    waiting = listing.waiting(conn)
    if wanted.json:
        print(msgspec.json.encode(waiting).decode())
        return
    print(*_HEAD, sep="\t")
    for one in waiting:
        since = local(one.since_ms).isoformat(timespec="seconds")
        amount = f"{azn(one.amount_qapik).decimal():.2f}"
        print(one.sort, one.id, one.desk or "-", one.state, amount, since, one.reason or "-", sep="\t")
