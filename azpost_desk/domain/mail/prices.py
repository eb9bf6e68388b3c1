"""What mail abroad costs: product, country, weight and size in; zone, chargeable weight, price and VAT out.

The prices are a document of the centre; until it is filled nothing is sold abroad. What a destination does
not take, by weight or size, is refused here before anybody fills in a declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.catalogue import Document, Names
from azpost_desk.domain.item_numbers import COUNTRIES, OWN_COUNTRY
from azpost_desk.domain.mail_extras import MailExtra
from azpost_desk.domain.money import azn
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.tariffs import stepped, vat_contained

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.money import Money

ANYWHERE: Final = "*"
SIDES: Final = 3
_SIDE_CM_MAX: Final = 500
_GRAMS: Final = 1_000


class MailZone(Document, frozen=True):
    """Countries of one price, ISO 3166; ``*`` stands for those that no zone names."""

    zone: str
    countries: tuple[str, ...]


class ZonePrice(Document, frozen=True):
    """A product into one zone: the first step of weight, then each further one begun."""

    zone: str
    first_grams: int
    first_qapik: int
    step_grams: int
    step_qapik: int
    days: int = 0


class MailLimit(Document, frozen=True, omit_defaults=True):
    """What a country takes of a product, or any country (``*``) that has no row of its own; 0 = no limit.

    Attributes:
        length_cm_max: the longest side.
        around_cm_max: the longest side and once around the other two.
    """

    grams_max: int
    country: str = ANYWHERE
    length_cm_max: int = 0
    around_cm_max: int = 0


class MailProduct(Document, frozen=True, omit_defaults=True):
    """A product that is sold abroad.

    Attributes:
        product: its word in the customs forms too, such as ``ems``.
        indicator: the two letters that its numbers begin with; they come from such a range only.
        vat_ppm: of the VAT that its prices contain.
        cm3_per_kg: the volume that is charged like a kilogram, 0 = weight alone;
        volume_from_cm: only when a side is so long.
        extras: what is sold with it beside its carriage.
    """

    product: str
    names: Names
    indicator: str
    prices: tuple[ZonePrice, ...]
    limits: tuple[MailLimit, ...]
    vat_ppm: int = 0
    cm3_per_kg: int = 0
    volume_from_cm: int = 0
    extras: tuple[MailExtra, ...] = ()

    def limit_for(self, country: str) -> MailLimit | None:
        """The country's own limit, else everybody's."""
        return _closest(self.limits, country)

    def asks_size(self, country: str) -> bool:
        """Whether an item has to be measured before its price or its limit can be told."""
        limit = self.limit_for(country)
        return bool(self.cm3_per_kg or (limit and (limit.length_cm_max or limit.around_cm_max)))


class AdvanceDemand(Document, frozen=True):
    """A country (or ``*``) that takes in only what it was told of before, from this business day on (ISO)."""

    country: str
    valid_from: str


class MailAbroad(Document, frozen=True, omit_defaults=True):
    """Everything sold abroad by mail; `version` stands in each sale."""

    version: str = ""
    zones: tuple[MailZone, ...] = ()
    products: tuple[MailProduct, ...] = ()
    advance: tuple[AdvanceDemand, ...] = ()

    def demands_advance(self, country: str, date: str) -> bool:
        """Whether nothing leaves for a country without advance data that was accepted on this day."""
        return any(
            one.country in (country, ANYWHERE) and one.valid_from <= date for one in self.advance if country
        )

    def zone_of(self, country: str) -> str:
        """The zone of a country; "" where none has it."""
        own = (one.zone for one in self.zones if country in one.countries)
        rest = (one.zone for one in self.zones if ANYWHERE in one.countries)
        return next(own, "") or next(rest, "")

    def sold_to(self, country: str) -> tuple[MailProduct, ...]:
        """The products that have a price and a limit for a country that is not our own."""
        if country not in COUNTRIES or country == OWN_COUNTRY:
            return ()
        zone = self.zone_of(country)
        return tuple(
            one
            for one in self.products
            if one.limit_for(country) and any(row.zone == zone for row in one.prices)
        )


@dataclass(frozen=True, slots=True)
class MailPrice:
    """What one item costs. `chargeable_grams`: the weight that was charged, by the scale or by volume."""

    product: str
    zone: str
    price: Money
    vat: Money
    chargeable_grams: int
    days: int = 0


def mail_price(
    document: MailAbroad, product: str, country: str, gross_grams: int, size_cm: tuple[int, ...] = ()
) -> MailPrice:
    """The price of an item abroad.

    Args:
        size_cm: its three sides in whole centimetres, in any order; () = not measured.

    Raises:
        Refused: E-090 not sold to that country, E-010 no weight, E-091 too heavy for it, E-093 not measured,
            or no size that a parcel has, E-092 too large for it.
    """
    sold, limit = _sold(document, product, country, gross_grams)
    if size_cm or sold.asks_size(country):
        _fits(size_cm, limit, country)
    return _of(document, sold, country, gross_grams, size_cm)


def least_price(document: MailAbroad, product: str, country: str, gross_grams: int) -> MailPrice:
    """What an item costs by its weight alone; where it has to be measured it may cost more.

    Raises:
        Refused: E-090, E-010, E-091 as `mail_price`.
    """
    sold, _limit = _sold(document, product, country, gross_grams)
    return _of(document, sold, country, gross_grams, ())


def _sold(
    document: MailAbroad, product: str, country: str, gross_grams: int
) -> tuple[MailProduct, MailLimit]:
    sold = next((one for one in document.sold_to(country) if one.product == product), None)
    limit = sold.limit_for(country) if sold else None
    if sold is None or limit is None:
        raise Refused("E-090", field="country", product=product, country=country)
    if gross_grams <= 0:
        raise Refused("E-010", field="weight")
    if gross_grams > limit.grams_max:
        raise Refused("E-091", field="weight", limit_grams=limit.grams_max, country=country)
    return sold, limit


def _of(
    document: MailAbroad, sold: MailProduct, country: str, gross_grams: int, size_cm: tuple[int, ...]
) -> MailPrice:
    zone = document.zone_of(country)
    row = next(one for one in sold.prices if one.zone == zone)
    chargeable = max(gross_grams, volume_grams(sold, size_cm))
    qapik = stepped(row.first_grams, row.first_qapik, row.step_grams, row.step_qapik, chargeable)
    price = azn(qapik)
    return MailPrice(sold.product, zone, price, vat_contained(price, sold.vat_ppm), chargeable, row.days)


def volume_grams(product: MailProduct, size_cm: tuple[int, ...]) -> int:
    """What an item of this size is charged as, rounded up; 0 where the product does not look at it."""
    if not product.cm3_per_kg or not size_cm or max(size_cm) < product.volume_from_cm:
        return 0
    volume_cm3 = 1
    for side in size_cm:
        volume_cm3 *= side
    return -(-volume_cm3 * _GRAMS // product.cm3_per_kg)


def _fits(size_cm: tuple[int, ...], limit: MailLimit, country: str) -> None:
    if len(size_cm) != SIDES or not all(0 < side <= _SIDE_CM_MAX for side in size_cm):
        raise Refused("E-093", field="size")
    longest = max(size_cm)
    around = longest + 2 * (sum(size_cm) - longest)
    for is_over, reason, limit_cm in (
        (limit.length_cm_max and longest > limit.length_cm_max, "length", limit.length_cm_max),
        (limit.around_cm_max and around > limit.around_cm_max, "around", limit.around_cm_max),
    ):
        if is_over:
            raise Refused("E-092", field="size", reason=reason, limit_cm=limit_cm, country=country)


def _closest(limits: Iterable[MailLimit], country: str) -> MailLimit | None:
    rows = {one.country: one for one in limits}
    return rows.get(country) or rows.get(ANYWHERE)
