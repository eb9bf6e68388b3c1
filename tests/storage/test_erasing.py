"""After an erasure the desk's books are what the journal makes of them, and what is gone is proved."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azpost_desk.domain import operations as ops
from azpost_desk.services.erasure import erase
from azpost_desk.storage import engine, vault
from azpost_desk.storage.checking import check_folder
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import ACTS, Player

if TYPE_CHECKING:
    from azpost_desk.domain.invariants import Verdict

MISSING = "is missing and no record of erasure names it"
OPENING = ["open_day", "supply", "open_till", "to_till", "stock"]
PERSONAL = ["send_transfer", "send_abroad", "take_bill", "accept_item", "take_grant", "pay_out"]


def purged(folder: Path) -> Verdict:
    verdicts, damaged = check_folder(folder)
    assert not damaged
    return next(one for one in verdicts if one.id == "I-11")


def of_people(player: Player) -> int:
    with player.books.reading() as books:
        return len(books.personal({"*": player.clock.utc_ms() + 1}, 1_000))


@settings(max_examples=12)
@given(st.lists(st.sampled_from([*ACTS, *PERSONAL]), min_size=5, max_size=25), st.data())
def test_whatever_is_erased_leaves_what_the_journal_gives(acts: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        player = Player(new_desk(folder, FakeClock()), FakeClock())
        for act in [*OPENING, *acts]:
            player.play(act)
        player.acknowledged()
        with player.books.writing() as books:
            every = books.personal({"*": player.clock.utc_ms() + 10**12}, 1_000)
            some = [one for one in every if data.draw(st.booleans())]
            erase(books, some, "1001", player.new_id)
            left = books.personal({"*": player.clock.utc_ms() + 10**12}, 1_000)
        assert {one.slot for one in left} == {one.slot for one in every} - {one.slot for one in some}
        assert player.books.rebuild() == []
        player.books.close()
        verdict = purged(folder)
        assert (verdict.broken, verdict.erased) == ([], len(some))


def test_no_table_keeps_a_name_that_was_erased_nor_does_the_log_beside_the_file(player: Player) -> None:
    for act in [*OPENING, *PERSONAL[:3], "acknowledged"]:
        assert player.play(act)
    names = _names(player)
    assert all(_found(player, name) for name in names)
    with player.books.writing() as books:
        erase(books, books.personal({"*": 10**15}, 1_000), "1001", player.new_id)
    assert not any(_found(player, name) for name in names)
    with player.books.reading() as books:
        assert books.connection.exec_driver_sql("PRAGMA secure_delete").scalar_one() == 1
    assert (player.books.folder / "desk.db-wal").stat().st_size == 0


def _names(player: Player) -> list[str]:
    with player.books.reading() as books:
        return [row.name for row in books.connection.exec_driver_sql("SELECT name FROM customers")]


def _found(player: Player, name: str) -> bool:
    """Whether any table or index holds `name`: looked for in the engine's own copy without encryption."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.db"
        key = vault.secret(vault.FileVault(player.books.folder), vault.DATABASE)
        raw = engine.driver(player.books.folder / "desk.db", key)
        raw.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
        raw.execute("SELECT sqlcipher_export('plain')")
        raw.execute("DETACH DATABASE plain")
        raw.close()
        return name.encode() in plain.read_bytes()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE attachments SET salt = NULL, content = NULL", MISSING),
        ("DELETE FROM attachments", MISSING),
        ("UPDATE attachments SET content = x'7b7d'", "is not what the record commits to"),
    ],
)
def test_a_planted_deletion_is_found(tmp_path: Path, statement: str, why: str) -> None:
    clock = FakeClock()
    player = Player(new_desk(tmp_path, clock), clock)
    for act in [*OPENING, "send_transfer", "acknowledged"]:
        assert player.play(act)
    player.books.close()
    assert purged(tmp_path).broken == []
    key = vault.secret(vault.FileVault(tmp_path), vault.DATABASE)
    raw = engine.driver(tmp_path / "desk.db", key)
    raw.execute("PRAGMA foreign_keys=OFF")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.close()
    (fault,) = purged(tmp_path).broken
    assert why in fault.why


def test_what_the_centre_never_acknowledged_is_named_when_it_is_gone(tmp_path: Path) -> None:
    """A program that forgot the rule would be found out by I-11."""
    clock = FakeClock()
    player = Player(new_desk(tmp_path, clock), clock)
    for act in [*OPENING, "acknowledged", "send_transfer"]:
        assert player.play(act)
    assert of_people(player) == 0, "the rule itself offers nothing"
    sent = player.sold[-1][0]
    assert isinstance(sent, ops.TransferSent)
    with player.books.writing() as books:
        (one,) = [one for one in books.personal_of(_customer(books)) if one.slot.startswith(sent.operation)]
        erase(books, [one], "1001", player.new_id)
    player.books.close()
    (fault,) = purged(tmp_path).broken
    assert "was erased before the centre had it" in fault.why


def _customer(books) -> str:  # type: ignore[no-untyped-def]
    return str(books.connection.exec_driver_sql("SELECT customer FROM customers").scalar_one())
