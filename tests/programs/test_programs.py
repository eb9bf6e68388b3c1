"""`azpost-desk`: lists what is here, starts what was asked for, speaks UTF-8 whatever the locale says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from azpost_desk import programs
from azpost_desk.programs import tool


def test_help_names_each_program_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert programs.main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == list(programs.available())
    assert all(does in line for line, does in zip(lines, programs.available().values(), strict=True))


def test_what_is_not_written_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(programs, "PROGRAMS", {"check": "checks", "not_written_yet": "nothing"})
    assert "not_written_yet" not in programs.available()
    assert programs.main(["not_written_yet"]) == 2
    assert "no program 'not_written_yet'" in capsys.readouterr().err


def test_without_a_program_the_usage_is_shown_and_the_exit_code_is_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert programs.main([]) == 2
    assert "usage: azpost-desk" in capsys.readouterr().out


@pytest.mark.parametrize(
    "start", [["-m", "azpost_desk"], ["-c", "from azpost_desk.programs import main; main()"]]
)
def test_both_ways_to_start_say_the_same(start: list[str]) -> None:
    done = subprocess.run([sys.executable, *start, "--help"], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == programs.usage()


def test_the_program_speaks_utf8_under_a_locale_that_does_not() -> None:
    narrow = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    ask = "from azpost_desk.programs import speak_utf8; speak_utf8(); print(input())"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        input="Əliyev 5 ₼\n".encode(),
        env={**os.environ, **narrow},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == "Əliyev 5 ₼\n"


def test_starting_one_program_loads_no_other_ones_framework() -> None:
    ask = "import sys, azpost_desk.programs as p; p.available(); print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no core dumps there")
def test_no_program_leaves_memory_on_a_disk() -> None:
    """Keys and names are in memory; a core dump would write them down in clear."""
    code = "import resource; from azpost_desk.programs import main; main(['--version'])"
    code += "; print(resource.getrlimit(resource.RLIMIT_CORE))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "(0, 0)"


def test_the_help_and_the_readme_name_every_sort_of_tool() -> None:
    sorts = next(action.choices for action in tool._parser()._actions if action.dest == "tool")
    assert sorts is not None
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    for sort in sorts:
        assert sort in programs.PROGRAMS["tool"]
        assert f"`tool {sort}`" in readme


@pytest.mark.parametrize("program", ["central", "check"])
@pytest.mark.parametrize(
    "dsn", ["postgresql://u:secret@127.0.0.1/azpost", "host=127.0.0.1 password=secret", "postgresql://[::1/x"]
)
def test_no_password_stands_on_a_command_line(
    program: str, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--dsn", dsn, *(["migrate"] if program == "central" else [])]
    with pytest.raises(SystemExit) as ended:
        programs.main([program, *words])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "--dsn" in said
    assert "secret" not in said
