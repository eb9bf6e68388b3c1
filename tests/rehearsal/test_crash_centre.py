"""A centre that ends between two steps of its work with a partner: the next one does each thing once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from azpost_desk.central.gateways.abroad import uetr_of
from azpost_desk.rehearsal import crash_centre
from azpost_desk.rehearsal.crash_centre import WORK, CentreDeaths, _DoomedRail
from azpost_desk.rehearsal.crash_town import SharedClock, crash_town

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from azpost_desk.central.gateways.abroad import Order
    from azpost_desk.rehearsal.crash_town import Town


def test_a_centre_that_dies_at_work_with_a_partner_leaves_one_debit_and_one_return(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole proof is `azpost-desk simulate --centre-deaths 0`; these are some of its points."""
    with crash_town(postgres, tmp_path, codes=10) as town:
        hurry(town, monkeypatch)
        outcome = CentreDeaths(town, 4).run(8)
        assert outcome.violations == []
        assert (outcome.kills, outcome.recoveries) == (8, 8)
        assert {f"kill {work}" for work in WORK} == set(outcome.faults)
        # The proof can fail: a centre whose names die with it sends the same money twice (M0-2).
        monkeypatch.setattr(crash_centre, "_DoomedRail", NamesOfItsOwn)
        found = CentreDeaths(town, 4).run(1).violations
        assert any("that nobody sold" in one for one in found), found


def hurry(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's own centre comes to whatever falls due as fast as it may, and still no death is missed."""
    ahead, abroad = SharedClock.ahead, town.centre._rounds._abroad

    def ahead_and_at_work(clock: SharedClock, by_ms: int) -> None:
        ahead(clock, by_ms)
        if not abroad._one_at_a_time.locked():
            town.centre.settle()

    monkeypatch.setattr(SharedClock, "ahead", ahead_and_at_work)


class NamesOfItsOwn(_DoomedRail):
    """Calls a transfer otherwise than the centre after it will."""

    def __getattr__(self, name: str) -> Any:
        known = super().__getattr__(name)
        if name != "order":
            return known

        def order(given: Order) -> Any:
            return known(given).replace(uetr_of(given.transfer).encode(), str(uuid.uuid4()).encode())

        return order
