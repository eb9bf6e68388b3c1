"""`azpost-desk central doctor`: what ails the centre and what to do, line by line; nothing is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from azpost_desk.central import health
from azpost_desk.central.health import Seen
from azpost_desk.central.storage.database import connect
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs.central_commands import CLOCK
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.health import State
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.programs.central_commands import Command

_DAY_MS = 24 * 3_600_000
# [design] Who has to order a certificate needs a month; with a week left somebody has to run.
_DAYS_WARN, _DAYS_BAD = 30, 7


def add(command: Command) -> None:
    """The one command."""
    one = command("doctor", doctor, "what ails the centre, and what to do; ends with 0, 1 (warn) or 2 (bad)")
    one.add_argument("--json", action="store_true", help="one JSON object")
    one.add_argument("--certificate", type=Path, help="PEM file that is served: how long it is good")


def doctor(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    """See `examined`; main calls that, since nothing may be migrated on the way."""
    raise AssertionError("the doctor looks at a database as it is")


def examined(wanted: argparse.Namespace, dsn: str) -> int:
    """Say every line; 0 when all is well, 1 when something wants attention, 2 when something is bad.

    Raises:
        OSError: the certificate cannot be read. psycopg.OperationalError: the database is not reached.
    """
    now_ms, texts = CLOCK.utc_ms(), Texts("en")
    with connect(dsn) as conn:
        seen = health.look(conn, now_ms)
    seen.append(_certificate(wanted.certificate, now_ms))
    lines = [{"id": one.id, "state": one.state, "sentence": _sentence(one, texts)} for one in seen]
    states = {one.state for one in seen}
    if wanted.json:
        print(json.dumps({"ok": states <= {"ok", "not asked"}, "checks": lines}, ensure_ascii=False))
    else:
        for line in lines:
            print(f"{line['state']:<10}{line['id']:<17}{line['sentence']}")
    return 2 if "bad" in states else 1 if "warn" in states else 0


def _sentence(one: Seen, texts: Texts) -> str:
    word = "well" if one.state in ("ok", "not asked") else "ill"
    return texts.t(f"central.doctor.{one.id}.{word}", **one.facts)


def _certificate(file: Path | None, now_ms: int) -> Seen:
    if file is None:
        return Seen("certificate", "not asked", {"days": "-"})
    from cryptography import x509

    shown = x509.load_pem_x509_certificate(content_of(file, SMALL_BYTES_MAX))
    days = (int(shown.not_valid_after_utc.timestamp()) * 1000 - now_ms) // _DAY_MS
    state: State = "bad" if days < _DAYS_BAD else "warn" if days < _DAYS_WARN else "ok"
    return Seen("certificate", state, {"days": days})
