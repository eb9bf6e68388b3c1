"""Watch lists from the files they are published in, for every program that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.watch_lists import NATIONAL, OFAC, Listed, read_national, read_ofac, read_un
from azpost_desk.files import LARGE_BYTES_MAX, content_of

if TYPE_CHECKING:
    from pathlib import Path


def read_list(source: str, path: Path) -> list[Listed]:
    """The entries of a list as it was published.

    Raises:
        Refused: a W-code. OSError: a file cannot be read.
    """
    if source == OFAC:
        return _ofac_folder(path)
    content = content_of(path, LARGE_BYTES_MAX)
    return read_national(content) if source == NATIONAL else read_un(content)


def _ofac_folder(folder: Path) -> list[Listed]:
    """OFAC's files under their published names, in whatever case; addresses may be missing."""
    files = {path.name.lower(): path for path in folder.iterdir()}
    sdn, alt, add = (files.get(name, folder / name) for name in ("sdn.csv", "alt.csv", "add.csv"))
    addresses = content_of(add, LARGE_BYTES_MAX) if add.is_file() else b""
    return read_ofac(content_of(sdn, LARGE_BYTES_MAX), content_of(alt, LARGE_BYTES_MAX), addresses)
