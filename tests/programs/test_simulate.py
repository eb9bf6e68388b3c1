"""`azpost-desk simulate`: what it says, and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from azpost_desk.programs import simulate
from azpost_desk.rehearsal import network
from azpost_desk.rehearsal.outcome import EXAMPLES_MAX, Outcome

# interfaces.md: keys may be added, never renamed.
KEYS = {
    "seed", "branches", "desks", "operations", "acknowledged", "kills", "recoveries", "violations", "faults",
    "seconds", "records_per_second", "online_p99_ms", "examples",
}  # fmt: skip


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


def test_a_good_run_says_all_its_keys_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(["--network", "5", "--seed", "11", "--json"]) == 0
    answer = told(capsys)
    assert set(answer) >= KEYS
    assert (answer["seed"], answer["violations"], answer["examples"]) == (11, 0, [])
    assert answer["acknowledged"] == answer["operations"] > 0
    assert set(answer["faults"]) <= {*network.FATES, "centre_restarted"}


def test_a_violation_ends_with_1_and_its_examples_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Outcome(3, violations=[f"lost {number}" for number in range(EXAMPLES_MAX + 5)])
    monkeypatch.setattr(network, "run", lambda seeds, first: bad)
    assert simulate.main(["--network", "1", "--seed", "3", "--json"]) == 1
    answer = told(capsys)
    assert answer["violations"] == EXAMPLES_MAX + 5
    assert answer["examples"] == bad.violations[:EXAMPLES_MAX]


def test_the_same_seed_plays_the_same_game() -> None:
    one, again, other = network.run(5, 40), network.run(5, 40), network.run(5, 41)
    assert one == again
    assert one.faults != other.faults


@pytest.mark.parametrize("wrong", [[], ["--network"], ["--network", "1", "--races", "1"], ["--kills", "1"]])
def test_wrong_usage_ends_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        simulate.main(wrong)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_without_the_file_layer_power_cuts_say_what_they_need(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "find_spec", lambda name: None)
    assert simulate.main(["--power-cuts", "1"]) == 2
    assert "apsw" in capsys.readouterr().err
