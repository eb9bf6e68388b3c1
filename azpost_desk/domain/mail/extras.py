"""Extras of an item: a tariff's rows and what its sender wants in, each extra with its price and VAT out.

An extra that a tariff has no row for is not sold. Handing over in person is older than these rows: at home it
costs nothing until a tariff prices it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.lines.express import ExtraSold
from azpost_desk.domain.mail_extras import ADVICE, IN_PERSON, INSURED, MailExtra
from azpost_desk.domain.money import azn, share
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import vat_contained

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.domain.money import Money


@dataclass(frozen=True, slots=True)
class WantedExtras:
    """What the sender wants of an item beside its carriage; `insured_qapik` 0 = no insurance."""

    insured_qapik: int = 0
    advice: bool = False
    in_person: bool = False

    def named(self) -> tuple[str, ...]:
        """Of EXTRAS."""
        said = ((INSURED, self.insured_qapik), (ADVICE, self.advice), (IN_PERSON, self.in_person))
        return tuple(name for name, wanted in said if wanted)


PLAIN: Final = WantedExtras()


def sold_with(rows: Iterable[MailExtra], service: str) -> tuple[MailExtra, ...]:
    """The rows that are of a service."""
    return tuple(one for one in rows if service in (one.services or (service,)))


def extras_sold(rows: Iterable[MailExtra], service: str, wanted: WantedExtras) -> tuple[ExtraSold, ...]:
    """What each extra of an item costs, in the order of EXTRAS.

    Raises:
        Refused: E-180 an extra (the field) is not sold with this service, E-181 the insured sum is none that
            is insured.
    """
    rows = tuple(rows)
    of_service = {one.extra: one for one in sold_with(rows, service)}
    found = []
    for name in wanted.named():
        row = of_service.get(name)
        if row is None:
            raise Refused("E-180", field=name, reason=name)
        price = _premium(row, wanted.insured_qapik) if name == INSURED else azn(row.price_qapik)
        vat = vat_contained(price, row.vat_ppm)
        found.append(ExtraSold(extra=name, qapik=price.minor, vat_qapik=vat.minor))
    return tuple(found)


def extras_at_home(rows: Iterable[MailExtra], service: str, wanted: WantedExtras) -> tuple[ExtraSold, ...]:
    """As `extras_sold`; in person costs nothing, and is no row, while the tariff has no price for it.

    Raises:
        Refused: as `extras_sold`.
    """
    rows = tuple(rows)
    is_priced = any(one.extra == IN_PERSON for one in rows)
    priced = wanted if is_priced else WantedExtras(wanted.insured_qapik, wanted.advice)
    return extras_sold(rows, service, priced)


def together(base: Money, base_vat: Money, extras: Sequence[ExtraSold]) -> tuple[Money, Money]:
    """The whole price and the VAT in it."""
    price = base + azn(sum(one.qapik for one in extras))
    return price, base_vat + azn(sum(one.vat_qapik for one in extras))


def _premium(row: MailExtra, insured_qapik: int) -> Money:
    steps = sorted(row.steps, key=lambda one: one.insured_qapik_to)
    step = next((one for one in steps if insured_qapik <= one.insured_qapik_to), None)
    if step is None or insured_qapik < row.insured_qapik_min:
        least, most = azn(row.insured_qapik_min), azn(row.insured_qapik_max)
        raise Refused("E-181", field=INSURED, least=least, most=most)
    qapik = step.fixed_qapik + share(azn(insured_qapik), step.share_ppm).minor
    qapik = max(qapik, step.premium_qapik_min)
    return azn(min(qapik, step.premium_qapik_max) if step.premium_qapik_max else qapik)
