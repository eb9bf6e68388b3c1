"""`azpost-desk doctor`: what ails this counter and what to do, line by line; also beside a running desk.

Nothing is written into the books and nothing is printed. With --bundle a file for support is made: findings,
versions, counts and the log, without a name, a number or a word of any customer or officer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from azpost_desk import places
from azpost_desk.domain.refusals import Trouble
from azpost_desk.files import write_whole
from azpost_desk.programs import complain, version
from azpost_desk.programs.desk import SystemClock
from azpost_desk.programs.doctor_checks import Examined, Finding, examine
from azpost_desk.services.support import masked
from azpost_desk.texts import LANGUAGES, Texts, local

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG_BYTES_MAX: Final = 256 * 1024
_LOGS_MAX: Final = 10
_MARKS: Final = {"ok": "  ", "not asked": "- ", "warn": "! ", "bad": "X "}


def main(argv: list[str]) -> int:
    """0 when all is well, 1 when something wants attention, 2 when something is bad."""
    parser = argparse.ArgumentParser(prog="azpost-desk doctor", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder; default: this desk's")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    bundle = "write a zip for support, without personal data"
    parser.add_argument("--bundle", type=Path, metavar="FILE", help=bundle)
    wanted = parser.parse_args(argv)
    folder, clock = wanted.data or places.data(), SystemClock()
    examined = examine(folder, clock)
    texts = Texts(language(os.environ))
    if wanted.json:
        print(json.dumps(answer(examined, clock.utc_ms(), texts), ensure_ascii=False))
    else:
        for one in examined.findings:
            print(f"{_MARKS[one.state]}{one.id:<20}{sentence(one, texts)}")
    if wanted.bundle is not None:
        try:
            write_whole(wanted.bundle, bundled(examined, places.logs(folder), clock.utc_ms()))
        except OSError as fault:
            complain(Trouble("G-171", file=str(wanted.bundle), why=fault.strerror or str(fault)))
            return 2
    return exit_code(examined.findings)


def exit_code(findings: list[Finding]) -> int:
    """By the worst of them."""
    states = {one.state for one in findings}
    return 2 if "bad" in states else 1 if "warn" in states else 0


def language(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for; English where it is none of ours."""
    names = ("AZPOST_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    asked = next((environment[name] for name in names if environment.get(name)), "")
    return asked[:2].lower() if asked[:2].lower() in LANGUAGES else "en"


def sentence(one: Finding, texts: Texts) -> str:
    """What was found and, where it is not well, what to do."""
    if one.code:
        return texts.refusal(one.code, **one.facts)
    found = texts.t(one.word, **one.facts)
    todo = f"doctor.do.{one.id}"
    if one.state not in ("warn", "bad") or not texts.has(todo):
        return found
    return f"{found.rstrip('.')}. {texts.t(todo)}"


def answer(examined: Examined, now_ms: int, texts: Texts | None = None) -> dict[str, Any]:
    """The findings as JSON; without `texts` only names, states and codes: nothing that anybody wrote."""
    look = examined.look
    return {
        "ok": exit_code(examined.findings) == 0,
        "as_of": local(now_ms).isoformat(timespec="seconds"),
        "desk": look.desk if look else "",
        "checks": [
            {
                "id": one.id,
                "state": one.state,
                "code": one.code,
                **({"sentence": sentence(one, texts)} if texts else {"word": one.word, **_numbers(one)}),
            }
            for one in examined.findings
        ],
    }


def _numbers(one: Finding) -> dict[str, int]:
    return {name: value for name, value in one.facts.items() if isinstance(value, int)}


def bundled(examined: Examined, logs: Path, now_ms: int) -> bytes:
    """The file for support, from what is known already."""
    look = examined.look
    versions = {
        "program": version(),
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "schema": look.schema if look else None,
    }
    parts = {
        "doctor.json": _json(answer(examined, now_ms)),
        "versions.json": _json(versions),
        "counts.json": _json(look.rows if look else {}),
    }
    for number, path in enumerate(_newest(logs)):
        # Its name could be anybody's.
        parts[f"log-{number}.txt"] = masked(_tail(path)).encode("utf-8")
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8")


def _newest(logs: Path) -> list[Path]:
    try:
        found = [(path.stat().st_mtime, path) for path in logs.glob("*.log*") if path.is_file()]
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True)[:_LOGS_MAX]]


def _tail(path: Path) -> str:
    """The end of a log; the line that was cut is left out."""
    try:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - LOG_BYTES_MAX)
            file.seek(start)
            text = file.read(LOG_BYTES_MAX).decode("utf-8", "replace")
    except OSError:
        return ""
    return text.partition("\n")[2] if start else text
