"""The table of countries we ship: a code in, the country's name in one language out, read once."""

from __future__ import annotations

import csv
from functools import lru_cache

from azpost_desk import places


def country_name(country: str, language: str) -> str:
    """What a country is called; its code where the table does not have it."""
    row = _countries().get(country, {})
    return row.get(language or "az") or country


def country_abroad(country: str) -> str:
    """As it stands on an item: in capitals, in English, which other posts read; "" at home."""
    return country_name(country, "en").upper() if country else ""


@lru_cache(maxsize=1)
def _countries() -> dict[str, dict[str, str]]:
    with (places.tables() / "countries.csv").open(encoding="utf-8", newline="") as table:
        return {row["code"]: row for row in csv.DictReader(table)}
