"""What the doctor looks at, each as one finding with a name that stays; nothing is written or printed."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Trouble
from azpost_desk.files import LARGE_BYTES_MAX, SMALL_BYTES_MAX, content_of
from azpost_desk.programs import version
from azpost_desk.programs.desk_parts import centre_of, copies_of, devices_of, scanner_of
from azpost_desk.programs.desk_settings import settings_of
from azpost_desk.services import preflight
from azpost_desk.storage.backups import kept
from azpost_desk.storage.looking import Look, is_writable, looking
from azpost_desk.sync.looking import look_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.devices.ports import Device
    from azpost_desk.domain.days import Clock

State = Literal["ok", "warn", "bad", "not asked"]
DAY_MS: Final = 24 * 3_600_000
# [design] Who has to order a certificate needs a month; with a week left somebody has to run.
CERTIFICATE_DAYS_WARN: Final = 30
CERTIFICATE_DAYS_BAD: Final = 7
# So far a clock may stand behind the centre's last word without anything being wrong.
BEHIND_MS: Final = preflight.CLOCK_OFF_BAD_MS
_STATES: Final[dict[preflight.State, State]] = {"good": "ok", "warn": "warn", "bad": "bad"}
QT: Final = "PySide6-Essentials"
# Where dpkg keeps the sums of what it unpacked.
_DPKG: Final = Path("/var/lib/dpkg/info")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor.

    Attributes:
        id: stays the same for ever: scripts look for it.
        word: the key of the sentence that says what was found.
        code: whose sentence is said instead; it says what to do as well.
    """

    id: str
    state: State
    word: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """All findings, and what is known of the books where they could be opened."""

    findings: list[Finding]
    look: Look | None


def examine(folder: Path, clock: Clock) -> Examined:
    """Look at everything around and in the desk in `folder`. Slow: devices and centre take their time."""
    found = [*_machine(folder), *_devices(folder), *_versions()]
    url, verify = _centre(folder)
    found += _centre_findings(url, verify, clock)
    copies = _copies(folder, clock)
    try:
        with looking(folder, clock) as look:
            found += [*_books(look, clock), *copies]
            return Examined(found, look)
    except Trouble as trouble:
        found += [Finding("books", "bad", facts=trouble.facts, code=trouble.code), *copies]
        found += [Finding(name, "not asked", "doctor.books.closed") for name in NEED_BOOKS]
        return Examined(found, None)


NEED_BOOKS: Final = (
    "mark", "chain", "key", "schema", "clock-acknowledged", "unsent", "tariffs", "lists",
)  # fmt: skip


def _of(check: preflight.Check, name: str = "") -> Finding:
    """A line of the look before the day as a finding."""
    facts = dict(check.facts)
    code = facts.pop("code", "")
    word = f"preflight.{check.name}.{check.word}"
    return Finding(name or check.name, _STATES[check.state], word, facts, str(code))


def _machine(folder: Path) -> Iterator[Finding]:
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    yield _of(preflight.disk_check(shutil.disk_usage(nearest).free))
    may = is_writable(folder) if folder.exists() else os.access(nearest, os.W_OK)
    yield Finding("disk-writable", "ok" if may else "bad", f"doctor.writable.{'yes' if may else 'no'}")
    try:
        settings_of(folder)
    except Trouble as wrong:
        yield Finding("settings", "bad", facts=wrong.facts, code=wrong.code)
    else:
        yield Finding("settings", "ok", "doctor.settings.good")


def _devices(folder: Path) -> Iterator[Finding]:
    parts: dict[str, Device | None]
    try:
        devices = devices_of(folder)
        parts = {
            "pages": devices.pages,
            "receipts": devices.receipts,
            "label": devices.label,
            # Every terminal here says how it is; the port of the services does not ask for it.
            "terminal": cast("Device | None", devices.terminal),
            "scale": devices.scale,
            "scanner": scanner_of(folder),
            "signing": devices.signer,
        }
    except Trouble:
        # The settings have their own line.
        parts = {}
    for name in ("pages", "receipts", "label", "terminal", "scale", "scanner", "signing"):
        part = parts.get(name)
        if part is None:
            yield Finding(name, "not asked", "doctor.device.none")
            continue
        state = part.state()
        found = _of(preflight.printer_check(state.trouble or ""), name)
        yield Finding(name, found.state, found.word, {"place": state.place}, found.code)


def _versions() -> Iterator[Finding]:
    yield Finding("program", "ok", "doctor.program.is", {"version": version()})
    changed = qt_changed()
    if changed is None:
        yield Finding("qt", "not asked", "doctor.qt.unknown")
    elif changed:
        yield Finding("qt", "warn", "doctor.qt.changed", {"count": len(changed)})
    else:
        yield Finding("qt", "ok", "doctor.qt.delivered")


def qt_changed() -> list[str] | None:
    """Names of Qt's libraries that are other than delivered; None where nobody kept their sums."""
    wheel, package = _sums_of_wheel(), _sums_of_package()
    if not wheel and not package:
        return None
    changed = {path.name for path, told in wheel.items() if _sha256(path) != told}
    return sorted(changed | {path.name for path, told in package.items() if _md5(path) != told})


def _sums_of_wheel() -> dict[Path, str]:
    try:
        files = distribution(QT).files or []
    except PackageNotFoundError:
        return {}
    return {
        Path(str(one.locate())): one.hash.value
        for one in files
        if "libQt6" in one.name and one.hash is not None and one.hash.mode == "sha256"
    }


def _sums_of_package() -> dict[Path, str]:
    """Those of the runtime that this program was started on."""
    runtime = next((Path(one).parent.name for one in sys.path if "/azpost-desk/runtime-" in one), "")
    try:
        told_all = content_of(_DPKG / f"azpost-desk-{runtime}.md5sums", SMALL_BYTES_MAX * 16)
    except OSError:
        return {}
    sums = (line.partition("  ") for line in told_all.decode("utf-8", "replace").splitlines())
    return {Path("/") / name: told for told, _, name in sums if "/libQt6" in name}


def _sha256(path: Path) -> str:
    try:
        digest = hashlib.sha256(content_of(path, LARGE_BYTES_MAX)).digest()
    except OSError:
        return ""
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _md5(path: Path) -> str:
    try:
        return hashlib.md5(content_of(path, LARGE_BYTES_MAX), usedforsecurity=False).hexdigest()
    except OSError:
        return ""


def _centre(folder: Path) -> tuple[str, bool | str]:
    """The centre's address, "" where none is known, and whose certificates are believed."""
    try:
        return centre_of(folder), settings_of(folder).centre_certificates or True
    except Trouble:
        return "", True


def _centre_findings(url: str, verify: bool | str, clock: Clock) -> Iterator[Finding]:
    if not url:
        for name in ("line", "certificate", "clock"):
            yield Finding(name, "not asked", "doctor.line.nowhere")
        return
    seen = look_at(url, clock, verify)
    if seen.trouble:
        yield Finding("line", "warn" if seen.trouble in ("L-001", "L-002") else "bad", code=seen.trouble)
    else:
        yield Finding("line", "ok", "doctor.line.answers")
    if seen.certificate_until_ms is None:
        yield Finding("certificate", "not asked", "doctor.certificate.none")
    else:
        days = (seen.certificate_until_ms - clock.utc_ms()) // DAY_MS
        state: State = "bad" if days < CERTIFICATE_DAYS_BAD else "ok"
        state = "warn" if CERTIFICATE_DAYS_BAD <= days < CERTIFICATE_DAYS_WARN else state
        facts: dict[str, object] = {"days": days, "until_ms": seen.certificate_until_ms}
        yield Finding("certificate", state, "doctor.certificate.days", facts)
    yield _of(preflight.clock_check(seen.clock_off_ms))


def _copies(folder: Path, clock: Clock) -> list[Finding]:
    try:
        backups = kept(copies_of(folder)[0])
    except (Trouble, OSError):
        return [Finding("backup", "not asked", "doctor.backup.unknown")]
    return [_of(preflight.backup_check(clock.utc_ms() - backups[0].taken_ms if backups else None))]


def _books(look: Look, clock: Clock) -> Iterator[Finding]:
    stopped: dict[str, object] = {"reason": look.stopped}
    if look.stopped in ("mark", "behind"):
        yield Finding("mark", "bad", facts=stopped, code="G-060")
        yield Finding("books", "not asked", "doctor.books.behind")
    else:
        yield Finding("mark", "ok", "doctor.mark.there")
        if look.stopped:
            yield Finding("books", "bad", facts=stopped, code="G-060")
        else:
            yield Finding("books", "ok", "doctor.books.sound")
    if look.ended:
        yield Finding("chain", "bad", code=look.ended)
    else:
        yield Finding("chain", "ok", "doctor.chain.goes_on", {"desk": look.desk, "epoch": look.epoch})
    yield _of(preflight.key_check(look.protection))
    yield Finding("schema", "ok", "doctor.schema.is", {"schema": look.schema})
    behind = look.acknowledged_ms - clock.utc_ms()
    state: State = "bad" if behind > BEHIND_MS else "ok"
    word = "doctor.acknowledged.behind" if state == "bad" else "doctor.acknowledged.after"
    yield Finding("clock-acknowledged", state, word, {"acknowledged_ms": look.acknowledged_ms})
    yield _of(preflight.unsent_check(look.waiting, look.trusted_ms - look.oldest_ms))
    for check in preflight.lists_checks(look.reading, calendar_day(look.trusted_ms)):
        yield _of(check)
