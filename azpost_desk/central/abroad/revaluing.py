"""Open positions are revalued once for each currency and day, and the same again when it is run again.

In: the centre's book (which deals are known is the cut), each deal's own day, the revaluation rates of that
day. Out: a record per currency in the book, in one transaction with its row; of a day that is done the same
figures, and nothing else. What is known later counts in the next one and is listed there (MA-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.central.abroad import agreements, booking
from azpost_desk.domain import accounts as chart
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import exact
from azpost_desk.domain.abroad.revaluation import (
    METHOD,
    Deal,
    RevaluationRates,
    about_of,
    chain_of,
    day_of,
    late,
    worth_qapik,
)
from azpost_desk.domain.days import business_day, calendar_day
from azpost_desk.domain.refusals import Refused
from azpost_desk.protocol.records import header_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azpost_desk.central.book import Book
    from azpost_desk.central.storage.database import Connection

_LOCK: Final = 0x72657661
_POSITIONS: Final = [chart.POSITION, chart.POSITION_MANAT]
# One statement: what is known is one consistent look, whoever writes meanwhile.
_DEALS: Final = """
    select j.desk, j.epoch, j.sequence, j.header, j.body, p.sub,
        sum(case when p.account = %(position)s then p.minor else 0 end)::bigint,
        sum(case when p.account = %(position)s then 0 else p.minor end)::bigint
    from postings p join journal j using (desk, epoch, sequence)
    where p.account = any(%(accounts)s)
    group by j.desk, j.epoch, j.sequence, j.header, j.body, p.sub
    order by j.desk, j.epoch, j.sequence, p.sub
"""


class Made(msgspec.Struct, frozen=True):
    """The revaluations of a day; `is_new`: made now, else they were there and nothing changed."""

    date: str
    is_new: bool
    revalued: tuple[ops.PositionRevalued, ...]


def revalue(conn: Connection, book: Book, day: str, now_ms: int) -> Made:
    """Revalue every open position to the end of `day`, all currencies or none.

    Raises:
        Refused: I-010 no date, A-082 it has not ended, A-083 a currency has no rate of that day, A-084 a
            later day was revalued before.
    """
    date = business_day(day)
    if date >= calendar_day(now_ms):
        raise Refused("A-082", date=date)
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        before = _before(conn)
        done = tuple(one for one in before if one.date == date)
        if done:
            return Made(date, False, done)
        later = max((one.date for one in before), default="")
        if later > date:
            raise Refused("A-084", date=date, later=later)
        while booking.write(conn, book):
            pass
        made = tuple(_reckoned(conn, date, before))
        for one in made:
            book.append(conn, one)
            conn.execute(
                "insert into abroad_revaluations values (%s, %s, %s, %s)",
                (one.currency, date, ops.encode(one), now_ms),
            )
    return Made(date, True, made)


def _before(conn: Connection) -> list[ops.PositionRevalued]:
    rows = conn.execute("select body from abroad_revaluations order by date, currency").fetchall()
    return [msgspec.json.decode(body, type=ops.PositionRevalued) for (body,) in rows]


def _reckoned(
    conn: Connection, date: str, before: list[ops.PositionRevalued]
) -> Iterable[ops.PositionRevalued]:
    deals = _deals(conn)
    cut: dict[str, int] = {}
    for one in deals:
        cut[one.chain] = max(one.sequence, cut.get(one.chain, 0))
    last = (before[-1].date, before[-1].cut) if before else None
    version, rates = _rates(conn, date)
    for currency in sorted({one.currency for one in deals}):
        counted = [one for one in deals if one.currency == currency and one.is_in(date, cut)]
        came = late(counted, last)
        minor = sum(one.minor for one in counted)
        gained = sum(one.revalued_qapik - one.manat_qapik for one in before if one.currency == currency)
        qapik = sum(one.qapik for one in counted) + gained
        if not (minor or qapik or came):
            continue
        rate = rates.find(currency)
        if rate is None:
            raise Refused("A-083", currency=currency, date=date)
        yield ops.PositionRevalued(
            currency=currency,
            date=date,
            method=METHOD,
            rate=rate.manat,
            source=rates.source,
            rates_version=version,
            cut=cut,
            position_minor=minor,
            manat_qapik=qapik,
            revalued_qapik=worth_qapik(minor, currency, exact(rate.manat)),
            late=tuple(_listed(one) for one in came),
        )


def _deals(conn: Connection) -> list[Deal]:
    """Every record that moved a position, but for the revaluations themselves."""
    found = []
    rows = conn.execute(_DEALS, {"position": chart.POSITION, "accounts": _POSITIONS})
    for desk, epoch, sequence, header_bytes, body_bytes, currency, minor, qapik in rows:
        header = header_of(header_bytes)
        body = ops.decode(header.kind, header.version, body_bytes)
        if isinstance(body, ops.PositionRevalued):
            continue
        day = day_of(body, calendar_day(header.recorded_ms))
        chain = chain_of(desk, epoch)
        found.append(Deal(chain, sequence, about_of(body), day, currency, minor, qapik))
    return found


def _rates(conn: Connection, date: str) -> tuple[int, RevaluationRates]:
    """The newest document of that day; never another day's."""
    found = (one for one in agreements.published_revaluation_rates(conn) if one[1].date == date)
    return next(found, (0, RevaluationRates(date=date)))


def _listed(one: Deal) -> ops.LateDeal:
    return ops.LateDeal(
        chain=one.chain,
        sequence=one.sequence,
        about=one.about,
        day=one.day,
        position_minor=one.minor,
        manat_qapik=one.qapik,
    )
