"""The proof on a bare system judges what it sees: unsound books, a screen at rest, a step that breaks."""

from __future__ import annotations

import json
import sys
import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "installer"))

import counter  # noqa: E402 - a folder beside a program
import prove  # noqa: E402 - as above
from counter import Broken, Hands, Office  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.fast
ROW = 8


def answer(ok: bool = True) -> str:
    told: dict[str, Any] = {
        "ok": ok,
        "invariants": [{"id": "I-02", "checked": 1}, {"id": "I-01", "checked": 7}],
    }
    return f"a line before\n{json.dumps(told)}\n"


def test_records_count_only_where_the_books_are_sound() -> None:
    assert counter.records_of(answer()) == 7
    with pytest.raises(Broken, match="the books are not sound"):
        counter.records_of(answer(ok=False))


def test_the_records_of_the_centres_own_book_are_not_the_desks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both books must hold; only the branch's records are compared with what its desk has."""
    told = {True: answer(), False: answer().replace("7", "9")}
    monkeypatch.setattr(Office, "_typed", lambda _self, *words: told["--branch" in words])
    assert Office(tmp_path, "python3").records() == 7
    told[False] = answer(ok=False)
    with pytest.raises(Broken, match="the books are not sound"):
        Office(tmp_path, "python3").records()


def test_a_closed_day_is_what_its_close_says_and_no_till_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    differs = ""

    def typed(_self: Office, *words: str, said: str = "") -> str:
        if "--out" in words:
            day = {"baskets_cash_only": 6, "cash_qapik": 210}
            Path(words[words.index("--out") + 1]).write_text(json.dumps([day]), "utf-8")
        return differs if "till-counts" in words else said

    monkeypatch.setattr(Office, "_typed", typed)
    assert Office(tmp_path, "python3").closed_days() == [counter.SOLD]
    differs = "2002-1\ttill.closed\t-30\n"
    with pytest.raises(Broken, match="does not hold what was sold"):
        Office(tmp_path, "python3").closed_days()


def test_the_file_to_enrol_by_is_one_that_a_desk_understands(tmp_path: Path) -> None:
    from azpost_desk.programs.desk_settings import read_settings
    from azpost_desk.programs.enrol import EnrolmentFile

    office = Office(
        tmp_path, "python3", "https://127.0.0.1:8470", "AAAA-BBBB-CCCC-DDDD", "AB:" * 31 + "AB", 9100
    )
    file = tmp_path / "enrol.toml"
    file.write_text(office.enrolment(), "utf-8")
    said = read_settings(file, EnrolmentFile)
    assert (said.desk.receipts, said.fingerprint) == ("tcp:127.0.0.1:9100", office.fingerprint)
    assert tomllib.loads(office.enrolment("00"))["fingerprint"] == "00"


def test_the_hands_rest_when_only_a_caret_moves() -> None:
    rows = counter.RESTLESS_ROWS_MAX
    blank, caret = bytes(ROW * 2 * rows), b"\1" * ROW * rows + bytes(ROW * rows)
    moved = b"\1" * ROW * 2 * rows

    def screens() -> Iterator[bytes]:
        yield from (blank, moved, blank)
        while True:
            yield from (caret, blank)

    shown = screens()
    looked: list[bytes] = []

    def grabbed() -> bytes:
        looked.append(next(shown))
        return looked[-1]

    Hands(":0", grabbed, ROW, pause_s=0).rest()
    # Three pictures alike after the two that were not.
    assert len(looked) == 6


def test_an_application_alone_comes_with_the_runtime_that_is_out(tmp_path: Path) -> None:
    app, runtime = tmp_path / "azpost-desk_0.1.1_amd64.deb", tmp_path / "azpost-desk-runtime-00_1_amd64.deb"
    newer = tmp_path / "azpost-desk_0.1.2_amd64.deb"
    stand = prove.Stand(tmp_path, [runtime, app], [newer], tmp_path, "", "python3")
    assert stand.both == [newer, runtime]
    assert prove.version_of(stand.newer) == "0.1.2"
    assert prove.Stand(tmp_path, [app], [runtime, newer], tmp_path, "", "python3").both == [runtime, newer]
    with pytest.raises(Broken, match="no centre yet"):
        stand.outside()


def test_a_step_that_does_not_hold_ends_the_proof_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def first(stand: prove.Stand) -> str:
        return "88 packages"

    def second(stand: prove.Stand) -> str:
        raise Broken("a clerk can write it")

    monkeypatch.setattr(prove, "mounted", lambda _root: nullcontext())
    stand = prove.Stand(tmp_path, [], [], tmp_path, "", "python3")
    done = prove.prove(stand, (first, second, first))
    assert [(one["step"], one["ok"], one["found"]) for one in done] == [
        ("first", True, "88 packages"),
        ("second", False, "a clerk can write it"),
    ]
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["ok", "BROKEN"]


def test_the_doctors_answer_has_to_be_well_where_the_machine_has_no_say() -> None:
    def told(**states: str) -> str:
        said = {**dict.fromkeys(prove.WELL, "ok"), "key": "warn", "receipts": "not asked", **states}
        checks = [{"id": name, "state": state} for name, state in said.items()]
        return f"a warning of a library\n{json.dumps({'ok': False, 'checks': checks})}\n"

    assert prove.ailments(told()) == ["key: warn"]
    with pytest.raises(Broken, match="chain: bad, qt: warn"):
        prove.ailments(told(qt="warn", chain="bad"))
    with pytest.raises(Broken, match="Traceback"):
        prove.ailments("Traceback\n")
    steps = [step.__name__ for step in prove.STEPS]
    assert steps.index("examined_by_its_doctor") == steps.index("works_and_is_killed") + 1
