"""What lies where books, lock or keys should: a code and one sentence, and nothing is made over it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain.refusals import Trouble
from azpost_desk.gui.kit.words import refusal, say
from azpost_desk.gui.shell.window import Window
from azpost_desk.gui.work.runner import Runner
from azpost_desk.programs import backup, check, desk, evidence
from azpost_desk.storage import vault
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.old_disk import is_whole
from azpost_desk.storage.vault import FileVault
from azpost_desk.texts import Texts
from tests.services.counters import stand_at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from tests.services.counters import Stand

ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage.books import DeskBooks
from azpost_desk.storage.vault import FileVault
folder = Path(sys.argv[1])
try:
    DeskBooks.open(folder, None, keep=FileVault(folder))
except Trouble as told:
    print(told.code)
"""


def emptied(folder: Path) -> None:
    (folder / "desk.db").write_bytes(b"")
    # What was committed last lies in the log: opening an empty file would throw it away.
    (folder / "desk.db-wal").write_bytes(b"committed last")


def a_folder_for_the_books(folder: Path) -> None:
    (folder / "desk.db").unlink()
    (folder / "desk.db").mkdir()
    (folder / "desk.db" / "kept.txt").write_bytes(b"kept")


def a_folder_for_the_lock(folder: Path) -> None:
    (folder / "desk.lock").unlink()
    (folder / "desk.lock").mkdir()


def a_folder_for_the_key(folder: Path) -> None:
    (folder / "keys" / "database").unlink()
    (folder / "keys" / "database").mkdir()


def a_key_that_is_none(folder: Path) -> None:
    (folder / "keys" / "database").write_bytes(b"\xff\x00zz")


def half_a_key(folder: Path) -> None:
    (folder / "keys" / "database").write_bytes(b"abc")


BOOKS = ((emptied, "G-071"), (a_folder_for_the_books, "G-071"))
KEYS = ((a_folder_for_the_key, "G-063"), (a_key_that_is_none, "G-063"), (half_a_key, "G-063"))
LOCKS = ((a_folder_for_the_lock, "G-096"),)


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


@pytest.fixture
def closed(tmp_path: Path) -> tuple[Path, Stand]:
    """The folder of a desk whose program has ended."""
    stand = stand_at_work(tmp_path / "desk")
    stand.books.close()
    (tmp_path / "desk" / "centre.url").write_text("https://centre.example\n", encoding="utf-8")
    return tmp_path / "desk", stand


def sentence(written: Callable[[Trouble], str], code: str) -> str:
    """What a person reads of it, up to where the cause stands."""
    return written(Trouble(code, why="")).partition("(")[0]


def content(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder but the lock, which whoever looks may write."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if path.name != "desk.lock" or path.is_dir()
    }


@pytest.mark.parametrize(("change", "code"), [*BOOKS, *KEYS, *LOCKS])
def test_the_books_are_not_opened_and_nothing_is_made_over_it(
    closed: tuple[Path, Stand], change: Callable[[Path], None], code: str
) -> None:
    folder, stand = closed
    change(folder)
    before = content(folder)
    with pytest.raises(Trouble, match=code):
        DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert content(folder) == before


@pytest.mark.parametrize(("change", "code"), [*BOOKS, *KEYS])
def test_check_backup_and_evidence_say_one_sentence(
    closed: tuple[Path, Stand],
    change: Callable[[Path], None],
    code: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    folder, _stand = closed
    change(folder)
    before = content(folder)
    days = ["--from", "2026-01-01", "--to", "2026-12-31", "--out", str(tmp_path / "out.zip")]
    copies = tmp_path / "copies"
    for program, arguments, wanted in (
        (check, [], 2),
        (backup, ["--to", str(copies)], 1),
        (evidence, days, 2),
    ):
        assert program.main(["--data", str(folder), *arguments]) == wanted
        said = capsys.readouterr()
        assert said.out == ""
        assert len(said.err.splitlines()) == 1
        assert said.err.startswith(f"{code}: {sentence(Texts('en').refusal, code)}")
    assert content(folder) == before
    assert not copies.exists() or list(copies.iterdir()) == []


@pytest.mark.parametrize(("change", "code"), [*BOOKS, *KEYS, *LOCKS])
def test_the_start_page_says_it_and_asks_nobody_to_enrol(
    closed: tuple[Path, Stand],
    change: Callable[[Path], None],
    code: str,
    qtbot: QtBot,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, _stand = closed
    change(folder)
    before = content(folder)
    window = Window()
    qtbot.addWidget(window)
    told: list[object] = []
    monkeypatch.setattr(window.sign_in, "stopped", told.append)
    monkeypatch.setattr(window, "ask_to_enrol", lambda *_: told.append("enrol"))
    desk._Running(folder, "", window).load()
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert say(told[0]).startswith(sentence(lambda one: say(refusal(one)), code))
    assert content(folder) == before


@pytest.mark.parametrize("left", [None, b"\xff\xfe"])
def test_an_address_that_cannot_be_read_is_said_on_the_start_page(
    closed: tuple[Path, Stand],
    left: bytes | None,
    qtbot: QtBot,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, _stand = closed
    (folder / "centre.url").unlink()
    if left is not None:
        (folder / "centre.url").write_bytes(left)
    window = Window()
    qtbot.addWidget(window)
    told: list[object] = []
    monkeypatch.setattr(window.sign_in, "stopped", told.append)
    desk._Running(folder, "", window).load()
    qtbot.waitUntil(lambda: bool(told))
    assert say(told[0]).startswith(sentence(lambda one: say(refusal(one)), "G-097"))


@pytest.mark.parametrize(("change", "code"), BOOKS)
def test_a_restore_takes_it_for_damaged_books(
    closed: tuple[Path, Stand], change: Callable[[Path], None], code: str
) -> None:
    folder, _stand = closed
    key = vault.secret(FileVault(folder), vault.DATABASE)
    assert is_whole(folder / "desk.db", key)
    change(folder)
    assert not is_whole(folder / "desk.db", key), code


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody removes a file that is in use")
def test_a_lock_that_is_removed_while_the_program_runs_lets_no_second_one_in(
    closed: tuple[Path, Stand],
) -> None:
    folder, stand = closed
    books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    (folder / "desk.lock").unlink()
    # Twice: the first of them may have made a lock of its own.
    for _ in range(2):
        second = subprocess.run(
            [sys.executable, "-c", SECOND, str(folder)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert second.stdout.split() == ["G-062"]
    books.close()
    DeskBooks.open(folder, stand.clock, keep=FileVault(folder)).close()


def test_a_lock_that_was_removed_before_the_start_is_made_again(closed: tuple[Path, Stand]) -> None:
    folder, stand = closed
    (folder / "desk.lock").unlink()
    books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    assert (folder / "desk.lock").exists()
    assert books.stopped() == ""
    books.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody removes a file that is in use")
@pytest.mark.parametrize("instead", ["nothing", "another file", "an empty file"])
def test_books_that_are_taken_away_while_the_program_runs_take_no_record(
    closed: tuple[Path, Stand], instead: str
) -> None:
    """What is written into a removed file is gone when the program ends."""
    folder, stand = closed
    books = DeskBooks.open(folder, stand.clock, keep=FileVault(folder))
    head = books.head()
    whole = folder / "moved.db"
    (folder / "desk.db").rename(whole)
    if instead == "another file":
        shutil.copyfile(whole, folder / "desk.db")
    elif instead == "an empty file":
        (folder / "desk.db").write_bytes(b"")
    with pytest.raises(Trouble, match="G-060"), books.writing() as writing:
        writing.drop_basket()
    assert books.stopped() == "page"
    assert books.head() == head
    found = books.check()
    assert found.stopped == "page"
    books.close()
