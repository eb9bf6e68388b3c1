"""Money by code that somebody still has to do or hear something about: a list of it, the oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection


class Waiting(msgspec.Struct, frozen=True):
    """One request, or one sum on its way back.

    Attributes:
        sort: request or back.
        state: of domain.qr_moves, REQUEST or BACK.
        desk: whose request, or for whose request the money had come; "" for a stranger's.
        since_ms: when it came into this state, UTC ms.
    """

    sort: str
    id: str
    desk: str
    state: str
    amount_qapik: int
    since_ms: int
    reason: str


def waiting(conn: Connection) -> list[Waiting]:
    """Everything that has not ended."""
    rows = conn.execute(
        "select 'request', request, desk, state, amount, changed_ms, reason from qr_requests"
        " where state not in ('settled', 'owed', 'closed')"
        " union all select 'back', back, coalesce(qr_requests.desk, ''), qr_backs.state, qr_backs.amount,"
        " qr_backs.changed_ms, qr_backs.reason from qr_backs join qr_credits using (reference)"
        " left join qr_requests using (rail_id) where qr_backs.state <> 'back'"
        " order by 6, 2"
    ).fetchall()
    return [Waiting(*row) for row in rows]
