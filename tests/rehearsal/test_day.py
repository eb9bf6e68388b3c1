"""The played day as anybody starts it: a process, its summary, its pictures and papers, and no idle key."""

from __future__ import annotations

import json
import os
import random
import re
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FIRST_BYTES_OF_A_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
# As long as the day may take on two cores, and what only a machine with other work adds.
SECONDS_MAX = 180
# Which lines are left out; another number asks for others.
SEED = 17


def play(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Play the day as a script does, in the plainest locale."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "PYTHONUTF8"))}
    return subprocess.run(
        [sys.executable, "-m", "azpost_desk", "demo", "--headless", "--out", str(out), *more],
        cwd=ROOT,
        env={**plain, "LANG": "C"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS_MAX,
        check=False,
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a day that was played to its end."""
    out = tmp_path_factory.mktemp("day")
    done = play(out)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["ok"] is True
    return out


@pytest.fixture(scope="module")
def summary(day: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((day / "summary.json").read_text("utf-8"))
    return said


def test_every_step_held_and_both_sides_books_are_sound(summary: dict[str, Any]) -> None:
    assert len(summary["steps"]) > 10
    assert all(step["ok"] is True and step["seconds"] > 0 for step in summary["steps"])
    assert summary["checks"] == {"desks": True, "centre": True}
    assert summary["failure"] == ""
    assert summary["seconds"] < SECONDS_MAX


def test_the_summary_says_what_its_readers_rely_on(summary: dict[str, Any]) -> None:
    assert {type(summary[key]) for key in ("version", "seed", "operations")} == {int}
    assert all({"name", "ok", "seconds"} == step.keys() for step in summary["steps"])
    assert sum(summary["by_kind"].values()) == summary["operations"] > 40
    money = summary["money"]["AZN"]
    assert {"in", "out", "fees", "cash_expected", "cash_counted", "difference"} == money.keys()
    assert {type(amount) for amount in money.values()} == {int}
    assert money["cash_counted"] - money["cash_expected"] == money["difference"] == -5
    assert summary["postings_sum"] == {"AZN": 0}
    sync = summary["sync"]
    assert sync["records"] == sync["acknowledged"] > 40
    assert min(sync["bytes_up"], sync["bytes_down"], sync["offline_seconds"]) > 0
    report = summary["report"]
    assert report["equal"] is True
    assert report["routine_a"] == report["routine_b"]
    assert report["routine_a"]["services"].keys() >= {
        "goods", "payments", "transfers", "express", "abroad"
    }  # fmt: skip


def test_what_crossed_the_border_is_in_the_report_and_on_the_partners_statements(
    summary: dict[str, Any],
) -> None:
    """128.43 and 96.82 out, the second refused and paid back whole; 100 lari in, paid as 62.21 manat."""
    row = summary["report"]["routine_a"]["services"]["abroad"]
    assert row == {"count": 4, "in_qapik": 22_125, "out_qapik": 15_703, "income_qapik": 200}
    held = summary["abroad"]
    # Of 50,000 lari there 200 have gone and 100 have come: the partner says the same, nothing is open.
    assert held["tbilisi"]["ledger"] == held["tbilisi"]["statement"] == 4_990_000
    assert {(one["statements"], one["open_items"], one["unexplained"]) for one in held.values()} == {
        (1, 0, 0)
    }
    assert held.keys() == {"tbilisi", "istanbul", "almaty"}


def test_the_day_is_photographed_at_the_size_of_a_counters_screen(day: Path, summary: dict[str, Any]) -> None:
    languages: Counter[str] = Counter()
    for name in summary["pictures"]:
        picture = (day / name).read_bytes()
        assert picture.startswith(FIRST_BYTES_OF_A_PNG), name
        size = struct.unpack(">II", picture[len(FIRST_BYTES_OF_A_PNG) :][:8])
        assert size == (1366, 768), name
        languages[name.removesuffix(".png").rsplit("-", 1)[1]] += 1
    assert languages["az"] >= 16
    assert languages["en"] >= 4
    assert languages["ru"] >= 4
    assert len(set(summary["pictures"])) == len(summary["pictures"])
    shown = {Path(name).name.split("-", 1)[1].rsplit("-", 1)[0] for name in summary["pictures"]}
    assert {"paying", "change", "papers", "officer-menu"} <= shown
    assert {"box-price", "box-office", "box-act", "customer-file"} <= shown
    assert {"notice", "notice-confirmed"} <= shown
    assert {"abroad-goods", "abroad-mail", "scan-arrivals", "round-out", "round-back"} <= shown
    assert {"bag-filled", "bag-closed"} <= shown
    assert {"abroad-price", "abroad-paid", "from-abroad", "sent-abroad", "abroad-refund"} <= shown


@pytest.mark.parametrize(
    "sort",
    [
        "receipt", "application", "voucher", "label", "customs", "report", "till_close", "abroad-",
        "abroad_number", "statement", "bag_label",
    ],
)  # fmt: skip
def test_every_sort_of_paper_came_out(day: Path, summary: dict[str, Any], sort: str) -> None:
    # A file is found by its day first, then by what it is.
    papers = [day / name for name in summary["papers"] if Path(name).name.partition("_")[2].startswith(sort)]
    assert papers
    assert all(re.match(r"\d{4}-\d\d-\d\d_", paper.name) for paper in papers)
    assert all(paper.read_bytes().startswith(b"%PDF-") for paper in papers)


def test_every_key_and_scan_is_a_line_of_the_input(day: Path) -> None:
    lines = [json.loads(line) for line in (day / "input.jsonl").read_text("utf-8").splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["kind"] for line in lines} == {"key", "scan"}
    assert {line["desk"] for line in lines} == {1, 2}
    assert {"F10", "Enter", "ə", "Ctrl+K", "Ctrl+F9", "Ctrl+F12"} <= {line["value"] for line in lines}


@pytest.mark.parametrize("half", range(2))
def test_no_key_is_idle(day: Path, tmp_path: Path, half: int) -> None:
    """A day without one of its keys or scans is not the same day, and says so."""
    count = len((day / "input.jsonl").read_text("utf-8").splitlines())
    # Early in its half: what comes before it is the same day as `day`, played again for nothing.
    left_out = count * half // 2 + random.Random(f"{SEED}-{half}").randint(1, count // 8)
    done = play(tmp_path, "--without", str(left_out))
    assert done.returncode == 1, f"without line {left_out} the day went on as if nothing were missing"
    assert done.stderr.strip()
    # It failed for want of that line, and of nothing before it.
    assert len((tmp_path / "input.jsonl").read_text("utf-8").splitlines()) >= left_out
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["failure"]
