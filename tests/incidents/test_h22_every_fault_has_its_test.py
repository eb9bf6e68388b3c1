"""H-22: fixes brought bugs back. Every fault named in the list of incidents stays a test for ever."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
# The list of incidents and of attacks on the design; there never was an H-24.
IDS: Final = (
    *(f"h{number:02}" for number in range(1, 26) if number != 24),
    *(f"u{number:02}" for number in range(1, 9)),
    *(f"d{number:02}" for number in range(1, 13)),
)


def _tests_of(path: Path) -> list[ast.FunctionDef]:
    """The test functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    ]


@pytest.mark.parametrize("number", IDS)
def test_an_incident_has_a_test_that_looks_at_something(number: str) -> None:
    """Removing a test of an incident, or its last assertion, is noticed here."""
    files = sorted(HERE.glob(f"test_{number}_*.py"))
    tests = [test for file in files for test in _tests_of(file)]
    assert tests, f"no test in tests/incidents is named after {number}"
    for test in tests:
        looks = [
            one
            for one in ast.walk(test)
            if isinstance(one, ast.Assert)
            or (isinstance(one, ast.Attribute) and one.attr in ("raises", "waitUntil"))
        ]
        assert looks, f"{test.name} asserts nothing"


def test_no_incident_is_skipped() -> None:
    """A test that is skipped or expected to fail proves nothing."""
    for file in HERE.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        assert not names & {"skip", "xfail"}, file.name
