"""The package of a centre: our program, its unit for systemd and a script that fetches its locked libraries.

In: the checkout, its lock and `locks/centre.names`. Out: one package without any library: a centre stands
where an administrator and a network are, and `setup` installs them once, each held against its hash.

    /opt/azpost-centre/app        the program
    /opt/azpost-centre/runtime    the libraries, made by /opt/azpost-centre/setup
    /etc/azpost-centre            centre.toml and what it names, read by root and the service
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from ship import archive, layout
from ship.archive import PROGRAM_MODE, Entry
from ship.layout import Built, under
from ship.lock import Unfit, pins, rows

ROOT = Path(__file__).resolve().parents[2]
NAME = "azpost-centre"
HOME = f"opt/{NAME}"
SHIP = Path(__file__).parent
NOT_SHIPPED = ("azpost_desk/rehearsal/", "resources/lists/", "resources/linux/")


def package(version: str, epoch_s: int, maintainer: str) -> Built:
    """The whole package.

    Raises:
        Unfit: `locks/centre.names` names what the lock does not have.
    """
    entries = [
        *(under(f"{HOME}/app", entry) for entry in (*sources(), *metadata(version))),
        Entry(f"{HOME}/locked.txt", locked().encode("ascii")),
        Entry(f"{HOME}/setup", (SHIP / "scripts" / "centre.setup").read_bytes(), PROGRAM_MODE),
        Entry(f"usr/bin/{NAME}", (SHIP / "scripts" / NAME).read_bytes(), PROGRAM_MODE),
        Entry(f"lib/systemd/system/{NAME}.service", (SHIP / "units" / f"{NAME}.service").read_bytes()),
        Entry(f"usr/lib/sysusers.d/{NAME}.conf", (SHIP / "units" / f"{NAME}.sysusers").read_bytes()),
        *layout.documents("centre", NAME, version, epoch_s, maintainer),
    ]
    control = {
        "Package": NAME,
        "Version": version,
        "Architecture": "amd64",
        "Maintainer": maintainer,
        "Section": "misc",
        "Priority": "optional",
        "Depends": "python3.11, python3.11-venv, systemd, tzdata",
        "Recommends": "postgresql",
        "Description": (
            "centre of the post-office counters\n"
            " Serves the desks of all branches over a PostgreSQL, as a service of systemd.\n"
            " Its libraries come from a package index, once, each held against its hash."
        ),
    }
    made = archive.package(control, layout.scripts("centre", {}), entries, epoch_s)
    return Built(NAME, version, made)


def sources() -> list[Entry]:
    """Our package and its resources without what a centre never runs."""
    found = []
    for folder in ("azpost_desk", "resources"):
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            is_ours = not name.startswith(NOT_SHIPPED) and "/__pycache__/" not in name
            if path.is_file() and is_ours and not (folder == "azpost_desk" and name.endswith(".md")):
                found.append(Entry(name, path.read_bytes()))
    return found


def metadata(version: str) -> list[Entry]:
    """What `importlib.metadata` reads: the version, and the kinds of connectors that come with us."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    says = ""
    for group, kinds in project["entry-points"].items():
        says += f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in kinds.items())
    told = layout.metadata(version)
    return [told, Entry(told.path.replace("METADATA", "entry_points.txt"), says.encode("ascii"))]


def names() -> set[str]:
    """The libraries of a centre, by the lock's names."""
    return set((ROOT / "installer" / "locks" / "centre.names").read_text("ascii").split())


def locked() -> str:
    """The rows of the lock that a centre needs, with their hashes.

    Raises:
        Unfit: the lock lacks one of them.
    """
    lock = (ROOT / "installer" / "locks" / "linux.txt").read_text("utf-8")
    if missing := names() - set(pins(lock)):
        raise Unfit(f"centre.names names what the lock does not have: {' '.join(sorted(missing))}")
    return rows(lock, names())
