"""The town that stories of the counter happen in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stories.town import BAKU, GANJA, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stories.town import Seat, Town


@pytest.fixture
def place(postgres: str, tmp_path: Path) -> Iterator[Town]:
    with town(postgres, tmp_path) as made:
        yield made


@pytest.fixture
def ganja(place: Town) -> Seat:
    """Gəncə 2, desk 1, with 1,000.00 in the till and as much in the safe."""
    return place.seat(f"{GANJA}-1")


@pytest.fixture
def baku(place: Town) -> Seat:
    """Bakı 10, desk 1, the same."""
    return place.seat(f"{BAKU}-1")
