"""The tables we ship say what their source says."""

from __future__ import annotations

import csv
import re
import tomllib

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


def test_usual_goods_have_codes_of_the_list_and_names_in_three_languages() -> None:
    named = tomllib.loads((places.tables() / "hs.toml").read_text("utf-8"))
    with (places.tables() / named["list"]).open(encoding="utf-8", newline="") as table:
        listed = {row["hscode"] for row in csv.DictReader(table)}
    with (places.tables() / named["usual"]).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) >= 300
    assert sum(len(code) == 6 for code in listed) == 5_613
    assert {row["hs"] for row in rows if len(row["hs"]) != 6 or row["hs"] not in listed} == set()
    assert [row for row in rows if not all(row[language].strip() for language in ("az", "ru", "en"))] == []
    assert [row for row in rows if re.search("[а-яё]", row["az"] + row["en"], re.I)] == []


@pytest.mark.parametrize("name", ["OFL.txt", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"])
def test_our_own_fonts_are_there_with_their_licence(name: str) -> None:
    assert (places.fonts() / name).stat().st_size > 1000
