"""What a package for a counter is made of: the same bytes every time, each part with its licence."""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from azpost_desk.storage import tables

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "installer"))

from ship import archive, bill, elf, layout, lock, wheels  # noqa: E402 - a folder beside a program
from ship.archive import Entry  # noqa: E402 - as above

LOCK = (ROOT / "installer" / "locks" / "linux.txt").read_text("utf-8")
TABLE = ROOT / "installer" / "licences.csv"
COUNTER = {
    "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64",
    "python_version": "3.11", "python_full_version": "3.11.2", "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}  # fmt: skip


@pytest.fixture(scope="module")
def parts() -> list[lock.Part]:
    return lock.parts(LOCK, TABLE)


@pytest.fixture(scope="module")
def ours() -> dict[str, Entry]:
    return {entry.path: entry for entry in layout.sources(ROOT)}


def test_no_wheel_is_without_a_row_and_no_row_without_a_wheel(parts: list[lock.Part]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    waiting = [Requirement(row) for row in [*project["dependencies"], *extras["desk"], *extras["sign"]]]
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
    assert {part.name for part in parts} == {name for name, _extras in found}
    assert all(part.licence for part in parts)
    assert "GPL" not in {part.licence for part in parts}
    texts = ROOT / "resources" / "licences"
    assert [part.name for part in parts if part.text and not (texts / f"{part.text}.txt").is_file()] == []


def test_a_row_that_the_lock_lacks_is_named(tmp_path: Path) -> None:
    table = tmp_path / "licences.csv"
    table.write_text("name,licence,text,inside\nno-such-part,MIT,,\n", "utf-8")
    with pytest.raises(lock.Unfit, match=r"licences\.csv names what the lock does not have: no-such-part"):
        lock.parts(LOCK, table)


def test_the_list_for_people_and_the_one_for_machines_name_every_part(parts: list[lock.Part]) -> None:
    people = bill.third_party(parts)
    digests = {part.name: bytes(32) for part in parts}
    machines = json.loads(bill.cyclonedx(parts, digests, 1_700_000_000))
    assert (machines["bomFormat"], machines["specVersion"]) == ("CycloneDX", "1.5")
    assert machines["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    rows = {(one["name"], one["version"]): one for one in machines["components"]}
    assert set(rows) == {(part.name, part.version) for part in parts}
    qt = rows["pyside6-essentials", lock.pins(LOCK)["pyside6-essentials"]]
    assert qt["licenses"] == [{"expression": "LGPL-3.0-only"}]
    assert qt["hashes"] == [{"alg": "SHA-256", "content": "00" * 32}]
    assert [part.name for part in parts if f"{part.name} {part.version}\n" not in people] == []
    assert "you may replace them" in people


def test_a_part_without_any_licence_text_is_found(parts: list[lock.Part]) -> None:
    folders = [part.name.replace("-", "_") for part in parts if part.name != "msgspec"]
    brought = [Entry(f"{folder}-1.dist-info/licenses/LICENSE") for folder in folders]
    assert bill.textless(parts, brought) == ["msgspec"]


def test_the_same_files_give_the_same_package_whatever_their_order() -> None:
    control = {"Package": "probe", "Version": "1", "Description": "probe"}
    files = [
        Entry("usr/bin/probe", b"#!/bin/sh\n", archive.PROGRAM_MODE),
        Entry("usr/share/doc/probe/copyright", "ə ₼\n".encode()),
        Entry("usr/lib/probe", link="../bin/probe"),
    ]
    once = archive.package(control, {"postinst": b"#!/bin/sh\n"}, files, 1_700_000_000)
    again = archive.package(control, {"postinst": b"#!/bin/sh\n"}, files[::-1], 1_700_000_000)
    assert once == again
    assert once != archive.package(control, {}, files, 1_700_000_000)
    assert layout.mark(files) == layout.mark(files[::-1]) != layout.mark(files[:2])
    with tarfile.open(fileobj=io.BytesIO(archive.tar(files, 1_700_000_000))) as opened:
        held = opened.getmembers()
    assert [one.name for one in held][:4] == [".", "./usr", "./usr/bin", "./usr/bin/probe"]
    assert {(one.uid, one.gid, one.uname, one.mtime) for one in held} == {(0, 0, "root", 1_700_000_000)}
    modes = {one.name: oct(one.mode) for one in held}
    assert (modes["./usr/bin/probe"], modes["./usr/share/doc/probe/copyright"]) == ("0o755", "0o644")


@pytest.mark.skipif(sys.platform == "win32", reason="the scripts of a Debian package")
def test_a_step_back_over_a_newer_form_of_the_books_is_refused(tmp_path: Path) -> None:
    schema = layout.schema_of(ROOT)
    assert schema == str(tables.SCHEMA)
    words = {"@PLACE@": "0.1.0-12345678", "@SCHEMA@": schema, "@VERSION@": "0.1.0"}
    made = layout.scripts("application", words)
    assert set(made) == {"preinst", "postinst", "postrm"}
    assert not [name for name, script in made.items() if re.search(rb"@[A-Z]+@", script)]
    script = tmp_path / "preinst"
    script.write_bytes(made["preinst"].replace(b"/opt/azpost-desk", str(tmp_path).encode()))
    (tmp_path / "app").mkdir()
    run = ["sh", str(script), "upgrade", "0.2.0"]
    for there, code in (("", 0), (schema, 0), (str(int(schema) + 1), 1)):
        if there:
            (tmp_path / "app" / "SCHEMA").write_text(f"{there}\n", "ascii")
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert done.returncode == code
    assert done.stderr == (
        f"azpost-desk: the installed version 0.2.0 keeps the books in form {int(schema) + 1},"
        f" version 0.1.0 reads only up to form {schema}. Nothing was changed.\n"
    )


@pytest.mark.skipif(not Path("/usr/bin/dpkg-deb").exists(), reason="dpkg-deb is Debian's")
def test_dpkg_reads_what_we_write(tmp_path: Path) -> None:
    control = {
        "Package": "probe", "Version": "1", "Architecture": "amd64", "Maintainer": "A <a@example.org>",
        "Description": "probe\n of two lines",
    }  # fmt: skip
    path = tmp_path / "probe.deb"
    path.write_bytes(archive.package(control, {"postinst": b"#!/bin/sh\n"}, [Entry("opt/p/x", b"abc")], 1))
    tell = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    fields = subprocess.run(["dpkg-deb", "--field", path], capture_output=True, check=True, env=tell).stdout
    assert b"Installed-Size: 0\nDescription: probe\n of two lines\n" in fields
    look = ["dpkg-deb", "--contents", path]
    listed = subprocess.run(look, capture_output=True, check=True, env=tell).stdout
    assert b"-rw-r--r-- root/root         3 1970-01-01 00:00 ./opt/p/x" in listed


def test_a_counter_gets_its_programs_and_no_rehearsal(ours: dict[str, Entry]) -> None:
    programs = {
        path.removeprefix("azpost_desk/programs/").removesuffix(".py")
        for path in ours
        if path.startswith("azpost_desk/programs/")
    }
    assert {"desk", "backup", "restore", "check", "verify"} <= programs
    assert not {"demo", "simulate", "bench", "central", "central_reports", "training"} & programs
    assert not [path for path in ours if "rehearsal" in path or "__pycache__" in path or "decisions" in path]
    texts = {"resources/i18n/az/frame.po", "resources/fonts/NotoSans-Regular.ttf", "resources/fonts/OFL.txt"}
    assert texts <= set(ours)


def test_what_is_shipped_imports_nothing_that_is_not(ours: dict[str, Entry]) -> None:
    modules = {path for path in ours if path.endswith(".py")}
    missing = []
    for path in sorted(modules):
        if path.startswith("azpost_desk/central/"):
            continue
        for name in re.findall(rb"^\s*(?:from|import) (azpost_desk[\w.]*)", ours[path].content, re.MULTILINE):
            stem = name.decode("ascii").replace(".", "/")
            if not {f"{stem}.py", f"{stem}/__init__.py"} & modules and (ROOT / f"{stem}.py").exists():
                missing.append(f"{path} imports {stem}")
    assert missing == []


def test_qt_comes_with_what_it_needs_and_without_its_gpl_parts() -> None:
    site = Path(importlib.metadata.distribution("pyside6-essentials").locate_file(""))
    names = [path.relative_to(site).as_posix() for path in (site / "PySide6").rglob("*") if path.is_file()]
    names = [name for name in names if "__pycache__" not in name and wheels.where(name)]
    kept = {name: Entry(name, (site / name).read_bytes()) for name in names if wheels.is_kept(name)}
    libraries = [name for name in names if name.startswith("PySide6/Qt/lib/") and name not in kept]
    spare = {name: Entry(name, (site / name).read_bytes()) for name in libraries}
    wheels.follow(kept, spare)
    short = {name.removeprefix("PySide6/") for name in kept}
    assert {"Qt/plugins/platforms/libqxcb.so", "Qt/lib/libQt6XcbQpa.so.6", "Qt/lib/libQt6Pdf.so.6"} <= short
    assert not [name for name in short if "irtualKeyboard" in name or "virtualkeyboard" in name]
    assert not [name for name in short if "Qml" in name or "Quick" in name or "Designer" in name]
    brings = [Entry("shiboken6/libshiboken6.abi3.so.6.12")]
    system = wheels.system_packages([*kept.values(), *brings])
    assert {"libxcb-cursor0", "libegl1", "libc6 (>= 2.34)"} <= set(system)


def test_a_library_says_what_it_needs_and_other_files_nothing() -> None:
    path = Path(importlib.metadata.distribution("msgspec").locate_file("msgspec"))
    (library,) = path.glob("_core*.so")
    content = library.read_bytes()
    assert elf.is_library(content)
    assert "libc.so.6" in elf.needed(content)
    assert not elf.is_library(b"#!/bin/sh\n")
    with pytest.raises(lock.Unfit, match=r"No row says which Debian package brings libc\.so\.9"):
        wheels.system_packages([Entry("a.so", content.replace(b"libc.so.6\0", b"libc.so.9\0"))])
