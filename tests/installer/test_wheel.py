"""What is installed from a wheel finds its resources, like a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_an_installed_wheel_carries_and_finds_its_resources(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    ask = (
        "from azpost_desk import places; print(places.resources()); print(places.fonts().is_dir());"
        # Without a project beside it the kinds of connectors are what the installation says.
        "from azpost_desk.central.gateways.kinds import kinds; print('osmp' in kinds(), 'json' in kinds());"
        "print(places.project_file())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    resources = str(installed / "azpost_desk" / "resources")
    assert answer.stdout.split() == [resources, "True", "True", "True", "None"]
