"""Backups: proven before they count, encrypted, kept by rotation; what fails is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.old_chains import EscrowedKey
from azpost_desk.protocol.sealing import RecoveryKey
from azpost_desk.storage import backups, engine, vault
from azpost_desk.storage.backups import BackupRounds, back_up, kept, prove
from azpost_desk.storage.vault import FileVault
from tests.storage.desks import START_MS, FakeClock, Ids, new_desk, open_day
from tests.storage.play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.storage.books import DeskBooks

HOUR_MS = 3_600_000
RECOVERY = RecoveryKey(b"r" * 32)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def books(tmp_path: Path, clock: FakeClock) -> Iterator[DeskBooks]:
    made = new_desk(tmp_path / "desk", clock, recovery_key=RECOVERY.public())
    open_day(made, Ids())
    yield made
    made.close()


def key_of(books: DeskBooks) -> bytes:
    return vault.secret(FileVault(books.folder), vault.DATABASE)


def test_a_backup_beside_a_running_desk_ends_where_the_books_do(books: DeskBooks, tmp_path: Path) -> None:
    done = back_up(books.folder, tmp_path / "backups", START_MS)
    assert prove(done.path, key_of(books)) == books.head()
    assert kept(tmp_path / "backups") == [done]
    assert not done.path.read_bytes().startswith(b"SQLite format 3")
    assert [path.suffix for path in sorted((tmp_path / "backups").iterdir())] == [".db", ".key"]
    # The desk goes on.
    assert Player(books, FakeClock()).play("supply")


def test_the_key_of_a_backup_lies_beside_it_for_the_centre_alone(books: DeskBooks, tmp_path: Path) -> None:
    done = back_up(books.folder, tmp_path / "backups", START_MS)
    sealed = done.path.with_suffix(".key").read_bytes()
    assert key_of(books) not in sealed
    assert key_of(books).hex().encode() not in sealed
    escrowed = msgspec.json.decode(RECOVERY.open(sealed), type=EscrowedKey)
    assert (escrowed.desk, bytes.fromhex(escrowed.key)) == ("2002-1", key_of(books))
    with pytest.raises(ValueError, match="not sealed"):
        RecoveryKey.new().open(sealed)
    with pytest.raises(ValueError, match="not sealed"):
        RECOVERY.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_damaged_backup_does_not_count(
    books: DeskBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = back_up(books.folder, tmp_path / "backups", START_MS)
    whole = done.path.read_bytes()
    # In the middle, and in each of the first pages, which hold parts of the table of contents: the key fits.
    for at in (len(whole) // 2, *range(engine.PAGE_BYTES, 60 * engine.PAGE_BYTES, engine.PAGE_BYTES)):
        content = bytearray(whole)
        content[at] ^= 1
        done.path.write_bytes(content)
        with pytest.raises(Trouble, match="G-073"):
            prove(done.path, key_of(books))
    with pytest.raises(Trouble, match="G-063"):
        prove(done.path, b"x" * 32)

    whole = backups._copy

    def torn(source: object, path: Path, key: bytes) -> None:
        whole(source, path, key)
        broken = bytearray(path.read_bytes())
        broken[-100] ^= 1
        path.write_bytes(broken)

    monkeypatch.setattr(backups, "_copy", torn)
    with pytest.raises(Trouble, match="G-073"):
        back_up(books.folder, tmp_path / "elsewhere", START_MS)
    assert kept(tmp_path / "elsewhere") == []


def test_a_copy_that_ends_otherwise_than_the_books_does_not_count(
    books: DeskBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = backups._copy

    def changed(source: object, path: Path, key: bytes) -> None:
        whole(source, path, key)
        raw = engine.driver(path, key)
        raw.execute("DROP TRIGGER postings_never_update")
        raw.execute("UPDATE postings SET minor = minor + 1 WHERE id = 1")
        raw.close()

    monkeypatch.setattr(backups, "_copy", changed)
    with pytest.raises(Trouble, match="G-073"):
        back_up(books.folder, tmp_path / "backups", START_MS)


def test_rotation_keeps_the_last_ones_and_one_of_each_month(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    day_ms = 24 * HOUR_MS
    for day in range(200):
        (folder / f"desk-{START_MS - day * day_ms:013}.db").touch()
        (folder / f"desk-{START_MS - day * day_ms:013}.key").touch()
    (folder / "somebody's.db").touch()
    backups._rotate(folder, START_MS)
    ages = [(START_MS - one.taken_ms) // day_ms for one in kept(folder)]
    assert ages == [*range(14), 30, 60, 90, 120, 150, 180]
    assert (folder / "somebody's.db").exists()
    assert len(list(folder.glob("*.key"))) == len(ages)


def test_a_backup_is_taken_when_it_is_due_and_a_failure_is_told(
    books: DeskBooks, clock: FakeClock, tmp_path: Path
) -> None:
    to = tmp_path / "backups"
    rounds = BackupRounds(books.folder, to, clock, books)
    books.day_closed = rounds.want
    assert rounds.state() == (0, "")
    assert rounds.look() is not None
    clock.pass_ms(HOUR_MS)
    player = Player(books, clock)
    assert player.play("supply")
    assert rounds.look() is None
    clock.pass_ms(backups.EVERY_MS)
    assert rounds.look() is not None
    # Nothing new, nothing to copy.
    clock.pass_ms(backups.EVERY_MS)
    assert rounds.look() is None
    assert rounds.state() == (START_MS + HOUR_MS + backups.EVERY_MS + 1_000, "")
    # The disk for backups goes; the screen is told, and the next look tries again.
    for path in to.iterdir():
        path.unlink()
    to.rmdir()
    to.write_text("not a folder", "utf-8")
    rounds._copied = None
    assert rounds.look() is None
    assert rounds.state()[1] != ""
    to.unlink()
    assert rounds.look() is not None
    assert rounds.state()[1] == ""


def test_the_close_of_a_day_asks_for_a_backup(tmp_path: Path) -> None:
    clock = FakeClock()
    books = new_desk(tmp_path / "desk", clock)
    rounds = BackupRounds(books.folder, tmp_path / "backups", clock, books)
    books.day_closed = rounds.want
    player = Player(books, clock)
    assert player.play("open_day")
    assert rounds.look() is not None
    assert player.play("close_day")
    done = rounds.look()
    assert done is not None
    assert prove(done.path, key_of(books)) == books.head()
    books.close()
