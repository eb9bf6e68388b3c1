"""A centre on a real PostgreSQL and a free port, with two branches of two desks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.checking import check_over
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.domain.catalogue import Branch
from tests.central.databases import copy_of, made_once
from tests.central.desks import ManualClock, SimDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaks() -> set[str]:
    """Invariants that the test's own misdeeds break, to be filled by it; every other one must hold."""
    return set()


@pytest.fixture
def postgres(request: pytest.FixtureRequest, postgres_server: str, postgres_migrated: str) -> Iterator[str]:
    """A database of this test alone: with the two branches where it has the centre, else empty."""
    name = postgres_migrated
    if "centre" in request.fixturenames:
        name = made_once(postgres_server, "two_branches", two_branches, template=postgres_migrated)
    with copy_of(postgres_server, name) as dsn:
        yield dsn


def two_branches(dsn: str) -> None:
    """Found a centre with the branches 2002 and 1010, two desks each, and leave it stopped."""
    clock = ManualClock()
    centre = Centre(dsn, clock=clock)
    centre.start()
    with centre.database.transaction() as conn:
        for code, postcode in (("2002", "AZ2002"), ("1010", "AZ1010")):
            branch = Branch(code=code, name=f"Filial {code}", address="", postcode=postcode, desks=(1, 2))
            branches.create_branch(conn, branch, clock.utc_ms())
            for number in branch.desks:
                branches.add_desk(conn, code, number)
    centre.settle()
    centre.stop()


@pytest.fixture
def centre(postgres: str, clock: ManualClock, breaks: set[str]) -> Iterator[Centre]:
    """A running centre; `centre.url` is where."""
    centre = Centre(postgres, clock=clock)
    centre.start()
    yield centre
    centre.settle()
    # Over a connection that knows the tables already: a new one reads all of the catalogue again.
    with centre.database.connection() as conn:
        verdicts = check_over(conn)
    centre.stop()
    broken = {verdict.id: verdict.broken for verdict in verdicts if not verdict.ok}
    assert set(broken) == breaks, broken


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
