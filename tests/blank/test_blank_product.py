"""A product is added by new files and a word in few shared ones; whoever forgets one of them is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.blank.overlay import EDITS, NEW, ROOT, SHARED_FILES_MAX, Edit, laid_over
from tests.house import types_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., tuple[int, str]]

# What every product has to agree with; quick, because it is asked once for each file that may be forgotten.
CONTRACTS = (
    "tests/domain/test_products.py",
    "tests/domain/test_postings_of_lines.py",
    "tests/storage/test_features.py",
    "tests/services/test_lines.py",
    "tests/central/test_lines.py",
)


# The contracts need none of what plugins add, and their start is most of a question's time.
PLAIN = """[pytest]
addopts = --strict-markers --import-mode=importlib
pythonpath = .
markers = fast: as in pyproject.toml
filterwarnings = error
"""


def surroundings(root: Path) -> dict[str, str]:
    """Those of a program in the copy, with nothing of the tree it came from; what it compiles stays."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPATH": str(root)}


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=surroundings(root),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def asked(root: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    return run(root, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("blank")
    laid_over(root)
    return root


@pytest.fixture(scope="module")
def ask(tree: Path) -> Iterator[Ask]:
    """Questions to pytest in the copy, which see its files as they are then; all from one start."""
    (tree / "plain.ini").write_text(PLAIN, "utf-8")
    program = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).with_name("asker.py"))],
        cwd=tree,
        env=surroundings(tree) | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def asked_plainly(*tests: str) -> tuple[int, str]:
        assert program.stdin is not None
        assert program.stdout is not None
        words = ["-q", "-c", "plain.ini", "--rootdir", ".", "-p", "no:cacheprovider", *tests]
        program.stdin.write(json.dumps(words) + "\n")
        program.stdin.flush()
        code, said = json.loads(program.stdout.readline())
        return code, said

    yield asked_plainly
    program.communicate(timeout=30)


def test_a_product_is_named_in_few_shared_files() -> None:
    assert len({edit.path for edit in EDITS}) == len(EDITS) <= SHARED_FILES_MAX
    added = {str(path.relative_to(NEW)) for path in NEW.rglob("*") if path.is_file()}
    assert not [path for path in added if (ROOT / path).exists()]


def test_with_all_of_them_it_is_sold_undone_counted_found_synced_and_shown(tree: Path) -> None:
    own = ("tests/services/test_phonecards.py", "tests/stories/test_phonecards.py")
    done = asked(tree, *CONTRACTS, *own, "tests/house/test_import_contracts_can_fail.py")
    assert done.returncode == 0, done.stdout[-3_000:]
    shown = run(tree, "azpost_desk", "--help")
    assert shown.returncode == 0, shown.stderr


def test_its_contracts_are_content_when_they_are_asked_without_plugins(ask: Ask) -> None:
    """So that a forgotten file is all that can fail below."""
    code, said = ask(*CONTRACTS)
    assert code == 0, said[-3_000:]


def test_its_types_are_strict(tree: Path) -> None:
    # What is known of the tree it was copied from is known of the copy: only what the product touches is new.
    own = tree / ".mypy_cache"
    with types_cache.alone():
        run(ROOT, "mypy")
        shutil.copytree(types_cache.folder(), own)
    done = run(tree, "mypy", "--cache-dir", str(own), "azpost_desk")
    assert done.returncode == 0, done.stdout[-3_000:]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.path)
def test_whoever_forgets_a_file_is_told(tree: Path, ask: Ask, edit: Edit) -> None:
    """The file as it was before: its name, its table or its line stands in what fails."""
    file = tree / edit.path
    whole = file.read_bytes()
    file.write_bytes((ROOT / edit.path).read_bytes())
    try:
        # Whoever is told once need not be told by every contract.
        code, said = ask("--exitfirst", *CONTRACTS)
    finally:
        file.write_bytes(whole)
    # 1 = a test failed, 2 and 4 = the tree cannot even be imported.
    assert code in (1, 2, 4), said
    assert "phonecard" in said.lower()
