"""The README's commands: they mend a broken .venv, say what is missing, pass on what they were told."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """installer/dev.py, working on an empty project in `tmp_path` with an empty lock."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "installer" / "dev.py")
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("VENV", "STAMP", "BIN", "PYTHON", "PROGRAM"):
        monkeypatch.setattr(module, name, tmp_path / getattr(module, name).relative_to(ROOT))
    monkeypatch.setattr(module, "LOCK", tmp_path / "lock.txt")
    module.LOCK.write_text("# nothing\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", "utf-8")
    monkeypatch.setattr(module, "check_machine", lambda: None)
    return module


@pytest.fixture
def calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What set-up would have done: made an environment, called pip."""
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "works", lambda: dev.VENV.is_dir())
    monkeypatch.setattr(dev, "make_environment", lambda: (made.append(("environment",)), dev.VENV.mkdir()))
    monkeypatch.setattr(dev, "pip", lambda *arguments: made.append(("pip", *arguments)))
    return made


def test_a_second_set_up_does_nothing(dev: Any, calls: list[tuple[str, ...]]) -> None:
    dev.set_up()
    assert [call[0] for call in calls] == ["environment", "pip"]
    calls.clear()
    dev.set_up()
    assert calls == []


def test_changed_settings_install_the_project_again_and_a_changed_lock_everything(
    dev: Any, calls: list[tuple[str, ...]]
) -> None:
    dev.set_up()
    calls.clear()
    (dev.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    dev.set_up()
    assert [call[0] for call in calls] == ["pip"]
    calls.clear()
    dev.LOCK.write_text("# something\n", "utf-8")
    dev.VENV.rename(dev.ROOT / "old")
    dev.set_up()
    assert [call[0] for call in calls] == ["environment", "pip"]


def test_a_set_up_that_was_cut_off_is_done_again(
    dev: Any, calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(dev, "pip", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            dev.set_up()
    assert not dev.STAMP.exists()
    dev.VENV.rename(dev.ROOT / "half")
    dev.set_up()
    assert calls[-1][0] == "pip"


def test_an_environment_that_lost_files_is_made_anew(
    dev: Any, calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.set_up()
    (dev.VENV / "module.py").write_text("", "utf-8")
    dev.STAMP.unlink()
    monkeypatch.setattr(dev, "make_environment", lambda: calls.append(("environment",)))
    dev.set_up()
    calls.clear()
    (dev.VENV / "added.py").write_text("", "utf-8")
    dev.set_up()
    assert calls == []
    for name in ("module.py", "added.py"):
        (dev.VENV / name).unlink()
    dev.set_up()
    assert calls[0] == ("environment",)


def test_two_set_ups_at_once_wait_for_each_other(dev: Any) -> None:
    second = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'installer')!r}); import dev, pathlib;"
        f"dev.LOCK = pathlib.Path({str(dev.LOCK)!r});\n"
        "with dev.alone(): print('mine')"
    )
    with dev.alone():
        other = subprocess.Popen([sys.executable, "-c", second], stdout=subprocess.PIPE, text=True)
        assert other.stdout
        assert "waiting" in other.stdout.readline()
    assert other.communicate(timeout=30)[0] == "mine\n"


@pytest.mark.parametrize("broken", ["half", "dangling"])
def test_a_broken_environment_is_made_anew(dev: Any, broken: str) -> None:
    if broken == "half":
        dev.BIN.mkdir(parents=True)
        dev.PYTHON.write_text("no program", "utf-8")
    else:
        dev.VENV.symlink_to(dev.ROOT / "nowhere")
    assert not dev.works()
    dev.make_environment()
    assert subprocess.run([dev.PYTHON, "-c", "import pip"], check=False).returncode == 0
    # It answers, but our packages are not in it: not a working environment yet.
    assert not dev.works()


def test_without_root_the_one_line_to_type_is_shown(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(dev, "loads", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "/usr/bin/apt-get")
    assert dev.main(["setup"]) == 2
    assert "    sudo apt-get install -y --no-install-recommends libegl1\n" in capsys.readouterr().err


def test_root_on_debian_adds_what_is_missing(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    typed: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        typed.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(dev, "loads", lambda library: library != "libGL.so.1" or len(typed) == 2)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "/usr/bin/apt-get")
    monkeypatch.setattr(dev.subprocess, "run", run)
    dev.check_machine()
    assert [command[:2] for command in typed] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "libgl1" in typed[1]
    assert all("DPkg::Lock::Timeout=300" in command for command in typed)


@pytest.mark.parametrize("user", [0, 1000])
def test_a_card_in_software_is_added_for_the_tests_where_that_is_allowed(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], user: int
) -> None:
    typed: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        typed.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(dev.os, "geteuid", lambda: user)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(dev.subprocess, "run", run)
    dev.add_card()
    assert ["softhsm2" in command for command in typed] == ([False, True] if user == 0 else [])
    assert ("will be skipped" in capsys.readouterr().out) == (user != 0)
    monkeypatch.setattr(dev.shutil, "which", lambda _name: "/usr/bin/softhsm2-util")
    typed.clear()
    dev.add_card()
    assert typed == []


def test_without_a_screen_run_says_how_to_do_without(
    dev: Any,
    calls: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(dev, "WINDOWS", False)
    assert dev.main(["run"]) == 2
    assert "run --headless --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        (["run", "--headless", "--out", "day"], ["demo", "--headless", "--out", "day"]),
        (["test"], ["-m", "pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]),
        (["test", "-m", "fast"], ["-m", "pytest", "-m", "fast"]),
    ],
)
def test_arguments_are_passed_on_and_the_exit_code_comes_back(
    dev: Any,
    calls: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    wanted: list[str],
) -> None:
    started = []

    def call(arguments: list[str], *, cwd: Path, env: dict[str, str]) -> int:
        started.append((arguments[1:], cwd, env["PYTHONUTF8"]))
        return 7

    monkeypatch.setattr(dev, "add_card", lambda: None)
    monkeypatch.setattr(dev.subprocess, "call", call)
    assert dev.main(command) == 7
    assert started == [(wanted, dev.ROOT, "1")]


def test_a_wrong_command_shows_the_three_right_ones() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "installer" / "dev.py", "tset"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert all(f"dev.py {word} " in done.stderr for word in ("setup", "run", "test"))


def test_the_continuous_run_is_the_readmes_command() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    command = "python3 installer/dev.py test"
    assert script.splitlines()[-1] == f"exec {command}"
    assert f"\n{command}" in (ROOT / "README.md").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_what_the_lock_brought_is_complete_by_itself() -> None:
    """The lock is installed without looking for dependencies: nothing may be missing from it."""
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
