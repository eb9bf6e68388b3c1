"""The breaker of billers: one that says no to everything is paused before more of it is owed (M0-11).

In: each final word of a biller about a payment. Out: how often it has refused without a yes between; beyond
the limit nothing more is sent to it, its noes wait for proof, and a person opens it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# [design] Ten customers in a row with a wrong account are no customers' fault: accounts are checked before.
IN_A_ROW_MAX: Final = 10


def refused(conn: Connection, biller: str, now_ms: int) -> bool:
    """A biller said no; whether it has done so too often by now."""
    row = conn.execute(
        "insert into biller_breakers (biller, refusals) values (%s, 1) on conflict (biller)"
        " do update set refusals = biller_breakers.refusals + 1 returning refusals, paused_ms",
        (biller,),
    ).fetchone()
    refusals, paused_ms = row or (0, 0)
    if refusals <= IN_A_ROW_MAX:
        return False
    if not paused_ms:
        conn.execute("update biller_breakers set paused_ms = %s where biller = %s", (now_ms, biller))
    return True


def confirmed(conn: Connection, biller: str) -> None:
    """A biller said yes: what it refused before was the customers'. Paused it stays until a person looked."""
    conn.execute(
        "update biller_breakers set refusals = 0 where biller = %s and refusals > 0 and paused_ms = 0",
        (biller,),
    )


def reopen(conn: Connection, biller: str, by: str, why: str) -> None:
    """A person has spoken with the biller: what waits for it is sent again.

    Raises:
        Refused: X-130 it is not paused, X-047 no reason.
    """
    if not why.strip():
        raise Refused("X-047")
    done = conn.execute(
        "update biller_breakers set refusals = 0, paused_ms = 0, opened_by = %s, why = %s"
        " where biller = %s and paused_ms > 0 returning biller",
        (by.strip(), why.strip(), biller),
    ).fetchone()
    if done is None:
        raise Refused("X-130", biller=biller)
