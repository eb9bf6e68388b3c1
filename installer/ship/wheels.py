"""The lock's wheels, fetched with their hashes, become the runtime's files: only what a counter uses."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ship import elf
from ship.archive import Entry
from ship.lock import Part, Unfit, rows

# Debian 12 takes every older platform too; pip asks for each by name.
PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(36, 4, -1)),
    "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64",
)  # fmt: skip

# Of no use to a running program: types, headers, sources of compiled modules, tests, programs of developers.
LEFT_OUT = (
    "*.pyi", "*.h", "*.hpp", "*.pxd", "*.pxi", "*.pyx", "*.c", "*.cpp", "*.a", "*/tests/*", "*/test/*",
    "*/py.typed", "lxml/includes/*", "sqlalchemy/testing/*", "alembic/testing/*", "alembic/templates/*",
    "tests/*", "*/__pycache__/*", "*/.git*",
    # Fonts of Adobe's, under the GPL, or for examples and pictures: our papers carry Noto Sans.
    "reportlab/fonts/*", "barcode/fonts/*",
    "*.dist-info/RECORD", "*.dist-info/WHEEL", "*.dist-info/top_level.txt", "*.dist-info/INSTALLER",
    "*.dist-info/sboms/*", "*.data/scripts/*", "*.data/headers/*", "*.data/data/*",
)  # fmt: skip

# Of Qt only this: its virtual keyboard is GPL alone, and QML, designer and databases are never opened. The
# libraries under Qt/lib follow from what these need.
QT_KEPT = (
    "PySide6/__init__.py", "PySide6/_config.py", "PySide6/_git_pyside_version.py", "PySide6/support/*",
    "PySide6/libpyside6.abi3.so.*",
    *(
        f"PySide6/Qt{name}.abi3.so"
        for name in ("Core", "Gui", "Widgets", "Network", "Pdf", "PdfWidgets", "PrintSupport", "Svg")
    ),
    *(
        f"PySide6/Qt/plugins/{name}.so"
        for name in (
            "platforms/libqxcb", "platforms/libqoffscreen", "xcbglintegrations/*",
            "platforminputcontexts/libcompose*", "platforminputcontexts/libibus*",
            "platformthemes/libqxdgdesktopportal",
            "iconengines/libqsvgicon", 
            "imageformats/libqjpeg", "imageformats/libqsvg", "imageformats/libqico",
        )
    ),
)  # fmt: skip
_QT_LIBRARIES = "PySide6/Qt/lib/"

# What these wheels need of the system → the Debian 12 package that brings it. libc6 and its friends are in
# every system, yet their versions count: Qt's wheels are built for glibc 2.34.
SYSTEM = {
    "libc.so.6": "libc6 (>= 2.34)", "libm.so.6": "libc6 (>= 2.34)", "libdl.so.2": "libc6 (>= 2.34)",
    "libpthread.so.0": "libc6 (>= 2.34)", "librt.so.1": "libc6 (>= 2.34)",
    "ld-linux-x86-64.so.2": "libc6 (>= 2.34)", "libresolv.so.2": "libc6 (>= 2.34)",
    "libzstd.so.1": "libzstd1", "libbrotlicommon.so.1": "libbrotli1", "libbrotlidec.so.1": "libbrotli1",
    "libstdc++.so.6": "libstdc++6", "libgcc_s.so.1": "libgcc-s1", "libz.so.1": "zlib1g",
    "libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0", "libgio-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1", "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0", "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3", "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11.so.6": "libx11-6", "libX11-xcb.so.1": "libx11-xcb1", 
    "libSM.so.6": "libsm6", "libICE.so.6": "libice6",
    "libxcb.so.1": "libxcb1", "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0", "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0", "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0", "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1", "libxcb-glx.so.0": "libxcb-glx0", "libxcb-util.so.1": "libxcb-util1",
    "libxkbcommon.so.0": "libxkbcommon0", "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}  # fmt: skip


def fetch(parts: list[Part], lock: str, folder: Path) -> list[Path]:
    """The wheels of `parts` in `folder`, each proven by the lock's hashes; those already there are kept.

    Raises:
        Unfit: pip cannot bring one of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as wanted:
        wanted.write(rows(lock, {part.name for part in parts}))
        wanted.flush()
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
            "--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", wanted.name,
            "--dest", str(folder), "--implementation", "cp", "--python-version", "3.11",
            "--abi", "cp311", "--abi", "abi3", "--abi", "none",
        ]  # fmt: skip
        for platform in (*PLATFORMS, "linux_x86_64"):
            command += ["--platform", platform]
        if subprocess.run(command, check=False).returncode != 0:
            raise Unfit("pip could not fetch the wheels of the lock")
    found = {pinned(path.name): path for path in folder.glob("*.whl")}
    return [found[part.name, part.version] for part in parts]


def pinned(wheel: str) -> tuple[str, str]:
    """Name (as in the lock) and version that a wheel's file name gives."""
    name, version = wheel.split("-")[:2]
    return re.sub(r"[._]+", "-", name).lower(), version


def files(wheels: list[Path]) -> tuple[list[Entry], int]:
    """What of these wheels is shipped, with paths from site-packages; and the youngest time in them."""
    kept: dict[str, Entry] = {}
    spare: dict[str, Entry] = {}
    newest_s = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for held in archive.infolist():
                newest_s = max(newest_s, int(datetime(*held.date_time, tzinfo=UTC).timestamp()))
                if held.is_dir():
                    continue
                path = where(held.filename)
                if path is None:
                    continue
                entry = Entry(path, archive.read(held))
                (kept if is_kept(path) else spare)[path] = entry
    follow(kept, spare)
    return list(kept.values()), newest_s


def where(name: str) -> str | None:
    """The path in site-packages; None for what is not shipped from any wheel."""
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in LEFT_OUT):
        return None
    first, _, rest = name.partition("/")
    if first.endswith(".data"):
        return rest.partition("/")[2]
    return name


def is_kept(path: str) -> bool:
    """Whether a file is shipped for its own sake; a library of Qt is only where one of these needs it."""
    if not path.startswith("PySide6/"):
        return True
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in QT_KEPT)


def follow(kept: dict[str, Entry], spare: dict[str, Entry]) -> None:
    """Move from `spare` to `kept` every library of Qt that something kept needs, and so on."""
    libraries = {PurePosixPath(path).name: path for path in spare if path.startswith(_QT_LIBRARIES)}
    waiting = list(kept.values())
    while waiting:
        entry = waiting.pop()
        if not elf.is_library(entry.content):
            continue
        for name in elf.needed(entry.content):
            path = libraries.pop(name, None)
            if path is not None:
                kept[path] = spare.pop(path)
                waiting.append(kept[path])


def system_packages(entries: list[Entry]) -> list[str]:
    """The Debian packages that bring what these files need and do not bring themselves.

    Raises:
        Unfit: a library that no row names.
    """
    ours = {PurePosixPath(entry.path).name for entry in entries}
    wanted = {
        name for entry in entries if elf.is_library(entry.content) for name in elf.needed(entry.content)
    } - ours
    strangers = sorted(wanted - set(SYSTEM))
    if strangers:
        raise Unfit(f"No row says which Debian package brings {' '.join(strangers)}")
    return sorted({SYSTEM[name] for name in wanted})
