"""The import contracts, over an empty copy of our rooms with bad imports planted in it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

from tests.house.code_rules import ROOT, rooms_of

if TYPE_CHECKING:
    from pathlib import Path

LINT = "from importlinter.cli import lint_imports_command as main; main()"
PLANTED = {
    "domain/upwards.py": "import azpost_desk.services",
    "domain/framed.py": "import PySide6.QtCore",
    "domain/round.py": "import azpost_desk.domain.about",
    "domain/about.py": "import azpost_desk.domain.round",
    "gui/kit/hungry.py": "import sqlalchemy",
    "central/nosy.py": "import azpost_desk.devices",
    "central/web/fluent.py": "import azpost_desk.sql",
    "gui/work/proud.py": "import azpost_desk.gui.shell",
    "gui/screens/transfers/__init__.py": "",
    "gui/screens/payments/__init__.py": "import azpost_desk.gui.screens.transfers",
    "gui/screens/payments/form.py": "import PySide6.QtWidgets",
}


def lint(folder: Path, planted: dict[str, str]) -> dict[str, bool]:
    """Contract name → kept, over empty rooms with `planted` in them."""
    files = {f"azpost_desk/{room}__init__.py": "" for room in rooms_of() if room.endswith("/")}
    alone = ("__init__", "places", "files", "unfollowed", "spreadsheets")
    files |= dict.fromkeys((f"azpost_desk/{name}.py" for name in alone), "")
    files |= {f"azpost_desk/{path}": line + "\n" for path, line in planted.items()}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    verdicts = {}
    for line in done.stdout.splitlines():
        name, _, verdict = line.rpartition(" ")
        if verdict in ("KEPT", "BROKEN"):
            verdicts[name] = verdict == "KEPT"
    assert (done.returncode == 0) == (bool(verdicts) and all(verdicts.values())), done.stdout + done.stderr
    return verdicts


def contracts() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_empty_rooms_keep_every_contract(tmp_path: Path) -> None:
    assert lint(tmp_path, {}) == dict.fromkeys(contracts(), True)


def test_planted_imports_break_every_contract(tmp_path: Path) -> None:
    assert lint(tmp_path, PLANTED) == dict.fromkeys(contracts(), False)


def test_a_window_that_reads_the_desks_file_is_seen_also_through_a_friend(tmp_path: Path) -> None:
    friend = {
        "gui/kit/nosy.py": "import azpost_desk.services.friend",
        "services/friend.py": "import azpost_desk.storage",
    }
    verdicts = lint(tmp_path, friend)
    assert not verdicts["The GUI never touches SQL or the network, even through a friend"]


def test_a_new_folder_must_be_declared(tmp_path: Path) -> None:
    assert not all(lint(tmp_path, {"cellar/__init__.py": ""}).values())
