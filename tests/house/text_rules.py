"""Rules about what people read and what leaves this machine: catalogues, letters, addresses, folders."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import unicodedata
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.code_rules import ROOT, every_node, nodes_of

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("az", "ru", "en")
# What does its work without being imported: as a plugin, a program, a build backend, types for mypy.
WORKS_UNSEEN = {
    "editables", "hatchling", "import-linter", "mypy", "pytest-qt", "pytest-xdist", "ruff", "types-requests",
}  # fmt: skip
TOP_LEVEL = {
    "azpost_desk", "resources", "tests", "installer", "pyproject.toml", "README.md",
    ".ci", ".gitignore", "LICENSE",
}  # fmt: skip
# Odd letters are the subject matter there: vectors of other people, tables of foreign names; and tests type
# look-alikes on purpose.
LETTERS_ARE_THE_SUBJECT = ("tests/data/", "resources/data/")
LOOK_ALIKES_ARE_TYPED = "tests/"
WORD = re.compile(r"[^\W\d_]+")
PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")
KEY = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
REFUSAL = re.compile(r"[GSCBTPERLXI]-\d{3}")
# What stands in every file that says or refuses something; the others need not be taken apart.
NAMES_A_SENTENCE = re.compile(
    r"[GSCBTPERLXI]-\d{3}|\b(?:t|n|phrase|counted_phrase|Refused|Trouble|NeedsConfirmation)\s*\("
)
# A placeholder's value ends as it likes: a suffix on it breaks vowel harmony ("{name}-a", "{name}nın").
SUFFIX_ON_PLACEHOLDER = re.compile(r"\}[-'’]?[^\W\d_]")
# Directions and joiners that hide what a line really says.
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# One letter of each is an escape, or this file would be the first to break its own rule.
HOSTS = re.compile(r"py\x70i\.org|python\x68osted|deb\.\x64ebian\.org|registry\.\x6epmjs|conda\.\x61naconda")
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(work|home|Users|root)/\w")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of a catalogue: where it stands and what it says (all plural forms joined)."""

    place: str
    says: str


def read_catalogues(folder: Path = ROOT / "resources" / "i18n") -> dict[str, dict[str, Sentence]]:
    """Language → key → sentence; read by Babel, not by our own reader, which is thereby tested too."""
    catalogues: dict[str, dict[str, Sentence]] = {language: {} for language in LANGUAGES}
    for language, sentences in catalogues.items():
        for path in sorted((folder / language).glob("*.po")):
            for message in read_po(BytesIO(path.read_bytes()), locale=language, abort_invalid=True):
                if message.id:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    says = message.string if isinstance(message.string, str) else "\n".join(message.string)
                    place = f"resources/i18n/{language}/{path.name}:{message.lineno}"
                    sentences[key] = Sentence(place, says)
    return catalogues


def catalogue_faults(catalogues: dict[str, dict[str, Sentence]]) -> list[str]:
    """Keys that a language lacks, empty sentences, placeholders that differ, suffixes on placeholders."""
    faults = []
    everything = sorted(set().union(*catalogues.values()))
    for key in everything:
        spoken = {language: sentences[key] for language, sentences in catalogues.items() if key in sentences}
        somewhere = next(iter(spoken.values())).place
        for language in LANGUAGES:
            if language not in spoken:
                faults.append(f"{somewhere} {key} is missing in {language}")
            elif not spoken[language].says.strip():
                faults.append(f"{spoken[language].place} {key} says nothing")
        wanted = {frozenset(PLACEHOLDER.findall(sentence.says)) for sentence in spoken.values()}
        if len(wanted) > 1:
            faults.append(f"{somewhere} {key} has different placeholders in different languages")
        for language in ("az", "ru"):
            if language in spoken and SUFFIX_ON_PLACEHOLDER.search(spoken[language].says):
                faults.append(f"{spoken[language].place} {key} hangs a suffix on a placeholder")
    return faults


def script_faults(catalogues: dict[str, dict[str, Sentence]]) -> list[str]:
    """Cyrillic letters in Azerbaijani or English sentences; a language may be called by its own name."""
    return [
        f"{sentence.place} {key} holds the Cyrillic word {word!r}"
        for language in ("az", "en")
        for key, sentence in catalogues[language].items()
        if "language" not in key
        for word in WORD.findall(sentence.says)
        if "cyrillic" in scripts(word)
    ]


def untranslated_faults(catalogues: dict[str, dict[str, Sentence]]) -> list[str]:
    """Latin words in Russian sentences: a key, a command or a name is the same word in Azerbaijani too."""
    return [
        f"{sentence.place} {key} holds the word {word!r}, which the Azerbaijani sentence does not"
        for key, sentence in catalogues["ru"].items()
        for word in sorted(latin_words(sentence) - latin_words(catalogues["az"].get(key)))
    ]


def latin_words(sentence: Sentence | None) -> set[str]:
    """Words of more than one letter in Latin script, placeholders apart."""
    says = PLACEHOLDER.sub("", sentence.says) if sentence is not None else ""
    return {word for word in WORD.findall(says) if len(word) > 1 and "latin" in scripts(word)}


def scripts(word: str) -> set[str]:
    """The scripts a word is written in, of Latin and Cyrillic."""
    return {script for letter in word if (script := script_of(letter))}


@functools.cache
def script_of(letter: str) -> str:
    """``latin``, ``cyrillic``, or "" for any other."""
    first = unicodedata.name(letter, "").partition(" ")[0].lower()
    return first if first in ("latin", "cyrillic") else ""


def used_keys(path: str, text: str) -> list[tuple[str, str]]:
    """(place, key) of every key written out in `text`: in `.t(…)` and `.n(…)`, and every refusal's code.

    In the window every widget takes keys where it shows words, so any constant that looks like one counts.
    """
    if not path.startswith("azpost_desk/gui/") and not NAMES_A_SENTENCE.search(text):
        return []
    found = []
    for node in nodes_of(text):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            place = f"{path}:{node.lineno}"
            if REFUSAL.fullmatch(node.value):
                found.append((place, f"refusal.{node.value}"))
            elif path.startswith("azpost_desk/gui/") and KEY.fullmatch(node.value):
                found.append((place, node.value))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("t", "n") and node.args:
            parts = list(every_node(node.args[0]))
            if not any(isinstance(part, ast.JoinedStr) for part in parts):
                constants = [part for part in parts if isinstance(part, ast.Constant)]
                found += [
                    (f"{path}:{part.lineno}", part.value) for part in constants if isinstance(part.value, str)
                ]
    return found


def key_faults(
    path: str, text: str, catalogues: dict[str, dict[str, Sentence]], names: frozenset[str] = frozenset()
) -> list[str]:
    """Keys in the code that no catalogue, or not every one, has a sentence for.

    Dotted `names` of the inner rooms (kinds of operations, permissions) are no keys.
    """
    faults = []
    features = {key.split(".")[0] for key in catalogues["az"]}
    first_uses = {key: place for place, key in reversed(used_keys(path, text))}
    for key, place in first_uses.items():
        silent = [language for language in LANGUAGES if key not in catalogues[language]]
        is_other_name = path.startswith("azpost_desk/gui/") and (
            key in names or key.split(".")[0] not in features
        )
        if silent and not (is_other_name and not key.startswith("refusal.")):
            faults.append(f"{place} {key} has no sentence in {', '.join(silent)}: add it to resources/i18n/")
    return faults


def dotted_names(sources: dict[str, str]) -> frozenset[str]:
    """Dotted names that the inner rooms use for something else than sentences."""
    inner = [
        text for path, text in sources.items() if re.match("azpost_desk/(domain|protocol|services)/", path)
    ]
    nodes = (node for text in inner for node in nodes_of(text))
    values = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return frozenset(value for value in values if KEY.fullmatch(value))


def fact_faults(path: str, text: str, catalogues: dict[str, dict[str, Sentence]]) -> list[str]:
    """Calls that name a sentence and leave a placeholder without a value: it would not be said at all."""
    if not NAMES_A_SENTENCE.search(text):
        return []
    faults = []
    for node in nodes_of(text):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        key = node.args[0].value
        if name in ("Refused", "Trouble", "NeedsConfirmation"):
            key = f"refusal.{key}"
        elif name not in ("t", "n", "phrase", "counted_phrase"):
            continue
        given = {keyword.arg for keyword in node.keywords} | (
            {"count"} if name in ("n", "counted_phrase") else set()
        )
        said = [catalogues[language][key].says for language in LANGUAGES if key in catalogues[language]]
        wanted = {placeholder for says in said for placeholder in PLACEHOLDER.findall(says)}
        if wanted - given and None not in given:
            faults.append(f"{path}:{node.lineno} {key} wants a value for {', '.join(sorted(wanted - given))}")
    return faults


def letter_faults(path: str, text: str) -> list[str]:
    """Words that mix Latin and Cyrillic letters, and characters that cannot be seen."""
    if path.startswith(LETTERS_ARE_THE_SUBJECT):
        return []
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.isascii():
            continue
        if INVISIBLE.search(line):
            faults.append(f"{path}:{number} holds an invisible character: write it as an escape")
        if path.startswith(LOOK_ALIKES_ARE_TYPED):
            continue
        words = [word for word in WORD.findall(line) if not word.isascii()]
        mixed = [word for word in words if len(scripts(word)) > 1]
        faults += [f"{path}:{number} {word!r} mixes Latin and Cyrillic letters" for word in mixed]
    return faults


def address_faults(path: str, text: str) -> list[str]:
    """Addresses of package hosts and paths of somebody's machine."""
    if not HOSTS.search(text) and not MACHINE_PATH.search(text):
        return []
    return [
        f"{path}:{number} names {found.group()!r}: that is a setting of a machine, not of the project"
        for number, line in enumerate(text.splitlines(), start=1)
        for found in (HOSTS.search(line) or MACHINE_PATH.search(line),)
        if found
    ]


def lock_faults(path: str, text: str) -> list[str]:
    """Requirements without a hash or an exact version, and options or addresses among them."""
    faults = []
    for entry in re.split(r"(?<!\\)\n", text):
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        if "://" in entry or entry.lstrip().startswith("-"):
            faults.append(f"{path}:1 {entry.splitlines()[0]!r}: a lock holds names, versions and hashes only")
        elif "==" not in entry or "--hash=sha256:" not in entry:
            faults.append(f"{path}:1 {entry.splitlines()[0]!r} is not pinned by version and hash")
    return faults


def lag_faults(path: str, text: str, wishes: list[str]) -> list[str]:
    """Wishes of pyproject.toml that the lock does not fulfil."""
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,-]*\])?==([^\s;\\]+)", text, re.MULTILINE)
    versions = {canonicalize_name(name): version for name, version in pins}
    faults = []
    for wish in map(Requirement, wishes):
        pinned = versions.get(canonicalize_name(wish.name))
        if pinned is None or pinned not in wish.specifier:
            faults.append(
                f"{path}:1 has {wish.name} {pinned}, pyproject.toml asks for {wish}: make the lock anew"
            )
    return faults


def unused_faults(wishes: list[str], sources: dict[str, str]) -> list[str]:
    """Packages that pyproject.toml asks for and that no line of ours imports."""
    modules: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            modules.setdefault(canonicalize_name(package), set()).add(module)
    imported = {
        name
        for text in sources.values()
        for name in re.findall(r"^\s*(?:from|import) ([A-Za-z_]\w*)", text, re.MULTILINE)
    }
    faults = []
    for name in sorted({canonicalize_name(Requirement(wish).name) for wish in wishes}):
        if name not in WORKS_UNSEEN and not modules.get(name, set()) & imported:
            faults.append(f"pyproject.toml:1 asks for {name}, which nothing imports")
    return faults


def top_level_faults(paths: list[str]) -> list[str]:
    """Files or folders beside the fixed ones at the top."""
    extra = {path.split("/")[0] for path in paths} - TOP_LEVEL
    return [f"{name}:1 has no place at the top level: {sorted(TOP_LEVEL)}" for name in sorted(extra)]


def tracked_paths(root: Path = ROOT) -> list[str]:
    """Every file that git carries, by its repo path."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z"], cwd=root, capture_output=True, check=True
    )
    return [path for path in listing.stdout.decode().split("\0") if path and (root / path).is_file()]


def tracked_texts(root: Path = ROOT) -> dict[str, str]:
    """Repo path → text of every tracked file that is text."""
    texts = {}
    for path in tracked_paths(root):
        content = (root / path).read_bytes()
        if b"\0" not in content[:8000]:
            texts[path] = content.decode("utf-8")
    return texts
