"""The general ledger's share of closed days: what desks and centre posted, summed by day, office and account.

In: the centre's database, read only. Out: one entry for each day, office, account and currency, debits and
credits apart; each day of an office balances by itself, and the same days give the same entries again. A day
counts once every desk that opened it has closed it. What a desk recorded after its close is of its next day.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain.accounts import CHART
from azpost_desk.domain.catalogue import Document
from azpost_desk.domain.days import BusinessDay, calendar_day, day_start_ms, days_after
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said
from azpost_desk.protocol.records import Header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from azpost_desk.central.storage.database import Connection

CENTRE: Final = "centre"
_HEADER: Final = msgspec.json.Decoder(Header)
_DAYS: Final = frozenset({"day.opened", "day.closed"})
_ROWS_AT_ONCE: Final = 5_000
# A day may be opened on the evening before it, and by a clock that is a day slow.
_BEFORE_DAYS: Final = 2
_RECORDS: Final = """
    select desk, epoch, sequence, header, body from journal
    where received_ms >= %s and accepted order by desk, epoch, sequence
"""
_POSTINGS: Final = """
    select desk, epoch, sequence, account, currency, minor from postings
    where received_ms >= %s order by desk, epoch, sequence, line
"""


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line for the general ledger.

    Attributes:
        day: business day, ISO; of the centre's own book the calendar day.
        office: code of the office; "centre" for the centre's own book.
        document: office and day, the same for all lines of one entry.
        account: number in the general ledger, ours where no other was given.
        currency: ISO 4217.
        debit_minor, credit_minor: sums of the day, never netted.
        records: how many records posted here.
    """

    day: str
    office: str
    document: str
    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    records: int


class LedgerAccounts(Document, frozen=True):
    """Our account numbers and those of the general ledger they go to."""

    accounts: dict[str, str]


class _Place(NamedTuple):
    desk: str
    day: int


class _Sums:
    """Debit and credit of one account on one day, and the records that posted there."""

    __slots__ = ("credit", "debit", "records")

    def __init__(self) -> None:
        self.debit = self.credit = 0
        self.records: set[tuple[str, int, int]] = set()


def require_mapped(accounts: Mapping[str, str]) -> None:
    """Refuse a list of accounts that leaves one of ours without a place, or names none of ours.

    Raises:
        Refused: X-188 (`accounts`: which).
    """
    unsaid = {ours for ours, theirs in accounts.items() if not is_said(theirs)}
    if wrong := sorted(set(accounts) ^ set(CHART) | unsaid):
        raise Refused("X-188", accounts=", ".join(wrong))


def entries(
    conn: Connection, first: BusinessDay, last: BusinessDay, accounts: Mapping[str, str] | None = None
) -> list[LedgerEntry]:
    """Every entry of the days from `first` to `last`, in the order of day, office, account and currency.

    Raises:
        Refused: X-189 a desk has opened one of these days and not closed it (`desks`), X-190 a day of an
            office does not balance.
    """
    with conn.transaction():
        # Records and postings of one moment: whatever comes in meanwhile is in neither.
        conn.execute("set transaction isolation level repeatable read read only")
        return _entries(conn, first, last, accounts)


def _entries(
    conn: Connection, first: BusinessDay, last: BusinessDay, accounts: Mapping[str, str] | None
) -> list[LedgerEntry]:
    since_ms = day_start_ms(days_after(first, -_BEFORE_DAYS))
    dates = _closed(conn, since_ms, first, last)
    found: dict[tuple[str, str, str, str], _Sums] = defaultdict(_Sums)
    for place, day, account, currency, minor in _posted(conn, since_ms):
        date = _date(place[0], day, dates)
        if date is None or not first <= date <= last:
            continue
        number = accounts[account] if accounts is not None else account
        sums = found[date, _office(place[0]), number, currency]
        sums.debit += max(minor, 0)
        sums.credit += max(-minor, 0)
        sums.records.add(place)
    rows = [
        LedgerEntry(
            day=day,
            office=office,
            document=f"{office}-{day}",
            account=account,
            currency=currency,
            debit_minor=sums.debit,
            credit_minor=sums.credit,
            records=len(sums.records),
        )
        for (day, office, account, currency), sums in sorted(found.items())
    ]
    _require_balanced(rows)
    return rows


def _closed(
    conn: Connection, since_ms: int, first: BusinessDay, last: BusinessDay
) -> dict[_Place, BusinessDay]:
    """The date of each day that a desk has opened; every one asked for is closed."""
    dates: dict[_Place, BusinessDay] = {}
    closed: set[_Place] = set()
    for desk, _epoch, _sequence, content, body in _records(conn, since_ms):
        header = _HEADER.decode(content)
        if header.kind not in _DAYS:
            continue
        told = ops.decode(header.kind, header.version, body)
        place = _Place(desk, header.day)
        if isinstance(told, ops.DayOpened):
            dates[place] = BusinessDay(told.date)
        elif isinstance(told, ops.DayClosed):
            dates[place] = BusinessDay(told.date)
            closed.add(place)
    lacking = {place.desk for place, date in dates.items() if first <= date <= last and place not in closed}
    if lacking:
        raise Refused("X-189", desks=", ".join(sorted(lacking)))
    return dates


def _posted(conn: Connection, since_ms: int) -> Iterator[tuple[tuple[str, int, int], int, str, str, int]]:
    """Each posting with the place and the day number of its record; the centre's own counts calendar days."""
    with conn.cursor("ledger_postings") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(_POSTINGS, (since_ms,))
        postings = iter(cursor)
        row: Any = next(postings, None)
        for desk, epoch, sequence, content, _body in _records(conn, since_ms):
            place, day = (desk, epoch, sequence), 0
            while row is not None and row[:3] < place:
                row = next(postings, None)
            if row is not None and row[:3] == place:
                header = _HEADER.decode(content)
                day = header.day
            while row is not None and row[:3] == place:
                yield place, day, row[3], row[4], row[5]
                row = next(postings, None)


def _records(conn: Connection, since_ms: int) -> Iterator[Any]:
    with conn.cursor("ledger_records") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(_RECORDS, (since_ms,))
        yield from cursor


def _date(desk: str, day: int, dates: Mapping[_Place, BusinessDay]) -> BusinessDay | None:
    """The date of a desk's day; the centre numbers its days by the calendar."""
    if desk.startswith(f"{CENTRE}-"):
        return calendar_day(day * 86_400_000)
    return dates.get(_Place(desk, day))


def _office(desk: str) -> str:
    return desk.rpartition("-")[0]


def _require_balanced(rows: Iterable[LedgerEntry]) -> None:
    off: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        off[row.document, row.currency] += row.debit_minor - row.credit_minor
    wrong = sorted(document for (document, _), minor in off.items() if minor)
    if wrong:
        raise Refused("X-190", documents=", ".join(wrong))
