"""The house rules over the whole project; every fault is shown with its file, line and what to do instead."""

from __future__ import annotations

import gc
import importlib
import inspect
import itertools
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from azpost_desk import gui
from tests.house import code_rules, import_rules, text_rules
from tests.house.types_cache import alone

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = code_rules.ROOT
ARCHITECTURE = ROOT / "azpost_desk" / "ARCHITECTURE.md"
DECISION_PARTS = ("Summary", "Context", "Decision", "Consequences", "Alternatives")


@pytest.fixture(scope="module", autouse=True)
def every_file_is_taken_apart_once() -> Iterator[None]:
    """Millions of nodes live until the last rule; the collector would go through all of them at each turn."""
    gc.disable()
    yield
    for kept in (code_rules.nodes_of, code_rules.tree_of):
        kept.cache_clear()
    gc.enable()


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return code_rules.python_files()


@pytest.fixture(scope="module")
def catalogues() -> dict[str, dict[str, text_rules.Sentence]]:
    return text_rules.read_catalogues()


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return text_rules.tracked_texts()


def show(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    if faults:
        pytest.fail("\n".join([f"{len(faults)} against the house rules:", *faults]), pytrace=False)


def run_tool(*command: str) -> None:
    """Fail with everything a checker said when it is not content."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_import_contracts_hold() -> None:
    run_tool("-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache")


def test_ruff_is_content() -> None:
    run_tool(
        "-m", "ruff", "check", "--no-cache", "--output-format=concise", "azpost_desk", "installer", "tests"
    )


def test_types_are_strict() -> None:
    with alone():
        run_tool("-m", "mypy")


@pytest.mark.fast
def test_single_modules_stay_apart() -> None:
    show(import_rules.apart_faults(import_rules.imports()))


@pytest.mark.fast
def test_nothing_is_too_long(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.size_faults(path, text)])


@pytest.mark.fast
def test_no_banned_pattern(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.banned_faults(path, text)])


def test_states_are_set_to_what_the_table_of_moves_says(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.state_faults(path, text)])


@pytest.mark.fast
def test_digits_are_those_of_ascii(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.digit_faults(path, text)])


def test_every_override_of_qt_is_guarded() -> None:
    found = pkgutil.walk_packages(gui.__path__, f"{gui.__name__}.")
    modules = [importlib.import_module(module.name) for module in found]
    ours = {
        kind: None
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and kind.__module__ == module.__name__
    }
    assert len(ours) > 100
    show([fault for kind in ours for fault in code_rules.override_faults(kind)])


@pytest.mark.fast
def test_nothing_swallows_every_error(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.swallow_faults(path, text)])


@pytest.mark.fast
def test_no_line_of_a_sale_falls_through(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.wildcard_faults(path, text)])


@pytest.mark.fast
def test_who_catches_bytes_that_do_not_decode_catches_those_that_are_no_text(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.undecoded_faults(path, text)])


@pytest.mark.fast
def test_names_say_something(sources: dict[str, str]) -> None:
    show([fault for path in sources for fault in code_rules.name_faults(path)])


@pytest.mark.fast
def test_every_module_names_its_subject_first(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.opening_faults(path, text)])


@pytest.mark.fast
def test_no_name_stands_for_two_things_again(sources: dict[str, str]) -> None:
    show([fault for path, text in sources.items() for fault in code_rules.twice_named_faults(path, text)])


@pytest.mark.fast
def test_the_map_and_the_rooms_say_the_same() -> None:
    show(code_rules.room_faults(ARCHITECTURE.read_text("utf-8"), code_rules.rooms_of()))


@pytest.mark.fast
def test_every_package_has_its_sentence(sources: dict[str, str]) -> None:
    packages = [path for path in sources if path.startswith("azpost_desk/") and path.endswith("__init__.py")]
    show([f"{path}:1 has no sentence" for path in packages if not code_rules.sentence(sources[path])])


@pytest.mark.fast
def test_decisions_have_their_five_parts() -> None:
    pages = sorted((ROOT / "azpost_desk" / "decisions").glob("*.md"))
    assert pages
    faults = []
    for page in pages:
        headings = [line[3:] for line in page.read_text("utf-8").splitlines() if line.startswith("## ")]
        if tuple(headings) != DECISION_PARTS:
            faults.append(f"azpost_desk/decisions/{page.name}:1 has {headings}, wanted {DECISION_PARTS}")
    show(faults)


@pytest.mark.fast
def test_every_sentence_is_there_in_three_languages(
    catalogues: dict[str, dict[str, text_rules.Sentence]],
) -> None:
    assert catalogues["az"]
    show(text_rules.catalogue_faults(catalogues))


@pytest.mark.fast
def test_azerbaijani_and_english_hold_no_cyrillic(
    catalogues: dict[str, dict[str, text_rules.Sentence]],
) -> None:
    show(text_rules.script_faults(catalogues))


@pytest.mark.fast
def test_russian_holds_no_word_that_was_forgotten_to_translate(
    catalogues: dict[str, dict[str, text_rules.Sentence]],
) -> None:
    show(text_rules.untranslated_faults(catalogues))


@pytest.mark.fast
def test_every_key_and_refusal_in_the_code_has_its_sentence(
    sources: dict[str, str], catalogues: dict[str, dict[str, text_rules.Sentence]]
) -> None:
    names = text_rules.dotted_names(sources)
    ours = {path: text for path, text in sources.items() if path.startswith("azpost_desk/")}
    show(
        [
            fault
            for path, text in ours.items()
            for fault in text_rules.key_faults(path, text, catalogues, names)
        ]
    )


@pytest.mark.fast
def test_every_sentence_gets_the_values_it_wants(
    sources: dict[str, str], catalogues: dict[str, dict[str, text_rules.Sentence]]
) -> None:
    ours = {path: text for path, text in sources.items() if path.startswith("azpost_desk/")}
    show([fault for path, text in ours.items() for fault in text_rules.fact_faults(path, text, catalogues)])


@pytest.mark.fast
def test_no_letter_pretends_to_be_another(texts: dict[str, str]) -> None:
    show([fault for path, text in texts.items() for fault in text_rules.letter_faults(path, text)])


@pytest.mark.fast
def test_no_address_of_a_machine_or_package_host(texts: dict[str, str]) -> None:
    show([fault for path, text in texts.items() for fault in text_rules.address_faults(path, text)])


@pytest.mark.fast
@pytest.mark.parametrize("system", ["linux", "windows"])
def test_locks_are_pinned_by_hash(system: str) -> None:
    path = Path("installer") / "locks" / f"{system}.txt"
    show(text_rules.lock_faults(path.as_posix(), (ROOT / path).read_text("utf-8")))


@pytest.mark.fast
@pytest.mark.parametrize("system", ["linux", "windows"])
def test_locks_fulfil_what_pyproject_asks_for(system: str) -> None:
    path = Path("installer") / "locks" / f"{system}.txt"
    show(text_rules.lag_faults(path.as_posix(), (ROOT / path).read_text("utf-8"), wishes()))


def test_nothing_is_asked_for_that_nothing_imports(sources: dict[str, str]) -> None:
    show(text_rules.unused_faults(wishes(), sources))


def wishes() -> list[str]:
    """Every package that pyproject.toml asks for, in any part."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]


@pytest.mark.fast
def test_the_top_level_is_fixed() -> None:
    show(text_rules.top_level_faults(text_rules.tracked_paths()))
