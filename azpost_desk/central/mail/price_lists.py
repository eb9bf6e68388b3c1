"""The price list of mail abroad before it counts: what could not be charged is refused with its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from azpost_desk.central.mail.documents import is_country, is_whole, wrong
from azpost_desk.domain.days import is_day
from azpost_desk.domain.item_numbers import COUNTRIES, OWN_COUNTRY, service_of
from azpost_desk.domain.lines.charges import DUE_QAPIK_MAX
from azpost_desk.domain.mail.prices import ANYWHERE
from azpost_desk.domain.mail_extras import EXTRAS, INSURED
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.domain.catalogue import Tariffs
    from azpost_desk.domain.mail.prices import MailAbroad, MailProduct
    from azpost_desk.domain.mail_extras import MailExtra, PremiumStep

_MILLION: Final = 1_000_000
# What a number for abroad begins with; the others are domestic, reserved or nobody's.
_INDICATORS: Final = frozenset(
    {"ems", "parcel", "ecommerce_parcel", "letter_tracked", "registered", "letter_customs", "insured"}
)


def check_mail_abroad(file: str, prices: MailAbroad) -> None:
    """Refuse prices by which an item would cost nothing, twice, or go under no number.

    Raises:
        WrongFile: X-170 no country, X-174 a name not in every language, X-177 no day, X-180 no version, or a
            zone or product twice or without a name, X-181 a country in two zones, or our own, X-182 no
            indicator of mail abroad, X-183 a step, VAT, volume or extra that cannot be reckoned with, X-184 a
            price for no zone, or no price or limit at all.
    """
    if not is_said(prices.version):
        raise wrong("X-180", file, "version")
    zones: set[str] = set()
    countries: set[str] = set()
    for at, one in enumerate(prices.zones, start=1):
        place = f"zones[{at}]."
        if not is_said(one.zone) or one.zone in zones:
            raise wrong("X-180", file, f"{place}zone", one.zone)
        zones.add(one.zone)
        for number, country in enumerate(one.countries, start=1):
            _country(file, f"{place}countries[{number}]", country, countries)
    products: set[str] = set()
    for at, product in enumerate(prices.products, start=1):
        place = f"products[{at}]."
        if not is_said(product.product) or product.product in products:
            raise wrong("X-180", file, f"{place}product", product.product)
        products.add(product.product)
        _product(file, place, product, zones)
    demanding: set[str] = set()
    for at, demand in enumerate(prices.advance, start=1):
        place = f"advance[{at}]."
        _country(file, f"{place}country", demand.country, demanding)
        if not is_day(demand.valid_from):
            raise wrong("X-177", file, f"{place}valid_from", demand.valid_from)


def _product(file: str, place: str, product: MailProduct, zones: set[str]) -> None:
    if not is_whole(product.names):
        raise wrong("X-174", file, f"{place}names")
    is_written = re.fullmatch("[A-Z]{2}", product.indicator) is not None
    if not is_written or service_of(product.indicator) not in _INDICATORS:
        raise wrong("X-182", file, f"{place}indicator", product.indicator)
    for name in ("vat_ppm", "cm3_per_kg", "volume_from_cm"):
        said = getattr(product, name)
        if not 0 <= said < _MILLION:
            raise wrong("X-183", file, place + name, said)
    _prices(file, place, product, zones)
    _limits(file, place, product)
    _extras(file, place, "extras", product.extras, {product.product})


def _prices(file: str, place: str, product: MailProduct, zones: set[str]) -> None:
    seen: set[str] = set()
    for number, row in enumerate(product.prices, start=1):
        at = f"{place}prices[{number}]."
        if row.zone not in zones or row.zone in seen:
            raise wrong("X-184", file, f"{at}zone", row.zone)
        seen.add(row.zone)
        for name, least in (
            ("first_grams", 1),
            ("first_qapik", 1),
            ("step_grams", 1),
            ("step_qapik", 0),
            ("days", 0),
        ):
            if getattr(row, name) < least:
                raise wrong("X-183", file, at + name, getattr(row, name))
    if not seen:
        raise wrong("X-184", file, f"{place}prices")


def _limits(file: str, place: str, product: MailProduct) -> None:
    seen: set[str] = set()
    for number, row in enumerate(product.limits, start=1):
        at = f"{place}limits[{number}]."
        _country(file, f"{at}country", row.country, seen)
        for name, least in (("grams_max", 1), ("length_cm_max", 0), ("around_cm_max", 0)):
            if getattr(row, name) < least:
                raise wrong("X-183", file, at + name, getattr(row, name))
    if not seen:
        raise wrong("X-184", file, f"{place}limits")


def _country(file: str, place: str, country: str, seen: set[str]) -> None:
    """One that exists, is not ours, and is named once."""
    if country != ANYWHERE and not (is_country(country) and country in COUNTRIES):
        raise wrong("X-170", file, place, country)
    if country == OWN_COUNTRY or country in seen:
        raise wrong("X-181", file, place, country)
    seen.add(country)


def check_extras(file: str, tariffs: Tariffs) -> None:
    """Refuse extras of mail within the country that could not be charged.

    Raises:
        WrongFile: X-183 an extra that there is none of, twice for a service, for a service that the tariff
            has not, or with a price, VAT or premium that cannot be reckoned with.
    """
    services = {one.service for one in tariffs.express}
    _extras(file, "", "mail_extras", tariffs.mail_extras, services)


def _extras(file: str, place: str, name: str, extras: tuple[MailExtra, ...], services: set[str]) -> None:
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(extras, start=1):
        at = f"{place}{name}[{number}]."
        if one.extra not in EXTRAS:
            raise wrong("X-183", file, f"{at}extra", one.extra)
        for service in one.services or sorted(services):
            if service not in services or (one.extra, service) in seen:
                raise wrong("X-183", file, f"{at}services", service)
            seen.add((one.extra, service))
        if not 0 <= one.vat_ppm < _MILLION:
            raise wrong("X-183", file, f"{at}vat_ppm", one.vat_ppm)
        if not 0 <= one.price_qapik <= DUE_QAPIK_MAX or (one.extra == INSURED and one.price_qapik):
            raise wrong("X-183", file, f"{at}price_qapik", one.price_qapik)
        if bool(one.steps) != (one.extra == INSURED):
            raise wrong("X-183", file, f"{at}steps", one.extra)
        before = one.insured_qapik_min - 1
        if before < 0:
            raise wrong("X-183", file, f"{at}insured_qapik_min", one.insured_qapik_min)
        for step_number, step in enumerate(one.steps, start=1):
            before = _step(file, f"{at}steps[{step_number}].", step, before)


def _step(file: str, at: str, step: PremiumStep, before_qapik: int) -> int:
    """Up to where the step reaches, which is further than the one before."""
    if not before_qapik < step.insured_qapik_to <= DUE_QAPIK_MAX:
        raise wrong("X-183", file, f"{at}insured_qapik_to", step.insured_qapik_to)
    if not 0 <= step.share_ppm <= _MILLION:
        raise wrong("X-183", file, f"{at}share_ppm", step.share_ppm)
    for name in ("fixed_qapik", "premium_qapik_min", "premium_qapik_max"):
        if not 0 <= getattr(step, name) <= DUE_QAPIK_MAX:
            raise wrong("X-183", file, at + name, getattr(step, name))
    if 0 < step.premium_qapik_max < step.premium_qapik_min:
        raise wrong("X-183", file, f"{at}premium_qapik_max", step.premium_qapik_max)
    return step.insured_qapik_to
