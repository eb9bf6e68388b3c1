"""Billers as people look after them: how each is reached, whether it answers, what waits for it.

In: the newest catalogue, what the serving process noted of its connectors, and `central.payments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.central.registers import keeping
from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Billers, name_in
from azpost_desk.domain.days import BusinessDay
from azpost_desk.domain.delivery_moves import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azpost_desk.central.storage.database import Connection


class BillerState(msgspec.Struct, frozen=True, kw_only=True):
    """One biller.

    Attributes:
        kind: of its connector; empty: none is configured, what is paid to it waits.
        answers: whether it answered when it was asked last; None when nobody reaches it.
        since_ms: since when that is so (UTC ms), 0 for never noted.
        waiting_count, waiting_qapik, oldest_ms: what is still to be delivered or asked about.
        undecided_count: what waits for people.
        paused_ms: since when nothing is sent to it because it refuses everything (UTC ms), 0 when it is open.
        registers_missing: the days over whose register has not come.
    """

    biller: str
    name: str
    group: str
    kind: str = ""
    answers: bool | None = None
    since_ms: int = 0
    waiting_count: int = 0
    waiting_qapik: int = 0
    oldest_ms: int = 0
    undecided_count: int = 0
    paused_ms: int = 0
    registers_missing: tuple[BusinessDay, ...] = ()


def begin(conn: Connection, kinds: Mapping[str, str], now_ms: int) -> None:
    """A process begins to serve with these kinds of connectors, by biller; what was noted before is over."""
    conn.execute("delete from billers_reached where not biller = any(%s)", (list(kinds),))
    for biller, kind in kinds.items():
        conn.execute(
            "insert into billers_reached values (%s, %s, false, %s) on conflict (biller) do update"
            " set kind = excluded.kind, is_resting = false, since_ms = excluded.since_ms",
            (biller, kind, now_ms),
        )


def note(conn: Connection, biller: str, is_resting: bool, now_ms: int) -> None:
    """A biller fell silent, or answers again."""
    conn.execute(
        "update billers_reached set is_resting = %s, since_ms = %s where biller = %s and is_resting <> %s",
        (is_resting, now_ms, biller, is_resting),
    )


def states(conn: Connection, now_ms: int, language: str = "en") -> list[BillerState]:
    """Every biller of the catalogue, and every other one that is reached or waited for, by number."""
    known = {one.biller: one for one in (reference.newest(conn, Billers) or Billers()).billers}
    reached = {
        biller: (kind, not is_resting, since_ms)
        for biller, kind, is_resting, since_ms in conn.execute(
            "select biller, kind, is_resting, since_ms from billers_reached"
        )
    }
    waiting = {
        row[0]: row[1:]
        for row in conn.execute(
            "select biller, count(*) filter (where next_ms is not null),"
            " coalesce(sum(amount) filter (where next_ms is not null), 0)::bigint,"
            " coalesce(min(accepted_ms) filter (where next_ms is not null), 0),"
            " count(*) filter (where state = any(%s)) from payments"
            " where next_ms is not null or state = any(%s) group by biller",
            (list(WAITING), list(WAITING)),
        )
    }
    paused = {
        biller: paused_ms
        for biller, paused_ms in conn.execute(
            "select biller, paused_ms from biller_breakers where paused_ms > 0"
        )
    }
    missing = keeping.missing(conn, now_ms)
    listed = []
    for biller in sorted({*known, *reached, *waiting, *missing}):
        kind, answers, since_ms = reached.get(biller, ("", None, 0))
        count, qapik, oldest_ms, undecided = waiting.get(biller, (0, 0, 0, 0))
        one = known.get(biller)
        listed.append(
            BillerState(
                biller=biller,
                name=name_in(one.names, language) or biller if one else "",
                group=one.group if one else "",
                kind=kind,
                answers=answers,
                since_ms=since_ms,
                waiting_count=count,
                waiting_qapik=qapik,
                oldest_ms=oldest_ms,
                undecided_count=undecided,
                paused_ms=paused.get(biller, 0),
                registers_missing=missing.get(biller, ()),
            )
        )
    return listed
