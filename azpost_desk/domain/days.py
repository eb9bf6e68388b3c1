"""Business days as dates without a time, their arithmetic, and the clock as a port.

A business day is opened and closed by the manager of a desk: a chosen date, not one that a clock says.
Late in the evening and across midnight the two differ.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, NewType, Protocol

from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused

# A date as ISO text, ``2026-11-23``: it is stored, sent and sorted as it stands.
BusinessDay = NewType("BusinessDay", str)

# Azerbaijan keeps UTC+4 the whole year since summer time was abolished in 2016.
BAKU_OFFSET_MS: Final = 4 * 60 * 60 * 1000

# Where times end that desks and centre tell each other (the year 9000): a last day or a retention is still
# reckoned from any before it, on a calendar that ends with the year 9999.
TIME_MS_END: Final = 221_845_392_000_000

_DAY_MS: Final = 24 * 60 * 60 * 1000
_EPOCH: Final = dt.date(1970, 1, 1)


class Clock(Protocol):
    """Where time comes from; the only way to it for everything that decides."""

    def utc_ms(self) -> int:
        """Milliseconds since 1970, UTC; may jump when somebody sets the clock."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since some fixed moment; never goes back: for waiting and for idle times."""
        ...


def business_day(text: str) -> BusinessDay:
    """`text` (``2026-11-23``, or without the dashes) as a business day.

    Raises:
        Refused: I-010 when it is no date.
    """
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Refused("I-010", "day") from None
    # Other ISO forms name weeks, which are not one day: ``2026-W48`` would be read as its Monday.
    if text not in (day.isoformat(), day.isoformat().replace("-", "")):
        raise Refused("I-010", "day")
    return BusinessDay(day.isoformat())


def is_day(text: str) -> bool:
    """Whether it is a business day as records and documents write one: ``2026-12-01``."""
    try:
        return business_day(text) == text
    except Refused:
        return False


def calendar_day(utc_ms: int) -> BusinessDay:
    """The date on the wall in Azerbaijan at `utc_ms`: what a day is called when it is opened."""
    return BusinessDay((_EPOCH + dt.timedelta(days=(utc_ms + BAKU_OFFSET_MS) // _DAY_MS)).isoformat())


def day_numbered(number: int) -> BusinessDay:
    """The calendar date with this number, as the centre's own records bear it: 0 is 1 January 1970."""
    return calendar_day(number * _DAY_MS - BAKU_OFFSET_MS)


def day_start_ms(day: BusinessDay) -> int:
    """The instant (UTC milliseconds) at which the calendar date of `day` begins in Azerbaijan."""
    return (as_date(day) - _EPOCH).days * _DAY_MS - BAKU_OFFSET_MS


def as_date(day: BusinessDay) -> dt.date:
    """`day` as a date, to count or to show it."""
    return dt.date.fromisoformat(day)


def days_after(day: BusinessDay, count: int) -> BusinessDay:
    """The date `count` calendar days after `day` (before it when negative)."""
    return BusinessDay((as_date(day) + dt.timedelta(days=count)).isoformat())


def parse_date(typed: str) -> dt.date:
    """A date as people write it: ``23.11.2026``, ``23/11/2026``, ``23 11 2026``, ``23112026`` or ISO.

    Raises:
        Refused: I-010 when it is no date.
    """
    text = typed.strip()
    for separator in "/- ":
        text = text.replace(separator, ".")
    parts = text.split(".") if "." in text else [text[:2], text[2:4], text[4:]]
    if len(parts[0]) == 4:
        parts.reverse()
    if len(parts) != 3 or len(parts[2]) != 4 or not all(is_digits(part) for part in parts):
        raise Refused("I-010", "date")
    try:
        return dt.date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        raise Refused("I-010", "date") from None
