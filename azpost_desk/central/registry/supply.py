"""The stock of transfer codes and item numbers that the centre keeps each desk at, on line without asking.

A desk gets its stock when it is enrolled, also on a new machine; what its records show as used is counted
here, and at half of the stock it is filled up again: the other half is for days without a line.
"""

from __future__ import annotations

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
    """Give a desk what is missing to its stock, when half of it or more is; in the caller's transaction.

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
            " where desk = %s and epoch = %s and prefix = %s and next <= last",
            (desk, epoch, prefix),
        )[0]
        if left * 2 <= items and items:
            try:
                branches.give_range(conn, desk, prefix, items - int(left), now_ms)
            except Refused:
                # The indicator has none left: no reason to leave the record unread that asks for more.
                _log.warning("no item numbers %s are left for desk %s", prefix, desk)


def _prefixes(conn: Connection, desk: str) -> list[str]:
    """What the desk's item numbers begin with, in order; none of a desk that is kept at no stock."""
    rows = conn.execute(
        "select prefix from desk_stocks where desk = %(desk)s"
        " union select ranges.prefix from item_ranges ranges join desk_stocks using (desk)"
        " where desk = %(desk)s order by prefix",
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


def used_number(conn: Connection, desk: str, number: str, now_ms: int) -> None:
    """An item was accepted under this S10 number; a desk takes the numbers of a range in their order."""
    prefix, serial = number[:2], number[2:10]
    if not (len(number) == 13 and is_digits(serial)):
        return
    changed = conn.execute(
        "update item_ranges set next = %s + 1 where prefix = %s and desk = %s and %s between next and last",
        (int(serial), prefix, desk, int(serial)),
    )
    if changed.rowcount:
        fill(conn, desk, now_ms)
