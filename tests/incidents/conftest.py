"""One counter, a centre, or the town of the stories: each incident happens on real parts, and stays sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.storage.checking import check_folder
from tests.attacks.conftest import centre as centre
from tests.attacks.conftest import clock as clock
from tests.attacks.conftest import enrolled as enrolled
from tests.attacks.conftest import postgres as postgres
from tests.services.counters import new_stand, stand_at_work
from tests.stories.conftest import baku as baku
from tests.stories.conftest import ganja as ganja
from tests.stories.conftest import place as place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.services.counters import Stand


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Stand]:
    """A desk before its day, whose books hold every invariant when the incident is over."""
    made = new_stand(tmp_path / "desk")
    yield made
    _sound(made)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk at work, whose books hold every invariant when the incident is over."""
    made = stand_at_work(tmp_path / "desk")
    yield made
    _sound(made)


def _sound(stand: Stand) -> None:
    stand.books.close()
    # It folds the journal again and compares every row, as `rebuild` would.
    verdicts, damaged = check_folder(stand.books.folder)
    assert damaged == []
    assert [one for verdict in verdicts for one in verdict.broken] == []
