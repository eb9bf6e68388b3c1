"""A new administrator's walk: the README's own lines in an empty folder, then a first sale and receipt."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from azpost_desk import programs
from azpost_desk.central.clock import SystemClock
from azpost_desk.domain import operations as ops
from azpost_desk.services.reports import day_figures
from azpost_desk.storage.books import DeskBooks
from tests.conftest import RUN_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
HEADING = "## From nothing to the first sale"
PASSWORD = "correct horse\n"


def lines() -> list[str]:
    """The commands as they stand in the README, in their order."""
    section = README.read_text("utf-8").split(HEADING)[1]
    return section.split("```")[1].strip().splitlines()


def typed(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Type one line as in a shell, with passwords when it asks; gives what it says."""
    words = shlex.split(line)
    assert words.pop(0) == "azpost-desk"
    file = words[words.index(">") + 1] if ">" in words else ""
    monkeypatch.setattr(sys, "stdin", io.StringIO(2 * PASSWORD))
    assert programs.main(words[: words.index(">")] if file else words) == 0, line
    said = capsys.readouterr()
    assert said.err == "", line
    if file:
        Path(file).write_text(said.out, "utf-8")
    return said.out


@pytest.fixture
def empty() -> Iterator[Path]:
    """An empty folder that the server's own user may pass through, too: not pytest's."""
    with tempfile.TemporaryDirectory(dir=os.environ[RUN_FOLDER]) as folder:
        yield Path(folder)


@pytest.fixture
def served(
    empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[str, str]]:
    """All lines but the last were typed in an empty folder; where the centre serves, and a desk's code."""
    monkeypatch.chdir(empty)
    *before, serve, desk = lines()
    said = [typed(line, monkeypatch, capsys) for line in before]
    code = dict(line.split("\t") for line in said[-1].splitlines())["2002-1"]
    assert serve.endswith(" serve")
    assert re.fullmatch(r"azpost-desk desk --centre http://127\.0\.0\.1:8470", desk)
    # Its own port: another centre may serve on this machine.
    words = [sys.executable, "-m", "azpost_desk", *shlex.split(serve)[1:], "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), code
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_readmes_lines_lead_to_a_first_sale_and_its_receipt(
    served: tuple[str, str], tmp_path: Path
) -> None:
    """A counter is a program of its own: nothing it leaves behind is in anybody's way here."""
    words = [sys.executable, "-m", "tests.fakes.first_counter", str(tmp_path), *served]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"failure": "", "codes": 200, "numbers": 500}
    folder = tmp_path / "desk"
    books = DeskBooks.open(folder, SystemClock())
    with books.reading() as look:
        _, _, entries = day_figures(look, look.day().number)
        sold = [one.body for one in entries if isinstance(one.body, ops.Settlement)]
    books.close()
    (settlement,) = sold
    (line,) = settlement.lines
    assert isinstance(line, ops.GoodsSold)
    assert (line.sku, line.amount_qapik) == ("S030", 30)
    assert [one for one in (folder / "papers").iterdir() if "receipt" in one.name], "no receipt"
