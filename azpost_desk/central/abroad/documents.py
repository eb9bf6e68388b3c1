"""Files about money abroad before they count: corridors, partners and rates that contradict nothing.

A rate goes through more hands than any other figure: two people, a band around the rate before, and the
source's own inverse as a second look (money-out.md MA-3).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from azpost_desk.central.abroad import agreements
from azpost_desk.central.doubts import two_people
from azpost_desk.central.registry.files import wrong
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
)
from azpost_desk.domain.money import CURRENCIES
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.abroad.corridors import Rate

# [design] A currency that moves more in a day is looked at by hand: the file says so by its evidence.
BAND: Final = Fraction(1, 10)
# [design] A source rounds its inverse to four figures.
INVERSE_TOLERANCE: Final = Fraction(1, 200)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def check_corridors(file: str, corridors: Corridors, partners: Partners) -> None:
    """Refuse corridors that could not be sold by.

    Raises:
        WrongFile: X-104 at the place in the file.
    """
    for at, one in enumerate(corridors.corridors):
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
            ("country_names", {"az", "ru", "en"} <= set(one.country_names)),
        ):
            if not is_right:
                raise wrong(file, f"{place}{name}", "abroad", str(getattr(one, name)))
        for number, asked in enumerate(one.fields):
            if not _fits(asked.mask, asked.example):
                raise wrong(file, f"{place}fields[{number}].example", "abroad", asked.example)


def check_partners(file: str, partners: Partners) -> None:
    """Refuse partners whose words nobody here understands.

    Raises:
        WrongFile: X-104 at the place in the file.
    """
    for at, one in enumerate(partners.partners):
        place = f"partners[{at}]."
        for name, is_right in (
            ("bic", bool(one.bic or one.member)),
            ("currency", one.currency in CURRENCIES),
            ("words", set(one.words.values()) <= set(WORDS)),
            ("refusals", set(one.refusals.values()) <= set(CLASSES)),
            ("cut_off", bool(re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", one.cut_off))),
        ):
            if not is_right:
                raise wrong(file, f"{place}{name}", "abroad", str(getattr(one, name)))


def import_rates(
    conn: Connection, rates: Rates, people: tuple[str, str], evidence: str, now_ms: int, *, may_jump: bool
) -> int:
    """Publish the rates of a day; gives their version. Open quotes at other rates stand to their end.

    Raises:
        Refused: X-044, X-047; A-030 no rate, A-032 an unknown currency, A-033 they end before they begin or
            have ended, A-034 a rate leaves the band around the one before (`currency`) and nobody said it may
            jump, A-035 rate and inverse disagree.
    """
    two_people(*people, evidence)
    if not rates.from_ms < rates.until_ms or rates.until_ms <= now_ms:
        raise Refused("A-033")
    before = {one.currency: one for one in agreements.agreed(conn, now_ms).rates.rates}
    for one in rates.rates:
        _check_rate(one, before.get(one.currency), may_jump=may_jump)
    return agreements.publish(conn, rates, now_ms)


def _check_rate(one: Rate, before: Rate | None, *, may_jump: bool) -> None:
    if one.currency not in CURRENCIES:
        raise Refused("A-032", currency=one.currency)
    base = one.base()
    if one.inverse and abs(base * exact(one.inverse) - 1) > INVERSE_TOLERANCE:
        raise Refused("A-035", currency=one.currency)
    if before is not None and not may_jump and abs(base / before.base() - 1) > BAND:
        raise Refused("A-034", currency=one.currency, before=before.manat, now=one.manat)


def _fits(mask: str, example: str) -> bool:
    try:
        return bool(re.fullmatch(mask, example, re.ASCII))
    except re.error:
        return False
