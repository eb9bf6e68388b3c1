"""A desk for each test, closed and checked after it: every test that writes ends with sound books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.storage.checking import check_folder
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import Player

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def player(tmp_path: Path, clock: FakeClock) -> Iterator[Player]:
    books = new_desk(tmp_path / "desk", clock)
    yield Player(books, clock)
    assert books.rebuild() == []
    books.close()
    verdicts, damaged = check_folder(tmp_path / "desk")
    assert not damaged
    assert [one for verdict in verdicts for one in verdict.broken] == []
