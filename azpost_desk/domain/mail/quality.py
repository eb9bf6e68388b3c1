"""How long items took against what was promised: their histories, standards and calendar in, days out.

At home from acceptance (EMA), inward from the arrival in the country (EMD), to the delivery or the first
attempt (EMI, EMH), outward to the day an item leaves the country (EMC), in working days. The time at import
customs counts off only between a holding with its reason (EME) and the release scanned after it (EDC, EMF).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from azpost_desk.domain.catalogue import Document
from azpost_desk.domain.days import as_date, calendar_day, days_after
from azpost_desk.domain.mail.moves import is_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from azpost_desk.domain.days import BusinessDay
    from azpost_desk.domain.mail.history import Life, Told
    from azpost_desk.domain.mail.keeping import ClosedDays

Lane = Literal["same", "other", "outward", "inward"]
"""Within a zone, between zones, out of the country (as far as it is ours), into it."""

LANES: Final[tuple[Lane, ...]] = ("same", "other", "outward", "inward")
Verdict = Literal["on_time", "late", "under_way", "overdue", "ended", "no_standard", "clock_wrong"]

_BEGINS: Final[Mapping[Lane, str]] = {"same": "EMA", "other": "EMA", "outward": "EMA", "inward": "EMD"}
_TRIED: Final = frozenset({"EMH", "EMI"})
_LEFT: Final = frozenset({"EMC"})
_RELEASED: Final = frozenset({"EDC", "EMF"})
# The dwell of a hub: what starts its clock, what stops it (mail.md 2, Hub).
_ARRIVED: Final = frozenset({"EMD", "EMJ"})
_HANDED_ON: Final = frozenset({"EMF", "EMC", "EMK"})
_HOUR_MS: Final = 3_600_000
# Two clocks differ by less; what is further apart is a clock that is wrong.
_APART_MS: Final = 24 * _HOUR_MS
# What a calendar can say, years 1970 to 9998: a clock may say anything.
_MS_MAX: Final = 253_370_000_000_000


class LaneStandard(Document, frozen=True, omit_defaults=True):
    """What is promised on a lane: day of posting + `days` working days.

    Attributes:
        lane: of `LANES`.
        services: first letters of the item number's service indicator; none: every other service.
        days: working days.
    """

    lane: str
    days: int
    services: tuple[str, ...] = ()


class MailStandards(Document, frozen=True, omit_defaults=True):
    """Every promise, the first that fits counts; a lane without one is measured and held against nothing."""

    standards: tuple[LaneStandard, ...] = ()

    def days(self, lane: str, number: str) -> int:
        """Working days promised to an item number on a lane; 0 where nothing is."""
        fits = (
            one
            for one in self.standards
            if one.lane == lane and (not one.services or number[:1] in one.services)
        )
        return next((one.days for one in fits), 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """One item.

    Attributes:
        began, ended: its days; `ended` is "" while neither delivery, attempt nor departure is known.
        days: working days between them, or until today; customs taken off.
        customs_days: working days that were taken off.
        is_released: False where customs hold it by reason and no release was scanned: nothing is taken off.
        verdict: clock_wrong = by its scans it ended before it began, or on a day to come.
        standard_days: promised, 0 where nothing is.
    """

    began: BusinessDay
    ended: BusinessDay | None
    days: int
    customs_days: int
    is_released: bool
    standard_days: int
    verdict: Verdict


def measured(
    life: Life,
    lane: Lane,
    standard_days: int,
    closed: ClosedDays,
    today: BusinessDay,
    reasons: Mapping[str, str],
) -> Measured | None:
    """An item held against its lane; None where what starts its clock was not scanned on a day that has been.

    `reasons`: by an event's id, why customs hold.
    """
    events = [event for event, state in life.way() if not is_back(state)]
    at = next((n for n, one in enumerate(events) if one.code == _BEGINS[lane]), None)
    if at is None:
        return None
    began, ends = day_of(events[at].at_ms), _LEFT if lane == "outward" else _TRIED
    # Clocks differ, but not by days.
    latest = days_after(today, 1)
    if began is None or began > latest:
        return None
    end = next((n for n, one in enumerate(events) if n > at and one.code in ends), None)
    ended = day_of(events[end].at_ms) if end is not None else None
    if end is not None and (ended is None or not days_after(began, -1) <= ended <= latest):
        return Measured(began, None, 0, 0, True, standard_days, "clock_wrong")
    held, is_released = _at_customs(events[at : len(events) if end is None else end], reasons)
    until = ended or today
    working = _working(began, until, closed)
    off = working & {
        day for first, last in held for day in _working(max(first, began), min(last, until), closed)
    }
    took = len(working) - len(off)
    verdict = _verdict(took, standard_days, has_ended=ended is not None, is_final=life.is_final)
    return Measured(began, ended, took, len(off), is_released, standard_days, verdict)


def day_of(at_ms: int) -> BusinessDay | None:
    """The day of a scan; None where its clock says what no calendar has."""
    return calendar_day(at_ms) if 0 <= at_ms < _MS_MAX else None


def _verdict(days: int, standard_days: int, *, has_ended: bool, is_final: bool) -> Verdict:
    if not has_ended and is_final:
        # It went back or was ended on the way: no promise was kept or broken.
        return "ended"
    if not standard_days:
        return "no_standard"
    if has_ended:
        return "on_time" if days <= standard_days else "late"
    return "under_way" if days <= standard_days else "overdue"


def _at_customs(
    events: Sequence[Told], reasons: Mapping[str, str]
) -> tuple[list[tuple[BusinessDay, BusinessDay]], bool]:
    """Days at import customs, each holding by reason up to the first release after it."""
    spans: list[tuple[BusinessDay, BusinessDay]] = []
    since: BusinessDay | None = None
    for one in events:
        day = day_of(one.at_ms)
        if one.code == "EME" and reasons.get(one.id) and since is None:
            since = day
        elif one.code in _RELEASED and since is not None and day is not None:
            spans.append((since, day))
            since = None
    return spans, since is None


def _working(first: BusinessDay, last: BusinessDay, closed: ClosedDays) -> set[BusinessDay]:
    """The working days of the country after `first`, up to and with `last`."""
    count = (as_date(last) - as_date(first)).days
    days = (days_after(first, later) for later in range(1, count + 1))
    return {day for day in days if closed.is_open("", day)}


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long an item lay at a hub, hours, None where it was handed on before it came or at a time to come;
    `is_marked`: not its arrival was scanned first.
    """

    began_ms: int
    hours: int | None
    is_marked: bool
    has_left: bool


def dwelt(life: Life, hub: str, now_ms: int) -> Dwell | None:
    """The first stay of an item at this hub, up to the signed hand-over, not to a seal; None: none."""
    began: Told | None = None
    for event, _state in life.way():
        if event.office != hub:
            continue
        if began is None:
            began = event
        if event.code in _HANDED_ON:
            can_be = began.at_ms - _APART_MS <= event.at_ms <= now_ms + _APART_MS
            hours = max(0, (event.at_ms - began.at_ms) // _HOUR_MS)
            return Dwell(began.at_ms, hours if can_be else None, began.code not in _ARRIVED, True)
    if began is None:
        return None
    hours = max(0, (now_ms - began.at_ms) // _HOUR_MS)
    return Dwell(began.at_ms, hours, began.code not in _ARRIVED, False)
