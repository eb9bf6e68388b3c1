"""The stock of transfer codes and item numbers that the centre keeps each desk at, on line without asking.

A desk gets its stock when it is enrolled, also on a new machine; what its records show as used is counted
here. Codes are filled up at half of the stock; item numbers of each product at a fifth of it, or when fewer
are left than three days of this desk use, whichever is more: what is left is for days without a line.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry import branches
from azpost_desk.central.storage.database import one
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_log = logging.getLogger(__name__)
# [design] Several days of a busy counter without a line.
CODES: Final = 200
ITEMS: Final = 500
PREFIX: Final = "EE"
STOCK_MAX: Final = 10_000
# Item numbers are asked for at a fifth of the stock, or at three days' use (mail.md 2 "Acceptance").
_FIFTH: Final = 5
_DAYS_LEFT: Final = 3
# [design] Of the days that had any in the last four weeks: a week's rest does not make a desk need less.
_MEASURED_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Stock:
    """So many of each lie at a desk that has used none."""

    codes: int = CODES
    prefix: str = PREFIX
    items: int = ITEMS


def keep(conn: Connection, desk: str, stock: Stock) -> None:
    """From now on the desk is kept at this stock."""
    conn.execute(
        "insert into desk_stocks (desk, codes, prefix, items) values (%s, %s, %s, %s)"
        " on conflict (desk) do update"
        " set codes = excluded.codes, prefix = excluded.prefix, items = excluded.items",
        (desk, stock.codes, stock.prefix, stock.items),
    )


def begin(conn: Connection, desk: str) -> None:
    """A desk that was given numbers by hand is kept supplied from now on, where nothing else was said."""
    stock = Stock()
    conn.execute(
        "insert into desk_stocks (desk, codes, prefix, items) values (%s, %s, %s, %s) on conflict do nothing",
        (desk, stock.codes, stock.prefix, stock.items),
    )


def lock(conn: Connection, desk: str) -> None:
    """Taken before the desk's row by whoever fills its stock after it."""
    # In one order: two that fill the stocks of several products wait for each other, and no more.
    for prefix in _prefixes(conn, desk):
        branches.lock_ranges(conn, prefix)


def fill(conn: Connection, desk: str, now_ms: int) -> None:
    """Give a desk what is missing to its stock, when too little is left; in the caller's transaction.

    Every product that it was ever given numbers for is kept at the same stock: a range serves one product.
    """
    row = conn.execute(
        "select codes, items, epoch from desk_stocks join desks using (desk) where desk = %s and epoch > 0",
        (desk,),
    ).fetchone()
    if row is None:
        return
    codes, items, epoch = row
    left = one(
        conn,
        "select count(*) from transfer_codes where desk = %s and epoch = %s and not used",
        (desk, epoch),
    )[0]
    if left * 2 <= codes and codes:
        branches.give_codes(conn, desk, codes - left, now_ms)
    for prefix in _prefixes(conn, desk):
        left = one(
            conn,
            "select coalesce(sum(last - next + 1), 0) from item_ranges"
            " where desk = %s and epoch = %s and prefix = %s and next <= last and sort = ''",
            (desk, epoch, prefix),
        )[0]
        three_days = _used_a_day(conn, desk, prefix) * _DAYS_LEFT
        if items and (left * _FIFTH <= items or left < three_days):
            # A stock that lasts no three days is doubled to them: each filling brings a good while.
            wanted = min(max(items, 2 * three_days), max(items, STOCK_MAX))
            if wanted <= left:
                continue
            try:
                branches.give_range(conn, desk, prefix, wanted - int(left), now_ms)
            except Refused:
                # The indicator has none left: no reason to leave the record unread that asks for more.
                _log.warning("no item numbers %s are left for desk %s", prefix, desk)


def _prefixes(conn: Connection, desk: str) -> list[str]:
    """What the desk's item numbers begin with, in order; none of a desk that is kept at no stock."""
    rows = conn.execute(
        "select prefix from desk_stocks where desk = %(desk)s"
        " union select ranges.prefix from item_ranges ranges join desk_stocks using (desk)"
        " where desk = %(desk)s and sort = '' order by prefix",
        {"desk": desk},
    )
    return [prefix for (prefix,) in rows]


def used_code(conn: Connection, desk: str, code: str, now_ms: int) -> None:
    """A transfer was sent under this code."""
    changed = conn.execute(
        "update transfer_codes set used = true where code = %s and desk = %s and not used", (code, desk)
    )
    if changed.rowcount:
        fill(conn, desk, now_ms)


def _used_a_day(conn: Connection, desk: str, prefix: str) -> int:
    """What a day of this desk takes of a product's numbers, rounded up; 0 while it took none."""
    # The newest day is not over: it may say that more is needed, never that less is.
    used = one(
        conn,
        "select coalesce(ceil(greatest(avg(used) filter (where date < newest),"
        " max(used) filter (where date = newest))), 0)"
        " from (select *, max(date) over () as newest from number_use where desk = %s and prefix = %s) days",
        (desk, prefix),
    )[0]
    return int(used)


def used_number(conn: Connection, desk: str, number: str, date: dt.date, now_ms: int) -> None:
    """An item was accepted on this day under this S10 number; a range's numbers are taken in their order."""
    prefix, serial = number[:2], number[2:10]
    if not (len(number) == 13 and is_digits(serial)):
        return
    # Labels printed beforehand are used in any order, those of a reserve at any desk of its branch.
    conn.execute(
        "update item_ranges set next = greatest(next, %(serial)s + 1) where prefix = %(prefix)s"
        " and sort <> '' and %(serial)s between first and last and (select branch from desks where desk ="
        " item_ranges.desk) = (select branch from desks where desk = %(desk)s)",
        {"serial": int(serial), "prefix": prefix, "desk": desk},
    )
    changed = conn.execute(
        "update item_ranges set next = %s + 1 where prefix = %s and desk = %s and %s between next and last"
        " and sort = ''",
        (int(serial), prefix, desk, int(serial)),
    )
    if changed.rowcount:
        _count(conn, desk, prefix, date)
        fill(conn, desk, now_ms)


def _count(conn: Connection, desk: str, prefix: str, date: dt.date) -> None:
    conn.execute(
        "insert into number_use (desk, prefix, date, used) values (%s, %s, %s, 1)"
        " on conflict (desk, prefix, date) do update set used = number_use.used + 1",
        (desk, prefix, date),
    )
    conn.execute(
        "delete from number_use where desk = %s and prefix = %s and date <= %s",
        (desk, prefix, date - dt.timedelta(days=_MEASURED_DAYS)),
    )
