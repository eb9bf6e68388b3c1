"""The hours of a day: receipts and money by the hour in which they came, as a closing record tells them.

They stand beside the figures, not among them: no routine of the report compares them, and a desk whose hours
are not known is left out of the chart by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from azpost_desk.domain.days import BAKU_OFFSET_MS
from azpost_desk.domain.money import MINOR_MAX
from azpost_desk.domain.operations import Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.domain.operations import Body

_HOUR_MS: Final = 3_600_000
_Qapik = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]


class Hour(msgspec.Struct, frozen=True, array_like=True):
    """One bar of the day's chart: receipts of that hour, money in by tender and money out, qəpik."""

    hour: Annotated[int, msgspec.Meta(ge=0, le=23)]
    receipts: _Qapik
    cash_qapik: _Qapik
    electronic_qapik: _Qapik
    out_qapik: _Qapik


def by_hour(records: Iterable[tuple[int, Body]]) -> tuple[Hour, ...]:
    """The hours in which something was sold, from (recorded at, UTC ms; body) of a day's records."""
    found: dict[int, list[int]] = {}
    for recorded_ms, body in records:
        if not isinstance(body, Settlement):
            continue
        row = found.setdefault((recorded_ms + BAKU_OFFSET_MS) // _HOUR_MS % 24, [0, 0, 0, 0])
        row[0] += 1
        for tender in body.tenders:
            row[1 if tender.tender == "cash" else 2] += max(tender.amount_qapik, 0)
            row[3] += max(-tender.amount_qapik, 0)
    return tuple(Hour(hour, *found[hour]) for hour in sorted(found))


def together(parts: Iterable[tuple[Hour, ...]]) -> tuple[Hour, ...]:
    """The hours of several desks added up, from the first one to the last without a gap."""
    sums: dict[int, tuple[int, ...]] = {}
    for one in (hour for part in parts for hour in part):
        before = sums.get(one.hour, (0, 0, 0, 0))
        more = (one.receipts, one.cash_qapik, one.electronic_qapik, one.out_qapik)
        sums[one.hour] = tuple(a + b for a, b in zip(before, more, strict=True))
    if not sums:
        return ()
    return tuple(Hour(hour, *sums.get(hour, (0, 0, 0, 0))) for hour in range(min(sums), max(sums) + 1))


def encode(hours: tuple[Hour, ...]) -> str:
    """As it stands in the closing record: JSON; "" for a day on which nothing was sold."""
    return msgspec.json.encode(hours).decode() if hours else ""


def decode(text: str, receipts: int) -> tuple[Hour, ...] | None:
    """The hours of a closing record; None when they are not known, or are not those of its `receipts`."""
    try:
        hours = msgspec.json.decode(text, type=tuple[Hour, ...]) if text else ()
    except (msgspec.DecodeError, UnicodeError):
        return None
    each_once = len({one.hour for one in hours}) == len(hours)
    return hours if each_once and sum(one.receipts for one in hours) == receipts else None
