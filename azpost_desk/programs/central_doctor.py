"""`azpost-desk central doctor`: what ails the centre and what to do, line by line; nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from azpost_desk.central import health
from azpost_desk.central.health import Seen
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs.central_commands import CLOCK, nothing
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.health import State
    from azpost_desk.programs.central_commands import Command

_DAY_MS = 24 * 3_600_000
# [design] Who has to order a certificate needs a month; with a week left somebody has to run.
_DAYS_WARN, _DAYS_BAD = 30, 7
ANSWER_SECONDS_MAX: Final = 10
"""How long the database may take to answer; whoever looks is waiting for a word."""


def add(command: Command) -> None:
    """The one command; `looks` instead of an act, since nothing may be migrated on the way."""
    one = command("doctor", nothing, "what ails the centre, and what to do; ends with 0, 1 (warn) or 2 (bad)")
    one.set_defaults(looks=doctor)
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.add_argument("--certificate", type=Path, help="PEM file that is served: how long it is good")
    disk = "a folder whose disk must not be full, beside the database's (again for another)"
    one.add_argument("--disk", type=Path, action="append", default=[], metavar="DIR", help=disk)


def doctor(wanted: argparse.Namespace, dsn: str) -> int:
    """Say every line; 0 when all is well, 1 when something wants attention, 2 when something is bad."""
    now_ms, texts = CLOCK.utc_ms(), Texts("en")
    seen = _of_database(dsn, now_ms, tuple(wanted.disk))
    seen.append(_certificate(wanted.certificate, now_ms))
    lines = [{"id": one.id, "state": one.state, "sentence": _sentence(one, texts)} for one in seen]
    states = {one.state for one in seen}
    if wanted.json:
        print(json.dumps({"ok": states <= {"ok", "not asked"}, "checks": lines}, ensure_ascii=False))
    else:
        for line in lines:
            print(f"{line['state']:<10}{line['id']:<17}{line['sentence']}")
    return 2 if "bad" in states else 1 if "warn" in states else 0


def _of_database(dsn: str, now_ms: int, disks: tuple[Path, ...]) -> list[Seen]:
    """What the database says of itself, or that it says nothing."""
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=ANSWER_SECONDS_MAX) as conn:
            return health.look(conn, now_ms, disks)
    except psycopg.OperationalError as error:
        # Libpq says it in several lines, one for each address that it tried.
        return [Seen("database", "bad", {"why": " ".join(str(error).split()).rstrip(".")})]


def _sentence(one: Seen, texts: Texts) -> str:
    word = one.word or ("well" if one.state in ("ok", "not asked") else "ill")
    return texts.t(f"central.doctor.{one.id}.{word}", **one.facts)


def _certificate(file: Path | None, now_ms: int) -> Seen:
    if file is None:
        return Seen("certificate", "not asked", {"days": "-"})
    from cryptography import x509

    try:
        shown = x509.load_pem_x509_certificate(content_of(file, SMALL_BYTES_MAX))
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Seen("certificate", "bad", {"file": str(file), "why": why}, "unread")
    except ValueError:
        return Seen("certificate", "bad", {"file": str(file)}, "no_pem")
    days = (int(shown.not_valid_after_utc.timestamp()) * 1000 - now_ms) // _DAY_MS
    state: State = "bad" if days < _DAYS_BAD else "warn" if days < _DAYS_WARN else "ok"
    return Seen("certificate", state, {"days": days})
