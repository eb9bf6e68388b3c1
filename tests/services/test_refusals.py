"""A refusal's sentence speaks only of values that the refusal carries, in every language."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import azpost_desk
from azpost_desk.texts.catalogues import LANGUAGES, catalogue

pytestmark = pytest.mark.fast

ROOMS = ("domain", "services")


def raised() -> list[tuple[str, str, frozenset[str]]]:
    """(place, code, names of its facts) of each ``Refused`` and ``Trouble`` with a written-out code."""
    found = []
    for room in ROOMS:
        for path in sorted((Path(azpost_desk.__file__).parent / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                if node.func.id not in ("Refused", "Trouble") or not isinstance(node.args[0], ast.Constant):
                    continue
                facts = {word.arg for word in node.keywords if word.arg}
                if any(word.arg is None for word in node.keywords):
                    continue
                found.append((f"{path.name}:{node.lineno}", node.args[0].value, frozenset(facts)))
    return found


def test_no_refusal_speaks_of_what_it_was_not_told() -> None:
    faults, found = [], raised()
    for language in LANGUAGES:
        named: dict[str, set[str]] = {}
        for key, sentence in catalogue(language).items():
            room, code = (*key.split(".", 2), "")[:2]
            if room == "refusal":
                fields = {name for _, name, _, _ in string.Formatter().parse(str(sentence)) if name}
                named.setdefault(code, set()).update(fields)
        for place, code, facts in found:
            if missing := named.get(code, set()) - facts:
                faults.append(f"{place} {code} ({language}) speaks of {sorted(missing)}")
    assert faults == []
    assert len(found) > 80
