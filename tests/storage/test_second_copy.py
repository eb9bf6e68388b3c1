"""The second copy: on the other disk before a sale is done, for the centre's eyes alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from azpost_desk.protocol.messages import unpack
from azpost_desk.protocol.old_chains import Salvage
from azpost_desk.protocol.records import rechain
from azpost_desk.protocol.sealing import RecoveryKey
from azpost_desk.storage.second_copy import SecondCopy, frames
from tests.storage.desks import FakeClock, acknowledge, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azpost_desk.storage.books import DeskBooks

RECOVERY = RecoveryKey(b"r" * 32)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def player(tmp_path: Path, stick: Path) -> Iterator[Player]:
    clock = FakeClock()
    books = new_desk(tmp_path / "desk", clock, recovery_key=RECOVERY.public())
    books.copy_to(SecondCopy(stick, ("2002-1", 1), RECOVERY.public(), clock))
    made = Player(books, clock)
    assert made.play("open_day")
    yield made
    books.close()


def on_stick(stick: Path) -> dict[int, bytes]:
    """Sequence → hash of every record that the centre could read from the stick."""
    found: dict[int, bytes] = {}
    for path in sorted(stick.iterdir()):
        for sealed in frames(path):
            batch = unpack(RECOVERY.open(sealed), Salvage).batch
            previous = batch.previous
            for sequence, sent in enumerate(batch.records, batch.first):
                previous = found[sequence] = rechain(sent.header, sent.body, previous).hash
    return found


def in_books(books: DeskBooks, after: int = 0) -> dict[int, bytes]:
    with books.reading() as look:
        records = [record for record, _ in look.records()]
    return {one.header().sequence: one.hash for one in records if one.header().sequence > after}


def test_every_commit_is_on_the_stick_when_it_returns(player: Player, stick: Path) -> None:
    assert on_stick(stick) == in_books(player.books)
    for _ in range(5):
        assert player.play("supply")
        assert on_stick(stick) == in_books(player.books)
    assert player.books.second is not None
    assert player.books.second.state() == (player.clock.utc_ms(), "")


def test_the_stick_is_synced_before_the_commit_is_called_done(
    player: Player, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def noted(file: int) -> None:
        real(file)
        synced.append(len(on_stick(stick)))

    monkeypatch.setattr("azpost_desk.storage.second_copy.os.fsync", noted)
    before = player.books.head()[1]
    assert player.play("supply")
    assert synced[-1] == player.books.head()[1] > before


def test_nobody_but_the_centre_reads_the_stick(player: Player, stick: Path) -> None:
    content = b"".join(path.read_bytes() for path in stick.iterdir())
    assert b"day.opened" not in content
    assert b"2002-1" not in content


def test_a_stick_that_is_pulled_stops_no_sale_and_is_caught_up(
    player: Player, stick: Path, tmp_path: Path
) -> None:
    good_ms, _ = player.books.second.state()  # type: ignore[union-attr]
    stick.rename(tmp_path / "pulled")
    assert player.play("supply")
    assert player.books.second is not None
    was_ms, trouble = player.books.second.state()
    assert was_ms == good_ms
    assert trouble != ""
    # Another stick, an empty one: everything unsent goes onto it with the next record.
    stick.mkdir()
    assert player.play("supply")
    assert on_stick(stick) == in_books(player.books)
    assert player.books.second.state()[1] == ""


def test_what_the_centre_has_goes_from_the_stick(player: Player, stick: Path) -> None:
    books = player.books
    # A start of the program begins a new file with all that is unsent.
    books.copy_to(SecondCopy(stick, ("2002-1", 1), RECOVERY.public(), player.clock))
    player.clock.pass_ms(1)
    assert player.play("supply")
    assert len(list(stick.iterdir())) >= 1
    acknowledge(books, player.clock.utc_ms())
    books.copy_to(SecondCopy(stick, ("2002-1", 1), RECOVERY.public(), player.clock))
    player.clock.pass_ms(1)
    assert player.play("supply")
    acknowledge(books, player.clock.utc_ms())
    assert len(list(stick.iterdir())) == 1
    assert books.second is not None
    assert books.second.state()[1] == ""


def test_a_frame_that_a_power_cut_left_half_is_passed_over(player: Player, stick: Path) -> None:
    whole = on_stick(stick)
    [path] = stick.iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    left = on_stick(stick)
    assert left == {sequence: digest for sequence, digest in whole.items() if sequence in left}
    assert len(left) < len(whole)
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="no second copy"):
        list(frames(path))
