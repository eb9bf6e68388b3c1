"""A counter whose day is open, closed again after the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.counters import Stand, ended, new_stand, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Stand]:
    """A desk before its day is opened."""
    stand = new_stand(tmp_path / "desk")
    yield stand
    ended(stand)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk at work: 200 manat in the till, stamps in the drawer."""
    stand = stand_at_work(tmp_path / "desk")
    yield stand
    ended(stand)
