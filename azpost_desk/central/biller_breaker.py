"""The breaker of billers: one that says no to everything is paused before more of it is owed (M0-11).

In: each final word of a biller about a payment. Out: how often it has refused without a yes between, and what
share of an hour's payments; beyond the limits of the dated settings nothing more is sent to it, its noes wait
for proof, and a person opens it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry import reference
from azpost_desk.domain.catalogue import Settings
from azpost_desk.domain.days import calendar_day
from azpost_desk.domain.refusals import Refused
from azpost_desk.domain.typed import is_said

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

_HOUR_MS: Final = 3_600_000


def refused(conn: Connection, biller: str, now_ms: int) -> bool:
    """A biller said no; whether it has done so too often by now."""
    in_a_row, answers, refusals, paused_ms = _counted(conn, biller, now_ms, is_no=True)
    if paused_ms:
        return True
    settings = reference.in_force(conn, Settings, calendar_day(now_ms)) or Settings()
    is_most = refusals * 1_000_000 > answers * settings.biller_refused_ppm_max
    if in_a_row <= settings.biller_refusals_in_a_row_max and not (
        is_most and answers >= settings.biller_answers_min
    ):
        return False
    conn.execute("update biller_breakers set paused_ms = %s where biller = %s", (now_ms, biller))
    return True


def confirmed(conn: Connection, biller: str, now_ms: int) -> None:
    """A biller said yes: what it refused before was the customers'. Paused it stays until a person looked."""
    _counted(conn, biller, now_ms, is_no=False)


def _counted(conn: Connection, biller: str, now_ms: int, *, is_no: bool) -> tuple[int, int, int, int]:
    """(noes in a row, answers and noes of the hour, paused since) with this answer."""
    row = conn.execute(
        "insert into biller_breakers as known (biller, refusals, hour_ms, hour_answers, hour_refusals)"
        " values (%(biller)s, %(no)s, %(now)s, 1, %(no)s) on conflict (biller) do update set"
        " refusals = case when %(no)s = 1 then known.refusals + 1"
        " when known.paused_ms > 0 then known.refusals else 0 end,"
        " hour_ms = case when known.hour_ms > %(begun)s then known.hour_ms else %(now)s end,"
        " hour_answers = case when known.hour_ms > %(begun)s then known.hour_answers else 0 end + 1,"
        " hour_refusals = case when known.hour_ms > %(begun)s then known.hour_refusals else 0 end + %(no)s"
        " returning refusals, hour_answers, hour_refusals, paused_ms",
        {"biller": biller, "no": int(is_no), "now": now_ms, "begun": now_ms - _HOUR_MS},
    ).fetchone()
    return row or (0, 0, 0, 0)


def reopen(conn: Connection, biller: str, by: str, why: str) -> None:
    """A person has spoken with the biller: what waits for it is sent again.

    Raises:
        Refused: X-130 it is not paused, X-047 no reason.
    """
    if not is_said(why):
        raise Refused("X-047")
    done = conn.execute(
        "update biller_breakers set refusals = 0, hour_ms = 0, paused_ms = 0, opened_by = %s, why = %s"
        " where biller = %s and paused_ms > 0 returning biller",
        (by.strip(), why.strip(), biller),
    ).fetchone()
    if done is None:
        raise Refused("X-130", biller=biller)
