"""Packages, built by one command from the checkout and the lock; needs Python 3.11 with pip.

    python3 installer/build.py deb [--out DIR]     two packages for Debian 12: the runtime and the application
    python3 installer/build.py centre [--out DIR]  one package for a centre on Debian 12

Two builds of one commit give the same bytes; --check-reproducible builds twice and compares.
Exit code: 0 built, 1 two builds differ, 2 something is missing that only a person can add.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from ship import centre, layout
from ship.lock import Unfit

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / "build" / "wheels"
# Whoever publishes the packages puts a name and an address here that answers.
MAINTAINER = "azpost-desk maintainers <azpost-desk@localhost.localdomain>"


def main(argv: list[str]) -> int:
    """Build what `argv` names."""
    parser = argparse.ArgumentParser(prog="build.py", description="Packages for a counter or a centre.")
    parser.add_argument("kind", choices=("deb", "centre"))
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="default: dist")
    parser.add_argument("--wheels", type=Path, default=WHEELS, metavar="DIR", help="where wheels are kept")
    parser.add_argument("--version", default="", help="instead of the one in pyproject.toml")
    parser.add_argument("--maintainer", default=MAINTAINER, help="NAME <ADDRESS> of who answers")
    parser.add_argument("--application-only", action="store_true", help="for a runtime that is out already")
    parser.add_argument("--check-reproducible", action="store_true", help="build twice and compare")
    wanted = parser.parse_args(argv)
    try:
        packages = build(wanted)
        same = not wanted.check_reproducible or digests(build(wanted)) == digests(packages)
    except Unfit as unfit:
        print(unfit, file=sys.stderr)
        return 2
    wanted.out.mkdir(parents=True, exist_ok=True)
    for package in packages:
        path = wanted.out / package.file_name()
        path.write_bytes(package.content)
        print(f"{hashlib.sha256(package.content).hexdigest()}  {len(package.content):>11,}  {path}")
    if not same:
        print("A second build gave other bytes.", file=sys.stderr)
    return 0 if same else 1


def build(wanted: argparse.Namespace) -> list[layout.Built]:
    """Both packages of a counter, or the application alone; or the one of a centre.

    Raises:
        Unfit: as layout.runtime_files and layout.runtime, or the packages are too large together.
    """
    version = wanted.version or stated_version()
    if wanted.kind == "centre":
        return [centre.package(version, epoch_s(), wanted.maintainer)]
    files = layout.runtime_files(wanted.wheels)
    packages = [layout.application(version, files.hash8, epoch_s(), wanted.maintainer)]
    if not wanted.application_only:
        packages.append(layout.runtime(files, wanted.maintainer))
    size = sum(len(package.content) for package in packages)
    if size > layout.BYTES_MAX:
        raise Unfit(f"The packages have {size:,} bytes, allowed are {layout.BYTES_MAX:,}")
    return packages


def digests(packages: list[layout.Built]) -> list[tuple[str, str]]:
    """(file name, SHA-256) of each."""
    return [(one.file_name(), hashlib.sha256(one.content).hexdigest()) for one in packages]


def stated_version() -> str:
    """The version that pyproject.toml gives."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def epoch_s() -> int:
    """The time that the packages carry: SOURCE_DATE_EPOCH, else that of the last commit.

    Raises:
        Unfit: there is neither.
    """
    named = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not named:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        named = told.stdout.strip() if told.returncode == 0 else ""
    if not (named.isascii() and named.isdigit()):
        raise Unfit("This is no git checkout: say the time of the sources in SOURCE_DATE_EPOCH (seconds)")
    return int(named)


if __name__ == "__main__":
    # A folder of ours beside this file holds the parts; what it compiles stays out of the checkout.
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1:]))
