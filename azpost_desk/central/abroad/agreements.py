"""Partners, corridors and rates as they are in force at a moment, and the switches people hold over them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from azpost_desk.central.registry import reference
from azpost_desk.domain.abroad.corridors import Corridors, Partner, Partners, Rates
from azpost_desk.domain.abroad.revaluation import RevaluationRates
from azpost_desk.domain.catalogue import Tariffs
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.reference import DOCUMENTS
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azpost_desk.central.storage.database import Connection
    from azpost_desk.domain.catalogue import Document

# A branch that no desk is of: these documents are told to nobody.
CENTRE_ONLY: Final = "-"
SALE, SENDING, PAYOUT = "sale", "sending", "payout"
SWITCHES: Final = (SALE, SENDING, PAYOUT)
D = TypeVar("D", bound="Document")
_NAME_OF: Final = {document: name for name, document in DOCUMENTS.items()}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds now; `rates_version` names the rates in a sale."""

    corridors: Corridors
    partners: Partners
    rates: Rates
    rates_version: int
    tariffs: Tariffs
    date: str

    def partner(self, partner: str) -> Partner:
        """Refuse with A-010 a partner that nobody has agreed with."""
        found = self.partners.find(partner)
        if found is None:
            raise Refused("A-010", partner=partner)
        return found


def agreed(conn: Connection, now_ms: int) -> Agreed:
    """Everything a price or a sale is judged by at this moment."""
    date = calendar_day(now_ms)
    rates, version = _in_force(conn, Rates, date)
    return Agreed(
        corridors=_in_force(conn, Corridors, date)[0],
        partners=_in_force(conn, Partners, date)[0],
        rates=rates,
        rates_version=version,
        tariffs=_in_force(conn, Tariffs, date, {"version": "", "approved": False})[0],
        date=date,
    )


def partners(conn: Connection, now_ms: int) -> Partners:
    """Only the partners."""
    return _in_force(conn, Partners, calendar_day(now_ms))[0]


def published_rates(conn: Connection) -> Iterator[Rates]:
    """Every version of the rates, the newest first."""
    with conn.cursor() as rows:
        rows.execute(
            "select content from reference where name = %s order by version desc", (_NAME_OF[Rates],)
        )
        for (content,) in rows:
            yield msgspec.json.decode(content, type=Rates)


def published_revaluation_rates(conn: Connection) -> Iterator[tuple[int, RevaluationRates]]:
    """Every version of the rates that positions are revalued by, with its number, the newest first."""
    with conn.cursor() as rows:
        rows.execute(
            "select version, content from reference where name = %s order by version desc",
            (_NAME_OF[RevaluationRates],),
        )
        for version, content in rows:
            yield version, msgspec.json.decode(content, type=RevaluationRates)


def is_open(conn: Connection, partner: str, switch: str) -> bool:
    """Whether people let this partner's sale, sending or pay-out run; without a word they do."""
    row = conn.execute(
        f"select {_switch(switch)} from abroad_partners where partner = %s".encode(), (partner,)
    ).fetchone()
    return row is None or bool(row[0])


def turn(conn: Connection, partner: str, switch: str, now_ms: int, *, on: bool, why: str) -> None:
    """Open or pause a partner; opened again it begins without refusals behind it.

    Paused a second time it stands since the first, for the newer reason.
    """
    stood = is_open(conn, partner, switch) == on
    conn.execute(
        "insert into abroad_switches (partner, switch, why, since_ms) values (%s, %s, %s, %s)"
        " on conflict (partner, switch) do update set why = excluded.why,"
        " since_ms = case when %s then abroad_switches.since_ms else excluded.since_ms end",
        (partner, switch, why, now_ms, stood),
    )
    conn.execute(
        f"insert into abroad_partners (partner, {_switch(switch)}, why) values (%s, %s, %s)"
        f" on conflict (partner) do update set {switch} = excluded.{switch}, why = excluded.why, refusals = 0"
        "".encode(),
        (partner, on, why),
    )


def publish(conn: Connection, document: Document, now_ms: int, *, valid_from: str = "0001-01-01") -> int:
    """A new version of one of these documents: corridors to every desk, the others to none."""
    where = reference.EVERYWHERE if isinstance(document, Corridors) else CENTRE_ONLY
    return reference.publish(conn, document, now_ms, branch=where, valid_from=valid_from)


def business_day(partner: Partner, now_ms: int) -> str:
    """The date on which a message settles that leaves now; after the cut-off the next one (MA-15)."""
    local = dt.datetime.fromtimestamp(now_ms / 1000, tz=dt.timezone(dt.timedelta(hours=4)))
    day = local.date()
    if local.strftime("%H:%M") > partner.cut_off:
        day += dt.timedelta(days=1)
    while day.weekday() >= _SATURDAY or day.isoformat() in partner.holidays:
        day += dt.timedelta(days=1)
    return day.isoformat()


_SATURDAY: Final = 5


def _switch(switch: str) -> str:
    if switch not in SWITCHES:
        raise ValueError(switch)
    return switch


def _in_force(
    conn: Connection, kind: type[D], date: str, empty: dict[str, object] | None = None
) -> tuple[D, int]:
    """The newest version valid on a day, and its number; an empty one (0) before there was any."""
    row = conn.execute(
        "select content, version from reference where name = %s and branch = any(%s) and valid_from <= %s"
        " order by version desc limit 1",
        (_NAME_OF[kind], [reference.EVERYWHERE, CENTRE_ONLY], date),
    ).fetchone()
    return (msgspec.json.decode(row[0], type=kind), int(row[1])) if row else (kind(**(empty or {})), 0)
