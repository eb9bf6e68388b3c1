"""The desk's database as the program sees it: opened once, read and written in whole transactions."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from azpost_desk.domain import operations as ops
from azpost_desk.domain.refusals import Trouble
from azpost_desk.domain.trusted_time import TrustedTime
from azpost_desk.protocol.keys import SigningKey
from azpost_desk.protocol.old_chains import OldRecord
from azpost_desk.services import views
from azpost_desk.storage import balancing, engine, machine, old_epochs, trusting, vault
from azpost_desk.storage import tables as t
from azpost_desk.storage.desk import OpenDesk, newest_identity, who_is
from azpost_desk.storage.line import LineBooks
from azpost_desk.storage.lock import DeskLock
from azpost_desk.storage.looking import why_fallen
from azpost_desk.storage.reading import BookReading
from azpost_desk.storage.rebuild import rebuild, rebuild_after
from azpost_desk.storage.writing import BookWriting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from azpost_desk.domain.days import Clock
    from azpost_desk.protocol.messages import Enrolled
    from azpost_desk.services import ports
    from azpost_desk.storage.vault import Protection

DATABASE = "desk.db"
_LOG = logging.getLogger(__name__)
# Reading every page takes about a second for 400 MB: more than a start has.
DAMAGE_AT_START_BYTES_MAX = 64 * 1024 * 1024
# A counter has little memory to spare; `azpost-desk check` folds larger files.
FOLDED_AT_WORK_BYTES_MAX = 32 * 1024 * 1024
# Lies beside a database whose first epoch has not begun: whatever is in it is no desk's book yet.
UNFINISHED = "desk.db.unfinished"
Earlier = Callable[[old_epochs.Known], Iterable[OldRecord]]


class DeskBooks(LineBooks):
    """Implements services.ports.Books for the counter, and sync.ports.SyncBooks for the line (LineBooks).

    One process per folder; within it every transaction takes its turn under one lock, so the lane of the
    screens and the thread of the line may share it.
    """

    def __init__(self, folder: Path, desk: OpenDesk, lock: DeskLock) -> None:
        self.folder = folder
        self._desk = desk
        self._lock = lock
        self._turn = threading.RLock()
        self._ended_badly = False
        at_work = (folder / DATABASE).stat()
        self._file = at_work.st_dev, at_work.st_ino
        # Told under the books' turn when a day was closed: asks for a backup, and returns at once.
        self.day_closed: Callable[[], None] | None = None

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether a desk was enrolled in this folder."""
        return (folder / DATABASE).exists() and not (folder / UNFINISHED).exists()

    @classmethod
    def create(
        cls,
        folder: Path,
        enrolled: Enrolled,
        key: SigningKey,
        clock: Clock,
        *,
        software: str = "",
        reason: str = "enrolled",
        keep: vault.Vault | None = None,
        earlier: Earlier | None = None,
        base: tuple[Path, bytes] | None = None,
    ) -> DeskBooks:
        """Begin a chain: the first of a new folder, or the next epoch of a desk that enrols again.

        Args:
            earlier: gives, from what is here, the records of ended epochs that are missing: stored before the
                first record of the new epoch, so that nothing is sold before the past is whole.
            base: a backup of this desk and its key: a new folder begins with what is in it.

        Raises:
            Trouble: L-022 another centre than this desk's, G-062 another program has the folder open, G-069,
                G-078 as old_epochs.keep; what `earlier` raises. A folder that was new is as new again then.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = DeskLock(folder)
        unfinished = folder / UNFINISHED
        fresh = not cls.exists(folder)
        try:
            if fresh:
                _forget_database(folder)
                unfinished.touch()
            safe = keep or vault.of(folder)
            _lay_ground(folder, safe, base if fresh else None)
            # Until the epoch is on the disk the old key stays the key: a cut leaves the one or the other.
            safe.put(vault.NEXT, key.secret().hex())
            connection = engine.connect(folder / DATABASE, vault.secret(safe, vault.DATABASE))
            _stay_with_the_centre(connection, enrolled)
            # Beside the keys, and nowhere in the file: a copy of the database answers no challenge.
            safe.put(vault.APPROVALS, enrolled.approval_secret)
            enrolled = msgspec.structs.replace(enrolled, approval_secret="")
            desk = OpenDesk(connection, enrolled, key, clock, safe)
            desk.begin(TrustedTime(clock, enrolled.time_ms))
            books = cls(folder, desk, lock)
            books._begin_epoch(software, reason, earlier)
            if base is not None or earlier is not None:
                books.rebuild()
            safe.put(vault.SIGNING, key.secret().hex())
            safe.put(vault.NEXT, "")
            safe.put(vault.ROTATED, "")
            books._advance_mark()
            balancing.forget(safe)
            machine.settle(safe, folder / DATABASE)
            unfinished.unlink(missing_ok=True)
            books._note_start()
        except BaseException:
            lock.release()
            raise
        return books

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, keep: vault.Vault | None = None) -> DeskBooks:
        """Open an enrolled desk. A database that is behind its mark, or broken, opens for looking only.

        Raises:
            Trouble: G-062 another program has it open, G-096 no lock can be made, G-063 the key is lost or
                wrong, G-068 SQLite too old, G-069 the file is of a newer program, G-070 no desk was enrolled
                here, G-071 the file is so damaged that nothing can be looked at: only a restore helps.
        """
        if not cls.exists(folder):
            raise Trouble("G-070")
        lock = DeskLock(folder)
        try:
            safe = keep or vault.existing(folder)
            connection = _opened(folder / DATABASE, vault.secret(safe, vault.DATABASE))
            enrolled, public = newest_identity(connection)
            key = SigningKey(vault.signing_secret(safe, lambda secret: SigningKey(secret).public() == public))
            desk = OpenDesk(connection, enrolled, key, clock, safe)
            if before := connection.info.get(engine.MIGRATED):
                with _transaction(connection, "BEGIN IMMEDIATE"):
                    desk.refolded = rebuild_after(desk, before)
            desk.begin(trusting.begin(connection.exec_driver_sql, clock))
            desk.stopped = _why_damaged(folder / DATABASE, vault.secret(safe, vault.DATABASE))
            desk.stopped = desk.stopped or _why_stopped(connection, safe)
            desk.ended = vault.ended(safe, enrolled.epoch)
            desk.elsewhere = machine.is_elsewhere(safe, folder / DATABASE)
            books = cls(folder, desk, lock)
            books._note_start()
        except BaseException:
            lock.release()
            raise
        return books

    def _begin_epoch(self, software: str, reason: str, earlier: Earlier | None) -> None:
        who, key = self._desk.enrolled, self._desk.key
        before = (
            ops.ChainHead(
                desk=who.desk,
                epoch=who.previous_epoch,
                sequence=who.previous_sequence,
                hash=who.previous_hash,
            )
            if who.previous_epoch
            else None
        )
        with self.writing() as books:
            connection = self._desk.connection
            if earlier is not None:
                missing = earlier(old_epochs.known_chains(connection))
                old_epochs.keep(self._desk, missing, self._desk.clock.utc_ms())
            # News is numbered per desk: what an earlier epoch in this folder has read is not read again.
            read = select(func.max(t.line.c.news_position)).where(t.line.c.centre_epoch == who.centre_epoch)
            news_position = connection.execute(read).scalar() or 0
            connection.execute(
                insert(t.identity),
                {"epoch": who.epoch, "enrolled": msgspec.json.encode(who), "public_key": key.public()},
            )
            connection.execute(
                insert(t.line),
                {
                    "epoch": who.epoch,
                    "offered": 0,
                    "acknowledged": 0,
                    "acknowledged_ms": who.time_ms,
                    "digest": "",
                    "news_position": news_position,
                    "centre_epoch": who.centre_epoch,
                },
            )
            books.append(
                ops.EpochOpened(
                    public_key=key.public(),
                    reason=reason,
                    software=software,
                    receipt_series=who.receipt_series,
                    previous=before,
                ),
                actor="recovery",
                actor_kind="recovery",
                source="program",
                operation=books.new_operation(),
            )

    # --- transactions -------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[ports.Reading]:
        """A consistent look; other transactions wait until it ends."""
        with self._turn, _transaction(self._desk.connection, "BEGIN"):
            yield BookReading(self._desk)

    @contextmanager
    def writing(self) -> Iterator[BookWriting]:
        """One transaction; the last record in it is signed, then all of it is on the disk, or nothing.

        Raises:
            Trouble: G-061 the disk would not take it, G-060 the file was taken away under this program;
                nothing was changed.
        """
        with self._turn:
            self._require_file()
            with _transaction(self._desk.connection, "BEGIN IMMEDIATE"):
                books = BookWriting(self._desk)
                yield books
                is_more = books.sign() is not None
                if books.closes_day():
                    self._can_keep_mark()
            if is_more:
                self._copy_unsent()
            if books.closes_day():
                self._keep_mark()
                self._keep_checked()
                if self.day_closed is not None:
                    self.day_closed()
            if books.emptied:
                self._desk.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def count_wrong_pin(self, officer: str) -> int:
        """See services.ports.Books: under the books' turn, and before the disk is asked."""
        with self.reading() as books:
            known = books.officer(officer)
            tries = self._desk.guessed[officer] = (known.wrong_tries if known else 0) + 1
            self._desk.waits[officer] = self._desk.clock.monotonic_ms()
        return tries

    def _require_file(self) -> None:
        """What is written into a file that was removed or replaced ends with this program."""
        try:
            found = (self.folder / DATABASE).stat()
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._file:
            self._desk.stopped = self._desk.stopped or "page"
            raise Trouble("G-060", reason=self._desk.stopped)

    def close(self) -> None:
        """Note how far the journal reaches and let the next program in."""
        with self._turn:
            if not self._desk.stopped:
                self._keep_mark()
                self._note_end()
            self._desk.connection.close()
            self._lock.release()

    def ended_badly(self) -> bool:
        """Whether the program before this one ended without closing the books."""
        return self._ended_badly

    def _note_start(self) -> None:
        if self._desk.stopped:
            # Looked at only, as it was found.
            return
        with _transaction(self._desk.connection, "BEGIN IMMEDIATE"):
            left = self._desk.connection.execute(delete(t.running)).rowcount
            since = {"only": 1, "since_ms": self._desk.clock.utc_ms()}
            self._desk.connection.execute(insert(t.running), since)
        self._ended_badly = left > 0

    def _note_end(self) -> None:
        try:
            with _transaction(self._desk.connection, "BEGIN IMMEDIATE"):
                self._desk.connection.execute(delete(t.running))
        except Trouble:
            # An end that the disk would not take is a bad end, and the next start looks for what is open.
            _LOG.warning("the end of the program could not be noted")

    # --- the desk itself ----------------------------------------------------------------------------

    def protection(self) -> Protection:
        """Where the key lies: the system's keyring, or files that protect only a lost database file."""
        return self._desk.vault.protection()

    def stopped(self) -> str:
        """Why no record may be written (mark, behind, page, chain, ledger), "" when all is well."""
        return self._desk.stopped

    def check(self) -> views.BooksCheck:
        """All invariants over the whole file, on a connection of its own while the desk works.

        A damaged page, a broken chain and an unbalanced ledger stop the desk from here on (PROTOCOL.md 11);
        so does a file that is no longer there.
        """
        # Not at the start: nobody waits for a check.
        from azpost_desk.storage.checking import check_folder

        try:
            verdicts, damaged = check_folder(self.folder, self._desk.vault, FOLDED_AT_WORK_BYTES_MAX)
        except Trouble as gone:
            if gone.code not in ("G-070", "G-071"):
                raise
            verdicts, damaged = [], [f"{DATABASE}: {gone.code}"]
        broken = {verdict.id for verdict in verdicts if not verdict.ok}
        with self._turn:
            if self._desk.stopped in ("", balancing.LEDGER):
                why = next((why for why, found in _stops(damaged, broken) if found), "")
                self._desk.stopped = why or ("" if self._is_sound(broken) else balancing.LEDGER)
                is_ledger = self._desk.stopped == balancing.LEDGER
                balancing.keep_stop(self._desk.vault, balancing.LEDGER if is_ledger else "")
            return views.BooksCheck(
                self._desk.clock.utc_ms(),
                self._desk.stopped,
                tuple(damaged),
                tuple(
                    views.BrokenRecord(verdict.id, one.desk, one.sequence, one.why)
                    for verdict in verdicts
                    for one in verdict.broken
                ),
            )

    def _is_sound(self, broken: set[str]) -> bool:
        """Whether a check that stops for nothing lifts a stop over the ledger: when every invariant holds,
        and every posting and balance is what the journal gives.
        """
        if not self._desk.stopped:
            return True
        return not broken and balancing.is_balanced(self._desk.connection, None)

    def rebuild(self) -> list[str]:
        """Make postings and projections again from the journal; names the tables that had other rows."""
        with self._turn, _transaction(self._desk.connection, "BEGIN IMMEDIATE"):
            return rebuild(self._desk)

    def refolded(self) -> tuple[str, ...]:
        """Tables that were not as the journal says when a migration folded them again at this start."""
        return self._desk.refolded

    def announce(self, port: int) -> None:
        """Say on which local port this program's window can be called up by a second start."""
        self._lock.announce(port)

    def _can_keep_mark(self) -> None:
        """Before the commit whose mark must be kept: behind it nobody can be told no any more.

        Raises:
            Trouble: G-088 the place of the keys takes nothing; the transaction is undone.
        """
        self._desk.vault.put(vault.PROBE, "kept")

    def _keep_mark(self) -> None:
        """Behind the commit: a mark that lags is brought up by the next one, and the commit stands."""
        try:
            self._advance_mark()
        except Trouble as trouble:
            _LOG.warning("the mark lags: %s", trouble)

    def _keep_checked(self) -> None:
        """Behind a close or a check that found the ledger right: the next look begins there."""
        try:
            balancing.put_anchor(self._desk.connection, self._desk.vault)
        except Trouble as trouble:
            _LOG.warning("what was checked is looked at again: %s", trouble)

    def _advance_mark(self) -> None:
        epoch, sequence, newest = BookReading(self._desk).head()
        if sequence:
            vault.put_mark(self._desk.vault, vault.Mark(epoch, sequence, newest))


@contextmanager
def _transaction(connection: Connection, begin: str) -> Iterator[None]:
    try:
        connection.exec_driver_sql(begin)
        yield
        connection.exec_driver_sql("COMMIT")
    except BaseException as failed:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("ROLLBACK")
        if isinstance(failed, DBAPIError) and not isinstance(failed, IntegrityError):
            raise Trouble("G-061", why=str(failed.orig)) from failed
        raise


def _forget_database(folder: Path) -> None:
    """What an enrolment that never ended has left."""
    for left in folder.glob(f"{DATABASE}*"):
        left.unlink()


def _lay_ground(folder: Path, safe: vault.Vault, base: tuple[Path, bytes] | None) -> None:
    """The file a new chain begins in, and its key: a backup's, or new ones."""
    if base is not None:
        shutil.copyfile(base[0], folder / DATABASE)
        before = safe.get(vault.DATABASE)
        if before and before != base[1].hex():
            # A database that was put aside stays readable.
            safe.put(vault.BEFORE, before)
        safe.put(vault.DATABASE, base[1].hex())
    elif safe.get(vault.DATABASE) is None:
        safe.put(vault.DATABASE, _new_secret())


def _new_secret() -> str:
    return secrets.token_bytes(engine.KEY_BYTES).hex()


def _stops(damaged: list[str], broken: set[str]) -> tuple[tuple[str, bool], ...]:
    """What a whole check may stop the desk for, the gravest first; everything else is a task."""
    return ("page", bool(damaged)), ("chain", "I-06" in broken), ("ledger", "I-01" in broken)


def _opened(path: Path, key: bytes) -> Connection:
    try:
        return engine.connect(path, key)
    except Trouble as trouble:
        # The first page holds the table of contents: without it not even looking is possible.
        if trouble.code == "G-063" and engine.damaged_pages(path, key):
            raise Trouble("G-071") from trouble
        raise


def _why_damaged(path: Path, key: bytes) -> str:
    """Whether the engine finds a damaged page; a large file is looked at after the start (`check`)."""
    small = path.stat().st_size <= DAMAGE_AT_START_BYTES_MAX
    return "page" if small and engine.damaged_pages(path, key) else ""


def _stay_with_the_centre(connection: Connection, enrolled: Enrolled) -> None:
    """A desk believes one centre for ever: another key would bring its own managers (A-07)."""
    rows = connection.execute(select(t.identity.c.enrolled)).scalars()
    known = {who_is(row).centre_key for row in rows}
    if known - {enrolled.centre_key}:
        raise Trouble("L-022")


def _why_stopped(connection: Connection, safe: vault.Vault) -> str:
    """Whether the journal is behind its mark, the ledger unbalanced, the chain broken since the last look."""
    try:
        fallen, newest = why_fallen(connection, vault.mark(safe))
        if not fallen:
            connection.execute(t.checked.delete())
            connection.execute(insert(t.checked), {"only": 1, "record": newest})
        if fallen or balancing.kept_stop(safe):
            return fallen or balancing.LEDGER
        return "" if balancing.agrees(connection, balancing.anchor(safe)) else balancing.LEDGER
    except DBAPIError:
        # A page that the engine refuses to read.
        return "page"
