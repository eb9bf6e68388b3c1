"""How long an item waits at the office that delivers it: its history and dated rules in, its last day out.

Calendar days from the day after it came, closed ones too; its last day is one on which the office is open
(mail.md 2, Delivery). It may be kept longer once, on a written request made in time (EDF). Where no rule was
published no day is reckoned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.domain.catalogue import Document
from azpost_desk.domain.days import BusinessDay, as_date, calendar_day, days_after
from azpost_desk.domain.mail.moves import BACK

if TYPE_CHECKING:
    from azpost_desk.domain.mail.history import Life, Told

WAITING: Final = frozenset({"office", "attempted", "pickup", "held"})
# A round brings it back to where its days began; anything else that happens to it ends them.
_STAYS: Final = WAITING | {"out"}
_ARRIVES: Final = frozenset({"EMG", "EDH"})
# A calendar that is closed for so long is no calendar: the last day is then what it is.
_LOOKED_DAYS_MAX: Final = 60


class KeepingRule(Document, frozen=True, omit_defaults=True):
    """How long items of some services are kept.

    Attributes:
        services: first letters of the item number's service indicator (``E``); none: every other service.
        days: calendar days, from the day after the item came.
        extended_days: to how many days a written request may bring it in all; 0 = to no more.
    """

    services: tuple[str, ...] = ()
    days: int = 0
    extended_days: int = 0


class MailStorage(Document, frozen=True, omit_defaults=True):
    """Every rule, the first that fits counts; `warn_days` before the end whoever waits is told.

    `orders_hours_max`: how old a desk's news of stop orders may be when it hands over an item of value or for
    its addressee in person; beyond it somebody is asked by telephone.
    """

    rules: tuple[KeepingRule, ...] = ()
    warn_days: int = 2
    orders_hours_max: int = 24

    def rule(self, number: str) -> KeepingRule | None:
        """The rule of an item number; None where there is none."""
        return next((one for one in self.rules if not one.services or number[:1] in one.services), None)


class OfficeClosed(Document, frozen=True, omit_defaults=True):
    """When one office is closed: its weekdays instead of those of the others, its days beside theirs.

    Weekdays by ISO: 7 is Sunday.
    """

    office: str
    weekdays: tuple[int, ...] = ()
    days: tuple[str, ...] = ()


class ClosedDays(Document, frozen=True, omit_defaults=True):
    """When nobody can come to an office: weekdays by ISO (7 is Sunday), dates, offices that differ."""

    weekdays: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    offices: tuple[OfficeClosed, ...] = ()

    def is_open(self, office: str, day: BusinessDay) -> bool:
        """Whether the office serves customers on that day, as far as anybody has said."""
        own = next((one for one in self.offices if one.office == office), None)
        weekdays = own.weekdays if own else self.weekdays
        dates = {*self.days, *own.days} if own else self.days
        return as_date(day).isoweekday() not in weekdays and day not in dates

    def open_from(self, office: str, day: BusinessDay) -> BusinessDay:
        """That day, or the next one on which the office is open."""
        for later in range(_LOOKED_DAYS_MAX):
            if self.is_open(office, found := days_after(day, later)):
                return found
        return day


def expected_on(day: str, days: int, office: str, closed: ClosedDays) -> str:
    """The day (ISO) on which what is posted on `day` is expected: so many days later, its office open.

    "" where the price list names no time (0 days), or before the day is opened (no `day`).
    """
    return closed.open_from(office, days_after(BusinessDay(day), days)) if day and days > 0 else ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An item that waits for whoever is to have it.

    Attributes:
        since: the event that brought it here, its id.
        came: the day it came.
        last_day: the last one on which it is handed over as a matter of course.
        longest_day: the last one it could be kept until on request.
        is_extended: it was asked to be kept until `last_day`.
    """

    since: str
    came: BusinessDay
    last_day: BusinessDay
    longest_day: BusinessDay
    is_extended: bool = False

    def days_left(self, today: BusinessDay) -> int:
        """How many days are left after today; below 0 it goes back."""
        return (as_date(self.last_day) - as_date(today)).days


def kept(life: Life, number: str, rules: MailStorage, closed: ClosedDays) -> Kept | None:
    """The term of an item; None where it does not wait at an office, or nobody has said for how long."""
    rule = rules.rule(number)
    stay = _stay(life)
    if rule is None or not stay or life.state.removesuffix(BACK) not in WAITING:
        return None
    came = calendar_day(stay[0].at_ms)
    ends = closed.open_from(life.office, days_after(came, rule.days))
    longest = closed.open_from(life.office, days_after(came, max(rule.days, rule.extended_days)))
    # A second request is not legal by the table of moves: one counts.
    until = next((one.until for one in reversed(stay) if one.until), "")
    asked = min(BusinessDay(max(until, ends)), longest)
    return Kept(stay[0].id, came, asked, longest, is_extended=asked > ends)


def _stay(life: Life) -> list[Told]:
    """The events since the item came to the office where it is now; a round of its own brings it back."""
    found: list[Told] = []
    for event, state in life.way():
        if state.removesuffix(BACK) not in _STAYS:
            found = []
        elif not found or (event.code in _ARRIVES and event.office != found[0].office):
            # Where nobody scanned that it came, the first thing that was done with it there.
            found = [event]
        else:
            found.append(event)
    return found
