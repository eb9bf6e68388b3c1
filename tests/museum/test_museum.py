"""Databases of every released schema open, hold their invariants, and fold to the same rows as then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from azpost_desk.programs.desk import Around
from azpost_desk.storage import engine, tables, vault
from azpost_desk.storage.backups import BackupRounds
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.texts import Texts
from tests.storage.desks import FakeClock
from tests.storage.play import Player

HERE = Path(__file__).parent
PIECES = sorted((path.name for path in HERE.glob("schema-*")), key=lambda name: int(name[7:]))

# Their days grew with what a desk can do.
_RECORDS = {"schema-6": 29, "schema-7": 41, "schema-8": 48, "schema-9": 71, "schema-10": 91}


def test_there_is_a_piece_for_every_schema() -> None:
    assert [f"schema-{number}" for number in range(1, tables.SCHEMA + 1)] == PIECES


@pytest.mark.parametrize("piece", PIECES)
def test_an_old_desk_works_on(piece: str, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(HERE / piece, folder)
    clock = FakeClock(1_795_100_000_000)
    books = DeskBooks.open(folder, clock)
    assert books.stopped() == ""
    # What the migrations add is no difference.
    assert books.refolded() == ()
    assert books.rebuild() == []
    with books.reading() as reading:
        assert reading.day().number == 2
        assert len(list(reading.records())) == _RECORDS.get(piece, 24)
        assert reading.held_grants()
    player = Player(books, clock, date=3)
    for act in ("open_till", "sell_stamps", "close_till", "close_day"):
        assert player.play(act)
    books.close()
    verdicts, damaged = check_folder(folder)
    assert not damaged
    assert [one for verdict in verdicts for one in verdict.broken] == []


def test_what_was_not_as_the_journal_says_before_a_migration_is_told_by_its_tables(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, at the start that mends it; and the manager reads it in the look before the day."""
    folder = tmp_path / "desk"
    shutil.copytree(HERE / PIECES[-2], folder)
    raw = engine.driver(folder / "desk.db", vault.secret(vault.FileVault(folder), vault.DATABASE))
    raw.execute("UPDATE payments SET state = 'confirmed'")
    raw.execute("DELETE FROM once WHERE rowid = (SELECT max(rowid) FROM once)")
    raw.close()
    clock = FakeClock(1_795_100_000_000)
    books = DeskBooks.open(folder, clock)
    assert books.refolded() == ("once", "payments")
    assert "'once', 'payments'" in caplog.text
    around = Around(books, None, BackupRounds(folder, None, clock, books))  # type: ignore[arg-type]
    assert around.refolded() == ("once", "payments")
    read = Texts("en").t("preflight.folded.other", count=2, tables=", ".join(around.refolded()))
    assert "2 tables" in read
    assert "once, payments" in read
    books.close()
    again = DeskBooks.open(folder, clock)
    assert (again.refolded(), again.rebuild()) == ((), [])
    again.close()
