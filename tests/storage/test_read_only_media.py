"""Books on a disk or stick that nobody can write to are checked and copied; nothing is left beside them."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from azpost_desk.storage import engine
from azpost_desk.storage.backups import back_up
from azpost_desk.storage.checking import check_folder
from tests.services.counters import MORNING_MS, stand_at_work

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_they_are_checked_and_copied_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = stand_at_work(tmp_path / "desk")
    stand.books.close()
    medium = tmp_path / "medium"
    shutil.copytree(tmp_path / "desk", medium)
    before = sorted(path.name for path in medium.rglob("*"))
    assert not {"desk.db-wal", "desk.db-shm"} & set(before)
    may = os.access
    # Who tests as root may write everywhere: the medium says no by itself.
    monkeypatch.setattr(
        os, "access", lambda path, mode, **more: os.fspath(path) != str(medium) and may(path, mode, **more)
    )
    opened: list[str] = []
    connect = engine.dbapi2.connect

    def told(address: str, **more: object) -> object:
        opened.append(address)
        return connect(address, **more)

    monkeypatch.setattr(engine.dbapi2, "connect", told)
    verdicts, damaged = check_folder(medium)
    assert damaged == []
    assert all(verdict.ok for verdict in verdicts)
    assert back_up(medium, tmp_path / "copies", MORNING_MS).path.exists()
    assert sorted(path.name for path in medium.rglob("*")) == before
    assert all("immutable=1" in one for one in opened if f"{medium}/" in one)
    assert any(f"{medium}/" in one for one in opened)
