"""The package of a centre: every library locked, every file in its place, its program runs by itself."""

from __future__ import annotations

import importlib.metadata
import io
import lzma
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "installer"))

from ship import centre, layout, lock  # noqa: E402 - a folder beside a program

from tests.installer.test_packages import COUNTER  # noqa: E402 - as above

SCRIPTS = ROOT / "installer" / "ship" / "scripts"


def test_the_names_are_what_the_centre_asks_for_and_each_row_has_its_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [
        Requirement(row) for row in [*project["dependencies"], *project["optional-dependencies"]["central"]]
    ]
    found: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        asked = waiting.pop()
        key = (re.sub(r"[-_.]+", "-", asked.name).lower(), frozenset(asked.extras))
        if key in found:
            continue
        found.add(key)
        for text in importlib.metadata.requires(key[0]) or []:
            row = Requirement(text)
            wanted = [{**COUNTER, "extra": extra} for extra in asked.extras or {""}]
            if row.marker is None or any(row.marker.evaluate(one) for one in wanted):
                waiting.append(row)
    assert centre.names() == {name for name, _extras in found}
    rows = centre.locked()
    assert set(lock.pins(rows)) == centre.names()
    for row in re.split(r"\n(?=[a-z0-9])", rows.strip()):
        assert "--hash=sha256:" in row


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a built package."""
    content = centre.package("1.2.3", 1_700_000_000, "A <a@example.org>").content
    assert content == centre.package("1.2.3", 1_700_000_000, "A <a@example.org>").content
    at = content.index(b"data.tar.xz")
    size = int(content[at + 48 : at + 58])
    held = lzma.decompress(content[at + 60 : at + 60 + size])
    folder = tmp_path_factory.mktemp("centre")
    with tarfile.open(fileobj=io.BytesIO(held)) as opened:
        opened.extractall(folder, filter="tar")
    return folder


def test_everything_is_where_the_unit_and_the_scripts_look_for_it(unpacked: Path) -> None:
    unit = (unpacked / "lib/systemd/system/azpost-centre.service").read_text("ascii")
    (started,) = re.findall(r"^ExecStart=/(\S+) ", unit, re.MULTILINE)
    for program in (started, "opt/azpost-centre/setup"):
        assert os.access(unpacked / program, os.X_OK)
    (user,) = re.findall(r"^User=(\S+)$", unit, re.MULTILINE)
    assert f"u {user} " in (unpacked / "usr/lib/sysusers.d/azpost-centre.conf").read_text("ascii")
    app = unpacked / "opt/azpost-centre/app"
    assert not (app / "azpost_desk/rehearsal").exists()
    assert not list(app.rglob("__pycache__"))
    assert layout.scripts("centre", {}).keys() == {"postinst", "prerm", "postrm"}
    for script in (*SCRIPTS.glob("centre.*"), SCRIPTS / "azpost-centre"):
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_the_program_runs_from_there_alone_and_knows_its_connectors(unpacked: Path, tmp_path: Path) -> None:
    app = unpacked / "opt/azpost-centre/app"
    # As the .pth that `setup` writes: in front of everything else that this interpreter has.
    says = (
        f"import sys; sys.path.insert(0, {str(app)!r})\n"
        "from azpost_desk import places, programs\n"
        f"assert str(places.resources()).startswith({str(app)!r})\n"
        "import importlib.metadata as m\n"
        "print(m.version('azpost-desk'), *sorted(m.distribution('azpost-desk').entry_points.names))\n"
        "sys.exit(programs.main(['central', 'template', 'serve']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", says], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, _, rest = done.stdout.partition("\n")
    assert first.split() == ["1.2.3", "json", "osmp", "portal-json"]
    assert rest == (ROOT / "resources/templates/serve.toml").read_text("utf-8")


def test_without_its_libraries_it_says_what_to_type(unpacked: Path, tmp_path: Path) -> None:
    text = (unpacked / "usr/bin/azpost-centre").read_text("ascii")
    script = tmp_path / "azpost-centre"
    script.write_text(text.replace("/opt/azpost-centre", str(tmp_path)), "ascii")
    (tmp_path / "locked.txt").write_text("new\n", "ascii")
    (tmp_path / "runtime" / "bin").mkdir(parents=True)
    for held in (None, "old\n"):
        if held:
            (tmp_path / "runtime" / "locked.txt").write_text(held, "ascii")
        done = subprocess.run(["sh", str(script), "doctor"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.endswith(f"Type: sudo {tmp_path}/setup\n")
    (tmp_path / "runtime" / "locked.txt").write_text("new\n", "ascii")
    python = tmp_path / "runtime" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@"\n', "ascii")
    python.chmod(0o755)
    for words, started in (("doctor --json", "central doctor --json"), ("check --json", "check --json")):
        done = subprocess.run(["sh", str(script), *words.split()], capture_output=True, text=True, check=True)
        assert done.stdout == f"-I -m azpost_desk {started}\n"
