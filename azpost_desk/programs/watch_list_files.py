"""Watch lists from the files they are published in, for every program that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.watch_lists import NATIONAL, OFAC, Listed, read_national, read_ofac, read_un

if TYPE_CHECKING:
    from pathlib import Path


def read_list(source: str, path: Path) -> list[Listed]:
    """The entries of a list as it was published.

    Raises:
        Refused: a W-code. OSError: a file cannot be read.
    """
    if source == OFAC:
        return _ofac_folder(path)
    content = path.read_bytes()
    return read_national(content) if source == NATIONAL else read_un(content)


def _ofac_folder(folder: Path) -> list[Listed]:
    """OFAC's files under their published names, in whatever case; addresses may be missing."""
    files = {path.name.lower(): path for path in folder.iterdir()}
    sdn, alt, add = (files.get(name, folder / name) for name in ("sdn.csv", "alt.csv", "add.csv"))
    return read_ofac(sdn.read_bytes(), alt.read_bytes(), add.read_bytes() if add.is_file() else b"")
