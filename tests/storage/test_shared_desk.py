"""Several users of one machine at one desk: all is their group's, and one of them works at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from azpost_desk import programs
from azpost_desk.devices.printers import FolderPrinter
from azpost_desk.storage import lock, vault
from tests.storage.desks import new_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there no folder is shared so")
ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from azpost_desk.domain.refusals import Trouble
from azpost_desk.storage.books import DeskBooks
try:
    DeskBooks.open(Path(sys.argv[1]), None)
except Trouble as told:
    print(told.code, told.facts["user"])
"""


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}


@pytest.mark.usefixtures("usual_umask")
def test_what_a_desk_makes_in_a_shared_folder_is_the_groups_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    folder.chmod(0o2770)
    monkeypatch.setenv("AZPOST_DATA", str(folder))
    programs.share_with_group()
    # A keyring is one user's: it is not asked.
    assert vault.new(folder).protection() == "file"
    books = new_desk(folder)
    papers = FolderPrinter(folder / "papers")
    papers.print_pdf(b"%PDF-1.7", "report")
    found = modes(folder)
    books.close()
    assert {"desk.db", "desk.db-wal", "desk.db-shm", "desk.lock", "database", "report.pdf"} <= set(found)
    assert (found.pop("keys"), found.pop("papers")) == ("0o2770", "0o2770")
    assert set(found.values()) == {"0o660"}
    # Another member did not make the tray and cannot change its mode: nor need they.
    monkeypatch.setattr(Path, "chmod", lambda _path, _mode: pytest.fail("a mode that holds is not set again"))
    papers.print_pdf(b"%PDF-1.7", "report")


def test_a_desk_that_is_open_in_another_users_session_says_whose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "user", lambda: "nigar")
    books = new_desk(tmp_path, told=False)
    books.announce(40123)
    second = subprocess.run(
        [sys.executable, "-c", SECOND, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    books.close()
    assert second.stdout.split() == ["G-164", "nigar"]
