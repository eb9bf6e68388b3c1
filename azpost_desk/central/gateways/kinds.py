"""Kinds of connectors: a biller's table in the connectors' file becomes the connector of the kind it names.

A kind is an entry point of the group `GROUP` whose value is a `Kind`. Any installed distribution may bring
one: nothing here knows which there are.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from azpost_desk import places
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.addresses import is_guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from azpost_desk.central.gateways.connectors import Connector

GROUP: Final = "azpost_desk.connectors"
# What a table without the word means: files from before there were kinds.
FIRST_KIND: Final = "osmp"
S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every connector is given beside its own settings.

    Attributes:
        now_ms: the centre's clock, UTC milliseconds.
        secret: the content of a file beside the connectors' file, by the file's name.
    """

    now_ms: Callable[[], int]
    secret: Callable[[str], str]


@dataclass(frozen=True)
class Kind(Generic[S]):
    """One kind: the settings that a biller's table holds, and what makes the connector out of them."""

    settings: type[S]
    make: Callable[[S, Wiring], Connector]


def kinds() -> dict[str, EntryPoint]:
    """All kinds that are installed, by name."""
    found = {one.name: one for one in entry_points(group=GROUP)}
    project = places.project_file()
    if project is not None:
        # In a checkout the installation beside it may be older than the project.
        said = tomllib.loads(project.read_text("utf-8"))["project"].get("entry-points", {}).get(GROUP, {})
        found |= {name: EntryPoint(name, value, GROUP) for name, value in said.items()}
    return found


def kind_of(name: str) -> Kind[Any]:
    """The kind of this name.

    Raises:
        Refused: P-070 nobody brings it, P-072 what brings it cannot be loaded.
    """
    known = kinds()
    if name not in known:
        raise Refused("P-070", kind=name, kinds=", ".join(sorted(known)))
    try:
        kind = known[name].load()
    except (ImportError, AttributeError, SyntaxError) as fault:
        raise Refused("P-072", kind=name, why=f"{type(fault).__name__}: {fault}") from fault
    if not isinstance(kind, Kind):
        raise Refused("P-072", kind=name, why=known[name].value)
    return kind


def connect(kind: Kind[Any], settings: msgspec.Struct, wiring: Wiring, biller: str) -> Connector:
    """The connector of a biller.

    Raises:
        Refused: P-071 its address is in clear beyond this machine.
    """
    url = str(getattr(settings, "url", ""))
    if url and not is_guarded(url):
        raise Refused("P-071", biller=biller, url=url)
    return kind.make(settings, wiring)
