"""Databases of every released schema open, hold their invariants, and fold to the same rows as then."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from azpost_desk.storage import tables
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from tests.storage.desks import FakeClock
from tests.storage.play import Player

HERE = Path(__file__).parent
PIECES = sorted(path.name for path in HERE.glob("schema-*"))


def test_there_is_a_piece_for_every_schema() -> None:
    assert [f"schema-{number}" for number in range(1, tables.SCHEMA + 1)] == PIECES


@pytest.mark.parametrize("piece", PIECES)
def test_an_old_desk_works_on(piece: str, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(HERE / piece, folder)
    clock = FakeClock(1_795_100_000_000)
    books = DeskBooks.open(folder, clock)
    assert books.stopped() == ""
    assert books.rebuild() == []
    with books.reading() as reading:
        assert reading.day().number == 2
        assert len(list(reading.records())) == 24
        assert reading.held_grants()
    player = Player(books, clock, date=3)
    for act in ("open_till", "sell_stamps", "close_till", "close_day"):
        assert player.play(act)
    books.close()
    verdicts, damaged = check_folder(folder)
    assert not damaged
    assert [one for verdict in verdicts for one in verdict.broken] == []
