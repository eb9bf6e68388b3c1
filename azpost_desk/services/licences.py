"""What this branch may sell today, by law: every service of the catalogue with its licence or the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.domain.catalogue import SERVICES, Licences
from azpost_desk.domain.products import LICENSED
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter


@dataclass(frozen=True, slots=True)
class Permitted:
    """One service: `why` is "" when it may be sold, else the reason's code (G-030 never, G-031 no licence).

    `licence` and `valid_to` are empty for services that need none of their own.
    """

    service: str
    why: str
    licence: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class BranchLicences:
    """The catalogue of services beside the branch's dated licences."""

    counter: Counter

    def today(self) -> list[Permitted]:
        """All services; loans and deposits stand here as not permitted, with that reason."""
        with self.counter.books.reading() as books:
            date = books.day().date or self.counter.today()
            known = books.document(Licences, date)
        return [_permitted(known, service, date) for service in SERVICES]


def _permitted(known: Licences, service: str, date: str) -> Permitted:
    try:
        known.require(service, date)
    except Refused as no:
        return Permitted(service, no.code)
    if service not in LICENSED:
        return Permitted(service, "")
    licence = next(
        one for one in known.licences if one.service == service and one.valid_from <= date <= one.valid_to
    )
    return Permitted(service, "", licence.number, licence.valid_to)
