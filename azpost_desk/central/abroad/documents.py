"""Files about money abroad before they count: corridors, partners and rates that contradict nothing.

A rate goes through more hands than any other figure: two people, a band around the rate before, and the
source's own inverse as a second look (money-out.md MA-3).
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from azpost_desk.central.abroad import agreements, commissions
from azpost_desk.central.doubts import two_people
from azpost_desk.central.registry.files import WrongFile, wrong
from azpost_desk.domain.abroad.corridors import (
    CHARGES,
    CLASSES,
    REFUND_BASES,
    ROUNDINGS,
    WORDS,
    Corridors,
    Partners,
    Rates,
    exact,
    pick_up_number,
)
from azpost_desk.domain.days import business_day, day_start_ms, days_after
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from collections.abc import Collection

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Rate, WayIn
    from azpost_desk.domain.abroad.revaluation import RevaluationRates
    from azpost_desk.domain.days import BusinessDay

# [design] A currency that moves more in a day is looked at by hand, by its name.
BAND: Final = Fraction(1, 10)
# [design] A source rounds its inverse to four figures.
INVERSE_TOLERANCE: Final = Fraction(1, 200)
RAILS: Final = ("iso20022",)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_PURPOSE: Final = re.compile(r"[A-Z0-9]{4}")
_LANGUAGES: Final = frozenset({"az", "ru", "en"})


def check_corridors(file: str, corridors: Corridors, partners: Partners) -> None:
    """Refuse corridors that could not be sold by.

    Raises:
        WrongFile: X-104 at the place in the file, X-105 what stands there twice.
    """
    _check_ways_in(file, corridors.ways_in, partners)
    _each_once(file, "corridors", "corridor", [one.corridor for one in corridors.corridors])
    for at, one in enumerate(corridors.corridors, start=1):
        place = f"corridors[{at}]."
        for name, is_right in (
            ("partner", partners.find(one.partner) is not None),
            ("country", bool(_COUNTRY.fullmatch(one.country))),
            ("currency", one.currency in CURRENCIES),
            ("arrives_minor_min", 0 < one.arrives_minor_min <= one.arrives_minor_max),
            ("arrives_minor_step", one.arrives_minor_step > 0),
            ("rounding", one.rounding in ROUNDINGS),
            ("charges", one.charges in CHARGES),
            ("refund_basis", one.refund_basis in REFUND_BASES),
            ("country_names", set(one.country_names) >= _LANGUAGES),
            ("partner_names", set(one.partner_names) >= _LANGUAGES),
            ("purposes", all(_PURPOSE.fullmatch(purpose) for purpose in one.purposes)),
        ):
            if not is_right:
                raise wrong(file, f"{place}{name}", "abroad", str(getattr(one, name)))
        _each_once(file, f"{place}fields", "field", [asked.field for asked in one.fields])
        for number, asked in enumerate(one.fields, start=1):
            if not set(asked.names) >= _LANGUAGES:
                raise wrong(file, f"{place}fields[{number}].names", "abroad", str(asked.names))
            if not _fits(asked.mask, asked.example):
                raise wrong(file, f"{place}fields[{number}].example", "abroad", asked.example)


def _check_ways_in(file: str, ways: tuple[WayIn, ...], partners: Partners) -> None:
    """Refuse ways in whose money could not be told apart or reckoned."""
    _each_once(file, "ways_in", "way", [one.way for one in ways])
    for at, one in enumerate(ways, start=1):
        for name, is_right in (
            ("partner", partners.find(one.partner) is not None),
            ("country", bool(_COUNTRY.fullmatch(one.country))),
            ("currency", one.currency in CURRENCIES),
            ("settled_in", one.settlement in CURRENCIES),
            ("rounding", one.rounding in ROUNDINGS),
            ("country_names", set(one.country_names) >= _LANGUAGES),
            ("partner_names", set(one.partner_names) >= _LANGUAGES),
            ("number_example", _fits(one.number_mask, pick_up_number(one.number_example))),
            ("days", one.days > 0),
        ):
            if not is_right:
                raise wrong(file, f"ways_in[{at}].{name}", "abroad", str(getattr(one, name)))


def check_partners(file: str, partners: Partners) -> None:
    """Refuse partners whose words nobody here understands.

    Raises:
        WrongFile: X-104 at the place in the file, X-105 what stands there twice.
    """
    _each_once(file, "partners", "partner", [one.partner for one in partners.partners])
    for at, one in enumerate(partners.partners, start=1):
        place = f"partners[{at}]."
        for name, is_right in (
            ("rail", one.rail in RAILS),
            ("bic", bool(one.bic or one.member)),
            ("currency", one.currency in CURRENCIES),
            ("words", set(one.words.values()) <= set(WORDS)),
            ("refusals", set(one.refusals.values()) <= set(CLASSES)),
            ("cut_off", bool(re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", one.cut_off))),
            ("commissions", all(map(commissions.is_fit, one.commissions))),
            ("holidays", all(_is_date(day) for day in one.holidays)),
        ):
            if not is_right:
                raise wrong(file, f"{place}{name}", "abroad", str(getattr(one, name)))


def import_rates(
    conn: Connection,
    rates: Rates,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
    *,
    may_jump: Collection[str] = (),
) -> int:
    """Publish the rates of a day; gives their version. Open quotes at other rates stand to their end.

    Args:
        may_jump: the currencies whose jump somebody has looked at: a slip in another is still seen.

    Raises:
        Refused: X-044, X-047; A-030 no rate, A-032 an unknown currency, A-033 they end before they begin or
            have ended, A-034 a rate leaves the band around the last one known (`currency`) and nobody said it
            may jump, A-035 rate and inverse disagree, A-036 a currency stands there twice.
    """
    two_people(*people, evidence)
    if not rates.from_ms < rates.until_ms or rates.until_ms <= now_ms:
        raise Refused("A-033")
    seen: set[str] = set()
    for one in rates.rates:
        if one.currency in seen:
            raise Refused("A-036", currency=one.currency)
        seen.add(one.currency)
        _check_rate(one)
    before = _last_known(conn, seen - set(may_jump))
    for one in rates.rates:
        _check_band(one, before.get(one.currency))
    first, second = (person.strip() for person in people)
    agreed = replace(rates, first_person=first, second_person=second, evidence=evidence.strip())
    return agreements.publish(conn, agreed, now_ms)


def import_revaluation_rates(
    conn: Connection,
    rates: RevaluationRates,
    people: tuple[str, str],
    evidence: str,
    now_ms: int,
    *,
    may_jump: Collection[str] = (),
) -> int:
    """Publish the rates by which positions stand at the end of a day; gives their version (MA-22).

    Raises:
        Refused: as `import_rates`; I-010 no date; A-080 their source is that of the customers' rates, A-081
            that day is revalued already.
    """
    two_people(*people, evidence)
    date = business_day(rates.date)
    if not is_said(rates.source) or rates.source.strip().casefold() in _customers_sources(conn, date):
        raise Refused("A-080", source=rates.source)
    done = conn.execute("select from abroad_revaluations where date = %s limit 1", (date,)).fetchone()
    if done is not None:
        raise Refused("A-081", date=date)
    before: dict[str, Rate] = {}
    for _, known in agreements.published_revaluation_rates(conn):
        before = {one.currency: one.as_rate() for one in known.rates} | before
    seen: set[str] = set()
    for one in rates.rates:
        if one.currency in seen:
            raise Refused("A-036", currency=one.currency)
        seen.add(one.currency)
        _check_rate(one.as_rate())
        _check_band(one.as_rate(), before.get(one.currency) if one.currency not in may_jump else None)
    first, second = (person.strip() for person in people)
    agreed = replace(rates, date=date, first_person=first, second_person=second, evidence=evidence.strip())
    return agreements.publish(conn, agreed, now_ms)


def _customers_sources(conn: Connection, date: BusinessDay) -> set[str]:
    """Whose rates customers paid by on a day: a look at them is no second look."""
    begins_ms, ends_ms = day_start_ms(date), day_start_ms(days_after(date, 1))
    return {
        one.source.strip().casefold()
        for one in agreements.published_rates(conn)
        if one.from_ms < ends_ms and one.until_ms > begins_ms
    }


def _check_rate(one: Rate) -> None:
    if one.currency not in CURRENCIES:
        raise Refused("A-032", currency=one.currency)
    base = one.base()
    if one.inverse and abs(base * exact(one.inverse) - 1) > INVERSE_TOLERANCE:
        raise Refused("A-035", currency=one.currency)


def _check_band(one: Rate, before: Rate | None) -> None:
    if before is None:
        return
    # The spread is a figure that a hand slips at, too.
    for now, then in ((one.base(), before.base()), (one.customers(), before.customers())):
        if abs(now / then - 1) > BAND:
            raise Refused("A-034", currency=one.currency, before=_shown(before), now=_shown(one))


def _shown(one: Rate) -> str:
    return f"{one.manat} + {one.spread_ppm} ppm" if one.spread_ppm else one.manat


def _last_known(conn: Connection, currencies: set[str]) -> dict[str, Rate]:
    """The newest rate of each currency, also from before days on which its rates did not name it."""
    known: dict[str, Rate] = {}
    for rates in agreements.published_rates(conn):
        known |= {
            one.currency: one
            for one in rates.rates
            if one.currency in currencies and one.currency not in known
        }
        if len(known) == len(currencies):
            break
    return known


def check_account(conn: Connection, partner: str, currency: str, now_ms: int) -> None:
    """Refuse a currency in which nothing could ever be sent from the money that lies with a partner.

    Raises:
        Refused: A-010 no such partner, A-032 an unknown currency, A-037 no account in it.
    """
    agreed = agreements.agreed(conn, now_ms)
    own = agreed.partner(partner).currency
    ways = {one.currency for one in agreed.corridors.corridors if one.partner == partner}
    if currency not in CURRENCIES:
        raise Refused("A-032", currency=currency)
    if currency not in ways | {own}:
        raise Refused("A-037", partner=partner, currency=currency)


def _each_once(file: str, place: str, field: str, names: list[str]) -> None:
    for at, name in enumerate(names, start=1):
        if name in names[: at - 1]:
            raise WrongFile("X-105", file=file, place=f"{place}[{at}].{field}", value=name)


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _fits(mask: str, example: str) -> bool:
    try:
        return bool(re.fullmatch(mask, example, re.ASCII))
    except re.error:
        return False
