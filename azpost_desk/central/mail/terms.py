"""Terms, closed days, standards and lanes before they count: what nobody could go by is refused by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.mail.documents import wrong
from azpost_desk.domain.days import is_day
from azpost_desk.domain.mail.despatches import NUMBER_MAX, Series, despatch_id, is_kind
from azpost_desk.domain.mail.quality import LANES
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.domain.mail.keeping import ClosedDays, MailStorage
    from azpost_desk.domain.mail.lanes import Lanes
    from azpost_desk.domain.mail.quality import MailStandards

_WEEKDAYS: Final = range(1, 8)
# [S] A month at most, exceptionally two (mail.md 2, Delivery).
_DAYS_MAX: Final = 31
_EXTENDED_DAYS_MAX: Final = 62
_STANDARD_DAYS_MAX: Final = 90
_LANGUAGES: Final = frozenset({"az", "ru", "en"})
# A range holds anew in every year.
_ANY_YEAR: Final = 2026


def check_mail_storage(file: str, storage: MailStorage) -> None:
    """Refuse terms by which some item would go back at once, or be kept for ever.

    Raises:
        WrongFile: X-185 a service that is no letter, no days or too many, an extension that ends before the
            term does, a warning as long as a term, or rules of which none holds for every other service.
    """
    for at, rule in enumerate(storage.rules, start=1):
        place = f"rules[{at}]."
        for number, one in enumerate(rule.services, start=1):
            if len(one) != 1 or not (one.isascii() and one.isupper()):
                raise wrong("X-185", file, f"{place}services[{number}]", one)
        if not storage.warn_days < rule.days <= _DAYS_MAX:
            raise wrong("X-185", file, f"{place}days", rule.days)
        if rule.extended_days and not rule.days < rule.extended_days <= _EXTENDED_DAYS_MAX:
            raise wrong("X-185", file, f"{place}extended_days", rule.extended_days)
    if not storage.rules or storage.rules[-1].services:
        raise wrong("X-185", file, "rules")


def check_closed_days(file: str, closed: ClosedDays) -> None:
    """Refuse a calendar by which an office is never open, or that names no day.

    Raises:
        WrongFile: X-177 no day, X-186 no weekday, every weekday, or an office twice or without a code.
    """
    _check(file, "", closed.weekdays, closed.days)
    seen: set[str] = set()
    for at, one in enumerate(closed.offices, start=1):
        place = f"offices[{at}]."
        if not is_said(one.office) or one.office in seen:
            raise wrong("X-186", file, f"{place}office", one.office)
        seen.add(one.office)
        _check(file, place, one.weekdays, one.days)


def check_mail_standards(file: str, standards: MailStandards) -> None:
    """Refuse a promise on no lane, for no service, or of no days.

    Raises:
        WrongFile: X-187 a lane that is none, a service that is no letter, days out of sense, the same twice.
    """
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for at, one in enumerate(standards.standards, start=1):
        place = f"standards[{at}]."
        if one.lane not in LANES:
            raise wrong("X-187", file, f"{place}lane", one.lane)
        for number, service in enumerate(one.services, start=1):
            if len(service) != 1 or not (service.isascii() and service.isupper()):
                raise wrong("X-187", file, f"{place}services[{number}]", service)
        if not 0 < one.days <= _STANDARD_DAYS_MAX:
            raise wrong("X-187", file, f"{place}days", one.days)
        if (one.lane, one.services) in seen:
            raise wrong("X-187", file, f"{place}lane", one.lane)
        seen.add((one.lane, one.services))


def check_mail_lanes(file: str, lanes: Lanes) -> None:
    """Refuse lanes of which no number could be given, or one number by two desks.

    Raises:
        WrongFile: X-199 parts that make no despatch, a name that is missing, a range that is none or meets
            another one of its series.
    """
    taken: dict[Series, list[range]] = {}
    for at, one in enumerate(lanes.lanes, start=1):
        place, series = f"lanes[{at}].", one.series(_ANY_YEAR)
        if not is_said(one.desk) or one.epoch < 1:
            raise wrong("X-199", file, f"{place}desk", one.desk)
        if not is_kind(one.category, one.subclass):
            raise wrong("X-199", file, f"{place}subclass", f"{one.category}{one.subclass}")
        try:
            despatch_id(series, 1)
        except ValueError as problem:
            raise wrong("X-199", file, f"{place}destination", one.destination) from problem
        if _LANGUAGES - {language for language, name in one.names.items() if is_said(name)}:
            raise wrong("X-199", file, f"{place}names", one.destination)
        numbers = range(one.first, one.last + 1)
        if not numbers or one.first < 1 or one.last > NUMBER_MAX:
            raise wrong("X-199", file, f"{place}last", one.last)
        known = taken.setdefault(series, [])
        if any(one.first < other.stop and other.start < numbers.stop for other in known):
            raise wrong("X-199", file, f"{place}first", one.first)
        known.append(numbers)


def _check(file: str, place: str, weekdays: tuple[int, ...], days: tuple[str, ...]) -> None:
    for number, one in enumerate(weekdays, start=1):
        if one not in _WEEKDAYS:
            raise wrong("X-186", file, f"{place}weekdays[{number}]", one)
    if set(weekdays) == set(_WEEKDAYS):
        raise wrong("X-186", file, f"{place}weekdays", len(weekdays))
    for number, day in enumerate(days, start=1):
        if not is_day(day):
            raise wrong("X-177", file, f"{place}days[{number}]", day)
