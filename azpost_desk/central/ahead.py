"""Transfers reserved ahead of their receivers, so that the office they are addressed to can pay off line.

Capped per desk by number and value (PROTOCOL.md 5): what a desk holds nobody else can pay, and a desk may not
come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.registry.reference import newest
from azpost_desk.central.storage.database import one
from azpost_desk.domain.catalogue import Settings
from azpost_desk.protocol.messages import AheadTold

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# More than any office's shelf holds: whatever is asked for, the answer is bounded.
_LOOKED_AT_MAX: Final = 1_000
# What this chain holds of transfers addressed to its own office: taken ahead or not, all of it binds.
_HELD: Final = """
    select count(*), coalesce(sum(grants.amount), 0)::bigint
    from grants join transfers on transfers.transfer = grants.thing
    where grants.holder = %(desk)s and grants.holder_epoch = %(epoch)s and grants.state = 'open'
        and grants.purpose = 'pay' and transfers.office = %(branch)s
"""
_WAITING: Final = """
    select transfer, amount from transfers
    where office = %(branch)s and state = 'available' and available_ms <= %(now_ms)s and amount <= %(most)s
        and wrong_tries = 0
    order by sent_ms, transfer limit %(looked_at)s
"""


def room_left(conn: Connection, desk: str, epoch: int, branch: str) -> tuple[int, int]:
    """(how many more, of how many qəpik together) this chain may reserve ahead."""
    settings = newest(conn, Settings, branch) or Settings()
    count, qapik = one(conn, _HELD, {"desk": desk, "epoch": epoch, "branch": branch})
    return max(settings.ahead_count_max - count, 0), max(settings.ahead_qapik_max - qapik, 0)


def waiting(conn: Connection, desk: str, epoch: int, branch: str, now_ms: int) -> AheadTold:
    """What may be reserved ahead now, the oldest first; one too large for the room left is passed over."""
    count, qapik = room_left(conn, desk, epoch, branch)
    about = {
        "branch": branch,
        "now_ms": now_ms,
        "most": (newest(conn, Settings, branch) or Settings()).ahead_payout_qapik_max,
        "looked_at": _LOOKED_AT_MAX,
    }
    chosen: list[tuple[str, int]] = []
    for transfer, amount in conn.execute(_WAITING, about):
        if len(chosen) < count and amount <= qapik:
            qapik -= amount
            chosen.append((transfer, amount))
    return AheadTold(transfers=tuple(chosen))
