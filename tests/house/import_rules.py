"""Rules about single modules that import-linter's contracts cannot name before the module exists."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

import grimp


@dataclass(frozen=True, slots=True)
class Apart:
    """Modules that must not import others.

    Attributes:
        importers, imported: fnmatch patterns of module names.
        because: the sentence shown.
        even_through_others: follow chains of imports too.
    """

    importers: tuple[str, ...]
    imported: tuple[str, ...]
    because: str
    even_through_others: bool = True


APART = (
    Apart(
        ("azpost_desk.domain.reports_bodies*",),
        (
            "azpost_desk.domain.reports_ledger*",
            "azpost_desk.domain.postings*",
            "azpost_desk.domain.accounts*",
        ),
        "the second report routine shares nothing with the first, or both are wrong together",
    ),
    Apart(
        ("azpost_desk.domain.reports_ledger*",),
        ("azpost_desk.domain.reports_bodies*",),
        "the first report routine shares nothing with the second, or both are wrong together",
    ),
    Apart(
        ("azpost_desk.programs.central",),
        ("PySide6", *(f"azpost_desk.{room}" for room in ("gui", "storage", "sync", "devices", "services"))),
        "the centre never loads desk rooms",
    ),
    Apart(
        ("azpost_desk.rehearsal.day", "azpost_desk.rehearsal.day.*"),
        tuple(
            f"azpost_desk.{room}{below}"
            for room in ("services", "storage", "domain", "sync", "central")
            for below in ("", ".*")
        ),
        "the played day works by keys and scans, like a clerk",
        even_through_others=False,
    ),
    Apart(
        ("azpost_desk.gui.screens.*.form",),
        ("azpost_desk.gui.kit", "azpost_desk.gui.work", "azpost_desk.gui.shell"),
        "a form decides; it neither shows nor runs anything",
    ),
)


@cache
def imports() -> grimp.ImportGraph:
    """Who imports whom in the whole package, other people's packages as single nodes."""
    return grimp.build_graph("azpost_desk", include_external_packages=True, cache_dir=None)


def apart_faults(graph: grimp.ImportGraph, table: tuple[Apart, ...] = APART) -> list[str]:
    """Imports that the table forbids, with the chain that leads there."""
    faults = []
    for rule in table:
        importers = matching(graph, rule.importers)
        imported = matching(graph, rule.imported)
        for importer in importers:
            for target in imported:
                direct = target in graph.find_modules_directly_imported_by(importer)
                chain: tuple[str, ...] | None = (importer, target) if direct else None
                if chain is None and rule.even_through_others:
                    chain = graph.find_shortest_chain(importer=importer, imported=target)
                if chain:
                    place = f"{importer.replace('.', '/')}.py:1"
                    faults.append(f"{place} imports {' → '.join(chain)}: {rule.because}")
    return faults


def matching(graph: grimp.ImportGraph, patterns: tuple[str, ...]) -> list[str]:
    """Modules of the graph that any of the patterns names."""
    return sorted(name for name in graph.modules if any(fnmatchcase(name, pattern) for pattern in patterns))
