"""I-09 and I-11 on a real file: an open step that no screen shows, and data purged too early, are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.protocol.messages import TransferClaim
from azpost_desk.services.counter import attach
from azpost_desk.storage import engine, vault
from azpost_desk.storage.checking import check_folder
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from pathlib import Path

OPENING = ("open_day", "supply", "open_till", "to_till", "stock")
# Sequence numbers of the played day, the epoch's first record before them.
BILL, GRANT, REQUEST = 7, 8, 9


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A bill on its way, a grant in hand, a request without an answer; nothing acknowledged."""
    clock = FakeClock()
    books = new_desk(tmp_path / "desk", clock)
    player = Player(books, clock)
    assert [act for act in (*OPENING, "take_bill", "take_grant") if not player.play(act)] == []
    operation = player.new_id()
    words = attach(operation, "question", TransferClaim(request=operation, purpose="pay"))
    asked = ops.GrantRequested(thing="", purpose="pay", question=words.commitment())
    with books.writing() as writing:
        writing.append(asked, actor="1002", operation=operation, attachments=(words,))
    books.close()
    assert faults(tmp_path / "desk") == {}
    return tmp_path / "desk"


def faults(folder: Path) -> dict[str, list[int]]:
    verdicts, damaged = check_folder(folder)
    assert not damaged
    assert next(one.checked for one in verdicts if one.id == "I-09") == 3
    return {one.id: [broken.sequence for broken in one.broken] for one in verdicts if not one.ok}


def changed(folder: Path, statement: str) -> dict[str, list[int]]:
    raw = engine.driver(folder / "desk.db", vault.secret(vault.FileVault(folder), vault.DATABASE))
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.close()
    return faults(folder)


@pytest.mark.parametrize(
    ("statement", "sequence"),
    [
        ("UPDATE payments SET state = 'confirmed'", BILL),
        ("DELETE FROM payments", BILL),
        ("UPDATE grants SET state = 'released'", GRANT),
    ],
)
def test_an_open_step_that_no_screen_shows_is_named(desk: Path, statement: str, sequence: int) -> None:
    assert changed(desk, statement)["I-09"] == [sequence]


def test_a_question_that_can_no_longer_be_asked_again_is_named(desk: Path) -> None:
    statement = "UPDATE attachments SET salt = NULL, content = NULL WHERE slot LIKE '%:question'"
    found = changed(desk, statement)
    assert (found["I-09"], found["I-11"]) == ([REQUEST], [REQUEST])


def test_personal_data_erased_before_the_centre_has_it_is_named(desk: Path) -> None:
    statement = "UPDATE attachments SET salt = NULL, content = NULL WHERE slot LIKE '%:account'"
    assert changed(desk, statement)["I-11"] == [BILL]


def test_an_acknowledgement_that_the_centre_never_signed_proves_nothing(desk: Path) -> None:
    forged = (
        "INSERT INTO acknowledgements (epoch, sequence, words, signature) VALUES "
        '(1, 9, CAST(\'[1,"2002-1",1,9,"00",1]\' AS BLOB), zeroblob(64))'
    )
    changed(desk, forged)
    statement = "UPDATE attachments SET salt = NULL, content = NULL WHERE slot LIKE '%:account'"
    assert changed(desk, statement)["I-11"] == [BILL]
