"""The town that stories of the counter happen in."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.central.databases import copy_of, made_once
from tests.stories.town import BAKU, GANJA, Town, town, town_at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stories.town import Seat

SEATS = {"ganja": f"{GANJA}-1", "baku": f"{BAKU}-1"}


@pytest.fixture
def place(
    request: pytest.FixtureRequest, postgres_server: str, postgres_migrated: str, tmp_path: Path
) -> Iterator[Town]:
    """The town, in a copy of one that has the desks at work which the test asks for by name."""
    desks = tuple(desk for name, desk in SEATS.items() if name in request.fixturenames)
    name = "_".join(("town", *desks)).replace("-", "_")
    folder = Path(os.environ["AZPOST_TEST_RUN"]) / name
    made_once(postgres_server, name, lambda dsn: town_at_work(dsn, folder, desks), template=postgres_migrated)
    with copy_of(postgres_server, name) as dsn:
        at_work = {desk: folder / desk for desk in desks}
        with town(dsn, tmp_path, partial(Town, at_work=at_work)) as made:
            yield made


@pytest.fixture
def ganja(place: Town) -> Seat:
    """Gəncə 2, desk 1, with 1,000.00 in the till and as much in the safe."""
    return place.seat(SEATS["ganja"])


@pytest.fixture
def baku(place: Town) -> Seat:
    """Bakı 10, desk 1, the same."""
    return place.seat(SEATS["baku"])
