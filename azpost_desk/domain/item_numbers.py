"""Numbers of the Universal Postal Union: items (S10), despatches (S8) and receptacles (S9).

Source of S10: UPU standard S10-12 as zint, jkeen/tracking_number_data and olist/correios implement it.
Source of S8 and S9: one public implementation with a real vector; the official texts are not public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN_COUNTRY: Final = "AZ"

# ISO 3166-1 alpha-2 as assigned, and XK, which the post of Kosovo uses by agreement. The UPU's own list of
# members is shorter than what arrives in bags (MO, TW, PS, GG, JE, IM, GI, FO, GL, PR).
_ASSIGNED: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS "
    "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE "
    "EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC "
    "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA "
    "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK"
)
COUNTRIES: Final = frozenset(_ASSIGNED.split())

_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)
_SPACES: Final = re.compile(r"\s+")
# Never str.upper, which does as Unicode says: a Turkic keyboard gives ı and İ where a number has I.
# Nobody's: what a number looks like, for whoever wrote another.
EXAMPLE: Final = "RR123456785AZ"
_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyzıİ", "ABCDEFGHIJKLMNOPQRSTUVWXYZII")
_SHAPE: Final = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_OUTER_SHAPE: Final = re.compile(r"[A-Z]{2}.{9}[A-Z]{2}")
_DIGITS: Final = re.compile(r"[0-9]+")

# What a service indicator says, first match wins; the newest of the sources where they differ.
_SERVICES: Final = tuple(
    (re.compile(pattern), service)
    for pattern, service in (
        ("A[A-U]|[FIOXY].|G[BCE-Z]|Q[N-Z]", "unassigned"),
        ("[JKSTW].", "reserved"),
        ("A[V-Z]|[BDNPZ].|G[AD]", "domestic"),
        ("C.", "parcel"),
        ("E.", "ems"),
        ("H.", "ecommerce_parcel"),
        ("L.", "letter_tracked"),
        ("M.", "m_bag"),
        ("Q.", "business_reply"),
        ("R.", "registered"),
        ("U.", "letter_customs"),
        ("V.", "insured"),
    )
)
_NOT_ISSUED: Final = frozenset({"unassigned", "reserved"})


@dataclass(frozen=True, slots=True)
class ItemNumber:
    """What a text is as an S10 item number.

    Attributes:
        number: the 13 characters, when the text has that shape (also with a wrong check digit), else None.
        reason: ``empty length format indicator serial check_digit country``; None when it is valid.
        service: what the indicator stands for, e.g. ``ems``; None without the shape.
        warnings: ``indicator_unassigned`` or ``indicator_reserved`` on an item of another post.
    """

    number: str | None = None
    reason: str | None = None
    indicator: str | None = None
    service: str | None = None
    country: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        return self.reason is None


def service_of(indicator: str) -> str:
    """The service that two capital letters indicate, ``unassigned`` and ``reserved`` among the answers."""
    return next(service for pattern, service in _SERVICES if pattern.fullmatch(indicator))


def item_check_digit(serial: str) -> int:
    """The S10 check digit of eight ASCII digits: weights 8 6 4 2 3 5 9 7, 11 - sum mod 11, 10 → 0, 11 → 5."""
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


def read_item_number(typed: str) -> ItemNumber:
    """Read an item number as typed or scanned; spaces and case do not matter."""
    text = _SPACES.sub("", typed).translate(_UPPER)
    if not text:
        return ItemNumber(reason="empty")
    if len(text) != 13:
        return ItemNumber(reason="length")
    match = _SHAPE.fullmatch(text)
    if match is None:
        return ItemNumber(reason=_why_no_shape(text))
    indicator, serial, check, country = match.groups()
    service = service_of(indicator)
    reason = None
    warnings: tuple[str, ...] = ()
    if service in _NOT_ISSUED:
        if country == OWN_COUNTRY:
            reason = "indicator"
        else:
            warnings = (f"indicator_{service}",)
    if reason is None and item_check_digit(serial) != int(check):
        reason = "check_digit"
    if reason is None and country not in COUNTRIES:
        reason = "country"
    return ItemNumber(text, reason, indicator, service, country, warnings)


def _why_no_shape(text: str) -> str:
    if not _OUTER_SHAPE.fullmatch(text):
        return "format"
    return "check_digit" if _DIGITS.fullmatch(text[2:10]) else "serial"


def require_item_number(typed: str, field: str = "item") -> str:
    """The 13 characters of a valid item number.

    Raises:
        Refused: I-007 with the fact `reason`.
    """
    item = read_item_number(typed)
    if item.number is None or not item.valid:
        raise Refused("I-007", field, reason=item.reason)
    return item.number


def item_number(indicator: str, serial: int, country: str = OWN_COUNTRY) -> str:
    """The item number of a serial out of a range, for issue.

    Raises:
        Refused: I-007 with the reason ``indicator``, ``serial`` or ``country``.
    """
    if not re.fullmatch("[A-Z]{2}", indicator):
        raise Refused("I-007", reason="indicator")
    if not 0 <= serial <= 99_999_999:
        raise Refused("I-007", reason="serial")
    digits = f"{serial:08}"
    return require_item_number(f"{indicator}{digits}{item_check_digit(digits)}{country}")


def numbers_of_range(indicator: str, first: int, last: int, country: str = OWN_COUNTRY) -> Iterator[str]:
    """Every item number from serial `first` to `last`, both included.

    Raises:
        Refused: I-007 when the range is no range, or as `item_number`.
    """
    if first > last:
        raise Refused("I-007", reason="serial")
    return (item_number(indicator, serial, country) for serial in range(first, last + 1))


def printed_item_number(number: str) -> str:
    """As S10 prints it, 2-3-3-3-2: ``EE 876 543 216 CA``."""
    return " ".join((number[:2], number[2:5], number[5:8], number[8:11], number[11:]))


# IMPC: ISO country, three characters of the place, a letter that tells offices of the place apart.
_IMPC: Final = "[A-Z]{2}[A-Z0-9]{3}[A-Z]"
_DESPATCH: Final = re.compile(rf"({_IMPC})({_IMPC})([A-D])([A-Z])([A-Z0-9])([0-9])([0-9]{{4}})")
_RECEPTACLE_TAIL: Final = re.compile(r"([0-9]{3})([019])([019])([0-9]{4})")
_FLAG: Final = {"0": False, "1": True, "9": None}


@dataclass(frozen=True, slots=True)
class Despatch:
    """All receptacles sent from one office of exchange to another at one time (S8, 20 characters).

    Attributes:
        category: A air or priority, B S.A.L., C surface, D priority by surface.
        subclass: two letters, the mail class first: ``EN``.
        year: the last digit of the year.
    """

    identifier: str
    origin: str
    destination: str
    category: str
    subclass: str
    year: int
    number: str


@dataclass(frozen=True, slots=True)
class Receptacle:
    """One bag, tray or box of a despatch (S9, 29 characters).

    Attributes:
        last: whether it is the highest-numbered one of its despatch; None when the code does not say.
        registered: whether it holds registered or insured items; None when the code does not say.
        weight_g: gross weight in grams, to 100 g; None when it is above 999.8 kg or not expressed.
    """

    identifier: str
    despatch: Despatch
    number: str
    last: bool | None
    registered: bool | None
    weight_g: int | None


def read_despatch(typed: str) -> Despatch | None:
    """The despatch a text identifies, or None; spaces and case do not matter."""
    text = _SPACES.sub("", typed).translate(_UPPER)
    match = _DESPATCH.fullmatch(text)
    if match is None:
        return None
    origin, destination, category, mail_class, letter, year, number = match.groups()
    if not {origin[:2], destination[:2]} <= COUNTRIES:
        return None
    return Despatch(text, origin, destination, category, mail_class + letter, int(year), number)


def read_receptacle(typed: str) -> Receptacle | None:
    """The receptacle a text identifies, or None; spaces and case do not matter."""
    text = _SPACES.sub("", typed).translate(_UPPER)
    despatch = read_despatch(text[:20])
    match = _RECEPTACLE_TAIL.fullmatch(text[20:])
    if despatch is None or match is None:
        return None
    number, last, registered, weight = match.groups()
    grams = None if weight == "9999" else int(weight) * 100
    return Receptacle(text, despatch, number, _FLAG[last], _FLAG[registered], grams)
