"""The country's electronic share by day: from the figures that desks closed their days with.

In: the centre's database, read only, and the days asked for. Out: a row for each day. A day counts for a desk
once its close has come, whenever that was; both report routines of the desk agreed on its figures (MC-16).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from azpost_desk.domain import operations as ops
from azpost_desk.domain import reports
from azpost_desk.domain.days import day_start_ms
from azpost_desk.domain.electronic import of_tenders, share_ppm
from azpost_desk.domain.reports import Baskets
from azpost_desk.protocol.records import Header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.days import BusinessDay
    from azpost_desk.domain.reports import Figures

_HEADER: Final = msgspec.json.Decoder(Header)
_KIND: Final = "day.closed"
# A close reaches the centre on its day or any time after; the newest of a desk's day stands last.
_CLOSES: Final = (
    "select desk, header, body from journal"
    " where received_ms >= %s and accepted and position(%s::bytea in header) > 0"
    " order by desk, epoch, sequence"
)


class ElectronicDay(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one business day was paid without cash.

    Attributes:
        day: ISO.
        desks: desks whose close of that day has come.
        electronic_qapik: taken by card and QR for sales and fees.
        cash_qapik: taken in cash, without the change.
        share_ppm: of electronic in both, parts per million, cut to a tenth of a percent; empty for none.
        out_qapik: paid out, refunded and reversed that day, by whatever tender; in no share.
        baskets_electronic: baskets with any payment by card or QR.
        baskets_no_cash: of these, the ones without any cash.
        baskets_cash_only: baskets paid in cash alone.
        baskets_out: baskets by which money only went out; in no share.
        baskets_ppm: share of baskets with any electronic payment, as share_ppm.
        desks_untold: desks whose close does not say how its baskets were paid; they are in no count.
    """

    day: str
    desks: int
    electronic_qapik: int
    cash_qapik: int
    share_ppm: int | None
    out_qapik: int
    baskets_electronic: int
    baskets_no_cash: int
    baskets_cash_only: int
    baskets_out: int
    baskets_ppm: int | None
    desks_untold: int


def electronic_days(conn: Connection, first: BusinessDay, last: BusinessDay) -> list[ElectronicDay]:
    """Each of these days, both included, of which a close has come."""
    closed: dict[str, dict[str, Figures]] = {}
    for desk, date, figures in _closes(conn, day_start_ms(first)):
        if first <= date <= last:
            closed.setdefault(date, {})[desk] = figures
    return [_day(date, list(closed[date].values())) for date in sorted(closed)]


def _closes(conn: Connection, since_ms: int) -> Iterator[tuple[str, str, Figures]]:
    for desk, header_bytes, content in conn.execute(_CLOSES, (since_ms, _KIND.encode())):
        header = _HEADER.decode(header_bytes)
        body = ops.decode(header.kind, header.version, content) if header.kind == _KIND else None
        if not isinstance(body, ops.DayClosed):
            continue
        try:
            yield desk, body.date, reports.decode(body.figures)
        except (msgspec.DecodeError, UnicodeError):
            # `check` names a close whose figures nobody can read (I-07).
            continue


def _day(date: str, desks: list[Figures]) -> ElectronicDay:
    told = [one.baskets for one in desks if isinstance(one.baskets, Baskets)]
    counted = reports.baskets_together(told)
    baskets = counted if isinstance(counted, Baskets) else Baskets()
    sums = of_tenders(reports.together(desks).tenders, None)
    return ElectronicDay(
        day=date,
        desks=len(desks),
        electronic_qapik=sums.electronic_qapik,
        cash_qapik=sums.cash_qapik,
        share_ppm=sums.ppm,
        out_qapik=sums.out_qapik,
        baskets_electronic=baskets.electronic,
        baskets_no_cash=baskets.no_cash,
        baskets_cash_only=baskets.cash_only,
        baskets_out=baskets.out,
        baskets_ppm=share_ppm(baskets.electronic, baskets.electronic + baskets.cash_only),
        desks_untold=len(desks) - len(told),
    )
