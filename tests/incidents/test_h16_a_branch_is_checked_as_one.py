"""H-16, one floor up: what desks of a branch say of each other is held together, here and at the centre."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from azpost_desk.domain import operations as ops
from azpost_desk.programs import check as program
from tests.storage.desks import FakeClock, new_desk
from tests.storage.play import Player
from tests.stories.town import GANJA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.town import Seat, Town


def checked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, list[str]]]:
    """(exit code, what is broken by invariant)."""
    capsys.readouterr()
    code = program.main([*arguments, "--json"])
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    broken = {one["id"]: [fault["why"] for fault in one["broken"]] for one in answer["invariants"]}
    return code, {name: whys for name, whys in broken.items() if whys}


def two_desks(tmp_path: Path, **accepted: object) -> list[str]:
    """Desk 1 issues 10.00 to desk 2, which accepts it as `accepted` says; their folders as arguments."""
    folders = []
    pieces = {"1000": 1}
    for number in (1, 2):
        clock = FakeClock()
        folder = tmp_path / str(number)
        player = Player(new_desk(folder, clock, desk=f"2002-{number}", number=number), clock)
        player.new_id.made = number * 1_000
        for act in ("open_day", "supply"):
            assert player.play(act)
        if number == 1:
            remitted = ops.RemittanceIssued(
                remittance="r-1", from_place="safe", to_desk="2002-2", pieces=pieces, amount_qapik=1_000
            )
            player._append(remitted, "1001")
        else:
            told = {
                "remittance": "r-1", "from_desk": "2002-1", "to_place": "safe", "pieces": pieces,
                "amount_qapik": 1_000,
            } | accepted  # fmt: skip
            player._append(ops.RemittanceAccepted(**told), "1001")  # type: ignore[arg-type]
        player.books.close()
        folders += ["--data", str(folder)]
    return folders


def test_two_sound_desks_are_a_sound_branch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(two_desks(tmp_path), capsys) == (0, {})


@pytest.mark.parametrize(
    ("accepted", "why"),
    [
        ({"amount_qapik": 2_000, "pieces": {"1000": 2}}, "another amount"),
        ({"remittance": "r-2"}, "was never issued by 2002-1"),
    ],
)
def test_cash_that_arrives_other_than_it_left_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], accepted: dict[str, object], why: str
) -> None:
    folders = two_desks(tmp_path, **accepted)
    # Each desk alone is sound: only both together show it.
    for at in (0, 2):
        assert checked(folders[at : at + 2], capsys)[0] == 0
    code, broken = checked(folders, capsys)
    assert code == 1
    assert [why in fault for fault in broken["I-03"]] == [True]


def test_a_damaged_desk_is_named_and_the_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = two_desks(tmp_path)
    file = tmp_path / "1" / "desk.db"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert program.main([*folders, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [page.split(":")[0] for page in answer["damaged"]] == ["1"]
    assert next(one for one in answer["invariants"] if one["id"] == "I-06")["checked"] > 0


def test_all_invariants_hold_on_desk_branch_and_centre(
    place: Town, ganja: Seat, baku: Seat, capsys: pytest.CaptureFixture[str]
) -> None:
    second = place.seat(f"{GANJA}-2")
    with ganja.books.reading() as look:
        assert look.balance("1010", ganja.name).minor
    ganja.services.tills.issue(ganja.manager, second.name, "safe", {10_000: 1})
    place.sync()
    [announced] = second.services.tills.awaited()
    second.services.tills.accept(second.clerk, announced.remittance, {10_000: 1})
    place.sync()
    folders = ["--data", str(ganja.folder), "--data", str(second.folder)]
    assert checked(folders[:2], capsys) == (0, {})
    assert checked(folders, capsys) == (0, {})
    assert checked(["--dsn", place.dsn, "--branch", GANJA], capsys) == (0, {})
    assert checked(["--dsn", place.dsn], capsys) == (0, {})
    # What is wrong at another branch is not this one's fault, and the whole finds it.
    for change, code in (("|| 'x'::bytea", 1), ("", 0)):
        body = f"body {change}" if change else "substr(body, 1, length(body) - 1)"
        place.ask(f"update journal set body = {body} where desk = '{baku.name}' and sequence = 3 returning 1")
        assert checked(["--dsn", place.dsn, "--branch", GANJA], capsys) == (0, {})
        assert checked(["--dsn", place.dsn], capsys)[0] == code


def test_a_branch_is_named_only_at_the_centre() -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(["--branch", GANJA])
    assert ended.value.code == 2
