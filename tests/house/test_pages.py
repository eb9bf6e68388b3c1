"""Pages beside the sources: each rule they are cited by, each word, file and name that they give is there."""

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


GLOSSARY: Final = ROOT / "azpost_desk" / "GLOSSARY.md"
# A word of the code, what it is called elsewhere, and where: a path with a name that is defined there.
_ROW: Final = re.compile(r"^\| ([^|]+) \| (.+) \| `([a-z_/0-9]+\.py)`, `(\w+)` \|$", re.MULTILINE)


def glossary_faults(page: str, sources: dict[str, str]) -> list[str]:
    """Words of the page that the sources do not have, rows with an empty cell, names that are not there."""
    lines = [line for line in page.splitlines() if line.startswith("| ") and not line.endswith("| where |")]
    rows = _ROW.findall(page)
    faults = [] if len(rows) == len(lines) else [f"{len(lines) - len(rows)} rows name no place"]
    every = "\n".join(sources.values()).lower()
    for words, cells, path, name in rows:
        if not all(cell.strip() for cell in cells.split("|")):
            faults.append(f"{words}: an empty cell")
        if not re.search(rf"(?m)^\s*(?:(?:def|class) {name}\b|{name}\s*[:=])", sources.get(path, "")):
            faults.append(f"{words}: {path} defines no {name}")
        faults += [
            f"{word}: no source says so"
            for word in words.split(", ")
            if not re.search(rf"\b{re.sub('[ -]', '[ _-]', word)}", every)
        ]
    return faults


def test_every_word_of_the_glossary_is_in_the_sources() -> None:
    package = ROOT / "azpost_desk"
    sources = {
        path.relative_to(package).as_posix(): path.read_text("utf-8") for path in package.rglob("*.py")
    }
    page = GLOSSARY.read_text(encoding="utf-8")
    assert len(_ROW.findall(page)) > 60
    assert glossary_faults(page, sources) == []


def test_a_word_that_nobody_says_and_a_name_that_has_gone_are_seen() -> None:
    sources = {"domain/moves.py": "def move(state: str) -> str: ...\n"}
    row = "| {} | state transition | what follows | `domain/moves.py`, `{}` |\n"
    assert glossary_faults(row.format("move", "move"), sources) == []
    assert glossary_faults(row.format("leap", "move"), sources) == ["leap: no source says so"]
    assert glossary_faults(row.format("move", "went"), sources) == ["move: domain/moves.py defines no went"]
    assert glossary_faults("| move | no place |\n", sources) == ["1 rows name no place"]
    assert glossary_faults(row.replace("what follows", " ").format("move", "move"), sources) == [
        "move: an empty cell"
    ]
