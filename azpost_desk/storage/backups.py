"""Local backups: a copy page by page under the same key, proven before it counts, kept by rotation.

A backup has a connection of its own: nobody at the counter waits for it. It counts only under its final
name, which it gets when the copy has been opened, every page has its checksum, every chain its links, and its
end and its ledger are those of the books it was taken from.
"""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.messages import Enrolled
from azpost_desk.protocol.old_chains import EscrowedKey
from azpost_desk.protocol.records import GENESIS, record_hash
from azpost_desk.protocol.sealing import seal_for
from azpost_desk.storage import engine, trusting, vault
from azpost_desk.storage.books import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.services.ports import Clock

FOLDER: Final = "backups"
KEY_ENDING: Final = ".key"
_NAME: Final = re.compile(r"desk-([0-9]{13})\.db")
# [design] The last week's copies, and one of each older month for a year; no law fixes it.
NEWEST_KEPT: Final = 14
MONTHS_KEPT: Final = 12
_MONTH_MS: Final = 30 * 24 * 3_600_000
EVERY_MS: Final = 4 * 3_600_000
_LOOK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was proven: where it lies, when it was taken (UTC ms)."""

    path: Path
    taken_ms: int


@dataclass(frozen=True, slots=True)
class _State:
    """What a copy must have in common with its books: last record, sum of the ledger up to it."""

    epoch: int
    sequence: int
    hash: bytes
    record: int
    minor: int
    postings: int


def kept(folder: Path) -> list[Backup]:
    """Every proven backup in `folder`, newest first; [] when there is no such folder."""
    if not folder.is_dir():
        return []
    found = [
        Backup(path, int(match[1])) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))
    ]
    return sorted(found, key=lambda one: one.taken_ms, reverse=True)


def back_up(data: Path, to: Path, now_ms: int, safe: vault.Vault | None = None) -> Backup:
    """Take one backup of the desk in `data`, prove it and drop the ones that rotation lets go.

    It is dated `now_ms`, unless the books say that this cannot be the time (storage.trusting). Beside it lies
    its key, sealed for the centre: a new machine gets it there with the desk's one-time code.

    Raises:
        Trouble: G-070 no desk there, G-063 the key is lost, G-071 it is empty or no file, G-073 the copy
            could not be written or is not what the books are; nothing that counts was changed then.
    """
    database = data / DATABASE
    if not database.exists():
        raise Trouble("G-070")
    key = vault.secret(safe or vault.existing(data), vault.DATABASE)
    unproven = to / "unproven.db"
    try:
        to.mkdir(parents=True, exist_ok=True)
        _drop(unproven)
        source = engine.driver(database, key, read_only=True)
        try:
            _copy(source, unproven, key)
            _prove(source, unproven, key)
            escrowed = _escrowed(source, key)
            now_ms = trusting.believed_now(source.execute, now_ms)
        finally:
            source.close()
        done = Backup(to / f"desk-{now_ms:013}.db", now_ms)
        if escrowed:
            _write(done.path.with_suffix(KEY_ENDING), escrowed)
        _settle(unproven, done.path)
        _rotate(to, now_ms)
    except (OSError, engine.DriverError) as fault:
        raise Trouble("G-073", why=str(fault)) from fault
    return done


def prove(path: Path, key: bytes) -> tuple[int, int, str]:
    """Open a backup for reading and prove it whole; (epoch, sequence, hash) of its last record.

    Raises:
        Trouble: G-063 the key does not fit, G-073 it is damaged.
    """
    try:
        copy = engine.driver(path, key, read_only=True)
    except Trouble as trouble:
        if trouble.code == "G-071":
            raise Trouble("G-073", why=str(trouble.__cause__)) from trouble
        raise
    try:
        _check_whole(copy)
        end = _state(copy, None)
    except engine.DriverError as fault:
        raise Trouble("G-073", why=str(fault)) from fault
    finally:
        copy.close()
    return end.epoch, end.sequence, end.hash.hex()


def newest_proven(folder: Path, key: bytes) -> Path | None:
    """The backup that reaches furthest of those that are whole under this key, whatever their dates say."""
    for path in sorted((one.path for one in kept(folder)), key=lambda path: _reach(path, key), reverse=True):
        try:
            prove(path, key)
        except Trouble:
            continue
        return path
    return None


def _reach(path: Path, key: bytes) -> tuple[int, int]:
    """(epoch, sequence) of the last record in it, unproven; (0, 0) where it cannot be read."""
    try:
        copy = engine.driver(path, key, read_only=True)
    except (Trouble, engine.DriverError):
        return 0, 0
    try:
        end = copy.execute("SELECT epoch, max(sequence) FROM journal GROUP BY epoch ORDER BY epoch DESC")
        epoch, sequence = end.fetchone() or (0, 0)
    except engine.DriverError:
        return 0, 0
    finally:
        copy.close()
    return epoch, sequence


def _copy(source: Any, path: Path, key: bytes) -> None:
    copy = engine.driver(path, key)
    try:
        source.backup(copy)
        # One file and nothing beside it, so that it may be carried anywhere.
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()


def _prove(source: Any, path: Path, key: bytes) -> None:
    copy = engine.driver(path, key, read_only=True)
    try:
        _check_whole(copy)
        end = _state(copy, None)
        if end != _state(source, end.record):
            raise Trouble("G-073", why="the copy ends otherwise than the books")
    finally:
        copy.close()


def _check_whole(copy: Any) -> None:
    damaged = [row[0] for row in copy.execute("PRAGMA cipher_integrity_check")]
    damaged += [row[0] for row in copy.execute("PRAGMA quick_check") if row[0] != "ok"]
    if damaged:
        raise Trouble("G-073", why=str(damaged[0]))
    ends: dict[int, bytes] = {}
    rows = copy.execute(
        "SELECT epoch, sequence, header, body, previous, hash FROM journal ORDER BY epoch, sequence"
    )
    for epoch, sequence, header, body, previous, digest in rows:
        if previous != ends.get(epoch, GENESIS) or record_hash(previous, header, body) != digest:
            raise Trouble("G-073", why=f"record {epoch}/{sequence}")
        ends[epoch] = digest


def _state(raw: Any, upto: int | None) -> _State:
    wanted = (
        "SELECT epoch, sequence, hash, id FROM journal WHERE id = coalesce(?, (SELECT max(id) FROM journal))"
    )
    row = raw.execute(wanted, (upto,)).fetchone()
    epoch, sequence, digest, record = row or (0, 0, b"", 0)
    # Signs would cancel each other out: what is compared is how much was moved.
    minor, count = raw.execute(
        "SELECT coalesce(sum(abs(minor)), 0), count(*) FROM postings WHERE record <= ?", (record,)
    ).fetchone()
    return _State(epoch, sequence, digest, record, minor, count)


def _settle(unproven: Path, path: Path) -> None:
    """On the disk under its final name, whatever the power does."""
    with unproven.open("rb") as file:
        os.fsync(file.fileno())
    unproven.replace(path)
    if os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _rotate(folder: Path, now_ms: int) -> None:
    months: set[int] = set()
    # What a wrong clock dated into the future is the first to go: it must not count as the newest for years.
    for number, one in enumerate(sorted(kept(folder), key=lambda one: one.taken_ms > now_ms)):
        month = (now_ms - one.taken_ms) // _MONTH_MS
        keep = number < NEWEST_KEPT or (month not in months and 0 <= month < MONTHS_KEPT)
        months.add(month)
        if not keep:
            one.path.unlink()
            one.path.with_suffix(KEY_ENDING).unlink(missing_ok=True)


def _escrowed(source: Any, key: bytes) -> bytes:
    """The key, sealed for the centre; b"" where the centre gave no key to seal with."""
    row = source.execute("SELECT enrolled FROM identity ORDER BY epoch DESC LIMIT 1").fetchone()
    if row is None:
        return b""
    who = msgspec.json.decode(row[0], type=Enrolled)
    content = msgspec.json.encode(EscrowedKey(desk=who.desk, key=key.hex()))
    return seal_for(who.recovery_key, content) if who.recovery_key else b""


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _drop(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


class Source(Protocol):
    """The books that are copied."""

    def head(self) -> tuple[int, int, str]:
        """(epoch, sequence, hash) of the newest record; nothing new, no backup."""

    def trusted_ms(self) -> int:
        """Now by trusted time: a backup is dated and due by it."""


class BackupRounds:
    """Takes a backup after every close of the day and every few hours in which something was recorded."""

    def __init__(
        self,
        data: Path,
        to: Path,
        clock: Clock,
        books: Source,
        safe: vault.Vault | None = None,
    ) -> None:
        """
        Args:
            clock: for the time this program has been running; what the PC calls the time decides nothing.
        """
        self._data, self._to, self._clock, self._books, self._safe = data, to, clock, books, safe
        self._done_run_ms = clock.monotonic_ms()
        self._due = threading.Event()
        self._wanted = False
        self._ending = False
        self._copied: tuple[int, int, str] | None = None
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="backups", daemon=True)

    def start(self) -> None:
        """Begin; the first look is half a minute later."""
        self._thread.start()

    def stop(self) -> None:
        """End after the backup in hand."""
        self._ending = True
        self._due.set()
        if self._thread.ident is not None:
            self._thread.join()

    def want(self) -> None:
        """The day was closed: take one now, not at the next due time."""
        self._wanted = True
        self._due.set()

    def state(self) -> tuple[int, str]:
        """(when the newest proven backup was taken, 0 for never; why the last try failed, "" for nothing)."""
        return self._newest_ms(), self._trouble

    def look(self) -> Backup | None:
        """Take a backup when one is due; None when none is, or it failed (see `state`)."""
        now_ms, run_ms = self._books.trusted_ms(), self._clock.monotonic_ms()
        # Whichever asks first: the trusted time, or the time this program has run since its last one.
        is_old = now_ms - self._newest_ms() >= EVERY_MS or run_ms - self._done_run_ms >= EVERY_MS
        head = self._books.head()
        if not (self._wanted or self._trouble or is_old) or head == self._copied:
            return None
        self._wanted = False
        try:
            done = back_up(self._data, self._to, now_ms, self._safe)
        except Trouble as trouble:
            self._trouble = str(trouble.facts.get("why", trouble.code))
            return None
        self._copied, self._trouble, self._done_run_ms = head, "", run_ms
        return done

    def _newest_ms(self) -> int:
        """When the newest one was taken that is not dated into the future; 0 for none."""
        upto_ms = self._books.trusted_ms() + EVERY_MS
        return next((one.taken_ms for one in kept(self._to) if one.taken_ms <= upto_ms), 0)

    def _run(self) -> None:
        while not self._ending:
            # First a pause: the start of the program is for the one who wants to sign in.
            self._due.wait(_LOOK_SECONDS)
            self._due.clear()
            if not self._ending:
                self.look()
