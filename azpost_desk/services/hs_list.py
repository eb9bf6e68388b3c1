"""The lists of goods we ship become one index of codes, read when somebody first looks for a code."""

from __future__ import annotations

import csv
import threading
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from azpost_desk import places
from azpost_desk.domain.mail.goods import HsIndex, Listed, Usual

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: Final = ("az", "ru", "en")
_BETWEEN_NAMES: Final = "|"
# Whoever comes while it is being read waits for that reading, instead of reading it a second time.
_READING: Final = threading.Lock()


def hs_index() -> HsIndex:
    """The index of the edition that `hs.toml` names; half a second the first time, off every window."""
    with _READING:
        return _index()


@lru_cache(maxsize=1)
def _index() -> HsIndex:
    named = tomllib.loads((places.tables() / "hs.toml").read_text("utf-8"))
    usual = (
        Usual(row["hs"], {language: tuple(row[language].split(_BETWEEN_NAMES)) for language in LANGUAGES})
        for row in _rows(named["usual"])
    )
    listed = (Listed(row["hscode"], row["description"]) for row in _rows(named["list"]))
    return HsIndex(named["edition"], usual, listed)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (places.tables() / name).open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)
