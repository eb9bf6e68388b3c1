"""The page of rules that the sources cite by number: each number and each file it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "azpost_desk" / "PROTOCOL.md"
# One migration was released with the small word; it is not written again.
CITED: Final = re.compile(r"protocol\.md ([0-9]+(?:(?:, | and )[0-9]+)*)", re.IGNORECASE)


def test_every_rule_that_is_cited_stands_in_the_page() -> None:
    rules = set(re.findall(r"^## ([0-9]+) ", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    sources = [
        *ROOT.glob("azpost_desk/**/*.py"),
        *ROOT.glob("azpost_desk/**/*.sql"),
        *ROOT.glob("tests/**/*.py"),
    ]
    cited = {
        (number, path.name)
        for path in sources
        for numbers in CITED.findall(path.read_text(encoding="utf-8"))
        for number in re.findall("[0-9]+", numbers)
    }
    assert {number for number, _ in cited} >= {"1", "5", "11"}
    assert {(number, name) for number, name in cited if number not in rules} == set()


def test_every_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`([a-z_/0-9]+\.(?:py|sql))`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [
        name for name in named if not any((ROOT / at / name).is_file() for at in ("azpost_desk", "tests"))
    ]
    assert missing == []
