"""The table of countries we ship, read once: a code in, its name out; what was typed in, its code out."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from azpost_desk import places
from azpost_desk.domain.names import loose
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_LANGUAGES: Final = ("az", "ru", "en")
_NAMED_MAX: Final = 8


def country_name(country: str, language: str) -> str:
    """What a country is called; its code where the table does not have it."""
    row = _countries().get(country, {})
    return row.get(language or "az") or country


def country_abroad(country: str) -> str:
    """As it stands on an item: in capitals, in English, which other posts read; "" at home."""
    return country_name(country, "en").upper() if country else ""


def country_called(typed: str, field: str) -> str:
    """The country that is meant by its two letters, by its name in any language, or by how that begins.

    Raises:
        Refused: E-100 no country is called so, E-101 several begin so (`names`: their codes).
    """
    if typed.strip().upper() in _countries():
        return typed.strip().upper()
    asked = loose(typed)
    named = {code: [loose(row[one]) for one in _LANGUAGES] for code, row in _countries().items()}
    meant = [code for code, names in named.items() if asked in names]
    meant = meant or [code for code, names in named.items() if any(map(_begins(asked), names))]
    if not asked or not meant:
        raise Refused("E-100", field=field, value=typed)
    if len(meant) > 1:
        raise Refused("E-101", field=field, value=typed, names=", ".join(sorted(meant)[:_NAMED_MAX]))
    return meant[0]


def _begins(asked: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(asked)


@lru_cache(maxsize=1)
def _countries() -> dict[str, dict[str, str]]:
    with (places.tables() / "countries.csv").open(encoding="utf-8", newline="") as table:
        return {row["code"]: row for row in csv.DictReader(table)}
