"""Power cuts under the desk's own transactions: none loses anything acknowledged, and a bad disk is found."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from azpost_desk.rehearsal import power_cuts
from azpost_desk.rehearsal.crash_town import crash_town
from azpost_desk.rehearsal.disk import Event, Wreck

if TYPE_CHECKING:
    from pathlib import Path

    from azpost_desk.rehearsal.power_cuts import Recorded, Statement


@pytest.fixture
def work(postgres: str, tmp_path: Path) -> Recorded:
    """What a desk commits when it does everything once."""
    with crash_town(postgres, tmp_path, codes=100) as town:
        return power_cuts.record(town, 5, rounds=1)


def split(statements: list[Statement]) -> list[list[Statement]]:
    """A transaction that commits in the middle."""
    middle = len(statements) // 2
    return [statements[:middle], statements[middle:]]


def test_cuts_lose_nothing_and_worse_disks_are_found(work: Recorded) -> None:
    assert work.pragmas == {"journal_mode": "wal", "synchronous": "FULL"}
    assert len(work.transactions) > 100
    run = power_cuts.replay(work)
    assert {one.file for one in run.events if one.deed == "sync"} == {"desk.db", "desk.db-wal"}
    outcome = power_cuts.cut(work, run, 150, 5)
    assert outcome.violations == []
    assert (outcome.kills, outcome.recoveries) == (150, 150)
    for sync in ("NORMAL", "OFF"):
        worse = power_cuts.cut(work, power_cuts.replay(work, synchronous=sync), 60, 5)
        assert len(worse.violations) > 10, sync
    # A use case that needed two transactions would show its half.
    whole = run.states
    work.transactions = [half for statements in work.transactions for half in split(statements)]
    halves = power_cuts.replay(work)
    halves.states = [whole[(number + 1) // 2] for number in range(len(halves.states))]
    assert any("by half" in fault for fault in power_cuts.cut(work, halves, 100, 5).violations)


@pytest.mark.fast
def test_what_was_synced_stays_and_the_rest_is_left_to_chance() -> None:
    wreck = Wreck({"a": b"old"})
    for one in (
        Event("write", "a", 0, b"new"),
        Event("sync", "a"),
        Event("write", "a", 3, b"x" * 1000),
        Event("write", "b", 0, b"never synced"),
    ):
        wreck.follow(one)
    found = [wreck.left(random.Random(seed)) for seed in range(200)]
    assert all(one["a"].startswith(b"new") for one in found)
    assert {one["a"] for one in found} >= {b"new", b"new" + b"x" * 1000}
    # Sector by sector: the first 512 bytes may be there without the rest, and the rest without them.
    assert any(one["a"] == b"new" + b"x" * 509 for one in found)
    assert any(one["a"] == b"new" + bytes(509) + b"x" * 491 for one in found)
    assert {one.get("b") for one in found} >= {None, b"never synced"}


@pytest.mark.fast
def test_a_deletion_may_be_undone_until_the_folder_is_synced() -> None:
    wreck = Wreck({"log": b"kept"})
    wreck.follow(Event("delete", "log"))
    assert {"log" in wreck.left(random.Random(seed)) for seed in range(50)} == {True, False}
    wreck.follow(Event("write", "next", 0, b"1"))
    wreck.follow(Event("sync", "next"))
    assert not any("log" in wreck.left(random.Random(seed)) for seed in range(50))
