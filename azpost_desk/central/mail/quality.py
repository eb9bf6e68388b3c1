"""Quality of mail over some days: items that began on them, each held against its lane, counted.

In: the centre's database, read only. Out: rows of counts; what was promised is the newest `mail_standards`.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import msgspec
from psycopg.rows import namedtuple_row

from azpost_desk.central.mail import item_files
from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Branch, Offices
from azpost_desk.domain.days import day_start_ms, days_after
from azpost_desk.domain.mail.history import Life, lives
from azpost_desk.domain.mail.keeping import ClosedDays
from azpost_desk.domain.mail.quality import LANES, Lane, MailStandards, Measured, day_of, dwelt, measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay
    from azpost_desk.domain.mail.quality import Dwell, Verdict

By = Literal["country", "lane", "office"]
_HUB: Final = "exchange"
_PPM: Final = 1_000_000


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """How items of one lane, or one office of delivery, did.

    Attributes:
        lane: same zone, other zone, outward (to the day it left), inward (from the day it came in).
        of: what they are counted by: the zones of a lane, the office that delivered or is to; "" = all.
        items: that began on the days asked for, by the scan that starts the clock.
        on_time, late: delivered, tried or sent out within the standard, or after it.
        overdue: still under way after its standard; under_way: still within it.
        ended: gone back or ended before anybody tried; in no share.
        no_standard: nothing was promised; in no share.
        not_started: of the lane, known by other scans only, or begun on a day to come; in no other count.
        on_time_ppm: of on_time in on_time, late and overdue, parts per million; empty for none.
        days_median, days_p95: working days of those that arrived; empty for none.
        customs_days: working days that were taken off for customs, in all.
        customs_unreleased: held by customs with a reason, and no release was scanned; nothing is taken off.
        clock_wrong: by its scans it ended before it began, or on a day to come; in no share and no days.
    """

    lane: str
    of: str
    items: int = 0
    on_time: int = 0
    late: int = 0
    overdue: int = 0
    under_way: int = 0
    ended: int = 0
    no_standard: int = 0
    not_started: int = 0
    on_time_ppm: int | None = None
    days_median: int | None = None
    days_p95: int | None = None
    customs_days: int = 0
    customs_unreleased: int = 0
    clock_wrong: int = 0


class HubDwell(msgspec.Struct, frozen=True, kw_only=True):
    """How long items lay at a hub that came to it on the days asked for.

    Attributes:
        hub: its code.
        items: that were scanned there first on these days.
        left: handed on by a signed hand-over; the others are still there. One that was handed on before it
            came, by its clocks, is in no hours.
        hours_median, hours_p95: of those that left; empty for none.
        hours_longest_there: of those still there; empty for none.
        unannounced_start: arrival not scanned, the clock began with the first scan of another kind.
    """

    hub: str
    items: int
    left: int
    hours_median: int | None
    hours_p95: int | None
    hours_longest_there: int | None
    unannounced_start: int


class _File(NamedTuple):
    """One item with what its number's file says of it."""

    number: str
    life: Life
    reasons: Mapping[str, str]
    from_zone: str
    to_zone: str
    to_office: str
    country: str


def quality(
    conn: Connection, first: BusinessDay, last: BusinessDay, by: By, today: BusinessDay
) -> list[Quality]:
    """Items that began from `first` to `last`, by the lane, its zones or the office that delivers."""
    standards = reference.newest(conn, MailStandards) or MailStandards()
    closed = reference.newest(conn, ClosedDays) or ClosedDays()
    found: dict[tuple[str, str], list[Measured | None]] = defaultdict(list)
    for one in _files(conn, first, last):
        lane = _lane(one)
        promised = standards.days(lane, one.number)
        item = measured(one.life, lane, promised, closed, today, one.reasons)
        if item is not None and not first <= item.began <= last:
            continue
        if item is None and not _is_known_on(one.life, first, last):
            continue
        found[lane, _of(one, lane, by)].append(item)
    order = {lane: at for at, lane in enumerate(LANES)}
    rows = sorted(found, key=lambda key: (order[key[0]], key[1]))  # type: ignore[index]
    return [_row(*key, found[key]) for key in rows]


def dwell(conn: Connection, first: BusinessDay, last: BusinessDay, now_ms: int) -> list[HubDwell]:
    """Stays at each office of exchange that began from `first` to `last`."""
    hubs = [
        office.code
        for office in (reference.newest(conn, Offices) or Offices()).offices
        if (branch := reference.newest(conn, Branch, office.code)) is not None and _HUB in branch.mail
    ]
    stays: dict[str, list[Dwell]] = defaultdict(list)
    for one in _files(conn, first, last, hubs):
        for hub in hubs:
            stay = dwelt(one.life, hub, now_ms)
            day = day_of(stay.began_ms) if stay is not None else None
            if stay is not None and day is not None and first <= day <= last:
                stays[hub].append(stay)
    return [_dwell_row(hub, stays[hub]) for hub in hubs if stays[hub]]


def _files(
    conn: Connection, first: BusinessDay, last: BusinessDay, offices: Sequence[str] = ()
) -> Iterator[_File]:
    """Items of which something was scanned on these days (at these offices), with their whole history."""
    zones = {one.code: one.zone for one in (reference.newest(conn, Offices) or Offices()).offices}
    span = day_start_ms(first), day_start_ms(days_after(last, 1))
    with conn.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(
            "select e.*, i.accepted_office, i.destination, i.redirected, i.country as goes_to"
            " from item_events e join items i using (number)"
            " where e.number in (select number from item_events where at_ms >= %s and at_ms < %s"
            " and (%s = '{}' or office = any(%s)))"
            " order by e.number, e.at_ms, e.operation",
            (*span, list(offices), list(offices)),
        )
        found: Iterator[Any] = iter(cursor)
        for number, rows in groupby(found, key=lambda row: str(row.number)):
            yield from _lives(number, list(rows), zones)


def _lives(number: str, rows: list[Any], zones: Mapping[str, str]) -> Iterator[_File]:
    reasons = {str(row.operation): str(row.reason) for row in rows}
    place: Any = rows[0]
    to_office = place.redirected or place.destination
    for life in lives(item_files.told(row) for row in rows):
        zone = zones.get(place.accepted_office, "")
        yield _File(number, life, reasons, zone, zones.get(to_office, ""), to_office, place.goes_to or "")


def _lane(one: _File) -> Lane:
    if one.country:
        return "outward"
    if not one.life.origin():
        return "inward"
    return "same" if one.from_zone and one.from_zone == one.to_zone else "other"


def _of(one: _File, lane: Lane, by: By) -> str:
    if by == "country":
        return ""
    if by == "office":
        return one.to_office if lane != "outward" else one.life.origin()
    return one.country if lane == "outward" else f"{one.from_zone} → {one.to_zone}".strip(" →")


def _is_known_on(life: Life, first: BusinessDay, last: BusinessDay) -> bool:
    """Whether its first event lies in these days: whoever lacks its start is counted once."""
    day = day_of(life.steps[0].event.at_ms) if life.steps else None
    return day is not None and first <= day <= last


def _row(lane: str, of: str, items: Sequence[Measured | None]) -> Quality:
    known = [one for one in items if one is not None]

    def count(verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in known)

    on_time, late, overdue = count("on_time"), count("late"), count("overdue")
    held = on_time + late + overdue
    days = sorted(one.days for one in known if one.ended is not None)
    return Quality(
        lane=lane,
        of=of,
        items=len(known),
        on_time=on_time,
        late=late,
        overdue=overdue,
        under_way=count("under_way"),
        ended=count("ended"),
        no_standard=count("no_standard"),
        not_started=len(items) - len(known),
        on_time_ppm=on_time * _PPM // held if held else None,
        days_median=_at(days, 50),
        days_p95=_at(days, 95),
        customs_days=sum(one.customs_days for one in known),
        customs_unreleased=sum(not one.is_released for one in known),
        clock_wrong=count("clock_wrong"),
    )


def _dwell_row(hub: str, stays: Sequence[Dwell]) -> HubDwell:
    left = sorted(one.hours for one in stays if one.has_left and one.hours is not None)
    return HubDwell(
        hub=hub,
        items=len(stays),
        left=sum(one.has_left for one in stays),
        hours_median=_at(left, 50),
        hours_p95=_at(left, 95),
        hours_longest_there=max((one.hours or 0 for one in stays if not one.has_left), default=None),
        unannounced_start=sum(one.is_marked for one in stays),
    )


def _at(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many percent do not exceed (nearest rank)."""
    if not ordered:
        return None
    return ordered[-(-len(ordered) * percent // 100) - 1]
