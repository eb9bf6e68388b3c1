"""Customers' money against what covers it, at the end of each day (UPU regulations, chapter 11).

In: the centre's database, read only, and the days asked for. Out: a row for each day and currency. What
reached the centre late counts on the day it came, so that a day that has ended says the same ever after.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import accounts as chart
from azpost_desk.domain.accounts import CHART, Side
from azpost_desk.domain.days import as_date, day_start_ms, days_after

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay

# Claims that somebody disputes or that nobody has proven cover nothing.
_UNPROVEN: Final = (chart.DOUBTFUL, chart.PARTNER_DISPUTED, chart.BILLER_CLAIMS)


class Safeguarded(msgspec.Struct, frozen=True, kw_only=True):
    """One currency at the end of one day, as the books at the centre had it then.

    Attributes:
        day: ISO, local time.
        currency: ISO 4217; manat do not cover another currency here, nor the other way round.
        customers_minor: what belongs to customers and is owed to them, to receivers, partners and billers.
        cash_minor: safes, tills, cash under way.
        partners_minor: with partners abroad, what is in transit to them taken off.
        cards_minor: paid by card and not yet received from the acquirer.
        headquarters_minor: what headquarters hold from the branches; 0 where they have given more.
        unproven_minor: claims that are disputed or in doubt; they cover nothing and are not in the gap.
        gap_minor: all that covers less what belongs to customers; below zero is missing.
    """

    day: str
    currency: str
    customers_minor: int
    cash_minor: int
    partners_minor: int
    cards_minor: int
    headquarters_minor: int
    unproven_minor: int
    gap_minor: int


def safeguarded(conn: Connection, first: BusinessDay, last: BusinessDay) -> list[Safeguarded]:
    """Each of these days, both included, by currency; a day is there also when nothing moved on it."""
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read read only")
        moved = conn.execute(
            "select greatest(0, (received_ms - %(start)s) / %(day)s), account, currency, sum(minor)::bigint"
            " from postings where received_ms < %(end)s group by 1, 2, 3 order by 1",
            {
                "start": day_start_ms(first),
                "day": day_start_ms(days_after(first, 1)) - day_start_ms(first),
                "end": day_start_ms(days_after(last, 1)),
            },
        ).fetchall()
    by_day: dict[int, Counter[tuple[str, str]]] = {}
    for number, account, currency, minor in moved:
        by_day.setdefault(number, Counter())[currency, account] += minor
    held: Counter[tuple[str, str]] = Counter()
    rows: list[Safeguarded] = []
    for number in range((as_date(last) - as_date(first)).days + 1):
        for book, minor in by_day.get(number, Counter[tuple[str, str]]()).items():
            held[book] += minor
        for currency in sorted({one for one, _ in held}):
            of = {account: minor for (one, account), minor in held.items() if one == currency}
            rows.append(_at_end_of(days_after(first, number), currency, of))
    return rows


def _at_end_of(day: BusinessDay, currency: str, of: dict[str, int]) -> Safeguarded:
    def side(wanted: Side) -> int:
        return sum(minor for account, minor in of.items() if CHART[account].side is wanted)

    unproven = sum(of.get(account, 0) for account in _UNPROVEN)
    cards = of.get(chart.CARD_RECEIVABLE, 0)
    partners = side(Side.CLAIM) - unproven - cards
    headquarters = max(0, of.get(chart.HEADQUARTERS, 0))
    customers, cash = -side(Side.CUSTOMERS), side(Side.CASH)
    return Safeguarded(
        day=day,
        currency=currency,
        customers_minor=customers,
        cash_minor=cash,
        partners_minor=partners,
        cards_minor=cards,
        headquarters_minor=headquarters,
        unproven_minor=unproven,
        gap_minor=cash + partners + cards + headquarters - customers,
    )
