"""A product is added by new files and a word in few shared ones; whoever forgets one of them is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.blank.overlay import EDITS, NEW, ROOT, SHARED_FILES_MAX, Edit, laid_over

if TYPE_CHECKING:
    from pathlib import Path

# What every product has to agree with; quick, because it is asked once for each file that may be forgotten.
CONTRACTS = (
    "tests/domain/test_products.py",
    "tests/domain/test_postings_of_lines.py",
    "tests/storage/test_features.py",
    "tests/services/test_lines.py",
    "tests/central/test_lines.py",
)


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy, with nothing of the tree it came from; what it compiles stays for the next."""
    env = {**os.environ, "PYTHONPATH": str(root)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in [name for name in env if name.startswith("PYTEST_")]:
        del env[name]
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=env,
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


def test_its_types_are_strict(tree: Path) -> None:
    # What is known of the tree it was copied from is known of the copy: only what the product touches is new.
    run(ROOT, "mypy")
    shutil.copytree(ROOT / ".mypy_cache", tree / ".mypy_cache")
    done = run(tree, "mypy", "azpost_desk")
    assert done.returncode == 0, done.stdout[-3_000:]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.path)
def test_whoever_forgets_a_file_is_told(tree: Path, edit: Edit) -> None:
    """The file as it was before: its name, its table or its line stands in what fails."""
    file = tree / edit.path
    whole = file.read_bytes()
    file.write_bytes((ROOT / edit.path).read_bytes())
    try:
        # Whoever is told once need not be told by every contract.
        done = asked(tree, "--exitfirst", *CONTRACTS)
    finally:
        file.write_bytes(whole)
    assert done.returncode != 0
    assert "phonecard" in (done.stdout + done.stderr).lower()
