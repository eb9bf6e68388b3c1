"""A new administrator's walk: the README's own lines in an empty folder, then a first sale and receipt."""

from __future__ import annotations

import io
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
from PySide6.QtWidgets import QApplication

from azpost_desk import programs
from azpost_desk.domain import operations as ops
from azpost_desk.gui.shell.window import Window
from azpost_desk.gui.work.runner import Runner
from azpost_desk.gui.work.timers import HandClock
from azpost_desk.programs import desk as program
from azpost_desk.rehearsal.day import Day
from azpost_desk.rehearsal.script import moved, pay, sign_in
from azpost_desk.rehearsal.steps import AtDesk, Instruction, See, Type, keys
from azpost_desk.services.reports import day_figures
from tests.conftest import RUN_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

README = Path(__file__).parents[2] / "README.md"
HEADING = "## From nothing to the first sale"
CLERK, MANAGER = ("1", "1357"), ("2", "4680")
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


def script(code: str) -> list[Instruction]:
    """From the enrolment page, where the address stands already, to the receipt of a stamp."""
    return [
        AtDesk(1),
        See("İş yerinin qeydiyyatı"),
        keys("Enter"),
        Type(code),
        keys("Enter"),
        See("Rauf Hüseynli"),
        *sign_in(MANAGER),
        See("Bu gün açılacaq tarix"),
        keys("Ctrl+D"),
        See("Kassanı aç"),
        keys("Ctrl+S"),
        Type("1"),
        keys("Enter"),
        *moved("", "", "", "", "10"),
        See("Seyf"),
        keys("Ctrl+Shift+Q"),
        See("Daxil olun"),
        *sign_in(CLERK),
        See("Kassanı aç"),
        keys("Ctrl+O"),
        See("Nigar Əliyeva"),
        keys("Ctrl+Up"),
        *moved("", "", "", "", "2"),
        keys("Ctrl+N"),
        keys("1"),
        keys("Enter"),
        Type("100"),
        keys("Enter"),
        Type("QM-1"),
        keys("Enter"),
        keys("F6"),
        See("Poçt markası"),
        keys("1"),
        keys("Enter"),
        *pay(),
    ]


def test_the_readmes_lines_lead_to_a_first_sale_and_its_receipt(
    qtbot: QtBot, served: tuple[str, str], tmp_path: Path
) -> None:
    url, code = served
    folder = tmp_path / "desk"
    runner = Runner()
    window = Window()
    qtbot.addWidget(window)
    running = program._Running(folder, url, window)
    window.show()
    running.load()
    day = Day({1: window}, script(code), HandClock(), lambda _: None, {}, tmp_path)
    day.begin()
    QApplication.exec()
    window.close()
    runner.close()
    counter = running._counter
    assert day.played.failure == ""
    assert counter is not None
    with counter.books.reading() as books:
        _, _, entries = day_figures(books, books.day().number)
        sold = [one.body for one in entries if isinstance(one.body, ops.Settlement)]
        assert books.codes_left() == 200
        assert books.item_numbers_left() == 500
    running.close()
    (settlement,) = sold
    (line,) = settlement.lines
    assert isinstance(line, ops.GoodsSold)
    assert (line.sku, line.amount_qapik) == ("S030", 30)
    assert [one for one in (folder / "papers").iterdir() if "receipt" in one.name], "no receipt"
