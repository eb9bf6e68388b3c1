"""Whatever is done at a desk, and wherever the disk or the power fails in it: the books stay sound."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.checking import check_folder
from azpost_desk.storage.vault import FileVault
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import ACTS, Player

OPENING = ("open_day", "supply", "open_till", "to_till", "stock")


@dataclass
class BadDisk:
    """Fails at one statement of a write transaction: its BEGIN, any statement in it, its COMMIT."""

    left: int = 0
    writing: bool = False
    commits: int = 0
    armed: bool = False

    def arm(self, statement: int) -> None:
        """Fail at this statement from now on, 0 never."""
        self.left, self.armed, self.commits = statement, statement > 0, 0

    def watch(self, books: DeskBooks) -> None:
        event.listen(books._desk.connection.engine, "before_cursor_execute", self.before)

    def before(self, connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        self.writing = (self.writing or statement == "BEGIN IMMEDIATE") and statement != "ROLLBACK"
        if not self.writing:
            return
        if statement == "COMMIT":
            self.writing = False
        self.left -= self.left > 0
        if self.left == 0 and self.armed:
            self.armed = False
            raise OperationalError(statement, parameters, OSError("disk I/O error"))
        self.commits += statement == "COMMIT"


def state(books: DeskBooks) -> Any:
    with books.reading() as look:
        return look.head(), look.till(), look.stock(), look.basket(), look.next_receipt(), look.codes_left()


# An act, and what fails in it: nothing, the disk at its n-th statement, or the power after it.
FAILURES = st.tuples(st.sampled_from(ACTS), st.one_of(st.just(0), st.integers(1, 30), st.just(-1)))


@settings(max_examples=25)
@given(st.lists(FAILURES, max_size=25))
def test_any_sequence_of_operations_reversals_and_failures_keeps_every_invariant(
    acts: list[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, clock, disk = Path(name), FakeClock(), BadDisk()
        player = Player(new_desk(folder, clock), clock)
        disk.watch(player.books)
        for act in OPENING:
            player.play(act)
        for act, failure in acts:
            before, told = state(player.books), ""
            disk.arm(max(failure, 0))
            try:
                player.play(act)
            except Trouble as trouble:
                told = trouble.code
            failed = failure > 0 and not disk.armed
            commits = disk.commits
            disk.arm(0)
            if failed:
                assert told == "G-061"
                if commits == 0:
                    assert state(player.books) == before
            if failure < 0:
                # The power goes: nothing is tidied up.
                player.books._desk.connection.close()
                player.books._lock.release()
                player.books = DeskBooks.open(folder, clock, keep=FileVault(folder))
                disk.watch(player.books)
        assert player.books.stopped() == ""
        assert player.books.rebuild() == []
        player.books.close()
        verdicts, damaged = check_folder(folder)
        assert not damaged
        assert [one for verdict in verdicts for one in verdict.broken] == []


@pytest.fixture(scope="module")
def closed_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flipped")
    clock = FakeClock()
    player = Player(new_desk(folder, clock), clock)
    for act in (*OPENING, "send_transfer", "take_bill", "sell_stamps", "close_till", "close_day"):
        assert player.play(act)
    player.books.close()
    return folder


@settings(max_examples=60)
@given(place=st.integers(0, 2**31), bit=st.integers(0, 7))
def test_any_flipped_bit_of_the_file_is_found_by_the_engine(closed_desk: Path, place: int, bit: int) -> None:
    path = closed_desk / "desk.db"
    whole = path.read_bytes()
    content = bytearray(whole)
    content[place % len(content)] ^= 1 << bit
    path.write_bytes(content)
    found = ""
    try:
        verdicts, damaged = check_folder(closed_desk)
        found = "pages" if damaged and not verdicts else "nothing"
    except Trouble as trouble:
        found = trouble.code
    finally:
        path.write_bytes(whole)
    # The first page opens the file: damaged, it does not open at all.
    assert found == "pages" or (found == "G-063" and place % len(content) < 4096)
