"""A desk at work and a centre with its branches, for attacks on either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.app import Centre
from tests.central.conftest import clock as clock
from tests.central.conftest import enrolled as enrolled
from tests.central.conftest import postgres as postgres
from tests.services.counters import Stand, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.central.desks import ManualClock


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk at work: 200 manat in the till, stamps in the drawer; in the end as its journal says."""
    stand = stand_at_work(tmp_path / "desk")
    yield stand
    assert stand.books.rebuild() == []
    stand.books.close()


@pytest.fixture
def centre(postgres: str, clock: ManualClock) -> Iterator[Centre]:
    """A running centre with two branches of two desks; what desks lie to it is for each test to judge."""
    centre = Centre(postgres, clock=clock)
    centre.start()
    yield centre
    centre.stop()
