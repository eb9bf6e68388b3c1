"""A desk at work and a centre with its branches, for attacks on either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain.catalogue import Branch
from tests.central.desks import ManualClock, SimDesk
from tests.services.counters import Stand, stand_at_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A desk at work: 200 manat in the till, stamps in the drawer; in the end as its journal says."""
    stand = stand_at_work(tmp_path / "desk")
    yield stand
    assert stand.books.rebuild() == []
    stand.books.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def centre(postgres: str, clock: ManualClock) -> Iterator[Centre]:
    """A running centre with two branches of two desks; what desks lie to it is for each test to judge."""
    centre = Centre(postgres, clock=clock)
    centre.start()
    with centre.database.transaction() as conn:
        for code, postcode in (("2002", "AZ2002"), ("1010", "AZ1010")):
            branch = Branch(code=code, name=f"Filial {code}", address="", postcode=postcode, desks=(1, 2))
            branches.create_branch(conn, branch, clock.utc_ms())
            for number in branch.desks:
                branches.add_desk(conn, code, number)
    yield centre
    centre.stop()


@pytest.fixture
def enrolled(centre: Centre, clock: ManualClock) -> Callable[[str], SimDesk]:
    """Enrol a desk by its id; enrolled again it is a new machine."""

    def enrol(desk: str) -> SimDesk:
        with centre.database.transaction() as conn:
            code = enrolment.enrolment_code(conn, desk, clock.utc_ms())
        sim = SimDesk(centre.url, clock)
        sim.enrol(code)
        return sim

    return enrol
