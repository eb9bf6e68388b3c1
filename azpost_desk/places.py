"""The only file that knows a path: resources, data, logs, frozen or not."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def resources() -> Path:
    """The folder with everything we ship that is no code.

    Beside the package in a source checkout, inside it in an installed wheel, in the unpacking folder of a
    frozen program.
    """
    unpacked = getattr(sys, "_MEIPASS", None)
    if unpacked is not None:
        return Path(unpacked) / "resources"
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def project_file() -> Path | None:
    """`pyproject.toml` of a source checkout; None in what is installed or frozen."""
    file = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return file if not hasattr(sys, "_MEIPASS") and file.is_file() else None


def catalogues() -> Path:
    """`<lang>/<feature>.po`: every sentence a person reads."""
    return resources() / "i18n"


def themes() -> Path:
    """Design tokens and style sheets."""
    return resources() / "themes"


def icons() -> Path:
    """SVG icons."""
    return resources() / "icons"


def fonts() -> Path:
    """Our own Noto Sans: the usual default fonts have no ₼."""
    return resources() / "fonts"


def sounds() -> Path:
    """Tones of the scan screen."""
    return resources() / "sounds"


def tables() -> Path:
    """Tables of the world outside: countries, HS codes; each with its source and licence."""
    return resources() / "data"


def schemas() -> Path:
    """XML schemas of ISO 20022 messages, by message: ``pacs.008.001.08.xsd``."""
    return resources() / "iso20022"


def templates() -> Path:
    """A commented example of each file the centre takes."""
    return resources() / "templates"


def watch_lists() -> Path:
    """Watch lists of a day, for rehearsals."""
    return resources() / "lists"


def data() -> Path:
    """This desk's data folder, not created here: `AZPOST_DATA`, else the place the system has for it."""
    named = os.environ.get("AZPOST_DATA")
    if named:
        return Path(named).expanduser().absolute()
    # Imported here: a program that is told its folder starts without it.
    import platformdirs

    return platformdirs.user_data_path("azpost-desk", appauthor=False)


def logs(data_folder: Path) -> Path:
    """Where a program with this data folder writes its logs."""
    return data_folder / "logs"
