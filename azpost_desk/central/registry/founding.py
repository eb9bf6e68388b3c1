"""The centre's beginning, and its new epoch after a restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central import keys, news
from azpost_desk.central.storage.database import one

if TYPE_CHECKING:
    from azpost_desk.central.storage.database import Connection

# A sequence beyond every record: nothing of such a chain counts as newer than the epoch.
_ALL: Final = 2**63 - 1


def found(conn: Connection, now_ms: int) -> None:
    """Make the centre's first epoch and its keys; where they are already there nothing changes."""
    with conn.transaction():
        conn.execute(
            "insert into centre (epoch, epoch_opened_ms) values (1, %s) on conflict do nothing", (now_ms,)
        )
        keys.load(conn, now_ms)


def new_epoch(conn: Connection, now_ms: int) -> int:
    """Begin a new epoch of the centre: after every restore or promotion that may have lost something.

    From now on nothing that a desk may hold from before is granted until that desk has spoken or was declared
    lost, and news positions begin anew. Gives the epoch.
    """
    with conn.transaction():
        epoch: int = one(
            conn,
            "update centre set epoch = epoch + 1, epoch_opened_ms = %s returning epoch",
            (now_ms,),
        )[0]
        # Chains that had ended by then hold nothing that the database does not know.
        conn.execute(
            "update chain_heads set spoke_epoch = %s, spoke_sequence = %s"
            " where state in ('replaced', 'lost')",
            (epoch, _ALL),
        )
        news.tell_again(conn, epoch - 1)
    return epoch
