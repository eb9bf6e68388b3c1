"""The tables we ship say what their source says."""

from __future__ import annotations

import csv

import pytest
from babel import Locale

from azpost_desk import places

pytestmark = pytest.mark.fast


def test_countries_are_named_as_cldr_names_them() -> None:
    with (places.tables() / "countries.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    # ISO 3166-1 has 249 officially assigned codes.
    assert len(rows) == len({row["code"] for row in rows}) == 249
    for language in ("az", "ru", "en"):
        names = Locale(language).territories
        assert {row["code"]: row[language] for row in rows} == {
            row["code"]: names[row["code"]] for row in rows
        }


@pytest.mark.parametrize("name", ["OFL.txt", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"])
def test_our_own_fonts_are_there_with_their_licence(name: str) -> None:
    assert (places.fonts() / name).stat().st_size > 1000
