"""Makes the project ready on this machine, then runs it or its tests; needs nothing but Python 3.11.

    python3 installer/dev.py setup              make .venv from the hash-pinned lock
    python3 installer/dev.py run [ARGUMENTS]    the same, then `azpost-desk demo [ARGUMENTS]`
    python3 installer/dev.py test [ARGUMENTS]   the same, then the whole test run

Exit code: that of the program, 2 when something is missing that only a person can add.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "azpost-stamp"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
PROGRAM = BIN / ("azpost-desk.exe" if WINDOWS else "azpost-desk")
# A worker more than there are cores: each waits now and then, for a server, a clock or a thread of its own.
# A file stays with one worker: what its tests share is made once. In the order of the folders the long files
# stand in the middle, so that all workers end together.
ON_TWO_CORES = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
LOCK = ROOT / "installer" / "locks" / ("windows.txt" if WINDOWS else "linux.txt")

# What Qt's wheels expect of a Linux system: the library they load → the Debian package that brings it.
LIBRARIES_ALWAYS = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# Only where an X screen is there to show a window on.
LIBRARIES_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class Missing(Exception):
    """Something only a person can add; the text says what to type or do."""


def main(argv: list[str]) -> int:
    """Run one of setup, run, test; returns the exit code."""
    if not argv or argv[0] not in ("setup", "run", "test"):
        print(__doc__, file=sys.stderr)
        return 2
    act, *arguments = argv
    try:
        with alone():
            set_up()
        if act == "run":
            return run(arguments)
        if act == "test":
            add_card()
            return call(PYTHON, "-m", "pytest", *(arguments or ON_TWO_CORES))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as failed:
        print(f"This step failed with exit code {failed.returncode}: {failed.cmd}", file=sys.stderr)
        return 2
    print(f"Ready: {PROGRAM.relative_to(ROOT)} --help")
    return 0


def run(arguments: list[str]) -> int:
    """Start the demo branch: its window, or with --headless the played day."""
    asks_for_no_window = {"--headless", "--help", "-h"} & set(arguments)
    if not asks_for_no_window and not has_screen():
        raise Missing(
            "There is no screen here to show the window on. This plays a working day without one and leaves"
            " pictures of it:\n    python3 installer/dev.py run --headless --out out/day"
        )
    return call(PROGRAM, "demo", *arguments)


def has_screen() -> bool:
    """Whether a window can be shown, or Qt was told where to draw instead."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return WINDOWS or any(os.environ.get(name) for name in names)


def call(*command: str | Path) -> int:
    """Run a program of .venv from the repo root, in UTF-8 whatever the locale says; its exit code."""
    environment = dict(os.environ, PYTHONUTF8="1")
    if not has_screen():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    try:
        return subprocess.call([str(part) for part in command], cwd=ROOT, env=environment)
    except KeyboardInterrupt:
        return 130


def set_up() -> None:
    """Bring .venv in line with the lock and pyproject.toml; quick when it already is.

    The stamp has three lines. The first (lock, Python, place) says which environment this is: if it differs
    the environment is made anew, and so it is if files are gone since the third (their number) was written.
    The second (pyproject.toml) only asks for the project to be installed again.

    Raises:
        Missing: when a person must act first.
    """
    check_machine()
    environment = fingerprint(LOCK.read_bytes(), sys.version.encode(), os.fsencode(VENV))
    project = fingerprint((ROOT / "pyproject.toml").read_bytes())
    found = STAMP.read_text("utf-8").splitlines() if STAMP.is_file() else []
    whole = len(found) == 3 and found[0] == environment and int(found[2]) <= files() and works()
    if whole and found[1] == project:
        return
    if not whole:
        make_environment()
    # Removed first: a run that is cut off here leaves no stamp, and the next one starts again.
    STAMP.unlink(missing_ok=True)
    print("Installing the project itself …", flush=True)
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(f"{environment}\n{project}\n{files()}\n", "utf-8")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process makes this .venv ready (Windows has no such lock: there nobody waits)."""
    if WINDOWS:
        yield
        return
    import fcntl

    with LOCK.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another process is making .venv ready; waiting for it …", flush=True)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def files() -> int:
    """How many files .venv holds, without what Python writes while it runs and without the stamp."""
    walk = os.walk(VENV)
    held = sum(len(names) for folder, _, names in walk if not folder.endswith("__pycache__"))
    return held - STAMP.exists()


def fingerprint(*parts: bytes) -> str:
    """SHA-256 over `parts`, each with its length, as hex."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def works() -> bool:
    """Whether .venv answers and still holds the largest parts and our program."""
    if not (PYTHON.exists() and PROGRAM.exists()):
        return False
    probe = (
        "import importlib.util as u, sys;"
        "sys.exit(any(u.find_spec(name) is None for name in"
        " ('azpost_desk', 'PySide6', 'sqlalchemy', 'msgspec', 'pytest')))"
    )
    try:
        return subprocess.run([str(PYTHON), "-c", probe], cwd=VENV, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make .venv anew and fill it from the lock: wheels only, each checked against its hash."""
    packages = sum("==" in line for line in LOCK.read_text("utf-8").splitlines())
    print(f"Making .venv with {packages} packages (some 200 MB to fetch the first time) …", flush=True)
    # A .venv that is a link or a file is not ours to follow into.
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    # As root PostgreSQL runs as another user and must be able to read its own files.
    before = os.umask(0o022)
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=not WINDOWS).create(VENV)
        # The lock names every package: without --no-deps pip would look for newer ones of what it calls by an
        # extra (`coverage[toml]`), and fail on the day one is published.
        pip("--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK))
    finally:
        os.umask(before)


def pip(*arguments: str) -> None:
    """`pip install` inside .venv; where the packages come from is left to the machine's own settings."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    environment = dict(os.environ, PIP_ROOT_USER_ACTION="ignore")
    command = [str(PYTHON), "-m", "pip", "install", *quiet, *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def check_machine() -> None:
    """Refuse what cannot work and add missing system packages where that is allowed.

    Raises:
        Missing: with the one line to type, or the reason.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is started by whatever python3 is at hand
        raise Missing(f"Python 3.11 or newer is needed, this is {platform.python_version()}.")
    if not (WINDOWS or sys.platform == "linux") or platform.machine().lower() not in ("x86_64", "amd64"):
        raise Missing(
            "The locks are for Linux and Windows on x86-64 processors;"
            f" this is {platform.system()} on {platform.machine()}."
        )
    packages = missing_packages()
    if not packages:
        return
    install = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise Missing("Install what your system calls these packages of Debian: " + " ".join(packages))
    if os.geteuid() != 0:
        raise Missing(f"System packages are missing. Type this line, then try again:\n    sudo {install}")
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in ("apt-get update", install):
        # Another apt may be at work on a fresh machine: wait for it instead of failing.
        waiting = [*command.split(), "-q", "-o", "DPkg::Lock::Timeout=300"]
        if subprocess.run(waiting, env=environment, check=False).returncode != 0:
            raise Missing(f"apt-get did not succeed; type this line yourself:\n    {install}")
    if missing_packages():
        raise Missing(f"These packages are installed but cannot be loaded: {' '.join(missing_packages())}")


def missing_packages() -> list[str]:
    """Debian names of the packages that this machine lacks; empty on Windows."""
    if WINDOWS:
        return []
    libraries = dict(LIBRARIES_ALWAYS)
    if os.environ.get("DISPLAY"):
        libraries.update(LIBRARIES_X11)
    packages = [package for library, package in libraries.items() if not loads(library)]
    if importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")
    return packages


def add_card() -> None:
    """A smart card in software for the tests; where it cannot be added they skip and say why."""
    if WINDOWS or shutil.which("softhsm2-util"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print("softhsm2 is not installed: tests that sign with a smart card will be skipped.", flush=True)
        return
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    print("Installing a smart card in software for the tests: softhsm2", flush=True)
    for command in ("apt-get update", "apt-get install -y --no-install-recommends softhsm2"):
        waiting = [*command.split(), "-q", "-o", "DPkg::Lock::Timeout=300"]
        if subprocess.run(waiting, env=environment, check=False).returncode != 0:
            print("apt-get did not succeed: tests that sign with a smart card will be skipped.", flush=True)
            return


def loads(library: str) -> bool:
    """Whether the system's loader finds `library`; the truth whatever the package is called."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    # UTF-8 for us and for all we start, whatever the locale says: the repo may lie in a folder with an ə.
    os.environ["PYTHONUTF8"] = "1"
    if not WINDOWS:
        # After a bare `su` the path lacks the programs of root, which apt and PostgreSQL's own user need.
        os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    if sys.getfilesystemencoding() != "utf-8":
        sys.exit(subprocess.call([sys.executable, *sys.argv]))
    sys.exit(main(sys.argv[1:]))
